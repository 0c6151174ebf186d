import { followPath } from '../pmtu/follow';
import { sendMtuProbe } from '../pmtu/probe';
import { scheduleProbe } from '../recovery/tail-loss-probe';
import { pipe } from '../recovery/recovery';
import { diff, gt } from '../sequence';
import type { Tcb } from '../tcb';
import { mayLeave } from './pacing';
import { sendLost } from './retransmit';
import { mostAtOnce, roomForData, sendAck, sendText } from './segment';
import { sendSyn } from './syn';
import { superviseWindow } from './window-probe';

/**
 * Sends what may be sent now: the SYN, what is to be sent again, new data, the FIN, and if nothing of that carried it,
 * an ACK that is owed. Called once after every event, so that one ACK answers all that an event brought (RFC 9293 MUST-59).
 */
export function output(tcb: Tcb, now: number): void {
  switch (tcb.state) {
    case 'CLOSED':
    case 'LISTEN':
      return;
    case 'SYN-SENT':
    case 'SYN-RECEIVED':
      if (tcb.snd.nxt === tcb.snd.iss || tcb.resendSyn) sendSyn(tcb, now, 'handshake');
      // RFC 7413 §4.2.2: the server answers at once. What gets lost of it goes out again when the handshake is done.
      if (tcb.state === 'SYN-RECEIVED' && tcb.fastOpen?.early === true) sendNew(tcb, Infinity, now);
      break;
    case 'TIME-WAIT':
      break;
    default:
      if (tcb.resendSyn) sendSyn(tcb, now, 'handshake');
      followPath(tcb, now);
      sendWaiting(tcb, now);
      superviseWindow(tcb, now);
  }
  // A peer without SACK counts the ACKs: each segment that came out of order gets one of its own.
  while (!tcb.sackPermitted && tcb.rcv.duplicatesOwed > 0) sendAck(tcb, now, 'ack');
  tcb.rcv.duplicatesOwed = 0;
  if (tcb.ackNow) sendAck(tcb, now, tcb.challenges ? 'challenge' : 'ack');
}

/** What is lost, then new data; but after the first ACK of F-RTO new data goes first (RFC 5682 §2.1, step 2b). */
function sendWaiting(tcb: Tcb, now: number): void {
  const { snd, recovery } = tcb;
  const before = snd.nxt;
  if (recovery.frto === 2) {
    sendNew(tcb, 2 * snd.mss, now);
    // What the two bring about decides; in the meantime nothing is sent again.
    if (snd.nxt !== before) recovery.frtoSent = true;
    else if (!recovery.frtoSent) recovery.frto = 0;
  }
  if (recovery.frto !== 2 && sendLost(tcb, now) && !sendMtuProbe(tcb, now)) sendNew(tcb, Infinity, now);
  if (snd.nxt !== before) scheduleProbe(tcb, now);
  noteAppLimited(tcb);
}

/** CheckIfApplicationLimited() (draft-ietf-ccwg-bbr §4.1.2.4): the network would take more than the user gives. */
function noteAppLimited(tcb: Tcb): void {
  const { snd, inFlight, congestion } = tcb;
  const flying = pipe(tcb);
  const unsent = diff(tcb.endOfData, snd.nxt);
  if (unsent >= snd.mss || inFlight.lost > 0 || flying >= congestion.cwnd || tcb.timers.get('pacing') !== undefined)
    return;
  tcb.delivery.appLimited(flying);
  congestion.appLimited(flying);
}

/** New data and the FIN, as far as both windows, Nagle and silly-window avoidance let it (RFC 9293 §3.8.6.2.1, §3.7.4). */
function sendNew(tcb: Tcb, most: number, now: number): void {
  const { snd, congestion } = tcb;
  const stop = most === Infinity ? Infinity : tcb.unacknowledged + most;
  for (;;) {
    if (tcb.finSent || tcb.refused.isFull) return;
    const queued = diff(tcb.endOfData, snd.nxt);
    if (queued === 0 && !tcb.finQueued) return;
    const inWindow = snd.wnd - tcb.unacknowledged;
    const inCongestionWindow = Math.floor(congestion.cwnd) - pipe(tcb);
    const room = Math.min(inWindow, inCongestionWindow, stop - tcb.unacknowledged);
    const segment = roomForData(tcb);
    const length = wholeSegments(tcb, Math.min(queued, room, mostAtOnce(tcb, segment)), segment, queued);
    // The FIN takes an octet of the window like any other.
    if (room <= 0 || (length > 0 && !worthSending(tcb, length, queued))) {
      if (inCongestionWindow < inWindow && inCongestionWindow < Math.min(queued + (tcb.finQueued ? 1 : 0), snd.mss)) {
        tcb.limitedUntil = snd.nxt;
      }
      return;
    }
    if (!mayLeave(tcb, now)) {
      tcb.limitedUntil = snd.nxt;
      return;
    }
    const fin = tcb.finQueued && length === queued && room > length;
    sendText(tcb, { seq: snd.nxt, length, fin }, fin ? 'fin' : 'data', now);
  }
}

/** What goes out in one piece is cut at segments; what is less than one, at the end of all that is queued, waits for its own verdict. */
function wholeSegments({ snd, settings, finQueued }: Tcb, length: number, segment: number, queued: number): number {
  if (length <= segment || (length === queued && ((settings.noDelay && !snd.more) || finQueued))) return length;
  return length - (length % segment);
}

/** The sender's silly-window avoidance with Nagle's algorithm in it (RFC 9293 §3.8.6.2.1, conditions 1 to 3). */
function worthSending(tcb: Tcb, length: number, queued: number): boolean {
  const { snd, settings } = tcb;
  if (length >= roomForData(tcb)) return true;
  if (snd.more && !tcb.finQueued) return false;
  if (length === queued) {
    // A SYN in flight is no data that an ACK would gather more for.
    const flying = tcb.unacknowledged - (tcb.synUnacked ? 1 : 0);
    if (flying === 0 || settings.noDelay || tcb.finQueued || gt(snd.up, snd.nxt)) return true;
    // Minshall: it waits for a small one before it, not for full ones.
    if (settings.nagle === 'minshall' && !gt(snd.small, snd.una)) return true;
  }
  return length >= snd.maxWnd / 2;
}
