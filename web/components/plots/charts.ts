import type uPlot from 'uplot';
import type { Lang } from '../../../src/inspect/lang';
import type { End } from '../../../src/inspect/record/row';
import type { Series } from '../../../src/inspect/record/series';
import type { ColorName, Colors } from './colors';
import { coarser, extent, firstAt, sequenceRange, toX, toY, upFromZero, type Frame } from './geometry';
import { drawSequence } from './sequence-drawing';
import { bytesText, rateText, shortBytes, timeText } from './units';

type Range = readonly [number, number];

/** A line of a chart. */
export interface Line {
  readonly key: string;
  readonly color: ColorName;
  readonly dash?: readonly number[];
  readonly width?: number;
  /** Filled down to zero. */
  readonly fill?: boolean;
  /** Stays at a value until the next. */
  readonly steps?: boolean;
  /** No entry in the legend. */
  readonly silent?: boolean;
}

/** What a legend explains that is no line: something drawn over the chart. */
export interface Extra {
  readonly key: string;
  readonly color: ColorName;
  readonly sign: string;
}

export interface Chart {
  readonly id: 'sequence' | 'congestion' | 'rtt' | 'rate';
  readonly lines: readonly Line[];
  readonly extras: readonly Extra[];
  /** Two lines between which it is filled, by their numbers from 1. */
  readonly band?: readonly [number, number];
  /** Times and the lines' values. `x`: the time that is shown, for charts whose points depend on it. */
  readonly data: (x: Range) => uPlot.AlignedData;
  /** From where to where the upright axis goes, given the range of time and which lines are hidden. */
  readonly range: (x: Range, hidden: ReadonlySet<string>) => [number, number];
  readonly tick: (value: number) => string;
  readonly value: (value: number, lang: Lang) => string;
  readonly draw?: (
    ctx: CanvasRenderingContext2D,
    frame: Frame,
    colors: Colors,
    dpr: number,
    hidden: ReadonlySet<string>,
  ) => void;
  readonly isEmpty: () => boolean;
}

type Column = Float64Array;

/** NaN (nothing known) as uPlot wants it. Most columns have none, and are taken as they are. */
function some(values: Column): Column | (number | null)[] {
  return values.some((value) => Number.isNaN(value))
    ? Array.from(values, (value) => (Number.isNaN(value) ? null : value))
    : values;
}

function last(values: Column): number {
  return values.at(-1) ?? NaN;
}

/** The same, and one more. */
function extended(values: Column, more: number): Column {
  const longer = new Float64Array(values.length + 1);
  longer.set(values);
  longer[values.length] = more;
  return longer;
}

function largest(t: Column, columns: readonly Column[], x: Range): number | undefined {
  const all = columns.map((values) => extent(t, values, x)?.[1]).filter((each) => each !== undefined);
  return all.length === 0 ? undefined : Math.max(...all);
}

/** For what depends on no range. */
const ALWAYS: Range = [0, 0];

/** The same answer for the same range as long as the series has not changed: legend, plot and table all ask. */
function once<Result>(series: Series, make: (x: Range) => Result): (x: Range) => Result {
  let last: { readonly version: number; readonly x: Range; readonly result: Result } | undefined;
  return (x) => {
    if (last?.version !== series.version || last.x[0] !== x[0] || last.x[1] !== x[1])
      last = { version: series.version, x, result: make(x) };
    return last.result;
  };
}

/** The four charts of what one end sends. Of the other end only what the segments show is known. */
export function chartsOf(series: Series, end: End): Chart[] {
  const charts = [
    sequenceChart(series, end),
    congestionChart(series, end),
    rttChart(series, end),
    rateChart(series, end),
  ];
  return charts.map((chart) => ({ ...chart, data: once(series, chart.data) }));
}

function sequenceChart(series: Series, end: End): Chart {
  const sequence = series.sequence[end];
  const { ack, data } = sequence;
  return {
    id: 'sequence',
    lines: [
      { key: 'edge', color: 'good', dash: [6, 3], width: 1.4, steps: true },
      { key: 'ack', color: end === 'right' ? 'left' : 'right', width: 1.6, steps: true },
    ],
    extras: [
      { key: 'fresh', color: 'in-flight', sign: '❙' },
      { key: 'again', color: 'again', sign: '▲' },
      { key: 'lost', color: 'lost', sign: '✕' },
      { key: 'spurious', color: 'again', sign: '○' },
      { key: 'sack', color: 'sacked', sign: '❘' },
    ],
    data: () => [ack.values('t'), some(ack.values('edge')), some(ack.values('ack'))] as uPlot.AlignedData,
    range: (x, hidden) => {
      const t = ack.values('t');
      const low = extent(data.values('t'), data.values('from'), x);
      const high = extent(data.values('t'), data.values('to'), x);
      return sequenceRange(
        low === undefined || high === undefined ? undefined : [low[0], high[1]],
        extent(t, ack.values('ack'), x),
        hidden.has('edge') ? undefined : extent(t, ack.values('edge'), x),
      );
    },
    tick: shortBytes,
    value: bytesText,
    draw: (ctx, frame, colors, dpr) => {
      drawSequence(ctx, sequence, frame, colors, dpr);
    },
    isEmpty: () => data.length === 0,
  };
}

function congestionChart(series: Series, end: End): Chart {
  if (end === 'left') {
    const track = series.flight.left;
    return {
      id: 'congestion',
      lines: [{ key: 'flight', color: 'in-flight', fill: true, steps: true }],
      extras: [],
      data: () => [track.values('t'), some(track.values('bytes'))] as uPlot.AlignedData,
      range: (x) => upFromZero(largest(track.values('t'), [track.values('bytes')], x)),
      tick: shortBytes,
      value: bytesText,
      isEmpty: () => track.length === 0,
    };
  }
  const { congestion } = series;
  const names = ['underWay', 'ssthresh', 'cwnd'] as const;
  return {
    id: 'congestion',
    lines: [
      { key: 'underWay', color: 'in-flight', fill: true, width: 1 },
      { key: 'ssthresh', color: 'muted', dash: [5, 4], width: 1.4, steps: true },
      { key: 'cwnd', color: 'again', width: 2, steps: true },
    ],
    extras: [],
    data: () => [congestion.values('t'), ...names.map((name) => some(congestion.values(name)))] as uPlot.AlignedData,
    range: (x, hidden) => {
      const t = congestion.values('t');
      const of = (name: (typeof names)[number]) => (hidden.has(name) ? [] : [congestion.values(name)]);
      const most = largest(t, [...of('underWay'), ...of('cwnd')], x);
      const limit = largest(t, of('ssthresh'), x);
      // A threshold far above all else would press that to the ground.
      return upFromZero(
        most !== undefined && limit !== undefined && limit < most * 3 ? Math.max(most, limit) : (most ?? limit),
      );
    },
    tick: shortBytes,
    value: bytesText,
    isEmpty: () => congestion.length === 0,
  };
}

function rttChart(series: Series, end: End): Chart {
  const { rtt } = series;
  const samples = series.samples[end];
  const own = end === 'right';
  const known = once(series, () => {
    const srtt = rtt.values('srtt');
    return {
      high: band(1),
      // Before the first sample the RTO is a second, whatever the network: it would press all else to the ground.
      rto: rtt.values('rto').map((value, index) => (Number.isNaN(srtt[index] ?? NaN) ? NaN : value)),
    };
  });
  const band = (sign: 1 | -1): Column => {
    const variance = rtt.values('rttvar');
    return rtt.values('srtt').map((value, index) => Math.max(0, value + sign * (variance[index] ?? 0)));
  };
  const dots: Chart['draw'] = (ctx, frame, colors, dpr, hidden) => {
    if (hidden.has('samples')) return;
    const t = samples.values('t');
    ctx.save();
    ctx.beginPath();
    ctx.rect(frame.left, frame.top, frame.width, frame.height);
    ctx.clip();
    ctx.fillStyle = colors['in-flight'];
    const size = 2.4 * dpr;
    for (let index = firstAt(t, frame.x[0]); index < t.length && (t[index] ?? 0) <= frame.x[1]; index++) {
      ctx.fillRect(
        toX(frame, t[index] ?? 0) - size / 2,
        toY(frame, samples.get('rtt', index) ?? 0) - size / 2,
        size,
        size,
      );
    }
    ctx.restore();
  };
  const lines: readonly Line[] = [
    { key: 'high', color: 'accent', width: 0 },
    { key: 'low', color: 'accent', width: 0, silent: true },
    { key: 'srtt', color: 'accent', width: 2, steps: true },
    { key: 'rto', color: 'lost', width: 1.5, dash: [6, 3], steps: true },
  ];
  return {
    id: 'rtt',
    lines: own ? lines : [],
    extras: [{ key: 'samples', color: 'in-flight', sign: '▪' }],
    ...(own && { band: [1, 2] as const }),
    data: () => {
      if (!own) return [samples.values('t')];
      // A point is there where something changes: the last values hold on until now.
      const now = Math.max(last(series.congestion.values('t')), last(rtt.values('t')));
      const held = [band(1), band(-1), rtt.values('srtt'), rtt.values('rto')].map((values) =>
        some(extended(values, last(values))),
      );
      return [extended(rtt.values('t'), now), ...held] as uPlot.AlignedData;
    },
    range: (x, hidden) => {
      const t = rtt.values('t');
      const { rto, high } = known(ALWAYS);
      const shown = own ? [...(hidden.has('rto') ? [] : [rto]), ...(hidden.has('high') ? [] : [high])] : [];
      const most = largest(t, shown, x);
      const sample = hidden.has('samples') ? undefined : largest(samples.values('t'), [samples.values('rtt')], x);
      const measured = most === undefined || sample === undefined ? (most ?? sample) : Math.max(most, sample);
      return upFromZero(measured ?? largest(t, own ? [rtt.values('rto')] : [], x));
    },
    tick: (value) => (value >= 1000 ? `${Number((value / 1000).toFixed(2))} s` : `${Number(value.toFixed(2))} ms`),
    value: (value, lang) => timeText(value * 1000, lang),
    draw: dots,
    isEmpty: () => (own ? rtt.length === 0 : true) && samples.length === 0,
  };
}

/** Intervals of the rate across the picture: with more of them, what one sees is the gaps between bursts. */
const INTERVALS = 90;

function rateChart(series: Series, end: End): Chart {
  const values = ([from, to]: Range) => {
    const { t, interval, throughput, goodput } = series.throughput;
    const joined = Math.max(1, Math.ceil((to - from) / interval / INTERVALS));
    return coarser({ t, throughput: throughput[end], goodput: goodput[end] }, joined);
  };
  return {
    id: 'rate',
    lines: [
      { key: 'throughput', color: 'again', width: 1.4 },
      { key: 'goodput', color: 'good', width: 1.8, fill: true },
    ],
    extras: [],
    data: (x) => {
      const { t, throughput, goodput } = values(x);
      return [t, throughput, goodput] as uPlot.AlignedData;
    },
    range: (x, hidden) => {
      const { t, throughput, goodput } = values(x);
      return upFromZero(largest(t, hidden.has('throughput') ? [goodput] : [throughput], x));
    },
    tick: rateText,
    value: (value) => rateText(value),
    isEmpty: () => !series.throughput.throughput[end].some((value) => value > 0),
  };
}
