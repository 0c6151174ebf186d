import { initialWindow, type CongestionSetup } from '../congestion-control';
import { MIN_PIPE_SEGMENTS } from './constants';
import { CycleMax, WindowedMax } from './filters';
import { GAINS, type BbrPhase } from './phases';

/** What the feedback that arrives now means for the probing of bandwidth (BBR.ack_phase, §2.14). */
export type AckPhase = 'init' | 'refilling' | 'starting' | 'feedback' | 'stopping';

/**
 * All that BBR remembers of a connection, by the draft's names (§2, initial values: §5.2.1). Octets, µs, octets a second.
 * `Infinity` stands for what is not known or not bounded.
 */
export class BbrState {
  // The transport's (C.*).
  mss: number;
  initialCwnd: number;
  cwnd: number;
  pacingRate = 0;
  sendQuantum = 0;
  /** C.delivered and C.inflight as the last ACK left them. */
  delivered = 0;
  inFlight = 0;
  /** C.app_limited: what is delivered up to here may have waited for the user; 0 when nothing has. */
  appLimitedUntil = 0;
  /** C.has_selective_acks. */
  sack = true;
  inRecovery = false;

  phase: BbrPhase = 'Startup';
  pacingGain = GAINS.Startup.pacing;
  cwndGain = GAINS.Startup.cwnd;
  idleRestart = false;
  drainStartRound = 0;
  hasSeenRtt = false;

  // Packet-timed rounds (§5.5.1).
  roundCount = 0;
  roundStart = false;
  nextRoundDelivered = 0;

  // The model of the path (§2.9).
  readonly maxBwFilter = new CycleMax();
  bw = 0;
  bwShortterm = Infinity;
  inflightShortterm = Infinity;
  inflightLongterm = Infinity;
  minRtt = Infinity;
  minRttStamp = Infinity;
  extraAcked = 0;
  extraAckedIntervalStart = 0;
  extraAckedDelivered = 0;
  readonly extraAckedFilter = new WindowedMax();

  // Signs of congestion (§2.10).
  bwLatest = 0;
  inflightLatest = 0;
  isLossInRound = false;
  lossRoundDelivered = 0;
  lossRoundStart = false;

  // Startup (§2.13).
  fullBw = 0;
  fullBwCount = 0;
  fullBwNow = false;
  fullBwReached = false;
  lossEventsInRound = 0;
  lastLossAt = -1;
  /** The round in which fast recovery began. */
  recoveryRound = Infinity;

  // ProbeBW (§2.14).
  ackPhase: AckPhase = 'init';
  isBwProbeSample = false;
  bwProbeUpAcked = 0;
  probeUpAckedPerInc = Infinity;
  bwProbeUpRounds = 0;
  roundsSinceProbeUp = 0;
  bwProbeWait = 0;
  cycleStamp = 0;
  prevProbeTooHigh = false;
  prevProbePrecautionary = false;

  // ProbeRTT (§2.16).
  probeRttMinDelay = Infinity;
  probeRttMinStamp = Infinity;
  probeRttExpired = false;
  /** 0: what is in flight has not yet come down. */
  probeRttDoneStamp = 0;
  probeRttRoundDone = false;
  /** What was sent with so much delivered was held back by ProbeRTT. */
  probeRttLimitedFrom = Infinity;
  probeRttLimitedUntil = 0;

  // Undo (§2.15).
  priorCwnd = 0;
  isUndoSaved = false;
  undoPhase: 'none' | 'Startup' | 'ProbeBW_UP' = 'none';
  undoBwShortterm = 0;
  undoInflightShortterm = 0;
  undoInflightLongterm = 0;

  readonly random32: () => number;

  constructor(setup: CongestionSetup) {
    this.mss = setup.mss;
    this.initialCwnd = initialWindow(setup.mss, setup.initialWindow);
    this.cwnd = this.initialCwnd;
    this.random32 = () => setup.random32();
  }

  get maxBw(): number {
    return this.maxBwFilter.value;
  }

  /** BBR.MinPipeCwnd. */
  get minPipeCwnd(): number {
    return MIN_PIPE_SEGMENTS * this.mss;
  }

  /** Enters a state, with its gains. */
  enter(phase: BbrPhase): void {
    this.phase = phase;
    this.pacingGain = GAINS[phase].pacing;
    this.cwndGain = GAINS[phase].cwnd;
  }

  /** StartRound(): a round trip is over when something that is sent from now on is acknowledged. */
  startRound(): void {
    this.nextRoundDelivered = this.delivered;
  }
}
