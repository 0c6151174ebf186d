import { useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks';
import uPlot from 'uplot';
import 'uplot/dist/uPlot.min.css';
import { lang, useTexts } from '../../lang';
import type { Chart, Line } from './charts';
import type { Colors } from './colors';
import { decimals, type Frame } from './geometry';
import { Legend } from './legend';
import { PLOT_TEXTS } from './texts';

export interface ChartViewProps {
  readonly chart: Chart;
  /** Something of the data has changed when this has. */
  readonly version: number;
  readonly colors: Colors;
  /** The time that is shown, s. */
  readonly range: readonly [number, number];
  readonly height: number;
  /** Charts with the same key share the cursor. */
  readonly syncKey: string;
  readonly onZoom: (range: [number, number]) => void;
  readonly onReset: () => void;
  /** Somebody points at a place of the plot (`undefined`: no more): a text to show there. */
  readonly tipAt?: (frame: Frame, point: { x: number; y: number }) => string | undefined;
  readonly onPick?: (frame: Frame, point: { x: number; y: number }, time: number) => void;
}

/** One chart: uPlot, with a legend that tells the values under the cursor. */
export function ChartView(props: ChartViewProps) {
  const { chart, version, colors, range, height, syncKey } = props;
  const texts = useTexts(PLOT_TEXTS);
  const host = useRef<HTMLDivElement>(null);
  const plot = useRef<uPlot>(undefined);
  const latest = useRef(props);
  latest.current = props;
  const [width, setWidth] = useState(0);
  const [index, setIndex] = useState<number>();
  const [hidden, setHidden] = useState<ReadonlySet<string>>(new Set());
  const hiddenNow = useRef(hidden);
  hiddenNow.current = hidden;
  const [tip, setTip] = useState<{ x: number; y: number; text: string }>();
  const { title, about, empty } = texts.charts[chart.id];
  const isEmpty = chart.isEmpty();
  const shape = chart.lines.map(({ key }) => key).join();

  useEffect(() => {
    const { current } = host;
    if (current === null) return undefined;
    const observer = new ResizeObserver(([entry]) => {
      setWidth(Math.floor(entry?.contentRect.width ?? 0));
    });
    observer.observe(current);
    return () => {
      observer.disconnect();
    };
  }, []);

  const ready = width > 0 && !isEmpty;
  // Before anything is painted, or printed in other colours: an effect would come after the paper.
  useLayoutEffect(() => {
    const { current } = host;
    if (current === null || !ready) return undefined;
    const options = optionsOf(latest, hiddenNow, { width, height, syncKey, colors });
    options.hooks = {
      ...options.hooks,
      setCursor: [
        (u) => {
          setIndex(u.cursor.left !== undefined && u.cursor.left >= 0 ? (u.cursor.idx ?? undefined) : undefined);
        },
      ],
    };
    const made = new uPlot(options, latest.current.chart.data(latest.current.range), current);
    plot.current = made;
    const over = pointing(made, latest, setTip);
    return () => {
      over();
      made.destroy();
      plot.current = undefined;
      setTip(undefined);
    };
  }, [ready, colors, shape, height, syncKey]);

  useLayoutEffect(() => {
    if (width > 0) plot.current?.setSize({ width, height });
  }, [width, height]);

  useLayoutEffect(() => {
    const { current } = plot;
    if (current === undefined) return;
    current.setData(latest.current.chart.data(range), false);
    current.setScale('x', { min: range[0], max: range[1] });
  }, [version, range[0], range[1], hidden, chart, ready, colors, shape, height]);

  useLayoutEffect(() => {
    chart.lines.forEach(({ key }, at) => {
      const show = !hidden.has(key) && !(key === 'low' && hidden.has('high'));
      if (plot.current?.series[at + 1]?.show !== show) plot.current?.setSeries(at + 1, { show });
    });
  }, [hidden, shape, ready, colors]);

  const toggle = (key: string): void => {
    const next = new Set(hidden);
    if (!next.delete(key)) next.add(key);
    setHidden(next);
  };
  return (
    <section class="plots-chart" data-chart={chart.id}>
      <h4>
        {title} <span class="plots-about">{about}</span>
      </h4>
      {isEmpty ? (
        <p class="plots-empty">{empty}</p>
      ) : (
        <Legend chart={chart} version={version} range={range} index={index} hidden={hidden} onToggle={toggle} />
      )}
      <div
        class="plots-host"
        ref={host}
        role="img"
        aria-label={`${title}. ${isEmpty ? empty : about}`}
        hidden={isEmpty}
      >
        {tip !== undefined && (
          <div class="plots-tip" style={{ left: `${tip.x}px`, top: `${tip.y}px` }} lang={lang.value}>
            {tip.text}
          </div>
        )}
      </div>
    </section>
  );
}

/** The plotting area in canvas pixels, with its scales. */
export function frameOf(u: uPlot): Frame {
  const { left, top, width, height } = u.bbox;
  const { x, y } = u.scales;
  return { left, top, width, height, x: [x?.min ?? 0, x?.max ?? 1], y: [y?.min ?? 0, y?.max ?? 1] };
}

interface Look {
  readonly width: number;
  readonly height: number;
  readonly syncKey: string;
  readonly colors: Colors;
}

function optionsOf(
  latest: { readonly current: ChartViewProps },
  hidden: { readonly current: ReadonlySet<string> },
  { width, height, syncKey, colors }: Look,
): uPlot.Options {
  const { chart } = latest.current;
  const font = '11px system-ui, sans-serif';
  const axis = {
    stroke: colors.muted,
    font,
    grid: { stroke: colors.line, width: 1 },
    ticks: { stroke: colors.line, width: 1, size: 4 },
  };
  return {
    width,
    height,
    legend: { show: false },
    padding: [8, 26, 0, 0],
    cursor: {
      y: false,
      points: { show: false },
      drag: { x: true, y: false, setScale: false },
      sync: {
        key: syncKey,
        setSeries: false,
        scales: ['x', null],
        filters: { pub: (type) => type === 'mousemove' || type === 'mouseleave' },
      },
      bind: {
        dblclick: () => {
          latest.current.onReset();
          return null;
        },
      },
    },
    scales: {
      x: { time: false, auto: false, range: (_, min, max) => [min, max] },
      y: {
        range: () => latest.current.chart.range(latest.current.range, hidden.current),
      },
    },
    axes: [
      { ...axis, space: 64, size: 28, gap: 4, values: (_, splits) => timeTicks(splits) },
      {
        ...axis,
        space: 34,
        size: 74,
        gap: 5,
        values: (_, splits) => splits.map((value) => latest.current.chart.tick(value)),
      },
    ],
    series: [{}, ...chart.lines.map((line) => lineOf(line, colors))],
    ...(chart.band !== undefined && { bands: [{ series: [...chart.band], fill: faint(colors.accent, 0.2) }] }),
    hooks: {
      draw: [(u) => latest.current.chart.draw?.(u.ctx, frameOf(u), colors, uPlot.pxRatio, hidden.current)],
      setSelect: [
        (u) => {
          if (u.select.width < 4) return;
          latest.current.onZoom([u.posToVal(u.select.left, 'x'), u.posToVal(u.select.left + u.select.width, 'x')]);
          u.setSelect({ left: 0, top: 0, width: 0, height: 0 }, false);
        },
      ],
    },
  };
}

const stepped = uPlot.paths.stepped?.({ align: 1 });
const linear = uPlot.paths.linear?.();

/** Steps, as long as one can see them: with several points to a pixel a line looks the same, and uPlot draws it several times as fast. */
const stairs: uPlot.Series.PathBuilder = (u, series, first, last) =>
  (last - first > 3 * u.width ? linear : stepped)?.(u, series, first, last) ?? null;

function lineOf({ color, dash, width = 1.5, fill, steps }: Line, colors: Colors): uPlot.Series {
  return {
    stroke: colors[color],
    width,
    points: { show: false },
    ...(dash !== undefined && { dash: [...dash] }),
    ...(fill === true && { fill: faint(colors[color], 0.22) }),
    ...(steps === true && { paths: stairs }),
  };
}

function faint(color: string, alpha: number): string {
  return `color-mix(in srgb, ${color} ${alpha * 100}%, transparent)`;
}

/** Times of an axis: all in one unit. */
function timeTicks(splits: readonly number[]): string[] {
  const step = (splits[1] ?? 1) - (splits[0] ?? 0);
  const [factor, unit] = (splits.at(-1) ?? 0) >= 1 || step >= 0.2 ? [1, 's'] : [1000, 'ms'];
  const digits = decimals(step * factor);
  return splits.map((value) => `${(value * factor).toFixed(digits)} ${unit}`);
}

/** Watches the pointer over the plot: tips, and clicks that pick. */
function pointing(
  u: uPlot,
  latest: { readonly current: ChartViewProps },
  setTip: (tip: { x: number; y: number; text: string } | undefined) => void,
): () => void {
  const place = (event: MouseEvent) => {
    const { left, top } = u.over.getBoundingClientRect();
    const x = event.clientX - left;
    const y = event.clientY - top;
    return { x, y, point: { x: x * uPlot.pxRatio + u.bbox.left, y: y * uPlot.pxRatio + u.bbox.top } };
  };
  const move = (event: MouseEvent): void => {
    const { x, y, point } = place(event);
    const text = latest.current.tipAt?.(frameOf(u), point);
    const area = u.bbox.left / uPlot.pxRatio;
    setTip(text === undefined ? undefined : { x: Math.min(x + area, Math.max(area, u.width - 230)), y: y + 22, text });
  };
  const leave = (): void => {
    setTip(undefined);
  };
  const click = (event: MouseEvent): void => {
    const { x, point } = place(event);
    latest.current.onPick?.(frameOf(u), point, u.posToVal(x, 'x'));
  };
  u.over.addEventListener('mousemove', move);
  u.over.addEventListener('mouseleave', leave);
  u.over.addEventListener('click', click);
  return () => {
    u.over.removeEventListener('mousemove', move);
    u.over.removeEventListener('mouseleave', leave);
    u.over.removeEventListener('click', click);
  };
}
