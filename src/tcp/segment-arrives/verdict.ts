import { FLAG } from '../../wire/tcp';
import { drop } from '../drop';
import { reset, type OutgoingSegment } from '../segment';
import type { Tcb } from '../tcb';

/** What a step of SEGMENT ARRIVES says: go on to the next one, or stop, perhaps with a segment to send in reply. */
export type Verdict = 'continue' | 'drop' | OutgoingSegment;

/** `challengeAckLimit` answers to what should not have come, in so many µs (RFC 5961 §7). */
const PERIOD = 5_000_000;

/**
 * Drops a segment that could be forged and answers with an ACK: a genuine peer puts itself right (RFC 5961 §3 to §5). The limit
 * is each connection's own: one that all share would tell a stranger, who uses it up, what happens on the others (CVE-2016-5696).
 */
export function challenge(tcb: Tcb, detail: () => string, now: number): Verdict {
  answerSparingly(tcb, now);
  tcb.challenges = tcb.ackNow;
  return drop(tcb, 'challenge-acks', detail, now);
}

/** Owes an ACK, but not too often (RFC 5961 §7): two ends that disagree would answer each other's ACKs for ever. */
export function answerSparingly(tcb: Tcb, now: number): void {
  let { answers } = tcb;
  if (answers === undefined || now - answers.since >= PERIOD) tcb.answers = answers = { count: 0, since: now };
  answers.count += 1;
  if (answers.count <= tcb.settings.challengeAckLimit) tcb.ackNow = true;
  else tcb.host.count('tcp.acks-throttled');
}

/** <SEQ=seq><CTL=RST> */
export function replyReset(seq: number): OutgoingSegment {
  return reset(seq, 0, FLAG.RST);
}
