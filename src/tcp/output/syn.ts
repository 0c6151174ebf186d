import { FLAG } from '../../wire/tcp';
import type { TcpOption } from '../../wire/tcp-options';
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

const NOP: TcpOption = { kind: 'nop' };

/** SYN in SYN-SENT, SYN,ACK in SYN-RECEIVED, with the options that only they may carry (RFC 9293 MUST-65). */
export function sendSyn(tcb: Tcb, now: number, reason: SendReason): void {
  const { snd, syn, out, ecn, settings } = tcb;
  const answers = tcb.state !== 'SYN-SENT';
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
  }
  syn.sentAt = now;
  syn.transmissions += 1;
  tcb.resendSyn = false;
  hand(tcb, false, synOptions(tcb, answers, now), now);
  if (tcb.timers.get('retransmission') === undefined) startRetransmissionTimer(tcb, now);
  if (tcb.timers.get('user') === undefined) startUserTimer(tcb, now);
}

/** Sends the SYN, or the SYN,ACK, again. */
export function retransmitSyn(tcb: Tcb, now: number, cause: RetransmissionCause): void {
  noteRetransmission(tcb, tcb.snd.iss, 1, cause, now);
  sendSyn(tcb, now, 'retransmission');
}

/** What we offer, or of what the peer has offered what we take. */
function synOptions(tcb: Tcb, answers: boolean, now: number): TcpOption[] {
  const { rcv, timestamps, settings } = tcb;
  const options: TcpOption[] = [{ kind: 'mss', mss: rcv.mss }];
  if (tcb.sackPermitted) options.push({ kind: 'sack-permitted' });
  if (answers ? timestamps.on : settings.timestamps) {
    if (!tcb.sackPermitted) options.push(NOP, NOP);
    options.push({ kind: 'timestamps', value: timestamps.value(now), echo: timestamps.recent ?? 0 });
  }
  if (tcb.offersScale) options.push(NOP, { kind: 'window-scale', shift: rcv.shift });
  const userTimeout = userTimeoutOption(tcb);
  if (userTimeout !== undefined) options.push(userTimeout);
  return options;
}
