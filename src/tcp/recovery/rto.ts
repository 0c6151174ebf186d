/** Clock granularity G in RFC 6298, µs: what a system timer resolves. */
const GRANULARITY = 1_000;

/** Times in µs. */
export interface RtoBounds {
  /** Before the first measurement. */
  readonly initial: number;
  readonly min: number;
  readonly max: number;
}

/** The retransmission time-out and the round-trip estimate behind it (RFC 6298). Times in µs. */
export class RetransmissionTimeout {
  /** The time-out in force, back-off included. */
  rto: number;
  /** How many times in a row it has been doubled. */
  backoff = 0;
  /** Negative before the first measurement. */
  private smoothed = -1;
  private variation = -1;

  constructor(private readonly bounds: RtoBounds) {
    this.rto = bounds.initial;
  }

  /** Smoothed round-trip time; `undefined` before the first measurement. */
  get srtt(): number | undefined {
    return this.smoothed < 0 ? undefined : this.smoothed;
  }

  /** Round-trip time variation. */
  get rttvar(): number | undefined {
    return this.smoothed < 0 ? undefined : this.variation;
  }

  /**
   * Takes a round-trip time (RFC 6298 §2.2, §2.3). Karn's rule is the caller's.
   * @param samples how many are taken in a round trip: each weighs so much less (RFC 7323 §4.2, appendix G)
   */
  measure(rtt: number, samples = 1): void {
    if (this.smoothed < 0) {
      this.smoothed = rtt;
      this.variation = rtt / 2;
    } else {
      this.variation += (Math.abs(this.smoothed - rtt) - this.variation) / (4 * samples);
      this.smoothed += (rtt - this.smoothed) / (8 * samples);
    }
    this.backoff = 0;
    this.set(this.smoothed + Math.max(GRANULARITY, 4 * this.variation));
  }

  /** Doubles the time-out, up to its maximum (RFC 6298 §5.5). */
  backOff(): void {
    this.backoff += 1;
    this.set(this.rto * 2);
  }

  /**
   * New data was acknowledged, though no round trip was measured: the peer is there. The time-out stays backed off until a
   * segment that was sent once only is acknowledged (Karn's algorithm).
   */
  progressed(): void {
    this.backoff = 0;
  }

  /** The SYN timed out: data starts anew with 3 s (RFC 6298 §5.7), or with what the user has set if that is more. */
  restartAfterSyn(): void {
    this.backoff = 0;
    this.set(Math.max(this.bounds.initial, 3_000_000));
  }

  private set(rto: number): void {
    this.rto = Math.round(Math.min(this.bounds.max, Math.max(this.bounds.min, rto)));
  }
}
