import { useEffect, useId, useMemo, useState } from 'preact/hooks';
import type { End } from '../../../src/inspect/record/row';
import { DATA_KIND, type Series } from '../../../src/inspect/record/series';
import { lang, useTexts } from '../../lang';
import { chartsOf, type Chart } from './charts';
import { ChartView } from './chart-view';
import { useColors } from './colors';
import { moved, nearest, zoomed } from './geometry';
import { valueAt } from './legend';
import './plots.css';
import { PLOT_TEXTS } from './texts';
import { bytesText, countText, momentText } from './units';

export interface PlotsProps {
  /** Of the connection; the plots let it read on in its record. */
  readonly series: Series;
  /** Something has happened when this has changed (`ConnectionRecord.version`). */
  readonly version: number;
  /** Short names of the ends. Default: "other end" and "this end". */
  readonly names?: Readonly<Record<End, string>>;
  /** Somebody clicked at this time, µs on the record's clock; `row`: on the segment that the record has under this index. */
  readonly onSelectTime?: (time: number, row: number | undefined) => void;
  /** A chart's height in CSS pixels. Default 220, the first one is half as high again. */
  readonly height?: number;
}

/** How far from a segment a click still means it, in CSS pixels. */
const REACH = 14;

/** What happened to a connection over time: sequence numbers as tcptrace draws them, congestion, round trips, rates. */
export function Plots({ series, version, names, onSelectTime, height = 220 }: PlotsProps) {
  const texts = useTexts(PLOT_TEXTS);
  const colors = useColors();
  const syncKey = useId();
  const [chosen, setChosen] = useState<End>();
  const [zoom, setZoom] = useState<[number, number]>();
  useEffect(() => {
    setZoom(undefined);
    setChosen(undefined);
  }, [series]);
  series.update();
  const end = chosen ?? busier(series);
  const charts = useMemo(() => chartsOf(series, end), [series, end]);
  const whole = extentOf(series);
  const range = zoom ?? whole;
  const who = (each: End): string => names?.[each] ?? texts.ends[each];
  const { data } = series.sequence[end];
  const bars = () => ({ t: data.values('t'), from: data.values('from'), to: data.values('to') });
  const reach = REACH * (typeof devicePixelRatio === 'number' ? devicePixelRatio : 1);

  return (
    <section class="plots" aria-label={texts.title}>
      <div class="plots-tools" role="toolbar" aria-label={texts.title}>
        <div role="group" aria-label={texts.direction}>
          {(['left', 'right'] as const).map((each) => (
            <button
              key={each}
              type="button"
              aria-pressed={each === end}
              onClick={() => {
                setChosen(each);
              }}
            >
              {texts.sentBy(who(each))}
            </button>
          ))}
        </div>
        <div role="group">
          <Tool
            label={texts.zoomIn}
            sign="+"
            onClick={() => {
              setZoom(zoomed(range, whole, 0.5));
            }}
          />
          <Tool
            label={texts.zoomOut}
            sign="−"
            onClick={() => {
              setZoom(zoomed(range, whole, 2));
            }}
            disabled={zoom === undefined}
          />
          <Tool
            label={texts.earlier}
            sign="◀"
            onClick={() => {
              setZoom(moved(range, whole, -0.4));
            }}
            disabled={zoom === undefined}
          />
          <Tool
            label={texts.later}
            sign="▶"
            onClick={() => {
              setZoom(moved(range, whole, 0.4));
            }}
            disabled={zoom === undefined}
          />
          <button
            type="button"
            disabled={zoom === undefined}
            onClick={() => {
              setZoom(undefined);
            }}
          >
            {texts.all}
          </button>
        </div>
        <span class="plots-hint">{texts.hint}</span>
      </div>
      {charts.map((chart) => (
        <ChartView
          key={chart.id}
          chart={chart}
          version={version}
          colors={colors}
          range={range}
          height={chart.id === 'sequence' ? Math.round(height * 1.5) : height}
          syncKey={syncKey}
          onZoom={([from, to]) => {
            setZoom([Math.max(whole[0], from), Math.min(whole[1], to)]);
          }}
          onReset={() => {
            setZoom(undefined);
          }}
          {...(chart.id === 'sequence' && {
            tipAt: (frame, point) => {
              const index = nearest(bars(), frame, point, reach);
              if (index === undefined) return undefined;
              const kind = texts.kinds[data.get('kind', index) ?? 0] ?? '';
              const [from, to, t] = [
                data.get('from', index) ?? 0,
                data.get('to', index) ?? 0,
                data.get('t', index) ?? 0,
              ];
              return texts.tip(kind, countText(from), countText(to - 1), momentText(t * 1e6, lang.value));
            },
          })}
          onPick={(frame, point, t) => {
            const index = chart.id === 'sequence' ? nearest(bars(), frame, point, reach) : undefined;
            const time = index === undefined ? t : (data.get('t', index) ?? t);
            onSelectTime?.(series.origin + time * 1e6, index === undefined ? undefined : data.get('row', index));
          }}
        />
      ))}
      <Values charts={charts} series={series} end={end} version={version} />
    </section>
  );
}

function Tool(props: { label: string; sign: string; onClick: () => void; disabled?: boolean }) {
  return (
    <button
      type="button"
      aria-label={props.label}
      title={props.label}
      onClick={props.onClick}
      disabled={props.disabled ?? false}
    >
      {props.sign}
    </button>
  );
}

/** The last values, for who does not see the plots. */
function Values({
  charts,
  series,
  end,
}: {
  readonly charts: readonly Chart[];
  readonly series: Series;
  readonly end: End;
  /** The series is the same object while it grows: this tells that it has. */
  readonly version: number;
}) {
  const texts = useTexts(PLOT_TEXTS);
  return (
    <div class="visually-hidden">
      <table>
        <caption>{texts.title}</caption>
        <thead>
          <tr>
            <th scope="col">{texts.what}</th>
            <th scope="col">{texts.last}</th>
          </tr>
        </thead>
        <tbody>
          {charts.flatMap((chart) => {
            const data = chart.data(extentOf(series));
            return chart.lines.map((line, at) => {
              const value = valueAt(data[at + 1], undefined);
              if (line.silent === true || line.width === 0) return null;
              return (
                <tr key={`${chart.id} ${line.key}`}>
                  <th scope="row">{texts.lines[line.key]}</th>
                  <td>{value === undefined ? texts.none : chart.value(value, lang.value)}</td>
                </tr>
              );
            });
          })}
          <tr>
            <th scope="row">{texts.retransmissions}</th>
            <td data-again>{countText(againIn(series, end))}</td>
          </tr>
          <tr>
            <th scope="row">{texts.lines['fresh']}</th>
            <td>
              {bytesText(
                series.sequence[end].data.values('to').reduce((most, to) => Math.max(most, to), 0),
                lang.value,
              )}
            </td>
          </tr>
        </tbody>
      </table>
    </div>
  );
}

/** Segments that were sent again, needed or not. */
function againIn(series: Series, end: End): number {
  let count = 0;
  for (const kind of series.sequence[end].data.values('kind'))
    if (kind === DATA_KIND.again || kind === DATA_KIND.spurious) count += 1;
  return count;
}

/** Who has sent more. */
function busier({ sequence: { left, right } }: Series): End {
  return (left.data.get('to', left.data.length - 1) ?? 0) > (right.data.get('to', right.data.length - 1) ?? 0)
    ? 'left'
    : 'right';
}

/** From the beginning to the last segment, s. */
function extentOf({ sequence, congestion }: Series): [number, number] {
  const tracks = [sequence.left.data, sequence.right.data, sequence.left.ack, sequence.right.ack, congestion];
  const ends = tracks.map((track) => track.get('t', track.length - 1) ?? 0);
  const begins = tracks.flatMap((track) => track.get('t', 0) ?? []);
  const last = Math.max(...ends, 0);
  const first = Math.min(...begins, last);
  const margin = (last - first) * 0.01;
  return last > first ? [first - margin, last + margin] : [first, first + 0.001];
}
