import { add, gt, ge } from '../../tcp/sequence';
import type { State } from '../../tcp/states';
import { dataLength, segmentLength, type ConnectionId, type SegmentEvent, type TransitionEvent } from '../../tcp/trace';
import type { TimerName } from '../../tcp/timers';
import type { Variables } from '../../tcp/variables';
import { FLAG } from '../../wire/tcp';
import { Exchange } from '../exchange';
import { Ring } from './ring';
import type { EndState, Mark, Note, Row, SegmentRow } from './row';

export interface RecordLimits {
  /** Rows kept of a connection; the oldest go first. Default 20,000. */
  readonly maxRows: number;
  /** Bytes kept of each segment's payload. Default 1,460. */
  readonly maxPayload: number;
}

/** A step on the way through the eleven states. */
export interface Step {
  readonly time: number;
  readonly from: State | undefined;
  readonly to: State | undefined;
  /** What caused it, in Figure 5's words, where that is known. */
  readonly event: string | undefined;
}

/** Steps of a path that are kept: a connection takes fewer than ten. */
const MOST_STEPS = 64;
/** Rows looked back at to find what was sent again, or acknowledged selectively. */
const LOOK_BACK = 4096;

/** What was seen of one connection, from the trace alone. `right` is the stack's own end. */
export class ConnectionRecord {
  readonly rows: Ring<Row>;
  /** The ways of both ends; the other's is inferred. */
  readonly path: Record<'left' | 'right', Step[]> = { left: [], right: [] };
  /** Timers that are set, with the time at which each goes off, µs. */
  readonly timers = new Map<TimerName, number>();
  /** The stack's variables when it last spoke of them. */
  variables: Variables | undefined;
  /** When it was last heard of, µs. */
  lastTime: number;
  /** Data bytes and segments; those sent again are in both. */
  readonly counters = {
    segments: { in: 0, out: 0 },
    bytes: { in: 0, out: 0 },
    again: { in: 0, out: 0 },
    skipped: 0,
  };
  /** Changes with each event: to see whether anything must be drawn anew. */
  version = 0;
  private exchange: Exchange | undefined;
  private left: EndState = { state: undefined, presumed: false };
  private right: EndState;

  constructor(
    readonly id: ConnectionId,
    /** Counts the record's connections from 1. */
    readonly number: number,
    /** When it was first heard of, µs. */
    readonly since: number,
    private readonly limits: RecordLimits,
    state: State | undefined,
  ) {
    this.rows = new Ring(limits.maxRows);
    this.lastTime = since;
    this.right = { state, presumed: false };
  }

  /** Our state, and the other end's as inferred. */
  get state(): State | undefined {
    return this.right.state;
  }

  get ends(): Readonly<Record<'left' | 'right', EndState>> {
    return { left: this.left, right: this.right };
  }

  segment(event: SegmentEvent): SegmentRow {
    this.touch(event.time);
    this.exchange ??= new Exchange(this.id, this.number, event);
    const { exchange } = this;
    const reading = exchange.observe(event);
    const told = exchange.dialogue.read(event);
    const { direction } = event;
    this.variables = event.variables ?? this.variables;
    this.move('left', { state: exchange.peerState, presumed: exchange.peerPresumed }, event.time, undefined);
    this.move('right', { state: exchange.ourState, presumed: false }, event.time, undefined);
    const { counters } = this;
    counters.segments[direction] += 1;
    counters.bytes[direction] += dataLength(event);
    if (reading.again) counters.again[direction] += 1;
    const marks = new Set<Mark>();
    if (reading.again) marks.add('retransmission');
    if (reading.duplicate) marks.add('duplicate');
    if (reading.missing > 0) marks.add('out-of-order');
    if (reading.fills) marks.add('fills');
    if (reading.again && segmentLength(event) > 0) this.markLost(event);
    if (direction === 'in') this.markSacked(event);
    const row: SegmentRow = {
      kind: 'segment',
      index: this.rows.end,
      time: event.time,
      arrives: undefined,
      from: direction === 'in' ? 'left' : 'right',
      event: this.shortened(event),
      reading: { ...reading, payload: this.head(reading.payload) },
      told,
      left: this.left,
      right: this.right,
      marks,
    };
    this.rows.push(row);
    return row;
  }

  transition(event: TransitionEvent): void {
    this.move('right', { state: event.to, presumed: false }, event.time, event.event);
    if (this.exchange !== undefined) this.exchange.ourState = event.to;
    this.note(event);
  }

  note(event: Note): void {
    this.touch(event.time);
    if (event.type === 'timer') {
      if (event.action === 'set') this.timers.set(event.timer, event.deadline);
      else this.timers.delete(event.timer);
      // Timers are set with nearly every segment: only that one went off is worth a row.
      if (event.action !== 'fired') return;
    }
    if (event.type === 'retransmission') this.exchange?.conversation.retransmits(event.cause);
    if (event.type === 'skipped') {
      this.counters.skipped += event.segments.in + event.segments.out;
      this.counters.segments.in += event.segments.in;
      this.counters.segments.out += event.segments.out;
      this.counters.bytes.in += event.bytes.in;
      this.counters.bytes.out += event.bytes.out;
      this.variables = event.variables ?? this.variables;
    }
    const { left, right } = this;
    this.rows.push({ kind: 'note', index: this.rows.end, time: event.time, left, right, at: 'right', event });
  }

  private touch(time: number): void {
    this.lastTime = time;
    this.version += 1;
  }

  private move(end: 'left' | 'right', to: EndState, time: number, event: string | undefined): void {
    const from = this[end];
    this[end] = to;
    const steps = this.path[end];
    const last = steps.at(-1);
    // The segment that moves us and the transition are two events: whichever comes first makes the step, the transition names its cause.
    if (from.state === to.state) {
      if (event !== undefined && last !== undefined && last.to === to.state && last.event === undefined)
        steps[steps.length - 1] = { ...last, event };
      return;
    }
    steps.push({ time, from: from.state, to: to.state, event });
    if (steps.length > MOST_STEPS) steps.shift();
  }

  /** What a segment brings again was lost before, unless more is known. */
  private markLost(again: SegmentEvent): void {
    const from = again.segment.seq;
    const end = add(from, segmentLength(again));
    for (const row of this.back()) {
      if (row.event.direction !== again.direction || row.event.segment.flags & FLAG.RST) continue;
      const seq = row.event.segment.seq;
      const length = segmentLength(row.event);
      if (length === 0 || !gt(add(seq, length), from) || !gt(end, seq)) continue;
      if (!row.marks.has('sacked') && again.direction === 'out') row.marks.add('lost');
      return;
    }
  }

  private markSacked({ segment: { options } }: SegmentEvent): void {
    for (const option of options) {
      if (option.kind !== 'sack') continue;
      for (const row of this.back()) {
        if (row.event.direction !== 'out') continue;
        const { seq } = row.event.segment;
        const end = add(seq, dataLength(row.event));
        if (end === seq) continue;
        if (option.blocks.some(({ left, right }) => ge(seq, left) && ge(right, end))) row.marks.add('sacked');
      }
    }
  }

  private *back(): Generator<SegmentRow> {
    const { first, end } = this.rows;
    for (let index = end - 1; index >= Math.max(first, end - LOOK_BACK); index--) {
      const row = this.rows.at(index);
      if (row?.kind === 'segment') yield row;
    }
  }

  private shortened(event: SegmentEvent): SegmentEvent {
    const { segment } = event;
    const payload = this.head(segment.payload);
    return { ...event, segment: { ...segment, payload }, length: dataLength(event) };
  }

  /** The payload is the link's and is overwritten when the event is over: a copy of its beginning. */
  private head(payload: Uint8Array): Uint8Array {
    return payload.slice(0, this.limits.maxPayload);
  }
}
