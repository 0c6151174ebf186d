import { FLAG } from '../../wire/tcp';
import { drop } from '../drop';
import { add, diff, gt, le, lt, within } from '../sequence';
import { hasFlag, segmentLength, type Segment } from '../segment';
import { asksForEcn, NO_ECN } from '../ecn';
import type { Tcb } from '../tcb';
import { restartTimeWait } from '../transition';
import { answerSparingly, type Verdict } from './verdict';

/**
 * First step: check the sequence number (RFC 9293 §3.10.7.4). A segment outside the window is answered with an ACK and goes no
 * further; one that is partly outside is trimmed to the window.
 */
export function checkSequence(tcb: Tcb, segment: Segment, now: number): Verdict {
  const { rcv } = tcb;
  const window = tcb.receiveWindow;
  if (tcb.timestamps.isOld(segment, now) && !hasFlag(segment, FLAG.RST) && !isOvertakenAck(tcb, segment)) {
    return refuseOld(tcb, segment, now);
  }
  if (tcb.state === 'SYN-RECEIVED' && hasFlag(segment, FLAG.SYN) && segment.seq === rcv.irs) {
    return repeatedSyn(tcb, segment);
  }
  if (!isAcceptable(segment, rcv.nxt, window)) {
    // The first paragraph's allowance: a closed window still takes ACKs, RSTs and URGs. The text is not taken.
    if (window === 0 && segment.seq === rcv.nxt) {
      segment.data = segment.data.subarray(0, 0);
      segment.flags &= ~FLAG.FIN;
      tcb.timestamps.take(segment, now);
      tcb.ackNow = true;
      return 'continue';
    }
    if (!hasFlag(segment, FLAG.RST)) {
      answerOutside(tcb, segment, now);
      // The repeated FIN restarts TIME-WAIT (step 8).
      if (tcb.state === 'TIME-WAIT' && hasFlag(segment, FLAG.FIN)) restartTimeWait(tcb, now);
    }
    if (isLateAck(tcb, segment)) return 'continue';
    return drop(tcb, 'outside-window', () => describeOutside(tcb, segment), now);
  }
  // Before the trimming: SEG.SEQ is where the peer began (RFC 7323 §4.3).
  tcb.timestamps.take(segment, now);
  // A RST is believed by its own number (step 2), not by what the data in it reaches.
  if (!hasFlag(segment, FLAG.RST)) trimToWindow(tcb, segment);
  return 'continue';
}

/**
 * A bare ACK of nothing new that later ones have overtaken on the way. By the letter of PAWS it would be dropped, and answered; but it can do no harm,
 * what it SACKs may be news, and on a path that reorders the answers would never end.
 */
function isOvertakenAck({ timestamps, snd, rcv, rto }: Tcb, segment: Segment): boolean {
  if (segmentLength(segment) > 0 || !hasFlag(segment, FLAG.ACK) || segment.seq !== rcv.nxt) return false;
  return le(segment.ack, snd.una) && timestamps.age(segment) <= rto.rto;
}

/** PAWS (RFC 7323 §5.3, R1): older than what came before it. It is answered like one outside the window. */
function refuseOld(tcb: Tcb, segment: Segment, now: number): Verdict {
  answerOutside(tcb, segment, now);
  const { recent } = tcb.timestamps;
  return drop(tcb, 'paws', () => `timestamp ${segment.tsval} is older than ${recent ?? 0}`, now);
}

/** An empty segment may be such an answer itself, and a SYN forged, wherever it stands (RFC 5961 §4.2): these are answered sparingly. */
function answerOutside(tcb: Tcb, segment: Segment, now: number): void {
  if (segmentLength(segment) === 0 || hasFlag(segment, FLAG.SYN)) answerSparingly(tcb, now);
  else acknowledgeDuplicate(tcb, segment);
}

/** Text that came before: the peer has missed an ACK, and hears what it sent twice (RFC 2883 §4.1.1). */
function acknowledgeDuplicate(tcb: Tcb, segment: Segment): void {
  const { rcv } = tcb;
  tcb.ackNow = true;
  const end = add(segment.seq, segment.data.length);
  if (segment.data.length > 0 && le(end, rcv.nxt)) {
    rcv.duplicateLeft = segment.seq;
    rcv.duplicateRight = end;
  }
}

/**
 * The four cases of Table 6 in §3.10.7.4, but that an ACK may stand at the right edge: there is SND.NXT of a peer that has the
 * whole window in flight, and its ACKs must count.
 */
export function isAcceptable(segment: Segment, next: number, window: number): boolean {
  const length = segmentLength(segment);
  if (length === 0) return within(segment.seq, next, hasFlag(segment, FLAG.RST) ? Math.max(1, window) : window + 1);
  if (window === 0) return false;
  return within(segment.seq, next, window) || within(add(segment.seq, length - 1), next, window);
}

/**
 * A bare ACK of something new that stands a little before RCV.NXT. Its sender has probed our window, or saw it shrink, and has not
 * heard that we took what lay beyond (see `nextAcceptable`). Two such ends would otherwise never hear each other again.
 */
function isLateAck({ state, snd, rcv, receiveBuffer }: Tcb, segment: Segment): boolean {
  const behind = diff(rcv.nxt, segment.seq);
  if (behind <= 0 || behind > receiveBuffer.size || state === 'SYN-RECEIVED') return false;
  return segmentLength(segment) === 0 && !hasFlag(segment, FLAG.RST) && gt(segment.ack, snd.una);
}

/** Cuts off what was received before and what lies beyond the window. A FIN beyond it goes too. */
export function trimToWindow(tcb: Tcb, segment: Segment): void {
  const { rcv } = tcb;
  if (lt(segment.seq, rcv.nxt)) {
    let old = diff(rcv.nxt, segment.seq);
    if (hasFlag(segment, FLAG.SYN)) {
      segment.flags &= ~FLAG.SYN;
      old -= 1;
    }
    const text = Math.min(old, segment.data.length);
    if (text > 0) {
      rcv.duplicateLeft = add(rcv.nxt, -old);
      rcv.duplicateRight = add(rcv.duplicateLeft, text);
    }
    segment.data = segment.data.subarray(text);
    segment.seq = rcv.nxt;
    segment.up = Math.max(0, segment.up - old);
    // Part of it is old, so the peer has missed an ACK.
    tcb.ackNow = true;
  }
  const room = tcb.receiveWindow - diff(segment.seq, rcv.nxt);
  if (segment.data.length > room) segment.data = segment.data.subarray(0, room);
  else if (segment.data.length < room || !hasFlag(segment, FLAG.FIN)) return;
  segment.flags &= ~FLAG.FIN;
}

/**
 * SYN-RECEIVED, and the peer's SYN again. In a simultaneous open it comes with the ACK that we wait for (§3.5, Figure 8).
 * Otherwise our SYN,ACK was lost: it is sent again.
 */
function repeatedSyn(tcb: Tcb, segment: Segment): Verdict {
  if (!hasFlag(segment, FLAG.ACK)) {
    if (hasFlag(segment, FLAG.RST)) return 'drop';
    // RFC 3168 §6.1.1.1: a peer that asks again without the bits goes on without ECN.
    if (!asksForEcn(segment)) tcb.ecn = NO_ECN;
    tcb.resendSyn = true;
    return 'drop';
  }
  // Its ECE agrees to ECN: nothing was marked.
  segment.flags &= ~(FLAG.SYN | FLAG.ECE | FLAG.CWR);
  segment.seq = add(segment.seq, 1);
  trimToWindow(tcb, segment);
  return 'continue';
}

function describeOutside(tcb: Tcb, segment: Segment): string {
  const { seq } = segment;
  const { nxt, edge } = tcb.rcv;
  return `${seq}:${add(seq, segmentLength(segment))} is outside the receive window ${nxt}:${edge}`;
}
