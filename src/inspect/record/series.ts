import { diff } from '../../tcp/sequence';
import { dataLength, segmentLength } from '../../tcp/trace';
import type { Variables } from '../../tcp/variables';
import { FLAG } from '../../wire/tcp';
import type { ConnectionRecord } from './connection-record';
import { Rates, type RateView } from './rates';
import { RoundTrips } from './round-trips';
import type { End, Mark, SegmentRow } from './row';
import type { SkippedEvent } from './skipped';
import { Track } from './track';

/** What a data segment is drawn as, in `data.kind`. */
export const DATA_KIND = { fresh: 0, again: 1, lost: 2, spurious: 3 } as const;
/** What a mark of a segment is, in `signs.kind`. */
export const SIGN = { syn: 0, fin: 1, rst: 2 } as const;

/** A gap of so long, µs, is none to a line of which both ends are known. */
const MOMENT = 250_000;

/** What one end sends over time, as tcptrace draws it. `t` in s since the record began; positions as in `Flow`, in bytes. */
export interface SequenceSeries {
  /** Segments with data, SYN or FIN; `row` is the record's index of each. */
  readonly data: Track<'t' | 'from' | 'to' | 'kind' | 'row'>;
  /** What the other end acknowledged, and the right edge of its window: two lines of steps. */
  readonly ack: Track<'t' | 'ack' | 'edge'>;
  /** What it has by SACK, each block that was told. */
  readonly sack: Track<'t' | 'from' | 'to'>;
  /** SYN, FIN and RST, see {@link SIGN}. */
  readonly signs: Track<'t' | 'position' | 'kind' | 'row'>;
}

export interface SeriesOptions {
  /** Points kept of each line; the oldest go first. Default 40,000. */
  readonly maxPoints?: number;
  /** Intervals of the throughput. Default 600. */
  readonly intervals?: number;
}

/**
 * What the plots of a connection are drawn from. It reads on in the record where it stopped: `update` costs what is new. Where segments
 * were not told, lines have a point of NaN, and `gaps` has the time; over a moment those of the stack's own variables go on.
 */
export class Series {
  readonly sequence: Readonly<Record<End, SequenceSeries>>;
  /** In bytes. `ssthresh` is NaN as long as there is none; `cwnd` and `underWay` are those of the stack (the right end). */
  readonly congestion: Track<'t' | 'cwnd' | 'ssthresh' | 'underWay' | 'window'>;
  /** In ms; `srtt` and `rttvar` are NaN before the first sample. */
  readonly rtt: Track<'t' | 'srtt' | 'rttvar' | 'rto'>;
  /** Round trips as the segments show them, ms, by whose data was acknowledged. */
  readonly samples: Readonly<Record<End, Track<'t' | 'rtt'>>>;
  /** Sent and not acknowledged, as the segments show it, in bytes, by who sent it. */
  readonly flight: Readonly<Record<End, Track<'t' | 'bytes'>>>;
  /** Where segments were skipped, or had been forgotten before they were read, s. */
  readonly gaps: Track<'from' | 'to'>;
  /** Changes when a point was added or changed. */
  version = 0;
  private readonly rates: Rates;
  private readonly sides: Readonly<Record<End, Side>> = { left: new Side(), right: new Side() };
  /** The first row that was not read, and the first change of marks. */
  private cursor: number;
  private changes: number;
  private lastTime = 0;

  constructor(
    private readonly record: ConnectionRecord,
    { maxPoints = 40_000, intervals = 600 }: SeriesOptions = {},
  ) {
    const sequence = (): SequenceSeries => ({
      data: new Track(['t', 'from', 'to', 'kind', 'row'], maxPoints),
      ack: new Track(['t', 'ack', 'edge'], maxPoints),
      sack: new Track(['t', 'from', 'to'], maxPoints),
      signs: new Track(['t', 'position', 'kind', 'row'], maxPoints),
    });
    this.sequence = { left: sequence(), right: sequence() };
    this.congestion = new Track(['t', 'cwnd', 'ssthresh', 'underWay', 'window'], maxPoints);
    this.rtt = new Track(['t', 'srtt', 'rttvar', 'rto'], maxPoints);
    this.samples = { left: new Track(['t', 'rtt'], maxPoints), right: new Track(['t', 'rtt'], maxPoints) };
    this.flight = { left: new Track(['t', 'bytes'], maxPoints), right: new Track(['t', 'bytes'], maxPoints) };
    this.gaps = new Track(['from', 'to'], 1000);
    this.rates = new Rates(intervals);
    this.cursor = record.rows.first;
    this.changes = record.marking.forgotten + record.marking.changed.length;
  }

  /** The time of `t` 0, µs on the stack's clock. */
  get origin(): number {
    return this.record.since;
  }

  /** How much passed in each interval. Computed when it is asked for. */
  get throughput(): RateView {
    return this.rates.view();
  }

  /** Reads what is new in the record. True when there was something. */
  update(): boolean {
    const { rows, marking } = this.record;
    const before = this.version;
    if (this.cursor < rows.first) {
      const first = rows.at(rows.first);
      if (first !== undefined) this.gap(this.lastTime, this.seconds(first.time));
      this.cursor = rows.first;
    }
    for (; this.cursor < rows.end; this.cursor++) {
      const row = rows.at(this.cursor);
      if (row?.kind === 'segment') this.segment(row);
      else if (row?.event.type === 'skipped') this.skipped(row.event);
    }
    for (let at = Math.max(this.changes, marking.forgotten); at < marking.forgotten + marking.changed.length; at++)
      this.changed(marking.changed[at - marking.forgotten] ?? -1);
    this.changes = marking.forgotten + marking.changed.length;
    return this.version !== before;
  }

  private segment(row: SegmentRow): void {
    this.version += 1;
    const { event, from: end, index } = row;
    const { segment } = event;
    const { flags } = segment;
    const other: End = end === 'left' ? 'right' : 'left';
    const t = this.seconds(row.time);
    this.lastTime = t;
    const isn = this.record.flows[end].isn;
    const side = this.sides[end];
    const from = side.position(segment.seq, isn);
    const to = from + segmentLength(event);
    const series = this.sequence[end];
    const isReset = (flags & FLAG.RST) !== 0;
    const stamps = segment.options.find((option) => option.kind === 'timestamps');
    if (to > from && !isReset) {
      series.data.add({ t, from, to, kind: kindOf(row.marks), row: index });
      const repeats = row.marks.has('retransmission') || row.marks.has('duplicate');
      this.rates.add(end, t, dataLength(event), repeats ? 0 : dataLength(event));
      side.sent = Math.max(side.sent, to);
      side.trips.send(from, to, row.time, stamps?.value);
    }
    for (const [flag, kind] of SIGNS) if (flags & flag) series.signs.add({ t, position: from, kind, row: index });
    if (flags & FLAG.ACK && !isReset) this.acknowledgment(row, t, other, stamps?.echo);
    if (to > from && !isReset) this.flight[end].add({ t, bytes: Math.max(0, side.sent - side.acked) });
    this.variables(row.event.variables, t);
  }

  /** What the row says of what the end `end` has sent. */
  private acknowledgment({ event, reading, time }: SegmentRow, t: number, end: End, echo: number | undefined): void {
    const { segment } = event;
    const side = this.sides[end];
    const isn = this.record.flows[end].isn;
    const ack = side.position(segment.ack, isn);
    const { ack: line, sack } = this.sequence[end];
    if (ack >= side.acked) {
      line.add({ t, ack, edge: ack + reading.window });
      if (ack > side.acked) {
        const trip = side.trips.acknowledge(ack, time, echo);
        if (trip !== undefined) this.samples[end].add({ t, rtt: trip / 1000 });
      }
      side.acked = ack;
      side.sent = Math.max(side.sent, ack);
      this.flight[end].add({ t, bytes: side.sent - ack });
    }
    for (const option of segment.options) {
      if (option.kind !== 'sack') continue;
      for (const { left, right } of option.blocks)
        sack.add({ t, from: side.position(left, isn), to: side.position(right, isn) });
    }
  }

  private variables(variables: Variables | undefined, t: number): void {
    if (variables === undefined) return;
    const { cwnd, ssthresh, underWay, srtt, rttvar, rto, snd } = variables;
    this.congestion.add({
      t,
      cwnd,
      ssthresh: ssthresh < Number.MAX_SAFE_INTEGER ? ssthresh : NaN,
      underWay,
      window: snd.wnd,
    });
    const { rtt } = this;
    const point = { t, srtt: ms(srtt), rttvar: ms(rttvar), rto: rto / 1000 };
    const last = rtt.length - 1;
    const isNew = (['srtt', 'rttvar', 'rto'] as const).some((name) => !Object.is(rtt.get(name, last), point[name]));
    if (last < 0 || isNew) rtt.add(point);
  }

  private skipped({ since, time, bytes, variables }: SkippedEvent): void {
    // The stack tells where its variables are then: over a moment their lines go on.
    const goesOn = variables !== undefined && time - since <= MOMENT;
    this.gap(this.seconds(since), this.seconds(time), goesOn);
    this.variables(variables, this.seconds(time));
    this.rates.spread('left', this.seconds(since), this.seconds(time), bytes.in);
    this.rates.spread('right', this.seconds(since), this.seconds(time), bytes.out);
  }

  private gap(from: number, to: number, goesOn = false): void {
    this.version += 1;
    this.gaps.add({ from, to });
    this.lastTime = to;
    if (!goesOn) {
      this.congestion.add({ t: from, cwnd: NaN, ssthresh: NaN, underWay: NaN, window: NaN });
      this.rtt.add({ t: from, srtt: NaN, rttvar: NaN, rto: NaN });
    }
    for (const end of ['left', 'right'] as const) {
      this.sequence[end].ack.add({ t: from, ack: NaN, edge: NaN });
      this.flight[end].add({ t: from, bytes: NaN });
      this.sides[end].trips = new RoundTrips();
    }
  }

  private changed(index: number): void {
    const row = this.record.rows.at(index);
    if (row?.kind !== 'segment') return;
    const { data } = this.sequence[row.from];
    const at = data.find('row', index);
    if (at === -1) return;
    data.set('kind', at, kindOf(row.marks));
    this.version += 1;
  }

  private seconds(time: number): number {
    return (time - this.record.since) / 1e6;
  }
}

const SIGNS = [
  [FLAG.SYN, SIGN.syn],
  [FLAG.FIN, SIGN.fin],
  [FLAG.RST, SIGN.rst],
] as const;

/** One end's stream as it is read. */
class Side {
  sent = 0;
  acked = 0;
  trips = new RoundTrips();
  private near = 0;
  private isn: number | undefined;

  /** Counted from the SYN, not wrapped. */
  position(seq: number, isn: number | undefined): number {
    if (isn === undefined) return 0;
    if (this.isn !== isn) {
      this.isn = isn;
      this.near = (seq - isn) >>> 0;
    }
    const position = this.near + diff(seq, (this.near + isn) >>> 0);
    this.near = Math.max(this.near, position);
    return position;
  }
}

function kindOf(marks: ReadonlySet<Mark>): number {
  if (marks.has('lost')) return DATA_KIND.lost;
  if (marks.has('spurious')) return DATA_KIND.spurious;
  return marks.has('retransmission') ? DATA_KIND.again : DATA_KIND.fresh;
}

function ms(time: number | undefined): number {
  return time === undefined ? NaN : time / 1000;
}
