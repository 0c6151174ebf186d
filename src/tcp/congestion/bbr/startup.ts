import type { AckSample } from '../congestion-control';
import { DRAIN_ROUNDS, STARTUP_FULL_LOSSES } from './constants';
import { bdpMultiple, inflight } from './inflight';
import { isInflightTooHigh } from './long-term';
import { startProbeBwDown } from './probe-bw-states';
import type { BbrState } from './state';

/** Startup and Drain (§5.3.1, §5.3.2). */

/** CheckStartupDone(). */
export function checkStartupDone(bbr: BbrState, sample: AckSample): void {
  checkStartupHighLoss(bbr, sample);
  if (bbr.phase !== 'Startup' || !bbr.fullBwReached) return;
  bbr.enter('Drain');
  bbr.drainStartRound = bbr.roundCount;
}

/** CheckStartupHighLoss() (§5.3.1.3): a whole round in fast recovery, with many losses apart from each other. */
function checkStartupHighLoss(bbr: BbrState, sample: AckSample): void {
  if (bbr.phase === 'Startup' && !bbr.fullBwReached && bbr.recoveryRound !== Infinity) {
    const wholeRound = bbr.lossRoundStart && bbr.roundCount > bbr.recoveryRound;
    const many = wholeRound && bbr.lossEventsInRound >= STARTUP_FULL_LOSSES;
    const any = !bbr.sack && bbr.lossEventsInRound > 0;
    if (any || (many && isInflightTooHigh(bbr, sample.sampleLost, sample.txInFlight))) leaveStartupUponLoss(bbr);
  }
  if (bbr.lossRoundStart) bbr.lossEventsInRound = 0;
}

/** The pipe is full, because it runs over. Drain begins with the next ACK. */
export function leaveStartupUponLoss(bbr: BbrState): void {
  bbr.undoPhase = 'Startup';
  bbr.fullBwReached = true;
  bbr.inflightLongterm = Math.floor(Math.max(bdpMultiple(bbr, bbr.bw, 1), bbr.inflightLatest));
}

/** CheckDrainDone(). */
export function checkDrainDone(bbr: BbrState, now: number): void {
  if (bbr.phase !== 'Drain') return;
  if (bbr.inFlight > inflight(bbr, bbr.bw, 1) && bbr.roundCount <= bbr.drainStartRound + DRAIN_ROUNDS) return;
  startProbeBwDown(bbr, now);
}
