import { HEADROOM, SECOND } from './constants';
import type { BbrState } from './state';

/** How much data in flight the model asks for (§5.6.4.2). Octets. */

/** BDPMultiple(): `gain` times what the path holds at bandwidth `bw` without a queue. */
export function bdpMultiple(bbr: BbrState, bw: number, gain: number): number {
  if (bbr.minRtt === Infinity) return bbr.initialCwnd;
  return (gain * bw * bbr.minRtt) / SECOND;
}

/** QuantizationBudget(): room for the bursts that are on their way through both hosts (§5.5.8.1). */
function quantizationBudget(bbr: BbrState, inflight: number): number {
  const budget = Math.max(inflight, 3 * bbr.sendQuantum, bbr.minPipeCwnd);
  return bbr.phase === 'ProbeBW_UP' ? budget + 2 * bbr.mss : budget;
}

/** Inflight(). */
export function inflight(bbr: BbrState, bw: number, gain: number): number {
  return quantizationBudget(bbr, bdpMultiple(bbr, bw, gain));
}

/** UpdateMaxInflight(): BBR.max_inflight. */
export function maxInflight(bbr: BbrState): number {
  return quantizationBudget(bbr, bdpMultiple(bbr, bbr.bw, bbr.cwndGain) + bbr.extraAcked);
}

/** TargetInflight() (§5.3.3.8.3). */
export function targetInflight(bbr: BbrState): number {
  return Math.min(bdpMultiple(bbr, bbr.bw, 1), bbr.cwnd);
}

/** InflightWithHeadroom() (§5.3.3.9). */
export function inflightWithHeadroom(bbr: BbrState): number {
  if (bbr.inflightLongterm === Infinity) return Infinity;
  const headroom = Math.max(bbr.mss, HEADROOM * bbr.inflightLongterm);
  return Math.max(bbr.inflightLongterm - headroom, bbr.minPipeCwnd);
}
