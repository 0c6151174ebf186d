import { add, diff, lt } from '../sequence';
import { NOTICE, type Tcb } from '../tcb';
import { clearTimer, setTimer, startUserTimer } from '../timers';

/**
 * SND.UNA moves to `ack`: what it acknowledges is let go, and the user timer starts anew (RFC 9293 §3.10.7.4, fifth step).
 * @param echoedAt as `takeAck` has it
 * @returns how many octets of data and FIN it acknowledges; a SYN counts for nothing here
 */
export function moveUna(tcb: Tcb, ack: number, echoedAt: number, now: number): number {
  const { snd, recovery } = tcb;
  const moved = diff(ack, snd.una);
  const syn = tcb.synUnacked ? 1 : 0;
  const data = Math.min(moved - syn, tcb.sendQueue.length);
  if (syn === 1) measureSyn(tcb, echoedAt, now);
  // A repeated SYN that came before this in the same batch is answered by it.
  tcb.resendSyn = false;
  snd.una = ack;
  snd.head = add(snd.head, data);
  if (lt(snd.push, snd.head)) snd.push = snd.head;
  if (lt(snd.up, snd.una)) snd.up = snd.una;
  if (lt(snd.small, snd.una)) snd.small = snd.una;
  if (lt(tcb.limitedUntil, snd.una)) tcb.limitedUntil = snd.una;
  // Keeps up, so that "beyond it" never wraps to "before it".
  if (recovery.phase === 'open' && lt(recovery.point, snd.una)) recovery.point = snd.una;
  tcb.inFlight.acknowledge(ack, tcb.delivery);
  if (data > 0) tcb.dequeue(data);
  tcb.counters.bytesAcked += data;
  if (tcb.finQueued && moved - syn > data) {
    tcb.finAcked = true;
    clearTimer(tcb, 'linger', now);
  }
  if (syn === 0) tcb.rto.progressed();
  if (snd.una === snd.nxt) {
    clearTimer(tcb, 'retransmission', now);
    clearTimer(tcb, 'user', now);
    recovery.since = undefined;
  } else {
    recovery.since = now;
    startUserTimer(tcb, now);
  }
  recovery.advised = false;
  tcb.softError = undefined;
  tcb.host.confirm();
  tellOfRoom(tcb);
  return moved - syn;
}

/** RFC 6298 §5.1, §5.3. */
export function startRetransmissionTimer(tcb: Tcb, now: number): void {
  setTimer(tcb, 'retransmission', now + tcb.rto.rto, now);
}

/** The handshake's round trip, unless the SYN was sent more than once and no timestamp says which one this answers (Karn). */
function measureSyn({ syn, rto, minRtt }: Tcb, echoedAt: number, now: number): void {
  if (syn.transmissions === 1) {
    rto.measure(now - syn.sentAt);
    minRtt.measure(now - syn.sentAt, now);
  } else if (echoedAt >= 0) rto.measure(now - echoedAt);
}

/** A user who was told `EAGAIN` hears when a worthwhile part of the buffer is free. */
function tellOfRoom(tcb: Tcb): void {
  if (!tcb.sendBlocked || tcb.sendQueue.length > (tcb.sendBuffer * 2) / 3) return;
  tcb.sendBlocked = false;
  tcb.note(NOTICE.WRITABLE);
}
