import { startRetransmissionTimer } from '../recovery/una';
import { diff } from '../sequence';
import type { Tcb } from '../tcb';
import { clearTimer, setTimer } from '../timers';
import { roomForData, sendText } from './segment';

/** The most that a window which is not worth a segment holds one up, µs: 0.1 to 1 s (RFC 9293 §3.8.6.2.1). */
const OVERRIDE = 1_000_000;

/**
 * Asks a closed window whether it is open again (RFC 9293 §3.8.6.1, MUST-36): the oldest octet in flight once more, or else
 * one octet of new data, or the FIN. Where a window is open but too small to be worth a segment, sends what it holds.
 */
export function sendWindowProbe(tcb: Tcb, now: number): void {
  const { snd } = tcb;
  const seq = tcb.unacknowledged > 0 ? snd.una : snd.nxt;
  const length = Math.min(Math.max(0, diff(tcb.endOfData, seq)), Math.max(1, Math.min(snd.wnd, roomForData(tcb))));
  // What is asked again is no measure of the round trip (Karn's algorithm).
  if (tcb.inFlight.head !== undefined && tcb.unacknowledged > 0) tcb.inFlight.touch(tcb.inFlight.head, now);
  sendText(tcb, { seq, length, fin: length === 0 }, snd.wnd > 0 ? 'data' : 'window-probe', now);
}

/**
 * Sees to it that a connection with something to send never waits for nothing: with nothing in flight and no timer, either
 * the window is closed or too small to be worth it, and the persist timer runs (§3.8.6.1, §3.8.6.2.1 condition 4).
 */
export function superviseWindow(tcb: Tcb, now: number): void {
  const { snd } = tcb;
  // A SYN waits for no window.
  if (tcb.synUnacked) return;
  const unsent = !tcb.finSent && (tcb.finQueued || diff(tcb.endOfData, snd.nxt) > 0);
  const stuck = snd.wnd === 0 ? unsent || tcb.unacknowledged > 0 : unsent && tcb.unacknowledged === 0;
  if (!stuck || tcb.timers.get('pacing') !== undefined) {
    clearTimer(tcb, 'persist', now);
    // A window that opens again gives what is in flight back to the retransmission timer.
    if (tcb.unacknowledged > 0 && snd.wnd > 0 && tcb.timers.get('retransmission') === undefined) {
      startRetransmissionTimer(tcb, now);
    }
    return;
  }
  if (snd.wnd === 0) {
    clearTimer(tcb, 'retransmission', now);
    clearTimer(tcb, 'probe', now);
    clearTimer(tcb, 'reorder', now);
  }
  if (tcb.timers.get('persist') === undefined) {
    // SHLD-29: the first probe one RTO after the window closed; SHLD-30: later ones ever further apart.
    const probe = Math.min(tcb.settings.rto.max, tcb.rto.rto * 2 ** Math.min(tcb.windowProbes, 20));
    const wait = snd.wnd === 0 ? probe : Math.min(tcb.rto.rto, OVERRIDE);
    setTimer(tcb, 'persist', now + wait, now);
  }
}
