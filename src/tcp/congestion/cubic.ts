import type { AckSample, ReductionCause } from './congestion-control';
import { HyStart } from './hystart';
import { NO_THRESHOLD, WindowBased } from './window-based';

/** Segments a second cubed (RFC 9438 §5). */
const C = 0.4;
const BETA_CUBIC = 0.7;
/** Grows W_est on average as fast as Reno would, with its smaller back-off (RFC 9438 §4.3, equation 4). */
const ALPHA_CUBIC = (3 * (1 - BETA_CUBIC)) / (1 + BETA_CUBIC);
/** The window goes no further than this in one round trip (RFC 9438 §4.2). */
const MOST_IN_A_ROUND = 1.5;
const SECOND = 1_000_000;

/** What a stage of congestion avoidance knows: RFC 9438 §4.1.2's names. Windows in octets, `k` in s, the rest µs. */
interface Stage {
  open: boolean;
  wMax: number;
  cwndPrior: number;
  wEst: number;
  k: number;
  /** t: the stage's age, without the time in which the sender left the window unused (RFC 9438 §5.8). */
  elapsed: number;
  /** Up to when `elapsed` counts. */
  counted: number;
}

/** No congestion avoidance so far. */
const NO_STAGE: Readonly<Stage> = Object.freeze({
  open: false,
  wMax: 0,
  cwndPrior: 0,
  wEst: 0,
  k: 0,
  elapsed: 0,
  counted: 0,
});

/**
 * CUBIC (RFC 9438): the window follows a cubic of the time since congestion, flat around the window at which that happened, and
 * is never smaller than Reno's would be. HyStart++ (RFC 9406) leads it through the first slow start.
 */
export class Cubic extends WindowBased {
  readonly name = 'cubic';
  /** What the window has grown by and is less than an octet. */
  private fraction = 0;
  private priorStage = NO_STAGE;
  private ownStage: Stage | undefined = undefined;
  private ownHystart: HyStart | undefined = undefined;

  protected get beta(): number {
    return BETA_CUBIC;
  }

  /** `wMax` 0: no congestion yet, or only a time-out; the stage then starts at its plateau (RFC 9438 §4.8, §4.10). */
  private get stage(): Stage {
    this.ownStage ??= { ...NO_STAGE };
    return this.ownStage;
  }

  private get hystart(): HyStart {
    this.ownHystart ??= new HyStart();
    return this.ownHystart;
  }

  override acked(sample: AckSample): void {
    if (sample.roundStart) this.hystart.roundStarted();
    super.acked(sample);
  }

  override reduce(cause: ReductionCause, inFlight: number): void {
    super.reduce(cause, inFlight);
    const { stage, reducedFrom } = this;
    // Fast convergence: the plateau sinks from one congestion to the next, so others want room (RFC 9438 §4.7).
    stage.wMax = reducedFrom < stage.wMax ? (reducedFrom * (1 + BETA_CUBIC)) / 2 : reducedFrom;
    stage.cwndPrior = reducedFrom;
    this.endStage();
  }

  override timedOut(inFlight: number, first: boolean): void {
    super.timedOut(inFlight, first);
    if (first) this.stage.cwndPrior = this.reducedFrom;
    this.stage.wMax = 0;
    this.endStage();
  }

  override undo(): void {
    if (this.canUndo) this.ownStage = { ...this.priorStage };
    super.undo();
  }

  override details(): Readonly<Record<string, number | string>> {
    const { wMax, k, wEst } = this.ownStage ?? NO_STAGE;
    const phase = this.ownHystart?.phase ?? 'slow-start';
    const hystart = this.ssthresh === NO_THRESHOLD ? phase : 'done';
    return { ...super.details(), hystart, wMax: Math.round(wMax), wEst: Math.round(wEst), k };
  }

  /**
   * The window itself, where it was used (RFC 9438 §4.6 asks for such a check). A time-out in the middle of a reduction reduces
   * from where that began, not once more from what PRR has left.
   */
  protected basis(inFlight: number): number {
    if (this.reducing) return this.reducedFrom;
    return this.validation.validated ? this.cwnd : this.validation.used(inFlight);
  }

  protected override remember(): void {
    super.remember();
    this.priorStage = { ...(this.ownStage ?? NO_STAGE) };
  }

  protected override slowStart(sample: AckSample): void {
    if (this.ownStage !== undefined) this.ownStage.open = false;
    // HyStart++ is for the first slow start: later ones know where to stop (RFC 9406 §4.2).
    if (this.ssthresh !== NO_THRESHOLD) {
      super.slowStart(sample);
      return;
    }
    if (this.hystart.phase !== 'done') this.cwnd += this.hystart.acked(sample.acked, this.mss, sample.rtt);
    else this.ssthresh = this.cwnd;
  }

  protected avoid(sample: AckSample, acked: number): void {
    const { stage, cwnd } = this;
    this.advance(sample.now);

    stage.wEst += ((stage.wEst >= stage.cwndPrior ? 1 : ALPHA_CUBIC) * this.mss * acked) / cwnd;
    if (this.cubic(stage.elapsed) < stage.wEst) {
      this.cwnd = Math.max(cwnd, Math.floor(stage.wEst));
      this.fraction = 0;
      return;
    }
    const wanted = this.cubic(stage.elapsed + (sample.srtt ?? 0));
    const target = Math.min(Math.max(wanted, cwnd), cwnd * MOST_IN_A_ROUND);
    this.fraction += (acked * (target - cwnd)) / cwnd;
    const whole = Math.floor(this.fraction);
    this.fraction -= whole;
    this.cwnd += whole;
  }

  /** W_cubic(t), octets; t in µs (RFC 9438 §4.2, equation 1). */
  private cubic(t: number): number {
    const fromPlateau = t / SECOND - this.stage.k;
    return C * fromPlateau * fromPlateau * fromPlateau * this.mss + this.stage.wMax;
  }

  private advance(now: number): void {
    const { stage } = this;
    if (stage.open) stage.elapsed += now - Math.max(stage.counted, this.unusedUntil);
    else this.beginStage();
    stage.counted = now;
  }

  /** The window now is cwnd_epoch (RFC 9438 §4.2, equation 2). Above the last plateau it is a plateau itself. */
  private beginStage(): void {
    const { stage, cwnd } = this;
    stage.open = true;
    stage.elapsed = 0;
    stage.wEst = cwnd;
    stage.wMax = Math.max(stage.wMax, cwnd);
    stage.k = Math.cbrt((stage.wMax - cwnd) / this.mss / C);
    this.fraction = 0;
  }

  private endStage(): void {
    this.stage.open = false;
    this.ownHystart?.reset();
  }
}
