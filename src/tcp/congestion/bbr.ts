import { markAppLimited, wasLimited } from './bbr/app-limited';
import { updateAckAggregation } from './bbr/ack-aggregation';
import { boundCwnd, initPacingRate, setCwnd, setPacingRate, setSendQuantum } from './bbr/control';
import { checkFullBwReached } from './bbr/full-pipe';
import { maxInflight } from './bbr/inflight';
import { handleInflightTooHigh, handleLost, noteLoss } from './bbr/long-term';
import { isInProbeBw } from './bbr/phases';
import { updateProbeBwCyclePhase } from './bbr/probe-bw';
import { checkProbeRtt, checkProbeRttDone, updateMinRtt } from './bbr/probe-rtt';
import { advanceLatestDeliverySignals, updateCongestionSignals, updateLatestDeliverySignals } from './bbr/short-term';
import { checkDrainDone, checkStartupDone, leaveStartupUponLoss } from './bbr/startup';
import { BbrState } from './bbr/state';
import { handleSpuriousLoss, restoreCwnd, saveStateUponLoss } from './bbr/undo';
import {
  initialWindow,
  type AckSample,
  type CongestionControl,
  type CongestionSetup,
  type LostRange,
  type ReductionCause,
} from './congestion-control';

/**
 * BBR, version 3 (draft-ietf-ccwg-bbr-06): it measures how fast the path delivers and how long it takes when it is
 * empty, and sends at that rate with that much in flight. Losses bound it, but do not drive it.
 *
 * The functions in `bbr/` bear the draft's names; this class maps the transport's events to them (§5.2).
 */
export class Bbr implements CongestionControl {
  readonly name = 'bbr';
  readonly ownsRecovery = true;
  /** BBR has no slow start threshold. */
  ssthresh = Number.MAX_SAFE_INTEGER;
  readonly #bbr: BbrState;
  readonly #initialSegments: number;

  constructor(setup: CongestionSetup) {
    this.#bbr = new BbrState(setup);
    this.#initialSegments = setup.initialWindow;
    initPacingRate(this.#bbr, undefined);
  }

  get cwnd(): number {
    return this.#bbr.cwnd;
  }

  set cwnd(octets: number) {
    this.#bbr.cwnd = octets;
  }

  get pacingRate(): number {
    return this.#bbr.pacingRate;
  }

  get sendQuantum(): number {
    return this.#bbr.sendQuantum;
  }

  /** UpdateOnACK() (§5.2.3). */
  acked(sample: AckSample): void {
    const bbr = this.#bbr;
    this.#seeRtt(sample);
    if (sample.delivered <= 0) return;
    bbr.delivered = sample.totalDelivered;
    bbr.inFlight = sample.inFlight;
    bbr.sack = sample.sack ?? true;
    if (bbr.delivered > bbr.appLimitedUntil) bbr.appLimitedUntil = 0;
    this.#updateModelAndState(sample);
    setPacingRate(bbr, bbr.pacingGain);
    setSendQuantum(bbr);
    setCwnd(bbr, sample.delivered);
  }

  /** HandleLostPacket() (§5.5.10.2). */
  lost(range: LostRange): void {
    handleLost(this.#bbr, range);
  }

  /**
   * OnEnterFastRecovery() (§5.6.4.4). The draft leaves the answer to ECN open, but wants one (§3.7): here a mark is what
   * too many losses would be, the end of Startup or of a probe, and otherwise a round trip with a loss.
   */
  reduce(cause: ReductionCause, inFlight: number, now: number): void {
    const bbr = this.#bbr;
    if (cause === 'loss') {
      saveStateUponLoss(bbr);
      bbr.inRecovery = true;
      bbr.recoveryRound = bbr.roundCount;
      return;
    }
    noteLoss(bbr);
    if (bbr.phase === 'Startup' && !bbr.fullBwReached) leaveStartupUponLoss(bbr);
    else if (bbr.isBwProbeSample) handleInflightTooHigh(bbr, inFlight, false, now);
  }

  /** The window of before comes back, as far as the model now allows it. */
  recovered(): void {
    const bbr = this.#bbr;
    if (!bbr.inRecovery) return;
    restoreCwnd(bbr);
    this.#leaveRecovery();
  }

  /** OnEnterRTO() (§5.6.4.4): one segment at first. */
  timedOut(): void {
    const bbr = this.#bbr;
    saveStateUponLoss(bbr);
    bbr.inRecovery = true;
    bbr.recoveryRound = Infinity;
    bbr.cwnd = bbr.mss;
  }

  undo(): void {
    handleSpuriousLoss(this.#bbr);
    this.#leaveRecovery();
  }

  synLost(): void {
    this.#bbr.cwnd = this.#bbr.mss;
  }

  /** HandleRestartFromIdle() (§5.4.1). The window stays as it is: what leaves is paced. */
  sending(inFlight: number, _idle: number, _rto: number, now: number): void {
    const bbr = this.#bbr;
    if (inFlight !== 0 || bbr.appLimitedUntil === 0) return;
    bbr.idleRestart = true;
    bbr.extraAckedIntervalStart = now;
    if (isInProbeBw(bbr.phase)) {
      setPacingRate(bbr, 1);
      setSendQuantum(bbr);
    } else if (bbr.phase === 'ProbeRTT') {
      checkProbeRttDone(bbr, now);
    }
  }

  appLimited(inFlight: number): void {
    markAppLimited(this.#bbr, inFlight);
  }

  setMss(mss: number): void {
    const bbr = this.#bbr;
    const fresh = bbr.cwnd === bbr.initialCwnd && bbr.delivered === 0;
    bbr.mss = mss;
    bbr.initialCwnd = initialWindow(mss, this.#initialSegments);
    // Even after a lost SYN a whole segment must fit.
    bbr.cwnd = fresh ? bbr.initialCwnd : Math.max(bbr.cwnd, mss);
    if (!bbr.hasSeenRtt) initPacingRate(bbr, undefined);
    setSendQuantum(bbr);
  }

  details(): Readonly<Record<string, number | string>> {
    const bbr = this.#bbr;
    return {
      state: bbr.phase,
      bw: Math.round(bbr.bw),
      maxBw: Math.round(bbr.maxBw),
      bwShortterm: orNone(bbr.bwShortterm),
      minRtt: orNone(bbr.minRtt),
      inflightLongterm: orNone(bbr.inflightLongterm),
      inflightShortterm: orNone(bbr.inflightShortterm),
      extraAcked: Math.round(bbr.extraAcked),
      pacingGain: bbr.pacingGain,
      cwndGain: bbr.cwndGain,
      rounds: bbr.roundCount,
    };
  }

  /** UpdateModelAndState(). */
  #updateModelAndState(sample: AckSample): void {
    const bbr = this.#bbr;
    const isAppLimited = wasLimited(bbr, sample.isAppLimited, sample.priorDelivered);
    updateLatestDeliverySignals(bbr, sample);
    updateCongestionSignals(bbr, sample, isAppLimited);
    updateAckAggregation(bbr, sample.delivered, sample.now);
    checkFullBwReached(bbr, sample.deliveryRate, isAppLimited);
    checkStartupDone(bbr, sample);
    checkDrainDone(bbr, sample.now);
    updateProbeBwCyclePhase(bbr, sample, isAppLimited);
    updateMinRtt(bbr, sample.rtt, sample.now);
    checkProbeRtt(bbr, sample);
    advanceLatestDeliverySignals(bbr, sample);
    bbr.bw = Math.min(bbr.maxBw, bbr.bwShortterm);
  }

  /** The first round trip that is measured, the handshake's perhaps, makes the initial rate a real one (§5.2.1, §5.6.2). */
  #seeRtt(sample: AckSample): void {
    const bbr = this.#bbr;
    const rtt = sample.srtt ?? sample.rtt;
    if (bbr.hasSeenRtt || rtt === undefined) return;
    bbr.hasSeenRtt = true;
    bbr.minRtt = rtt;
    bbr.minRttStamp = sample.now;
    initPacingRate(bbr, rtt);
  }

  #leaveRecovery(): void {
    const bbr = this.#bbr;
    bbr.inRecovery = false;
    bbr.isUndoSaved = false;
    bbr.recoveryRound = Infinity;
    if (bbr.fullBwReached) bbr.cwnd = Math.min(bbr.cwnd, maxInflight(bbr));
    boundCwnd(bbr);
  }
}

function orNone(value: number): number | string {
  return value === Infinity ? 'none' : Math.round(value);
}
