import { FULL_BW_GROWTH, FULL_BW_ROUNDS } from './constants';
import type { BbrState } from './state';

/** Whether sending faster still delivers faster (§5.3.1.2). */

/** ResetFullBW(), with what later samples are to outgrow. */
export function resetFullBw(bbr: BbrState, baseline: number): void {
  bbr.fullBw = baseline;
  bbr.fullBwCount = 0;
  bbr.fullBwNow = false;
}

/** CheckFullBWReached(). */
export function checkFullBwReached(bbr: BbrState, deliveryRate: number, isAppLimited: boolean): void {
  if (bbr.fullBwNow || !bbr.roundStart || isAppLimited) return;
  if (deliveryRate >= bbr.fullBw * FULL_BW_GROWTH) {
    resetFullBw(bbr, deliveryRate);
    return;
  }
  bbr.fullBwCount++;
  bbr.fullBwNow = bbr.fullBwCount >= FULL_BW_ROUNDS;
  if (bbr.fullBwNow) bbr.fullBwReached = true;
}
