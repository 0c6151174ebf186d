import type { State } from '../../tcp/states';
import {
  dataLength,
  type ConnectionId,
  type SegmentEvent,
  type TcpDropEvent,
  type TransitionEvent,
} from '../../tcp/trace';
import type { TimerName } from '../../tcp/timers';
import type { Variables } from '../../tcp/variables';
import { FLAG } from '../../wire/tcp';
import { IN_ORDER, type Fit } from '../arrivals';
import { Exchange } from '../exchange';
import { Flow } from './flow';
import { Marking, Retransmissions } from './marking';
import { nextNotable, type Notable } from './notable';
import { Payloads } from './payloads';
import { Ring } from './ring';
import type { End, EndState, Note, Row, SegmentRow } from './row';

export interface RecordLimits {
  /** Rows kept of a connection; the oldest go first. Default 20,000. */
  readonly maxRows: number;
  /** Bytes kept of each segment's payload. Default 1,460. */
  readonly maxPayload: number;
}

export interface RecordOptions extends Partial<RecordLimits> {
  /** A budget for payloads that several records share. Default: 32 MB of its own. */
  readonly payloads?: Payloads;
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
const TWO_MINUTES = 120_000_000;
export const DEFAULT_PAYLOAD_BUDGET = 32 * 1024 * 1024;

/**
 * What was seen of one connection, from the trace alone. `right` is the stack's own end, which tells its states; what is sent to it has
 * arrived when it is seen. The other end's states are inferred, and what of ours arrives there.
 */
export class ConnectionRecord {
  readonly rows: Ring<Row>;
  /** The ways of both ends; the other's is inferred. */
  readonly path: Record<End, Step[]> = { left: [], right: [] };
  /** Timers of ours that are set, with the time at which each goes off, µs. */
  readonly timers = new Map<TimerName, number>();
  /** When each timer of ours last went off, µs. */
  readonly fired = new Map<TimerName, number>();
  /** What each end sends, in positions. */
  readonly flows: Readonly<Record<End, Flow>> = { left: new Flow(), right: new Flow() };
  readonly marking: Marking;
  /** Our variables when the stack last spoke of them. */
  variables: Variables | undefined;
  /** When it was last heard of, µs. */
  lastTime: number;
  /**
   * Data bytes and segments; those sent again are in both. `stepsForgotten`: of the paths, for want of room.
   */
  readonly counters = {
    segments: { in: 0, out: 0 },
    bytes: { in: 0, out: 0 },
    again: { in: 0, out: 0 },
    skipped: 0,
    stepsForgotten: 0,
  };
  /** Changes with each event: to see whether anything must be drawn anew. */
  version = 0;
  private exchange: Exchange | undefined;
  private readonly payloads: Payloads;
  private readonly maxPayload: number;
  private readonly states: Record<End, EndState>;
  /** What our end has sent again. */
  private readonly again = new Retransmissions();
  /** A drop that was told: the segment that it is about comes next, at the same time. */
  private drop: TcpDropEvent | undefined;
  /** Where our end stood before it changed its state, as long as the segment of that has not come. */
  private before: { readonly time: number; readonly state: EndState } | undefined;

  constructor(
    public id: ConnectionId,
    /** Counts the record's connections from 1. */
    readonly number: number,
    /** When it was first heard of, µs. */
    readonly since: number,
    { maxRows = 20_000, maxPayload = 1460, payloads }: RecordOptions = {},
    state?: State,
  ) {
    this.rows = new Ring(maxRows);
    this.marking = new Marking(maxRows);
    this.maxPayload = maxPayload;
    this.payloads = payloads ?? new Payloads(DEFAULT_PAYLOAD_BUDGET);
    this.lastTime = since;
    this.states = { left: { state: undefined, presumed: false }, right: { state, presumed: false } };
  }

  /** Our state, and the other end's as inferred. */
  get state(): State | undefined {
    return this.states.right.state;
  }

  get ends(): Readonly<Record<End, EndState>> {
    return { left: this.states.left, right: this.states.right };
  }

  /**
   * How many bytes wait in this end's buffers at `time`, by a snapshot of the stack: a program that reads makes no segment, and the trace
   * does not know of it. What is older than the last event is let be.
   */
  buffersAt(time: number, { send, receive }: { readonly send: number; readonly receive: number }): void {
    const { variables } = this;
    if (variables === undefined || time < this.lastTime) return;
    const { buffered } = variables;
    if (buffered.send === send && buffered.receive === receive) return;
    this.variables = { ...variables, buffered: { ...buffered, send, receive } };
    this.version += 1;
  }

  /** Those of an end, where they are known: of the right one, if it is a stack that tells. */
  variablesOf(end: End): Variables | undefined {
    return end === 'right' ? this.variables : undefined;
  }

  /** True for a SYN with another number than the one that began this: it calls anew. */
  isOtherCall({ direction, segment }: SegmentEvent): boolean {
    const { isn } = this.flows[direction === 'in' ? 'left' : 'right'];
    return isn !== undefined && isn !== segment.seq;
  }

  /** A SYN was answered less than two minutes ago, and nothing has come of it yet. */
  isHalfOpen(time: number): boolean {
    const { left, right } = this.flows;
    const waits = left.synSeen && right.synSeen && left.next === 1 && right.next === 1;
    return waits && this.states.left.state !== 'CLOSED' && time - this.lastTime < TWO_MINUTES;
  }

  /** A segment was sent, or came in. `in` is what the left end sends. */
  segment(event: SegmentEvent): SegmentRow {
    this.touch(event.time);
    this.exchange ??= new Exchange(this.id, this.number, event);
    const { exchange } = this;
    const { direction } = event;
    const from: End = direction === 'in' ? 'left' : 'right';
    const reading = exchange.observe(event);
    const told = exchange.dialogue.read(event);
    this.variables = event.variables ?? this.variables;
    this.move('left', { state: exchange.peerState, presumed: exchange.peerPresumed }, event.time, undefined);
    this.move('right', { state: exchange.ourState, presumed: false }, event.time, undefined);
    const payload = event.segment.payload.slice(0, this.maxPayload);
    const row: SegmentRow = {
      kind: 'segment',
      index: this.rows.end,
      time: event.time,
      arrives: undefined,
      from,
      event: { ...event, segment: { ...event.segment, payload }, length: dataLength(event) },
      reading: { ...reading, payload },
      told,
      left: this.states.left,
      right: this.states.right,
      marks: new Set(),
    };
    this.mark(row);
    const { counters } = this;
    counters.segments[direction] += 1;
    counters.bytes[direction] += dataLength(event);
    if (row.marks.has('retransmission')) counters.again[direction] += 1;
    this.rows.push(row);
    this.before = undefined;
    this.payloads.hold(row);
    return row;
  }

  transition(event: TransitionEvent): void {
    this.before ??= { time: event.time, state: this.states.right };
    this.move('right', { state: event.to, presumed: false }, event.time, event.event);
    if (this.exchange !== undefined) this.exchange.ourState = event.to;
    this.note(event);
  }

  /** @param at the end that it is about */
  note(event: Note, at: End = 'right'): void {
    this.touch(event.time);
    if (event.type === 'timer') {
      if (at === 'right') {
        if (event.action === 'set') this.timers.set(event.timer, event.deadline);
        else this.timers.delete(event.timer);
        if (event.action === 'fired') this.fired.set(event.timer, event.time);
      }
      // Timers are set with nearly every segment: only that one went off is worth a row.
      if (event.action !== 'fired') return;
    }
    if (event.type === 'retransmission' && at === 'right') this.exchange?.conversation.retransmits(event.cause);
    if (event.type === 'drop') this.drop = event;
    if (event.type === 'skipped') {
      this.counters.skipped += event.segments.in + event.segments.out;
      this.counters.segments.in += event.segments.in;
      this.counters.segments.out += event.segments.out;
      this.counters.bytes.in += event.bytes.in;
      this.counters.bytes.out += event.bytes.out;
      if (event.variables !== undefined) {
        this.variables = event.variables;
        const { left } = this.flows;
        if (left.isn !== undefined) left.arrivals.skipTo(left.position(event.variables.rcv.nxt));
      }
    }
    const { left } = this.states;
    let { right } = this.states;
    // What was skipped came before the segment that changes the state, and that one comes only now.
    if (event.type === 'skipped' && this.before !== undefined && event.since <= this.before.time)
      right = this.before.state;
    this.rows.push({ kind: 'note', index: this.rows.end, time: event.time, left, right, at, event });
  }

  /** The next row of note in a direction, from the row `from` on, that row left out; `undefined`: there is none. */
  notable(from: number, direction: 'next' | 'previous'): Notable | undefined {
    return nextNotable(this.rows, from, direction);
  }

  private touch(time: number): void {
    this.lastTime = Math.max(this.lastTime, time);
    this.version += 1;
  }

  private move(end: End, to: EndState, time: number, event: string | undefined): void {
    const from = this.states[end];
    this.states[end] = to;
    const steps = this.path[end];
    const last = steps.at(-1);
    // The segment that moves us and the transition are two events: whichever comes first makes the step, the transition names its cause.
    if (from.state === to.state) {
      if (event !== undefined && last !== undefined && last.to === to.state && last.event === undefined)
        steps[steps.length - 1] = { ...last, event };
      return;
    }
    steps.push({ time, from: from.state, to: to.state, event });
    if (steps.length <= MOST_STEPS) return;
    steps.shift();
    this.counters.stepsForgotten += 1;
  }

  private mark(row: SegmentRow): void {
    const { event, from: end } = row;
    const { segment } = event;
    this.startOver(event, this.flows[end]);
    const { left, right } = this.flows;
    const [flow, back] = end === 'left' ? [left, right] : [right, left];
    const { from, to } = flow.sends(event);
    const isDropped = end === 'left' && this.drop?.time === event.time;
    if (to > from) {
      const fit = this.fitOf(row, flow, from, to, isDropped);
      if (fit !== undefined) row.reading = { ...row.reading, ...fit };
      const { again } = row.reading;
      if (again) this.marking.add(row, 'retransmission', false);
      const acked = flow.acked ?? from;
      const earlier = flow.outstanding.send(Math.max(from, acked), to, row);
      // What comes to us has arrived: nothing of it was lost behind where we stand.
      if (again && end === 'right') this.judge(row, from, to, earlier);
      if (fit !== undefined) this.markFit(row, fit);
    }
    if (end === 'left') {
      if (isDropped) {
        this.marking.add(row, 'dropped', false);
        row.drop = this.drop;
      }
      this.drop = undefined;
    }
    const acked = back.hears(segment, flow);
    if (acked !== undefined) this.markSacked(segment.options, back, acked);
    if (event.variables !== undefined) left.arrivals.skipTo(left.position(event.variables.rcv.nxt));
  }

  /** How what a row carries fits to what came before it, where that can be said when the segment is seen. */
  private fitOf(
    { reading, from: end }: SegmentRow,
    flow: Flow,
    from: number,
    to: number,
    isDropped: boolean,
  ): Fit | undefined {
    if (end === 'right') return undefined;
    const isProbe = reading.purpose === 'keep-alive' || reading.purpose === 'window-probe';
    if (isProbe) return undefined;
    // What was dropped has not come; most often it was dropped since it had come before.
    const { arrivals } = flow;
    if (isDropped) return { ...IN_ORDER, duplicate: arrivals.has(from, to) };
    return arrivals.add(from, to, flow.synSeen ? 0 : flow.start);
  }

  /** What is to say of the rows that carried before what this one carries again. */
  private judge(row: SegmentRow, from: number, to: number, earlier: ReadonlyMap<SegmentRow, boolean>): void {
    const lost: SegmentRow[] = [];
    for (const [before, sacked] of earlier) {
      const { purpose } = before.reading;
      if (sacked || purpose === 'keep-alive' || purpose === 'window-probe') continue;
      this.marking.add(before, 'lost');
      lost.push(before);
    }
    this.again.add({ row, from, to, earlier: lost });
  }

  private markFit(row: SegmentRow, { duplicate, missing, fills }: Fit): void {
    if (duplicate) this.marking.add(row, 'duplicate', false);
    if (missing > 0) this.marking.add(row, 'out-of-order', false);
    if (fills) this.marking.add(row, 'fills', false);
  }

  private markSacked(options: SegmentEvent['segment']['options'], flow: Flow, acked: number): void {
    for (const option of options) {
      if (option.kind !== 'sack') continue;
      const blocks = option.blocks.map(({ left, right }) => ({ from: flow.position(left), to: flow.position(right) }));
      const [first, second] = blocks;
      // RFC 2883 §4: the first block tells of octets that came twice when they are acknowledged, or in the second block.
      const twice =
        first !== undefined &&
        (first.to <= acked || (second !== undefined && first.from >= second.from && first.to <= second.to));
      if (twice && flow === this.flows.right) this.cameTwice(first);
      for (const { from, to } of twice ? blocks.slice(1) : blocks) {
        if (from < acked || to > flow.next) continue;
        for (const part of flow.sacked.add(from, to))
          for (const row of flow.outstanding.sack(part.from, part.to)) this.marking.add(row, 'sacked');
      }
    }
  }

  private cameTwice({ from, to }: { readonly from: number; readonly to: number }): void {
    const again = this.again.takeLast(from, to);
    if (again === undefined) return;
    this.marking.add(again.row, 'spurious');
    for (const row of again.earlier) this.marking.remove(row, 'lost');
  }

  /** A SYN with another number begins a new connection between the same ports. */
  private startOver({ segment: { flags, seq } }: SegmentEvent, flow: Flow): void {
    if (!(flags & FLAG.SYN) || flow.isn === undefined || flow.isn === seq) return;
    Object.assign(this.flows, { left: new Flow(), right: new Flow() });
  }
}
