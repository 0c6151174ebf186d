/** How far behind its schedule a sender may be and still make up for it, µs: a system timer's lateness. */
const SLACK = 2_000;

/** Spreads what is sent over time, where the congestion control gives a rate. */
export class Pacer {
  /** When all that was sent would be through at the rate, µs. */
  private throughAt = 0;

  /**
   * When something may be sent: `now` or before means at once.
   * @param rate octets a second, finite
   * @param quantum the most octets in one burst
   */
  nextAt(rate: number, quantum: number, now: number): number {
    const burst = (quantum * 1_000_000) / rate;
    return this.throughAt < now + burst ? now : Math.ceil(this.throughAt);
  }

  /** Octets go out at `rate`. */
  sent(octets: number, rate: number, now: number): void {
    this.throughAt = Math.max(this.throughAt, now - SLACK) + (octets * 1_000_000) / rate;
  }
}
