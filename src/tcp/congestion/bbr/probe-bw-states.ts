import { PROBE_WAIT_BASE, PROBE_WAIT_RANDOM } from './constants';
import { resetFullBw } from './full-pipe';
import { resetCongestionSignals, resetShortTermModel } from './short-term';
import type { BbrState } from './state';

/** How each state of ProbeBW is entered (§5.3.3.9). */

/** StartProbeBW_DOWN(), and EnterProbeBW(). */
export function startProbeBwDown(bbr: BbrState, now: number): void {
  resetCongestionSignals(bbr);
  bbr.probeUpAckedPerInc = Infinity;
  pickProbeWait(bbr);
  bbr.cycleStamp = now;
  bbr.ackPhase = 'stopping';
  bbr.startRound();
  bbr.enter('ProbeBW_DOWN');
}

/** StartProbeBW_CRUISE(). */
export function startProbeBwCruise(bbr: BbrState): void {
  bbr.enter('ProbeBW_CRUISE');
}

/** StartProbeBW_REFILL(). */
export function startProbeBwRefill(bbr: BbrState): void {
  resetShortTermModel(bbr);
  bbr.bwProbeUpRounds = 0;
  bbr.bwProbeUpAcked = 0;
  bbr.prevProbePrecautionary = false;
  bbr.ackPhase = 'refilling';
  bbr.startRound();
  bbr.enter('ProbeBW_REFILL');
}

/** StartProbeBW_UP(). */
export function startProbeBwUp(bbr: BbrState, deliveryRate: number): void {
  bbr.ackPhase = 'starting';
  bbr.startRound();
  resetFullBw(bbr, deliveryRate);
  bbr.enter('ProbeBW_UP');
  raiseInflightLongtermSlope(bbr);
}

/** RaiseInflightLongtermSlope(): each round of a probe grows the bound twice as fast as the one before. */
export function raiseInflightLongtermSlope(bbr: BbrState): void {
  const growthThisRound = 2 ** bbr.bwProbeUpRounds;
  bbr.bwProbeUpRounds = Math.min(bbr.bwProbeUpRounds + 1, 30);
  bbr.probeUpAckedPerInc = Math.max(bbr.cwnd / growthThisRound, bbr.mss);
}

/** PickProbeWait(): at random, so that flows do not probe in step. */
function pickProbeWait(bbr: BbrState): void {
  bbr.roundsSinceProbeUp = bbr.random32() & 1;
  bbr.bwProbeWait = PROBE_WAIT_BASE + (bbr.random32() / 2 ** 32) * PROBE_WAIT_RANDOM;
}
