import type { AckSample } from './congestion-control';
import { initialWindow } from './congestion-control';

/** The non-validated period: so long may a window be kept that is not used (RFC 7661 §4.4.3). */
const NON_VALIDATED_PERIOD = 300_000_000;
/** The least time that a pipeACK sample counts (RFC 7661 §4.2: max(3 × RTT, 1 s)). */
const LEAST_SAMPLING_PERIOD = 1_000_000;
const UNDEFINED = -1;
const VALIDATED = -1;

/** What validation looks at and, after a pause, lowers. Octets. */
export interface ValidatedWindow {
  cwnd: number;
  ssthresh: number;
  readonly mss: number;
  /** As in `CongestionSetup`. */
  readonly initialSegments: number;
  readonly slowStartAfterIdle: boolean;
}

/**
 * Congestion window validation (RFC 7661): how much of the window the network is known to carry, which is what counts when
 * congestion comes; and what becomes of a window that was not used: it decays while the sender is idle (RFC 5681 §4.1, by the
 * steps of RFC 2861), and is halved after five minutes of little use. Octets, µs.
 */
export class Validation {
  /** The most that was delivered in a round trip lately: pipeACK; negative where none was measured. */
  pipeAck = UNDEFINED;
  /** What was delivered in the round so far; it makes a sample only where the round is seen from its start. */
  private volume = 0;
  private measuring = false;
  /** The highest sample of each third of the sampling period, the newest first. */
  private newest = 0;
  private middle = 0;
  private oldest = 0;
  private newestSince = 0;
  private samplingPeriod = LEAST_SAMPLING_PERIOD;
  private nonValidatedSince = VALIDATED;
  /** R of RFC 7661 §4.4.1: what recovery has to send again. */
  private repaired = 0;
  private reducedUnvalidated = false;

  constructor(private readonly window: ValidatedWindow) {}

  /**
   * True: the window was used, or nobody knows better (RFC 7661 §4.3). In slow start the window doubles while a round is
   * measured and doubles again before the next one is, so a quarter of it will do.
   */
  get validated(): boolean {
    if (this.pipeAck === UNDEFINED) return true;
    const { cwnd, ssthresh } = this.window;
    return this.pipeAck >= (cwnd < ssthresh ? cwnd / 4 : cwnd / 2);
  }

  /** The window that counts as used where it is not validated: max(pipeACK, LossFlightSize) (RFC 7661 §4.4.1). */
  used(inFlight: number): number {
    return Math.min(this.window.cwnd, Math.max(this.pipeAck, inFlight));
  }

  /** Takes the ACK's measure, and halves a window that has long been kept unused. Call it before the window grows. */
  acked(sample: AckSample): void {
    this.volume += sample.delivered;
    if (sample.roundStart) {
      if (this.measuring) this.take(sample.now, sample.srtt ?? 0);
      this.measuring = true;
      this.volume = 0;
    }
    if (sample.phase === 'open') this.age(sample.now, sample.now);
  }

  /** A piece was lost and will be sent again. */
  lost(length: number): void {
    this.repaired += length;
  }

  /** Congestion: call it when the reduction was computed from `validated` and `used`. */
  reduced(): void {
    this.reducedUnvalidated = !this.validated;
  }

  /**
   * Recovery is over, one way or another; what is known of the path is forgotten (RFC 7661 §4.4.1). Returns R, to be taken off
   * the window from which the reduction started; 0 where that was validated.
   */
  recovered(): number {
    const repaired = this.reducedUnvalidated ? this.repaired : 0;
    this.reducedUnvalidated = false;
    this.repaired = 0;
    this.pipeAck = UNDEFINED;
    this.measuring = false;
    this.newest = this.middle = this.oldest = 0;
    this.nonValidatedSince = VALIDATED;
    return repaired;
  }

  /** Data is about to be sent after `idle` µs with nothing in flight. */
  resumed(idle: number, rto: number, now: number): void {
    if (this.pipeAck !== UNDEFINED && idle >= this.samplingPeriod) this.pipeAck = 0;
    if (this.window.slowStartAfterIdle && idle >= rto) this.decay(idle, rto);
    this.age(now, now - idle);
  }

  /** Half for each RTO of idleness, down to the restart window; slow start leads back to three quarters (RFC 2861 §3.2). */
  private decay(idle: number, rto: number): void {
    const { window } = this;
    const restart = Math.min(initialWindow(window.mss, window.initialSegments), window.cwnd);
    window.ssthresh = Math.max(window.ssthresh, Math.floor((window.cwnd * 3) / 4));
    for (let left = idle; left >= rto && window.cwnd > restart; left -= rto) window.cwnd = Math.floor(window.cwnd / 2);
    window.cwnd = Math.max(window.cwnd, restart);
  }

  /** `since`: from when the window counts as unused if it was used until now. */
  private age(now: number, since: number): void {
    if (this.validated) this.nonValidatedSince = VALIDATED;
    else if (this.nonValidatedSince === VALIDATED) this.nonValidatedSince = since;
    if (this.nonValidatedSince === VALIDATED || now - this.nonValidatedSince < NON_VALIDATED_PERIOD) return;
    const { window } = this;
    const initial = initialWindow(window.mss, window.initialSegments);
    window.ssthresh = Math.max(window.ssthresh, Math.floor((window.cwnd * 3) / 4));
    window.cwnd = Math.min(window.cwnd, Math.max(Math.floor(window.cwnd / 2), initial));
    this.nonValidatedSince = now;
  }

  private take(now: number, srtt: number): void {
    this.samplingPeriod = Math.max(3 * srtt, LEAST_SAMPLING_PERIOD);
    const third = this.samplingPeriod / 3;
    for (let passed = 0; passed < 3 && now - this.newestSince >= third; passed++) {
      this.oldest = this.middle;
      this.middle = this.newest;
      this.newest = 0;
      this.newestSince += third;
    }
    if (now - this.newestSince >= third) this.newestSince = now;
    this.newest = Math.max(this.newest, this.volume);
    this.pipeAck = Math.max(this.newest, this.middle, this.oldest);
  }
}
