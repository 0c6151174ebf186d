import { FLAG } from '../../wire/tcp';
import { drop } from '../drop';
import { add, diff, ge, gt, le, lt } from '../sequence';
import { hasFlag, segmentLength, type Segment } from '../segment';
import { NOTICE, type Tcb } from '../tcb';
import { markForRetransmission, startRetransmissionTimer } from '../output';
import { clearTimer, startUserTimer } from '../timers';
import { enterClosed, enterTimeWait } from '../transition';
import { enterEstablished } from './synchronize';
import { challenge, replyReset, type Verdict } from './verdict';

const FAST_RETRANSMIT_AFTER = 3;

/** Fifth step: check the ACK field (RFC 9293 §3.10.7.4). */
export function checkAck(tcb: Tcb, segment: Segment, now: number): Verdict {
  const { snd } = tcb;
  if (!hasFlag(segment, FLAG.ACK)) return drop(tcb, 'no-ack', () => 'the ACK bit is off', now);
  if (tcb.state === 'SYN-RECEIVED') {
    if (!(lt(snd.una, segment.ack) && le(segment.ack, snd.nxt))) return replyReset(segment.ack);
    if (!enterEstablished(tcb, 'rcv ACK of SYN', now)) return 'drop';
    updateWindow(tcb, segment, true, now);
  }
  // RFC 5961 §5.2: an ACK that is too old, or of what was never sent, is challenged.
  if (gt(segment.ack, snd.nxt) || diff(segment.ack, snd.una) < -snd.maxWnd) {
    return challenge(tcb, () => `ACK ${segment.ack} is not between SND.UNA ${snd.una} and SND.NXT ${snd.nxt}`, now);
  }
  if (gt(segment.ack, snd.una)) acknowledge(tcb, segment.ack, now);
  else if (isDuplicate(tcb, segment)) duplicateAck(tcb, now);
  if (ge(segment.ack, snd.una)) updateWindow(tcb, segment, false, now);

  switch (tcb.state) {
    case 'CLOSING':
      if (tcb.finAcked) enterTimeWait(tcb, 'rcv ACK of FIN', now);
      break;
    case 'LAST-ACK':
      if (tcb.finAcked) {
        enterClosed(tcb, 'rcv ACK of FIN', now);
        return 'drop';
      }
      break;
    default:
  }
  return 'continue';
}

/** SND.UNA < SEG.ACK =< SND.NXT: the peer has everything before `ack`. */
export function acknowledge(tcb: Tcb, ack: number, now: number): void {
  const { snd, rto, recovery } = tcb;
  const acked = diff(ack, snd.una);
  const syn = tcb.synUnacked ? 1 : 0;
  const data = Math.min(acked - syn, tcb.sendQueue.length);
  const limited = tcb.inFlight + snd.mss > tcb.congestion.cwnd;
  // A repeated SYN that came before this in the same batch is answered by it.
  tcb.resendSyn = false;
  snd.una = ack;
  snd.head = add(snd.head, data);
  if (lt(snd.push, snd.head)) snd.push = snd.head;
  tcb.sendQueue.drop(data);
  tcb.counters.bytesAcked += data;
  if (tcb.finQueued && acked - syn > data) {
    tcb.finAcked = true;
    clearTimer(tcb, 'linger', now);
  }

  if (recovery.timed !== undefined && ge(ack, recovery.timed.end)) {
    rto.measure(now - recovery.timed.at);
    recovery.timed = undefined;
  } else if (syn === 0) {
    rto.progressed();
  }
  adjustCongestionWindow(tcb, data, limited, now);
  if (tcb.inFlight === 0) {
    clearTimer(tcb, 'retransmission', now);
    clearTimer(tcb, 'user', now);
    recovery.since = undefined;
  } else {
    startRetransmissionTimer(tcb, now);
    recovery.since = now;
    startUserTimer(tcb, now);
  }
  recovery.advised = false;
  tcb.softError = undefined;
  tcb.host.confirm();
  tellOfRoom(tcb);
}

/** RFC 5681 §3, and NewReno's fast recovery (RFC 6582 §3.2, step 3). */
function adjustCongestionWindow(tcb: Tcb, acked: number, limited: boolean, now: number): void {
  const { recovery, congestion, snd } = tcb;
  recovery.duplicateAcks = 0;
  if (!recovery.active) {
    if (acked > 0) congestion.acked(acked, limited);
    // Keeps up, so that "beyond it" never wraps to "before it".
    if (gt(snd.una, recovery.point)) recovery.point = add(snd.una, -1);
    return;
  }
  if (ge(snd.una, recovery.point)) {
    recovery.active = false;
    congestion.recovered(tcb.inFlight);
    reportCongestion(tcb, 'recovered', now);
    return;
  }
  congestion.partiallyAcked(acked);
  markForRetransmission(tcb, 'fast-retransmit', snd.mss);
}

/** RFC 5681 §2, "duplicate acknowledgment". With a closed window it is the answer to a probe. */
function isDuplicate(tcb: Tcb, segment: Segment): boolean {
  const { snd } = tcb;
  return (
    segment.ack === snd.una &&
    segmentLength(segment) === 0 &&
    tcb.inFlight > 0 &&
    snd.wnd > 0 &&
    segment.wnd === snd.wnd
  );
}

/** RFC 5681 §3.2, RFC 6582 §3.2, steps 2 and 3. */
function duplicateAck(tcb: Tcb, now: number): void {
  const { recovery, congestion, snd } = tcb;
  recovery.duplicateAcks += 1;
  if (recovery.active) {
    congestion.duplicateAcked();
    return;
  }
  if (recovery.duplicateAcks !== FAST_RETRANSMIT_AFTER || !gt(snd.una, recovery.point)) return;
  recovery.active = true;
  recovery.point = snd.nxt;
  congestion.lossDetected(tcb.inFlight);
  reportCongestion(tcb, 'fast-retransmit', now);
  markForRetransmission(tcb, 'fast-retransmit', snd.mss);
}

/** SND.UNA =< SEG.ACK =< SND.NXT: take the window, unless an older segment brings an older one. */
function updateWindow(tcb: Tcb, segment: Segment, handshake: boolean, now: number): void {
  const { snd } = tcb;
  // A retransmission brings an old SEG.SEQ with a new SEG.ACK and a new window: without the third case SND.WND, which counts
  // from SND.UNA, would come to reach beyond what the peer has offered.
  const newer =
    lt(snd.wl1, segment.seq) || (snd.wl1 === segment.seq && le(snd.wl2, segment.ack)) || lt(snd.wl2, segment.ack);
  if (!newer && !handshake) return;
  const wasClosed = snd.wnd === 0;
  snd.wnd = segment.wnd;
  snd.maxWnd = Math.max(snd.maxWnd, snd.wnd);
  snd.wl1 = segment.seq;
  snd.wl2 = segment.ack;
  if (snd.wnd === 0) return;
  tcb.windowProbes = 0;
  if (!wasClosed) return;
  clearTimer(tcb, 'persist', now);
  // What is still in flight the peer has thrown away when its window was closed.
  if (tcb.inFlight > 0) markForRetransmission(tcb, 'window-opened');
}

/** A user who was told `EAGAIN` hears when a worthwhile part of the buffer is free. */
function tellOfRoom(tcb: Tcb): void {
  if (!tcb.sendBlocked) return;
  if (tcb.sendQueue.length > (tcb.settings.sendBuffer * 2) / 3) return;
  tcb.sendBlocked = false;
  tcb.note(NOTICE.WRITABLE);
}

function reportCongestion(tcb: Tcb, cause: 'fast-retransmit' | 'recovered', now: number): void {
  const { cwnd, ssthresh } = tcb.congestion;
  tcb.host.trace?.({ type: 'congestion', time: now, connection: tcb.trace, cause, cwnd, ssthresh });
}
