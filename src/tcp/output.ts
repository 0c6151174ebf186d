import { FLAG } from '../wire/tcp';
import type { TcpOption } from '../wire/tcp-options';
import { add, diff, ge, gt, lt } from './sequence';
import { NO_DATA, NO_OPTIONS } from './segment';
import type { Tcb } from './tcb';
import { clearTimer, setTimer, startUserTimer } from './timers';
import { transition } from './transition';
import type { RetransmissionCause, SendReason } from './trace';
import { advertiseWindow } from './window';

/** The most that a window which is not worth a segment holds one up, µs: 0.1 to 1 s (RFC 9293 §3.8.6.2.1). */
const OVERRIDE = 1_000_000;

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
      break;
    case 'TIME-WAIT':
      break;
    default:
      if (tcb.resendSyn) sendSyn(tcb, now, 'handshake');
      sendAgain(tcb, now);
      sendNew(tcb, now);
      superviseWindow(tcb, now);
  }
  if (tcb.ackNow) sendAck(tcb, now, 'ack');
}

/** <SEQ=SND.NXT><ACK=RCV.NXT><CTL=ACK> */
export function sendAck(tcb: Tcb, now: number, reason: SendReason, seq = nextAcceptable(tcb)): void {
  const wnd = advertiseWindow(tcb, true);
  acknowledged(tcb, now);
  transmit(tcb, { seq, flags: FLAG.ACK, wnd, options: NO_OPTIONS, data: NO_DATA, reason }, now);
}

/**
 * SND.NXT, or the edge of the peer's window where a probe or a window that shrank has left SND.NXT beyond it: there the peer
 * would not hear an ACK or a RST.
 */
export function nextAcceptable({ snd }: Tcb): number {
  const edge = add(snd.una, snd.wnd);
  return snd.una !== snd.iss && lt(edge, snd.nxt) ? edge : snd.nxt;
}

/** SYN in SYN-SENT, SYN,ACK in SYN-RECEIVED, with the options that only they may carry (RFC 9293 MUST-65). */
function sendSyn(tcb: Tcb, now: number, reason: SendReason): void {
  const { snd, rcv } = tcb;
  const answers = tcb.state !== 'SYN-SENT';
  // A SYN's window is never scaled (RFC 7323 §2.2).
  const wnd = advertiseWindow(tcb, false);
  const options: TcpOption[] = [{ kind: 'mss', mss: rcv.mss }];
  if (tcb.offersScale) options.push({ kind: 'nop' }, { kind: 'window-scale', shift: rcv.shift });
  if (snd.nxt === snd.iss) {
    snd.nxt = add(snd.iss, 1);
    tcb.recovery.since = now;
    tcb.recovery.timed = { end: snd.nxt, at: now };
  } else {
    // Karn's algorithm: whether the ACK is for this one or the one before, nobody can tell.
    tcb.recovery.timed = undefined;
  }
  tcb.resendSyn = false;
  if (answers) acknowledged(tcb, now);
  transmit(
    tcb,
    { seq: snd.iss, flags: answers ? FLAG.SYN | FLAG.ACK : FLAG.SYN, wnd, options, data: NO_DATA, reason },
    now,
  );
  if (tcb.timers.get('retransmission') === undefined) startRetransmissionTimer(tcb, now);
  if (tcb.timers.get('user') === undefined) startUserTimer(tcb, now);
}

/**
 * Sends `length` octets from `seq` on, with the FIN behind them if `fin`. Takes care of PSH, timers and the timing of the round
 * trip.
 */
function sendSegment(tcb: Tcb, seq: number, length: number, fin: boolean, now: number, reason: SendReason): void {
  const { snd } = tcb;
  const end = add(seq, length);
  const next = fin ? add(end, 1) : end;
  let flags = FLAG.ACK;
  // MUST-61: the last segment of what is buffered is pushed, and whatever the user asked to push.
  if (length > 0 && (end === tcb.endOfData || (lt(seq, snd.push) && ge(end, snd.push)))) flags |= FLAG.PSH;
  if (fin) flags |= FLAG.FIN;
  const wnd = advertiseWindow(tcb, true);
  acknowledged(tcb, now);
  if (gt(next, snd.nxt)) {
    if (snd.nxt === snd.una) tcb.recovery.since = now;
    snd.nxt = next;
    if (tcb.recovery.timed === undefined && reason !== 'window-probe') tcb.recovery.timed = { end: next, at: now };
  }
  const data = length === 0 ? NO_DATA : tcb.sendQueue.read(diff(seq, snd.head), length);
  transmit(tcb, { seq, flags, wnd, options: NO_OPTIONS, data, reason }, now);
  if (fin && tcb.state === 'CLOSE-WAIT') transition(tcb, 'LAST-ACK', 'CLOSE', now);
  if (snd.wnd > 0 && tcb.timers.get('retransmission') === undefined) startRetransmissionTimer(tcb, now);
  if (tcb.timers.get('user') === undefined) startUserTimer(tcb, now);
}

/**
 * Asks a closed window whether it is open again (RFC 9293 §3.8.6.1, MUST-36): the oldest octet in flight once more, or else
 * one octet of new data, or the FIN. Where a window is open but too small to be worth a segment, sends what it holds.
 */
export function sendWindowProbe(tcb: Tcb, now: number): void {
  const { snd } = tcb;
  const seq = tcb.inFlight > 0 ? snd.una : snd.nxt;
  const length = Math.min(Math.max(0, diff(tcb.endOfData, seq)), Math.max(1, Math.min(snd.wnd, snd.mss)));
  sendSegment(tcb, seq, length, length === 0, now, snd.wnd > 0 ? 'data' : 'window-probe');
}

/** RFC 6298 §5.1, §5.3. */
export function startRetransmissionTimer(tcb: Tcb, now: number): void {
  setTimer(tcb, 'retransmission', now + tcb.rto.rto, now);
}

/** Marks what is in flight as to be sent again, from the oldest octet on; at most `octets` of it. `output` sends it. */
export function markForRetransmission(tcb: Tcb, cause: RetransmissionCause, octets = tcb.inFlight): void {
  tcb.rtx.next = tcb.snd.una;
  tcb.rtx.end = add(tcb.snd.una, Math.min(octets, tcb.inFlight));
  tcb.rtx.cause = cause;
}

/** Sends again what is marked, as far as the congestion window and the peer's window reach (RFC 9293 SHLD-16). */
function sendAgain(tcb: Tcb, now: number): void {
  const { snd, rtx } = tcb;
  if (gt(snd.una, rtx.next)) rtx.next = snd.una;
  if (gt(snd.una, rtx.end)) rtx.end = snd.una;
  const window = Math.min(snd.wnd, tcb.congestion.cwnd);
  while (lt(rtx.next, rtx.end)) {
    if (rtx.next === snd.una && tcb.synUnacked) {
      retransmitSyn(tcb, now, rtx.cause);
      rtx.next = add(rtx.next, 1);
      continue;
    }
    const ahead = diff(rtx.next, snd.una);
    const room = window - ahead;
    if (room <= 0) return;
    const length = sendOnce(tcb, rtx.next, Math.floor(room), now, rtx.cause);
    if (length === 0) return;
    rtx.next = add(rtx.next, length);
  }
}

/**
 * Sends the segment at `seq` again, at most `room` octets, and returns how much of the sequence space it took. Its round trip
 * is not timed: Karn's algorithm (RFC 9293 MUST-18). When a window has opened, the octet that probed it takes along what could
 * not be sent before.
 */
function sendOnce(tcb: Tcb, seq: number, room: number, now: number, cause: RetransmissionCause): number {
  const sent = diff(tcb.snd.nxt, seq);
  const withNew = cause === 'window-opened';
  const held = withNew ? diff(tcb.endOfData, seq) : Math.min(diff(tcb.endOfData, seq), sent);
  const length = Math.max(0, Math.min(held, tcb.snd.mss, room));
  const mayEnd = withNew ? tcb.finQueued : tcb.finSent;
  const fin = mayEnd && add(seq, length) === tcb.endOfData && room > length;
  const taken = length + (fin ? 1 : 0);
  if (taken === 0) return 0;
  noteRetransmission(tcb, seq, Math.min(taken, sent), now, cause);
  sendSegment(tcb, seq, length, fin, now, 'retransmission');
  return taken;
}

/** Sends the SYN, or the SYN,ACK, again. */
export function retransmitSyn(tcb: Tcb, now: number, cause: RetransmissionCause): void {
  noteRetransmission(tcb, tcb.snd.iss, 1, now, cause);
  sendSyn(tcb, now, 'retransmission');
}

/** Counts and reports that `length` octets of sequence space from `seq` on are sent again. */
function noteRetransmission(tcb: Tcb, seq: number, length: number, now: number, cause: RetransmissionCause): void {
  tcb.recovery.timed = undefined;
  tcb.counters.retransmissions += 1;
  tcb.host.count('tcp.retransmissions');
  tcb.host.trace?.({
    type: 'retransmission',
    time: now,
    connection: tcb.trace,
    seq,
    length,
    count: tcb.rto.backoff,
    rto: tcb.rto.rto,
    cause,
  });
}

/** New data and the FIN, as far as both windows, Nagle and silly-window avoidance let it (RFC 9293 §3.8.6.2.1, §3.7.4). */
function sendNew(tcb: Tcb, now: number): void {
  const { snd } = tcb;
  // What was lost goes first, and a closed window is the persist timer's business.
  if (lt(tcb.rtx.next, tcb.rtx.end)) return;
  for (;;) {
    if (tcb.finSent) return;
    const queued = diff(tcb.endOfData, snd.nxt);
    if (queued === 0 && !tcb.finQueued) return;
    const room = Math.floor(Math.min(snd.wnd, tcb.congestion.cwnd)) - tcb.inFlight;
    // The FIN takes an octet of the window like any other.
    if (room <= 0) return;
    const length = Math.min(queued, room, snd.mss);
    if (length > 0 && !worthSending(tcb, length, queued)) return;
    const fin = tcb.finQueued && length === queued && room > length;
    sendSegment(tcb, snd.nxt, length, fin, now, fin ? 'fin' : 'data');
  }
}

/** The sender's silly-window avoidance with Nagle's algorithm in it (RFC 9293 §3.8.6.2.1, conditions 1 to 3). */
function worthSending(tcb: Tcb, length: number, queued: number): boolean {
  if (length >= tcb.snd.mss) return true;
  if (length === queued && (tcb.inFlight === 0 || tcb.settings.noDelay || tcb.finQueued)) return true;
  return length >= tcb.snd.maxWnd / 2;
}

/**
 * Sees to it that a connection with something to send never waits for nothing: with nothing in flight and no timer, either
 * the window is closed or too small to be worth it, and the persist timer runs (§3.8.6.1, §3.8.6.2.1 condition 4).
 */
function superviseWindow(tcb: Tcb, now: number): void {
  const { snd } = tcb;
  // A SYN waits for no window.
  if (tcb.synUnacked) return;
  const unsent = !tcb.finSent && (tcb.finQueued || diff(tcb.endOfData, snd.nxt) > 0);
  const stuck = snd.wnd === 0 ? unsent || tcb.inFlight > 0 : unsent && tcb.inFlight === 0;
  if (!stuck) {
    clearTimer(tcb, 'persist', now);
    return;
  }
  if (snd.wnd === 0) clearTimer(tcb, 'retransmission', now);
  if (tcb.timers.get('persist') === undefined) {
    // SHLD-29: the first probe one RTO after the window closed; SHLD-30: later ones ever further apart.
    const probe = Math.min(tcb.settings.rto.max, tcb.rto.rto * 2 ** Math.min(tcb.windowProbes, 20));
    const wait = snd.wnd === 0 ? probe : Math.min(tcb.rto.rto, OVERRIDE);
    setTimer(tcb, 'persist', now + wait, now);
  }
}

function acknowledged(tcb: Tcb, now: number): void {
  tcb.ackNow = false;
  tcb.rcv.unacked = 0;
  clearTimer(tcb, 'delayed-ack', now);
}

function transmit(
  tcb: Tcb,
  segment: {
    seq: number;
    flags: number;
    wnd: number;
    options: readonly TcpOption[];
    data: readonly Uint8Array[];
    reason: SendReason;
  },
  now: number,
): void {
  tcb.counters.segmentsOut += 1;
  const ack = (segment.flags & FLAG.ACK) !== 0 ? tcb.rcv.nxt : 0;
  tcb.host.transmit({ ack, ...segment }, now);
}
