import { FLAG } from '../../wire/tcp';
import { drop } from '../drop';
import { reset, type OutgoingSegment } from '../segment';
import type { Tcb } from '../tcb';

/** What a step of SEGMENT ARRIVES says: go on to the next one, or stop, perhaps with a segment to send in reply. */
export type Verdict = 'continue' | 'drop' | OutgoingSegment;

/** Drops a segment that could be forged and answers with an ACK: a genuine peer puts itself right (RFC 5961 §7). */
export function challenge(tcb: Tcb, detail: () => string, now: number): Verdict {
  tcb.ackNow = true;
  return drop(tcb, 'challenge-acks', detail, now);
}

/** <SEQ=seq><CTL=RST> */
export function replyReset(seq: number): OutgoingSegment {
  return reset(seq, 0, FLAG.RST);
}
