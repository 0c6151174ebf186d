import type { SkippedEvent } from '../inspect/record/skipped';
import type { TimerName } from '../tcp/timers';
import { dataLength, type ConnectionId, type SegmentEvent, type SegmentSampler, type TimerEvent } from '../tcp/trace';
import type { TraceEvent } from '../trace';
import { Sampler, type Period, type SamplerLimits } from './sampler';

export type FedEvent = TraceEvent | SkippedEvent;

export interface FeedLimits extends SamplerLimits {
  /** Bytes that are kept of each payload, however much there is to tell. Default 256. */
  readonly payload: number;
  /** Bytes that are kept of one as long as `more` of the period is not used up: a whole segment of Ethernet. Default 1,460. */
  readonly wholePayload: number;
  /** Bytes beyond `payload` for all segments of a period. Default 16 KiB. */
  readonly more: number;
  /** Events beside segments in each period: transitions, drops, ARP, … Default 400. */
  readonly events: number;
  /** Timers that were set or taken back, told at the end of each period; each connection's last word on each timer. Default 200. */
  readonly timers: number;
}

export interface FeedOptions extends Partial<FeedLimits> {
  /** The stack's clock, µs. */
  readonly now: () => number;
  /** Connections that are the inspector's own: nothing is told of them, or each message would make more of them. */
  readonly isOwn?: (connection: ConnectionId) => boolean;
}

/**
 * Takes a stack's trace and gives it out in batches within bounds: of segments a sample, their payloads cut, timers once a batch.
 * Pure: whoever has it calls `take` from time to time, which ends a period.
 */
export class Feed {
  readonly sampler: SegmentSampler;
  /** Events that were left out, since the start. */
  dropped = 0;
  private readonly sampling: Sampler;
  private readonly isOwn: (connection: ConnectionId) => boolean;
  private readonly payloads: { readonly least: number; readonly most: number; readonly more: number };
  private readonly limits: { readonly events: number; readonly timers: number };
  /** What is left of `more` in this period. */
  private more: number;
  private batch: FedEvent[] = [];
  private others = 0;
  /** The last word on each timer, by its name and then by connection. */
  private readonly timers = new Map<TimerName, Map<number, TimerEvent>>();
  private timersKept = 0;

  constructor(options: FeedOptions) {
    const { now, isOwn = () => false, payload = 256, wholePayload = 1460, more = 16 * 1024 } = options;
    const { events = 400, timers = 200, ...limits } = options;
    this.isOwn = isOwn;
    this.payloads = { least: payload, most: Math.max(payload, wholePayload), more };
    this.more = more;
    this.limits = { events, timers };
    this.sampling = new Sampler(now, (event) => this.batch.push(event), limits);
    const { wants } = this.sampling;
    this.sampler = (direction, connection, flags, length, reason, of, seq, window) =>
      !isOwn(connection) && wants(direction, connection, flags, length, reason, of, seq, window);
  }

  /** Segments that were told only as so many, since the start. */
  get skipped(): number {
    return this.sampling.skipped;
  }

  /** The connections that are looked at: they have the larger share. */
  watch(connections: ReadonlySet<number>): void {
    this.sampling.watch(connections);
  }

  /** The stack's trace. Segments come here only when the sampler wants them. */
  readonly event = (event: TraceEvent): void => {
    switch (event.type) {
      case 'segment':
        this.settle(event);
        this.batch.push(this.cut(event));
        return;
      case 'timer':
        if (!this.isOwn(event.connection)) this.timer(event);
        return;
      case 'transition':
      case 'retransmission':
      case 'congestion':
        if (!this.isOwn(event.connection)) this.other(event);
        return;
      default:
        this.other(event);
    }
  };

  /** Ends a period: what it has to tell, in order. */
  take(): { readonly events: readonly FedEvent[]; readonly period: Period } {
    const period = this.sampling.endPeriod();
    for (const each of this.timers.values()) {
      for (const event of each.values()) this.batch.push(event);
      each.clear();
    }
    this.timersKept = 0;
    const events = this.batch;
    this.batch = [];
    this.others = 0;
    this.more = this.payloads.more;
    return { events, period };
  }

  /** Nobody listens any more. */
  clear(): void {
    this.take();
    this.batch = [];
    this.sampling.clear();
  }

  /** What was skipped before a segment is told when that has been dealt with: it was earlier all the same. */
  private settle({ time, connection }: SegmentEvent): void {
    const last = this.batch.at(-1);
    if (last?.type !== 'skipped' || last.connection.id !== connection.id || last.time <= time) return;
    this.batch[this.batch.length - 1] = { ...last, time, since: Math.min(time, last.since) };
  }

  private other(event: TraceEvent): void {
    if (this.others >= this.limits.events) {
      this.dropped += 1;
      return;
    }
    this.others += 1;
    this.batch.push(event);
  }

  /** Timers are set with nearly every segment: only the last word on each is told, and that one has gone off. */
  private timer(event: TimerEvent): void {
    const { id } = event.connection;
    let each = this.timers.get(event.timer);
    if (each === undefined) {
      each = new Map<number, TimerEvent>();
      this.timers.set(event.timer, each);
    }
    const isKept = each.has(id);
    if (event.action === 'fired') {
      if (isKept) this.timersKept -= 1;
      each.delete(id);
      this.other(event);
    } else if (isKept) each.set(id, event);
    else if (this.timersKept < this.limits.timers) {
      this.timersKept += 1;
      each.set(id, event);
    } else this.dropped += 1;
  }

  /**
   * The payload is the link's or the user's, who use its memory again: a copy of its beginning. A head of HTTP is longer than that in any
   * browser's request, and what follows it, such as a WebSocket's frames, is understood only by who has read it: so all of it when few speak.
   */
  private cut(event: SegmentEvent): SegmentEvent {
    const { segment } = event;
    const { least, most } = this.payloads;
    const size = Math.min(segment.payload.length, Math.min(most, least + this.more));
    this.more -= Math.max(0, size - least);
    const payload = new Uint8Array(segment.payload.subarray(0, size));
    return { ...event, segment: { ...segment, payload }, length: dataLength(event) };
  }
}
