import { FLAG } from '../../wire/tcp';
import { tcpOptionsLength, type TcpOption } from '../../wire/tcp-options';
import { startRetransmissionTimer } from '../recovery/una';
import { add } from '../sequence';
import { NO_DATA } from '../segment';
import type { Tcb } from '../tcb';
import { startUserTimer } from '../timers';
import type { RetransmissionCause, SendReason } from '../trace';
import { userTimeoutOption } from '../user-timeout';
import { advertiseWindow } from '../window';
import { hand } from './segment';
import { noteRetransmission } from './retransmit';
import { synOptions } from './syn-options';

/** SYN in SYN-SENT, SYN,ACK in SYN-RECEIVED, with the options that only they may carry (RFC 9293 MUST-65). */
export function sendSyn(tcb: Tcb, now: number, reason: SendReason): void {
  const { snd, syn, out, ecn, settings } = tcb;
  const answers = tcb.state !== 'SYN-SENT';
  const options = optionsOf(tcb, answers, now);
  out.seq = snd.iss;
  out.flags = answers ? FLAG.SYN | FLAG.ACK : FLAG.SYN;
  // RFC 3168 §6.1.1. A SYN that was lost may have been dropped for its bits: the next one goes without (§6.1.1.1).
  if (!answers && settings.ecn === true && syn.transmissions === 0) out.flags |= FLAG.ECE | FLAG.CWR;
  if (answers && ecn.on) out.flags |= FLAG.ECE;
  out.up = 0;
  // A SYN's window is never scaled (RFC 7323 §2.2).
  out.wnd = advertiseWindow(tcb, false);
  out.data = NO_DATA;
  out.reason = reason;
  if (snd.nxt === snd.iss) {
    snd.nxt = add(snd.iss, 1);
    tcb.recovery.since = now;
    if (!answers) takeData(tcb, tcpOptionsLength(options), now);
  }
  syn.sentAt = now;
  syn.transmissions += 1;
  tcb.resendSyn = false;
  hand(tcb, false, options, now);
  if (tcb.timers.get('retransmission') === undefined) startRetransmissionTimer(tcb, now);
  if (tcb.timers.get('user') === undefined) startUserTimer(tcb, now);
}

/** Sends the SYN, or the SYN,ACK, again. */
export function retransmitSyn(tcb: Tcb, now: number, cause: RetransmissionCause): void {
  noteRetransmission(tcb, tcb.snd.iss, 1, cause, now);
  sendSyn(tcb, now, 'retransmission');
}

/** Fast Open: behind the SYN, in the same segment, goes what the peer's MSS and our options leave room for (RFC 7413 §4.2.1). */
function takeData(tcb: Tcb, optionsLength: number, now: number): void {
  const { snd, out, fastOpen } = tcb;
  const room = Math.min(fastOpen?.mss ?? 0, tcb.pathMss) - optionsLength;
  const length = Math.min(room, tcb.sendQueue.length);
  if (length <= 0) return;
  const start = snd.nxt;
  snd.nxt = add(start, length);
  tcb.delivery.sent(tcb.inFlight.send(start, snd.nxt, now), length, 0, now);
  tcb.counters.bytesSent += length;
  tcb.lastSentAt = now;
  out.data = tcb.sendQueue.read(0, length);
}

/** What we offer, or of what the peer has offered what we take. */
function optionsOf(tcb: Tcb, answers: boolean, now: number): TcpOption[] {
  const { rcv, syn, timestamps, settings, fastOpen } = tcb;
  const stamped = answers ? timestamps.on : settings.timestamps;
  return synOptions({
    mss: rcv.mss,
    sackPermitted: tcb.sackPermitted,
    timestamps: stamped ? { value: timestamps.value(now), echo: timestamps.recent ?? 0 } : undefined,
    windowScale: tcb.offersScale ? rcv.shift : undefined,
    // §4.1.3.1: a SYN that was lost goes again without it. A SYN,ACK of an active OPEN's has none.
    cookie: tcb.opened === 'passive' || syn.transmissions === 0 ? fastOpen?.cookie : undefined,
    userTimeout: userTimeoutOption(tcb),
  });
}
