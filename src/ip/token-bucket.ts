/**
 * A token bucket in one number: the time at which it will be full again. Lets `burst` through at once and `rate` a
 * second in the long run.
 */
export class TokenBucket {
  readonly #interval: number;
  readonly #depth: number;
  #full = -Infinity;

  /**
   * @param rate tokens a second; 0 lets nothing through
   * @param burst the most tokens that the bucket holds, at least 1
   */
  constructor(rate: number, burst: number) {
    this.#interval = 1_000_000 / rate;
    this.#depth = this.#interval * (burst - 1);
  }

  /** Takes one token at time `now` (µs). `false`: there is none. */
  take(now: number): boolean {
    const full = Math.max(this.#full, now);
    if (this.#interval === Infinity || full - now > this.#depth) return false;
    this.#full = full + this.#interval;
    return true;
  }
}
