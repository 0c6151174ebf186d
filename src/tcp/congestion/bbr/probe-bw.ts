import type { AckSample } from '../congestion-control';
import { RENO_ROUNDS } from './constants';
import { resetFullBw } from './full-pipe';
import { inflight, inflightWithHeadroom, targetInflight } from './inflight';
import { adaptLongTermModel } from './long-term';
import { startProbeBwCruise, startProbeBwDown, startProbeBwRefill, startProbeBwUp } from './probe-bw-states';
import type { BbrState } from './state';

/** UpdateProbeBWCyclePhase() (§5.3.3.9): DOWN, CRUISE, REFILL, UP, and again. */
export function updateProbeBwCyclePhase(bbr: BbrState, sample: AckSample, isAppLimited: boolean): void {
  if (!bbr.fullBwReached) return;
  if (adaptLongTermModel(bbr, sample, isAppLimited)) return;
  switch (bbr.phase) {
    case 'ProbeBW_DOWN':
      if (isTimeToProbeBw(bbr, sample.now)) startProbeBwRefill(bbr);
      else if (isTimeToCruise(bbr)) startProbeBwCruise(bbr);
      break;
    case 'ProbeBW_CRUISE':
      if (isTimeToProbeBw(bbr, sample.now)) startProbeBwRefill(bbr);
      break;
    case 'ProbeBW_REFILL':
      if (!bbr.roundStart) break;
      bbr.isBwProbeSample = true;
      startProbeBwUp(bbr, sample.deliveryRate);
      break;
    case 'ProbeBW_UP':
      if (!isTimeToGoDown(bbr, sample)) break;
      bbr.prevProbeTooHigh = false;
      startProbeBwDown(bbr, sample.now);
      break;
    case 'Startup':
    case 'Drain':
    case 'ProbeRTT':
      break;
  }
}

/** IsTimeToProbeBW(): after two or three seconds, or when Reno would have grown as far (§5.3.3.8). */
function isTimeToProbeBw(bbr: BbrState, now: number): boolean {
  if (now > bbr.cycleStamp + bbr.bwProbeWait) return true;
  return bbr.roundsSinceProbeUp >= Math.min(targetInflight(bbr) / bbr.mss, RENO_ROUNDS);
}

/** IsTimeToCruise(). */
function isTimeToCruise(bbr: BbrState): boolean {
  return bbr.inFlight <= inflightWithHeadroom(bbr) && bbr.inFlight <= inflight(bbr, bbr.maxBw, 1);
}

/** IsTimeToGoDown(). */
function isTimeToGoDown(bbr: BbrState, sample: AckSample): boolean {
  // After a probe that went too high, the next goes no further than that one came (§5.3.3.6). What was in flight before
  // this ACK counts, in whole segments: after it, a window that ends at the bound is never full.
  if (bbr.prevProbeTooHigh && sample.priorInFlight + bbr.mss > bbr.inflightLongterm) {
    bbr.prevProbePrecautionary = true;
    return true;
  }
  if (sample.limited && bbr.cwnd >= bbr.inflightLongterm) {
    // The bound, not the path, holds the rate down.
    resetFullBw(bbr, sample.deliveryRate);
    return false;
  }
  return bbr.fullBwNow;
}
