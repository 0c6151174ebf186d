import type { AckSample, LostRange } from '../congestion-control';
import { wasLimited } from './app-limited';
import { BETA, LOSS_THRESH } from './constants';
import { targetInflight } from './inflight';
import { isInProbeBw } from './phases';
import { raiseInflightLongtermSlope, startProbeBwDown, startProbeBwRefill } from './probe-bw-states';
import type { BbrState } from './state';
import { saveStateUponLoss } from './undo';

/** How much in flight the path has been seen to bear: BBR.inflight_longterm (§5.3.3.9, §5.5.10.2). */

/**
 * IsInflightTooHigh(): of what was in flight, more than `LOSS_THRESH` was lost. More than one segment, too, which the draft
 * does not ask: with fewer than fifty in flight each lone loss would count as too many, and on a short path that loses one
 * segment in a hundred the bound would fall from probe to probe.
 */
export function isInflightTooHigh(bbr: BbrState, lost: number, txInFlight: number): boolean {
  return lost > Math.max(txInFlight * LOSS_THRESH, bbr.mss) || (lost > 0 && !bbr.sack);
}

/** HandleInflightTooHigh(). */
export function handleInflightTooHigh(bbr: BbrState, txInFlight: number, isAppLimited: boolean, now: number): void {
  bbr.prevProbeTooHigh = true;
  bbr.isBwProbeSample = false;
  // Whole octets, as the window is: what compares them wants to find them equal.
  if (!isAppLimited) bbr.inflightLongterm = Math.floor(Math.max(txInFlight, targetInflight(bbr) * BETA));
  if (bbr.phase === 'ProbeBW_UP') {
    bbr.undoPhase = 'ProbeBW_UP';
    startProbeBwDown(bbr, now);
  }
}

/** NoteLoss(). */
export function noteLoss(bbr: BbrState): void {
  if (!bbr.isLossInRound) {
    bbr.lossRoundDelivered = bbr.delivered;
    saveStateUponLoss(bbr);
  }
  bbr.isLossInRound = true;
}

/** HandleLostPacket(). */
export function handleLost(bbr: BbrState, range: LostRange): void {
  noteLoss(bbr);
  // What one ACK or one timer finds is one loss to Startup: a burst lost at once says little (§5.3.1.3).
  if (range.now !== bbr.lastLossAt) bbr.lossEventsInRound++;
  bbr.lastLossAt = range.now;
  if (!bbr.isBwProbeSample) return;
  const lost = range.totalLost - range.priorLost;
  if (!isInflightTooHigh(bbr, lost, range.txInFlight)) return;
  const isAppLimited = wasLimited(bbr, range.isAppLimited, range.priorDelivered);
  handleInflightTooHigh(bbr, inflightAtLoss(range, lost), isAppLimited, range.now);
}

/** InflightAtLoss(): how much was in flight when losses came to `LOSS_THRESH`, which may lie within this range. */
function inflightAtLoss(range: LostRange, lost: number): number {
  const inflightPrev = range.txInFlight - range.length;
  const lostPrev = lost - range.length;
  const lostPrefix = (LOSS_THRESH * inflightPrev - lostPrev) / (1 - LOSS_THRESH);
  return inflightPrev + lostPrefix;
}

/** AdaptLongTermModel(). True: it has changed the state. */
export function adaptLongTermModel(bbr: BbrState, sample: AckSample, isAppLimited: boolean): boolean {
  if (bbr.ackPhase === 'starting' && bbr.roundStart) bbr.ackPhase = 'feedback';
  if (bbr.ackPhase === 'stopping' && bbr.roundStart) {
    bbr.isBwProbeSample = false;
    bbr.ackPhase = 'init';
    if (isInProbeBw(bbr.phase)) {
      if (!isAppLimited) bbr.maxBwFilter.advance();
      // The cautious probe went well: now for a real one (§5.3.3.6).
      if (bbr.prevProbePrecautionary && !bbr.prevProbeTooHigh) {
        startProbeBwRefill(bbr);
        return true;
      }
    }
  }
  if (bbr.inflightLongterm === Infinity || isInflightTooHigh(bbr, sample.sampleLost, sample.txInFlight)) return false;
  bbr.inflightLongterm = Math.max(bbr.inflightLongterm, sample.txInFlight);
  if (bbr.phase === 'ProbeBW_UP') probeInflightLongtermUpward(bbr, sample);
  return false;
}

/** ProbeInflightLongtermUpward(). */
function probeInflightLongtermUpward(bbr: BbrState, sample: AckSample): void {
  if (!sample.limited || bbr.cwnd < bbr.inflightLongterm) return;
  bbr.bwProbeUpAcked += sample.delivered;
  if (bbr.bwProbeUpAcked >= bbr.probeUpAckedPerInc) {
    const delta = Math.floor(bbr.bwProbeUpAcked / bbr.probeUpAckedPerInc);
    bbr.bwProbeUpAcked -= delta * bbr.probeUpAckedPerInc;
    bbr.inflightLongterm += delta * bbr.mss;
  }
  if (bbr.roundStart) raiseInflightLongtermSlope(bbr);
}
