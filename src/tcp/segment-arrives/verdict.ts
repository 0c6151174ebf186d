import { FLAG } from '../../wire/tcp';
import { drop } from '../drop';
import { hasFlag, reset, segmentLength, type OutgoingSegment, type Segment } from '../segment';
import type { Tcb } from '../tcb';

/** What a step of SEGMENT ARRIVES says: go on to the next one, or stop, perhaps with a segment to send in reply. */
export type Verdict = 'continue' | 'drop' | OutgoingSegment;

/** The least time between two answers to bare ACKs, µs (as Linux's `tcp_invalid_ratelimit`). */
const SPARINGLY = 500_000;

/** Drops a segment that could be forged and answers with an ACK: a genuine peer puts itself right (RFC 5961 §3 to §5). */
export function challenge(tcb: Tcb, segment: Segment, detail: () => string, now: number): Verdict {
  answer(tcb, segment, now);
  return drop(tcb, 'challenge-acks', detail, now);
}

/**
 * Owes an ACK for a segment that should not have come. A bare ACK may be such an answer itself, and two ends that disagree would
 * answer each other for ever: it is answered sparingly (RFC 5961 §7).
 */
export function answer(tcb: Tcb, segment: Segment, now: number): void {
  if (segmentLength(segment) === 0 && !hasFlag(segment, FLAG.RST)) {
    if (now - tcb.answeredAt < SPARINGLY) {
      tcb.host.count('tcp.acks-throttled');
      return;
    }
    tcb.answeredAt = now;
  }
  tcb.ackNow = true;
}

/** <SEQ=seq><CTL=RST> */
export function replyReset(seq: number): OutgoingSegment {
  return reset(seq, 0, FLAG.RST);
}
