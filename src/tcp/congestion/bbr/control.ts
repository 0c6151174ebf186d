import { MAX_QUANTUM, NOMINAL_RTT, PACING_MARGIN, QUANTUM_TIME, SECOND, STARTUP_PACING_GAIN } from './constants';
import { inflightWithHeadroom, maxInflight } from './inflight';
import { isInProbeBw } from './phases';
import { probeRttCwnd } from './probe-rtt';
import type { BbrState } from './state';

/** What the model makes of pacing rate, burst and window (§5.6). */

/** InitPacingRate(): the initial window in a round trip. A round trip of 0, in a simulation, counts for 1 µs. */
export function initPacingRate(bbr: BbrState, srtt: number | undefined): void {
  const rtt = Math.max(srtt ?? NOMINAL_RTT, 1);
  bbr.pacingRate = (STARTUP_PACING_GAIN * bbr.initialCwnd * SECOND) / rtt;
  setSendQuantum(bbr);
}

/** SetPacingRateWithGain(). Never below a segment a second, so that a connection cannot come to a stand. */
export function setPacingRate(bbr: BbrState, gain: number): void {
  const rate = Math.max(gain * bbr.bw * PACING_MARGIN, bbr.mss);
  if (bbr.fullBwReached || rate > bbr.pacingRate) bbr.pacingRate = rate;
}

/** SetSendQuantum(). */
export function setSendQuantum(bbr: BbrState): void {
  const quantum = Math.min((bbr.pacingRate * QUANTUM_TIME) / SECOND, MAX_QUANTUM);
  bbr.sendQuantum = Math.floor(Math.max(quantum, 2 * bbr.mss));
}

/** SetCwnd(). */
export function setCwnd(bbr: BbrState, newlyAcked: number): void {
  const target = maxInflight(bbr);
  if (bbr.fullBwReached) bbr.cwnd = Math.min(bbr.cwnd + newlyAcked, target);
  else if (bbr.cwnd < target || bbr.delivered < bbr.initialCwnd) bbr.cwnd += newlyAcked;
  boundCwnd(bbr);
}

/** BoundCwndForProbeRTT() and BoundCwndForModel(), above MinPipeCwnd (§5.6.4.3). */
export function boundCwnd(bbr: BbrState): void {
  let cap = bbr.inflightShortterm;
  if (bbr.phase === 'ProbeRTT') cap = Math.min(cap, probeRttCwnd(bbr));
  if (bbr.phase === 'ProbeRTT' || bbr.phase === 'ProbeBW_CRUISE') cap = Math.min(cap, inflightWithHeadroom(bbr));
  else if (isInProbeBw(bbr.phase)) cap = Math.min(cap, bbr.inflightLongterm);
  bbr.cwnd = Math.floor(Math.max(Math.min(bbr.cwnd, cap), bbr.minPipeCwnd));
}
