import type { Tcb } from '../tcb';
import { clearTimer, setTimer } from '../timers';

/** True when the congestion control's rate lets a segment go now. Otherwise the pacing timer is set for when it does. */
export function mayLeave(tcb: Tcb, now: number): boolean {
  const { pacingRate, sendQuantum } = tcb.congestion;
  if (pacingRate === Infinity) return true;
  const at = tcb.pacer.nextAt(pacingRate, sendQuantum, now);
  if (at <= now) {
    clearTimer(tcb, 'pacing', now);
    return true;
  }
  if (tcb.timers.get('pacing') !== at) setTimer(tcb, 'pacing', at, now);
  return false;
}
