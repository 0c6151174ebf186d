import type {
  AckSample,
  CongestionControl,
  CongestionName,
  CongestionSetup,
  LostRange,
  ReductionCause,
} from './congestion-control';
import { initialWindow } from './congestion-control';
import { Validation } from './validation';

/** The slow start threshold before the first congestion: as high as it can be (RFC 5681 §3.1). */
export const NO_THRESHOLD = Number.MAX_SAFE_INTEGER;
/** RFC 3465's L in slow start, in segments. */
const SLOW_START_LIMIT = 2;

/**
 * What the algorithms share that answer to losses with a smaller window (RFC 5681): slow start by appropriate byte counting
 * (RFC 3465), the threshold, the time-out, and the return from a reduction that was for nothing. An algorithm adds how it
 * avoids congestion and by how much it backs off. The window grows only where it held the sender back; PRR has it in recovery.
 */
export abstract class WindowBased implements CongestionControl {
  abstract readonly name: CongestionName;
  cwnd: number;
  ssthresh = NO_THRESHOLD;
  readonly ownsRecovery = false;
  mss: number;
  readonly initialSegments: number;
  readonly slowStartAfterIdle: boolean;

  /** A reduction is under way: `recovered` will end it. */
  protected reducing = false;
  /** The window from which the last reduction started. */
  protected reducedFrom = 0;
  /** When the sender last had less to send than the window let. */
  protected unusedUntil = 0;

  /** Nothing was acknowledged or lost so far: the window still follows the MSS. */
  private fresh = true;
  private startsWithOne = false;
  /** What `undo` brings back; `undefined`: nothing. */
  private prior: { readonly cwnd: number; readonly ssthresh: number } | undefined = undefined;
  private ownValidation: Validation | undefined = undefined;

  constructor(setup: CongestionSetup) {
    this.mss = setup.mss;
    this.initialSegments = setup.initialWindow;
    this.slowStartAfterIdle = setup.slowStartAfterIdle;
    this.cwnd = initialWindow(setup.mss, setup.initialWindow);
  }

  get pacingRate(): number {
    return Infinity;
  }

  get sendQuantum(): number {
    return Infinity;
  }

  protected get canUndo(): boolean {
    return this.prior !== undefined;
  }

  /** Made when there is something to validate: when data is sent, or acknowledged. */
  protected get validation(): Validation {
    this.ownValidation ??= new Validation(this);
    return this.ownValidation;
  }

  /** What is left of the window after congestion. */
  protected abstract get beta(): number;
  /** The window that a reduction starts from, with so much in flight. */
  protected abstract basis(inFlight: number): number;
  /** Congestion avoidance: the window held the sender back, and this much of it was acknowledged, one window at most. */
  protected abstract avoid(sample: AckSample, acked: number): void;

  acked(sample: AckSample): void {
    if (sample.delivered > 0) this.fresh = false;
    // The handshake's ACK delivers nothing.
    if (sample.delivered > 0 || this.ownValidation !== undefined) this.validation.acked(sample);
    if (sample.phase === 'recovery' || sample.phase === 'reduced') return;
    if (!sample.limited) this.unusedUntil = sample.now;
    else if (this.cwnd < this.ssthresh) this.slowStart(sample);
    else this.avoid(sample, Math.min(sample.acked, this.cwnd));
  }

  lost(range: LostRange): void {
    this.validation.lost(range.length);
  }

  reduce(_cause: ReductionCause, inFlight: number): void {
    this.remember();
    this.backOff(inFlight);
    this.reducing = true;
  }

  recovered(): void {
    if (!this.reducing) return;
    this.reducing = false;
    const repaired = this.validation.recovered();
    if (repaired > 0) this.setThreshold(this.reducedFrom - repaired);
    this.cwnd = this.ssthresh;
  }

  timedOut(inFlight: number, first: boolean): void {
    if (first) {
      this.remember();
      this.backOff(inFlight);
    }
    this.fresh = false;
    this.reducing = false;
    this.validation.recovered();
    this.cwnd = this.mss;
  }

  undo(): void {
    const { prior } = this;
    if (prior === undefined) return;
    this.prior = undefined;
    this.reducing = false;
    this.validation.recovered();
    this.cwnd = Math.max(this.cwnd, prior.cwnd);
    this.ssthresh = Math.max(this.ssthresh, prior.ssthresh);
  }

  synLost(): void {
    this.startsWithOne = true;
    this.cwnd = this.mss;
  }

  sending(inFlight: number, idle: number, rto: number, now: number): void {
    if (inFlight > 0) return;
    this.unusedUntil = now;
    this.validation.resumed(idle, rto, now);
  }

  appLimited(): void {
    // `limited` of each ACK says the same.
  }

  setMss(mss: number): void {
    this.mss = mss;
    if (this.fresh) this.cwnd = this.startsWithOne ? mss : initialWindow(mss, this.initialSegments);
    else this.cwnd = Math.max(this.cwnd, mss);
    this.ssthresh = Math.max(this.ssthresh, 2 * mss);
  }

  details(): Readonly<Record<string, number | string>> {
    if (this.ownValidation === undefined) return { phase: 'validated' };
    const { pipeAck, validated } = this.ownValidation;
    return { phase: validated ? 'validated' : 'non-validated', ...(pipeAck < 0 ? {} : { pipeAck }) };
  }

  /**
   * cwnd += min(N, L × MSS), up to the threshold. L is 1 for what was sent before a time-out: such an ACK may tell of far more
   * than has just left the network (RFC 3465 §2.3).
   */
  protected slowStart(sample: AckSample): void {
    const limit = sample.phase === 'loss' ? this.mss : SLOW_START_LIMIT * this.mss;
    this.cwnd = Math.min(this.cwnd + Math.min(sample.acked, limit), this.ssthresh);
  }

  /** Keeps what `undo` brings back. */
  protected remember(): void {
    const { cwnd, ssthresh } = this;
    this.prior = { cwnd, ssthresh };
  }

  private backOff(inFlight: number): void {
    this.fresh = false;
    this.reducedFrom = this.basis(inFlight);
    this.validation.reduced();
    this.setThreshold(this.reducedFrom);
  }

  private setThreshold(basis: number): void {
    this.ssthresh = Math.max(Math.floor(basis * this.beta), 2 * this.mss);
  }
}
