/** Clock granularity G in RFC 6298, µs: what a system timer resolves. */
const GRANULARITY = 1_000;

/** The retransmission time-out and the round-trip estimate behind it (RFC 6298). Times in µs. */
export class RetransmissionTimeout {
  /** Smoothed round-trip time; `undefined` before the first measurement. */
  srtt: number | undefined;
  /** Round-trip time variation. */
  rttvar: number | undefined;
  /** The last round trip that was measured. */
  latest: number | undefined;
  /** The time-out in force, back-off included. */
  rto: number;
  /** How many times in a row it has been doubled. */
  backoff = 0;

  constructor(
    private readonly initial: number,
    private readonly min: number,
    private readonly max: number,
  ) {
    this.rto = initial;
  }

  /**
   * Takes a round-trip time (RFC 6298 §2.2, §2.3). Karn's rule is the caller's.
   * @param samples how many are taken in a round trip: each weighs so much less (RFC 7323 §4.2, appendix G)
   */
  measure(rtt: number, samples = 1): void {
    this.latest = rtt;
    if (this.srtt === undefined || this.rttvar === undefined) {
      this.srtt = rtt;
      this.rttvar = rtt / 2;
    } else {
      this.rttvar += (Math.abs(this.srtt - rtt) - this.rttvar) / (4 * samples);
      this.srtt += (rtt - this.srtt) / (8 * samples);
    }
    this.backoff = 0;
    this.set(this.srtt + Math.max(GRANULARITY, 4 * this.rttvar));
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
    this.set(Math.max(this.initial, 3_000_000));
  }

  private set(rto: number): void {
    this.rto = Math.round(Math.min(this.max, Math.max(this.min, rto)));
  }
}
