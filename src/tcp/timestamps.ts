import { FLAG } from '../wire/tcp';
import { lt } from './sequence';
import { hasFlag, type OutgoingSegment, type Segment } from './segment';
import type { Tcb } from './tcb';

/** The timestamp clock ticks every millisecond (RFC 7323 §5.4). */
const TICK = 1_000;
/** After so long without a segment TS.Recent may have wrapped, and says nothing any more (RFC 7323 §5.5): 24 days, µs. */
const VALID_FOR = 24 * 24 * 3600 * 1_000_000;

/** The timestamps of one connection (RFC 7323 §3 to §5). */
export class Timestamps {
  /** Both sides have offered the option in their SYNs (Snd.TS.OK). */
  on = false;
  /** When TS.Recent was last taken, µs; negative before the first. */
  private takenAt = -1;
  // Signed, as in `SendVariables`.
  private readonly offset: number;
  private signedRecent = 0;
  private signedLastAckSent = 0;

  /** @param offset of this connection's clock, so that it tells nobody how long this host is up (RFC 7323 §7.1) */
  constructor(offset: number) {
    this.offset = offset | 0;
  }

  /** TS.Recent: what to echo. `undefined` until the peer has sent one. */
  get recent(): number | undefined {
    return this.takenAt < 0 ? undefined : this.signedRecent >>> 0;
  }

  /** Last.ACK.sent: where the window began when we last acknowledged. */
  get lastAckSent(): number {
    return this.signedLastAckSent >>> 0;
  }

  set lastAckSent(seq: number) {
    this.signedLastAckSent = seq | 0;
  }

  /** Our clock, as TSval. @param now µs */
  value(now: number): number {
    return (Math.floor(now / TICK) + this.offset) >>> 0;
  }

  /** PAWS (RFC 7323 §5.3, R1): the segment is older than what came before it. */
  isOld(segment: Segment, now: number): boolean {
    if (!this.on || !segment.timestamps || this.takenAt < 0) return false;
    return lt(segment.tsval, this.signedRecent) && now - this.takenAt <= VALID_FOR;
  }

  /** By how much the segment is older than the last one whose timestamp we took, µs. */
  age({ tsval }: Segment): number {
    return (((this.recent ?? tsval) - tsval) | 0) * TICK;
  }

  /**
   * RFC 7323 §4.3, (2): takes the timestamp of a segment that reaches down to what we have acknowledged. It was checked before, unless
   * it is a reset's, from which nothing is learned (§5.2).
   */
  take(segment: Segment, now: number): void {
    if (!this.on || !segment.timestamps || hasFlag(segment, FLAG.RST)) return;
    if (((segment.seq - this.lastAckSent) | 0) > 0 || this.isOld(segment, now)) return;
    this.signedRecent = segment.tsval | 0;
    this.takenAt = now;
  }

  /** The peer's SYN brought one. */
  start(segment: Segment, now: number): void {
    this.on = true;
    this.signedRecent = segment.tsval | 0;
    this.takenAt = now;
  }
}

/** A reset of this connection's has the option too (RFC 7323 §3.2: SHOULD). */
export function stamped({ timestamps }: Tcb, segment: OutgoingSegment, now: number): OutgoingSegment {
  if (!timestamps.on) return segment;
  segment.timestamps = true;
  segment.tsval = timestamps.value(now);
  // Without ACK it echoes nothing.
  segment.tsecr = hasFlag(segment, FLAG.ACK) ? (timestamps.recent ?? 0) : 0;
  return segment;
}
