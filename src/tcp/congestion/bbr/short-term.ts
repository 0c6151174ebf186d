import type { AckSample } from '../congestion-control';
import { BETA } from './constants';
import { isProbingBw } from './phases';
import type { BbrState } from './state';

/** What the path delivers just now, and the bounds that losses set until bandwidth is probed again (§5.5.10.3). */

/** UpdateLatestDeliverySignals(). */
export function updateLatestDeliverySignals(bbr: BbrState, sample: AckSample): void {
  bbr.lossRoundStart = sample.priorDelivered >= bbr.lossRoundDelivered;
  bbr.bwLatest = Math.max(bbr.bwLatest, sample.deliveryRate);
  bbr.inflightLatest = Math.max(bbr.inflightLatest, sample.totalDelivered - sample.priorDelivered);
  if (bbr.lossRoundStart) bbr.lossRoundDelivered = bbr.delivered;
}

/** AdvanceLatestDeliverySignals(). */
export function advanceLatestDeliverySignals(bbr: BbrState, sample: AckSample): void {
  if (!bbr.lossRoundStart) return;
  bbr.bwLatest = sample.deliveryRate;
  bbr.inflightLatest = sample.totalDelivered - sample.priorDelivered;
}

/** ResetCongestionSignals(). */
export function resetCongestionSignals(bbr: BbrState): void {
  bbr.isLossInRound = false;
  bbr.bwLatest = 0;
  bbr.inflightLatest = 0;
}

/** ResetShortTermModel(). */
export function resetShortTermModel(bbr: BbrState): void {
  bbr.bwShortterm = Infinity;
  bbr.inflightShortterm = Infinity;
}

/** UpdateCongestionSignals(), after UpdateMaxBw(): at the end of a round the bounds answer its losses. */
export function updateCongestionSignals(bbr: BbrState, sample: AckSample, isAppLimited: boolean): void {
  updateMaxBw(bbr, sample, isAppLimited);
  if (!bbr.lossRoundStart) return;
  if (bbr.isLossInRound && !isProbingBw(bbr.phase)) adaptLowerBounds(bbr);
  bbr.isLossInRound = false;
  if (!bbr.inRecovery) bbr.isUndoSaved = false;
}

/** UpdateMaxBw() (§5.5.5) and UpdateRound() (§5.5.1). */
function updateMaxBw(bbr: BbrState, sample: AckSample, isAppLimited: boolean): void {
  bbr.roundStart = sample.priorDelivered >= bbr.nextRoundDelivered;
  if (bbr.roundStart) {
    bbr.startRound();
    bbr.roundCount++;
    bbr.roundsSinceProbeUp++;
  }
  const rate = sample.deliveryRate;
  if (rate > 0 && (rate >= bbr.maxBw || !isAppLimited)) bbr.maxBwFilter.update(rate);
}

/** InitLowerBounds() and LossLowerBounds(). */
function adaptLowerBounds(bbr: BbrState): void {
  if (bbr.bwShortterm === Infinity) bbr.bwShortterm = bbr.maxBw;
  if (bbr.inflightShortterm === Infinity) bbr.inflightShortterm = bbr.cwnd;
  bbr.bwShortterm = Math.max(bbr.bwLatest, BETA * bbr.bwShortterm);
  bbr.inflightShortterm = Math.max(bbr.inflightLatest, BETA * bbr.inflightShortterm);
}
