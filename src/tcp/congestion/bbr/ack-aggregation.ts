import { EXTRA_ACKED_FILTER_ROUNDS, SECOND } from './constants';
import type { BbrState } from './state';

/** UpdateACKAggregation() (§5.5.9): how much more than the bandwidth accounts for is acknowledged at once. */
export function updateAckAggregation(bbr: BbrState, newlyAcked: number, now: number): void {
  let expected = (bbr.bw * (now - bbr.extraAckedIntervalStart)) / SECOND;
  if (bbr.extraAckedDelivered <= expected) {
    bbr.extraAckedDelivered = 0;
    bbr.extraAckedIntervalStart = now;
    expected = 0;
  }
  bbr.extraAckedDelivered += newlyAcked;
  const extra = Math.min(bbr.extraAckedDelivered - expected, bbr.cwnd);
  bbr.extraAckedFilter.update(extra, bbr.roundCount, bbr.fullBwReached ? EXTRA_ACKED_FILTER_ROUNDS : 1);
  bbr.extraAcked = bbr.extraAckedFilter.value;
}
