import { FLAG } from '../../wire/tcp';
import { drop } from '../drop';
import { reset, type OutgoingSegment } from '../segment';
import type { Tcb } from '../tcb';

/** What a step of SEGMENT ARRIVES says: go on to the next one, or stop, perhaps with a segment to send in reply. */
export type Verdict = 'continue' | 'drop' | OutgoingSegment;

/** The least time between two answers to what should not have come, µs (as Linux's `tcp_invalid_ratelimit`). */
const SPARINGLY = 500_000;

/** Drops a segment that could be forged and answers with an ACK: a genuine peer puts itself right (RFC 5961 §3 to §5). */
export function challenge(tcb: Tcb, detail: () => string, now: number): Verdict {
  answerSparingly(tcb, now);
  return drop(tcb, 'challenge-acks', detail, now);
}

/** Owes an ACK, but not too often (RFC 5961 §7): two ends that disagree would answer each other's ACKs for ever. */
export function answerSparingly(tcb: Tcb, now: number): void {
  if (now - tcb.answeredAt < SPARINGLY) {
    tcb.host.count('tcp.acks-throttled');
    return;
  }
  tcb.answeredAt = now;
  tcb.ackNow = true;
}

/** <SEQ=seq><CTL=RST> */
export function replyReset(seq: number): OutgoingSegment {
  return reset(seq, 0, FLAG.RST);
}
