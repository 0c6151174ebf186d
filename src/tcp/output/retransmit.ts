import { scheduleProbe, TailLossProbe } from '../recovery/tail-loss-probe';
import { pipe } from '../recovery/recovery';
import type { SentRange } from '../recovery/sent-range';
import { startRetransmissionTimer } from '../recovery/una';
import { add, diff, gt, le, lt } from '../sequence';
import type { Tcb } from '../tcb';
import type { RetransmissionCause } from '../trace';
import { mayLeave } from './pacing';
import { roomForData, sendText } from './segment';

/**
 * Sends again what is lost, in order, as far as the congestion window and the peer's window reach (RFC 9293 SHLD-16, RFC 6675 §5).
 * Returns false when something lost had to stay.
 */
export function sendLost(tcb: Tcb, now: number): boolean {
  const { snd, inFlight, congestion } = tcb;
  for (let range = inFlight.nextLost(); range !== undefined; range = inFlight.nextLost()) {
    const inWindow = snd.wnd - diff(range.start, snd.una);
    if (inWindow <= 0 || tcb.refused.isFull) return false;
    inFlight.joinLost(range, roomForData(tcb));
    const length = Math.min(diff(range.end, range.start), roomForData(tcb), inWindow);
    const flying = pipe(tcb);
    // With nothing under way one segment goes out whatever the window says: its ACK is the clock.
    if (flying > 0 && flying + length > congestion.cwnd) {
      tcb.limitedUntil = snd.nxt;
      return false;
    }
    if (!mayLeave(tcb, now)) return false;
    resend(tcb, range, length, inWindow, now);
  }
  return true;
}

/** The first `length` octets of a lost range go out again. */
function resend(tcb: Tcb, range: SentRange, length: number, inWindow: number, now: number): void {
  const { snd } = tcb;
  const seq = range.start;
  const cause = retransmissionCause(tcb, seq);
  // What our own link has refused was never sent.
  const first = range.transmissions === 0;
  if (!first) noteRetransmission(tcb, seq, length, cause, now);
  const isLast = add(seq, length) === snd.nxt;
  tcb.delivery.sent(tcb.inFlight.sendAgain(range, length, now), length, pipe(tcb) - length, now);
  let end = add(seq, length);
  if (cause === 'window-opened' && isLast) {
    // The octet that has probed the window takes along what could not be sent before.
    const more = Math.min(roomForData(tcb), inWindow, diff(tcb.endOfData, seq));
    if (more > length) end = add(seq, more);
  }
  const fin =
    tcb.finQueued &&
    (gt(end, tcb.endOfData) ||
      (end === tcb.endOfData && isLast && cause === 'window-opened' && inWindow > diff(end, seq)));
  const data = Math.min(diff(end, seq), Math.max(0, diff(tcb.endOfData, seq)));
  sendText(tcb, { seq, length: data, fin }, first ? 'data' : 'retransmission', now);
  // RFC 6675 §6: a recovery may last; what has just gone out has its time.
  if (cause === 'fast-retransmit' && seq === snd.una) startRetransmissionTimer(tcb, now);
}

/** The tail loss probe (RFC 8985 §7.3): new data if there is any that may go, otherwise the last segment again. */
export function sendProbe(tcb: Tcb, now: number): void {
  const { snd, recovery, inFlight } = tcb;
  const { tail } = inFlight;
  if (tail === undefined || recovery.phase !== 'open') return;
  tcb.host.count('tcp.tail-loss-probes');
  const room = diff(add(snd.una, snd.wnd), snd.nxt);
  const unsent = diff(tcb.endOfData, snd.nxt);
  if (unsent > 0 && room > 0 && !tcb.finSent) {
    const length = Math.min(unsent, room, roomForData(tcb));
    sendText(tcb, { seq: snd.nxt, length, fin: tcb.finQueued && length === unsent && room > length }, 'data', now);
    recovery.probe = new TailLossProbe(snd.nxt, false);
  } else if (tail.state === 'flying') {
    const length = Math.min(diff(tail.end, tail.start), roomForData(tcb));
    const seq = add(tail.end, -length);
    inFlight.splitAt(tail, seq);
    const last = inFlight.tail ?? tail;
    noteRetransmission(tcb, seq, length, 'probe', now);
    inFlight.touch(last, now);
    tcb.delivery.sent(last, length, pipe(tcb) - length, now);
    const fin = gt(last.end, tcb.endOfData);
    sendText(tcb, { seq, length: fin ? length - 1 : length, fin }, 'retransmission', now);
    recovery.probe = new TailLossProbe(snd.nxt, true);
  }
  // §7.3: the retransmission timer starts anew behind it.
  startRetransmissionTimer(tcb, now);
  scheduleProbe(tcb, now);
}

function retransmissionCause({ recovery, pmtu }: Tcb, seq: number): RetransmissionCause {
  if (recovery.phase === 'loss') return 'timeout';
  if (recovery.phase === 'recovery') return 'fast-retransmit';
  return lt(seq, pmtu.cutUntil) ? 'path-mtu' : 'window-opened';
}

/** Counts and reports that `length` octets of sequence space from `seq` on are sent again. */
export function noteRetransmission(
  tcb: Tcb,
  seq: number,
  length: number,
  cause: RetransmissionCause,
  now: number,
): void {
  tcb.trouble.retransmissions += 1;
  tcb.trouble.bytesRetransmitted += length;
  if (cause !== 'window-opened' && le(seq, tcb.snd.nxt)) tcb.recovery.undo.sentAgain(add(seq, length), length, now);
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
