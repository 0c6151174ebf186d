import { FLAG } from '../../wire/tcp';
import { drop } from '../drop';
import { add, diff, ge, gt, le, lt } from '../sequence';
import { hasFlag, type Segment } from '../segment';
import type { Tcb } from '../tcb';
import { takeAck } from '../recovery/take-ack';
import { clearTimer } from '../timers';
import { enterClosed, enterTimeWait } from '../transition';
import { enterEstablished } from './synchronize';
import { challenge, replyReset, type Verdict } from './verdict';

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
  if (tcb.ecn.on && hasFlag(segment, FLAG.ECE)) tcb.ecn.echoed += 1;
  takeAck(tcb, segment, now);
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
  if (snd.wnd === 0) {
    if (wasClosed) return;
    tcb.windowClosedAt = now;
    tcb.trouble.zeroWindows += 1;
    return;
  }
  tcb.windowProbes = 0;
  if (!wasClosed) return;
  if (tcb.windowClosedAt !== undefined) tcb.trouble.zeroWindowTime += now - tcb.windowClosedAt;
  tcb.windowClosedAt = undefined;
  clearTimer(tcb, 'persist', now);
  // What has probed the window the peer has thrown away while it was closed, and no router has lost it. Where a window has shrunk under
  // more than that, the oldest segment finds out what became of the rest.
  const { inFlight } = tcb;
  const { head } = inFlight;
  if (head === undefined) return;
  inFlight.splitAt(head, add(head.start, snd.mss));
  inFlight.markLost(head);
}
