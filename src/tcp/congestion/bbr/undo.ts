import { resetFullBw } from './full-pipe';
import { startProbeBwRefill } from './probe-bw-states';
import type { BbrState } from './state';

/** What losses take away, and how it comes back when there were none (§5.5.11, §5.6.4.4). */

/** SaveCwnd(): the last window that neither recovery nor ProbeRTT had cut. */
export function saveCwnd(bbr: BbrState): void {
  if (!bbr.inRecovery && bbr.phase !== 'ProbeRTT') bbr.priorCwnd = bbr.cwnd;
  else bbr.priorCwnd = Math.max(bbr.priorCwnd, bbr.cwnd);
}

/** RestoreCwnd(). */
export function restoreCwnd(bbr: BbrState): void {
  bbr.cwnd = Math.max(bbr.cwnd, bbr.priorCwnd);
}

/**
 * SaveStateUponLoss(). Once an episode: the draft calls it again in each round, and when recovery is entered, by when
 * the first loss may have ended a probe already, which is what an undo is to bring back.
 */
export function saveStateUponLoss(bbr: BbrState): void {
  saveCwnd(bbr);
  if (bbr.isUndoSaved) return;
  bbr.isUndoSaved = true;
  bbr.undoPhase = 'none';
  bbr.undoBwShortterm = bbr.bwShortterm;
  bbr.undoInflightShortterm = bbr.inflightShortterm;
  bbr.undoInflightLongterm = bbr.inflightLongterm;
}

/** HandleSpuriousLossDetection(). */
export function handleSpuriousLoss(bbr: BbrState): void {
  restoreCwnd(bbr);
  bbr.isLossInRound = false;
  bbr.isUndoSaved = false;
  resetFullBw(bbr, 0);
  bbr.bwShortterm = Math.max(bbr.bwShortterm, bbr.undoBwShortterm);
  bbr.inflightShortterm = Math.max(bbr.inflightShortterm, bbr.undoInflightShortterm);
  bbr.inflightLongterm = Math.max(bbr.inflightLongterm, bbr.undoInflightLongterm);
  if (bbr.undoPhase === 'Startup' && bbr.phase !== 'Startup') {
    bbr.fullBwReached = false;
    if (bbr.phase !== 'ProbeRTT') bbr.enter('Startup');
  } else if (bbr.undoPhase === 'ProbeBW_UP' && bbr.phase !== 'ProbeBW_UP') {
    if (bbr.phase !== 'ProbeRTT') startProbeBwRefill(bbr);
  }
  bbr.undoPhase = 'none';
}
