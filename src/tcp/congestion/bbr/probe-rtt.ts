import type { AckSample } from '../congestion-control';
import { markProbeRttLimited } from './app-limited';
import { MIN_RTT_FILTER_LENGTH, PROBE_RTT_CWND_GAIN, PROBE_RTT_DURATION, PROBE_RTT_INTERVAL } from './constants';
import { bdpMultiple } from './inflight';
import { startProbeBwCruise, startProbeBwDown } from './probe-bw-states';
import { resetShortTermModel } from './short-term';
import type { BbrState } from './state';
import { restoreCwnd, saveCwnd } from './undo';

/** The round-trip time without a queue, and how the queue is emptied to see it (§5.3.4). */

/** UpdateMinRTT(). */
export function updateMinRtt(bbr: BbrState, rtt: number | undefined, now: number): void {
  bbr.probeRttExpired = now > bbr.probeRttMinStamp + PROBE_RTT_INTERVAL;
  if (rtt !== undefined && (rtt < bbr.probeRttMinDelay || bbr.probeRttExpired)) {
    bbr.probeRttMinDelay = rtt;
    bbr.probeRttMinStamp = now;
  }
  if (bbr.probeRttMinDelay < bbr.minRtt || now > bbr.minRttStamp + MIN_RTT_FILTER_LENGTH) {
    bbr.minRtt = bbr.probeRttMinDelay;
    bbr.minRttStamp = bbr.probeRttMinStamp;
  }
}

/** CheckProbeRTT(). */
export function checkProbeRtt(bbr: BbrState, sample: AckSample): void {
  if (bbr.phase !== 'ProbeRTT' && bbr.probeRttExpired && !bbr.idleRestart) enterProbeRtt(bbr);
  if (bbr.phase === 'ProbeRTT') handleProbeRtt(bbr, sample.now);
  bbr.idleRestart = false;
}

/** ProbeRTTCwnd() (§5.6.4.5). */
export function probeRttCwnd(bbr: BbrState): number {
  return Math.max(bdpMultiple(bbr, bbr.bw, PROBE_RTT_CWND_GAIN), bbr.minPipeCwnd);
}

/** CheckProbeRTTDone(). */
export function checkProbeRttDone(bbr: BbrState, now: number): void {
  if (bbr.probeRttDoneStamp === 0 || now <= bbr.probeRttDoneStamp) return;
  bbr.probeRttMinStamp = now;
  restoreCwnd(bbr);
  exitProbeRtt(bbr, now);
}

/** EnterProbeRTT(). The window is saved before the state changes, so that it is this one and no older. */
function enterProbeRtt(bbr: BbrState): void {
  saveCwnd(bbr);
  bbr.enter('ProbeRTT');
  bbr.probeRttDoneStamp = 0;
  bbr.ackPhase = 'stopping';
  bbr.startRound();
  bbr.probeRttLimitedFrom = bbr.delivered;
}

/** HandleProbeRTT(). */
function handleProbeRtt(bbr: BbrState, now: number): void {
  markProbeRttLimited(bbr);
  if (bbr.probeRttDoneStamp === 0) {
    if (bbr.inFlight > probeRttCwnd(bbr)) return;
    bbr.probeRttDoneStamp = now + PROBE_RTT_DURATION;
    bbr.probeRttRoundDone = false;
    bbr.startRound();
    return;
  }
  if (bbr.roundStart) bbr.probeRttRoundDone = true;
  if (bbr.probeRttRoundDone) checkProbeRttDone(bbr, now);
}

/** ExitProbeRTT() (§5.3.4.4). What is in flight is low already, so that DOWN is over at once. */
function exitProbeRtt(bbr: BbrState, now: number): void {
  resetShortTermModel(bbr);
  if (bbr.fullBwReached) {
    startProbeBwDown(bbr, now);
    startProbeBwCruise(bbr);
  } else {
    bbr.enter('Startup');
  }
}
