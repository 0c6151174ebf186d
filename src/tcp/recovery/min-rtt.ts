/** Over how long the shortest round trip is remembered, µs (Linux's tcp_min_rtt_wlen). */
const WINDOW = 300_000_000;

/** Longer than any round trip, µs, and still a small integer. */
const NONE = 2 ** 31 - 1;

/** The shortest round trip of the last few minutes, in µs: two halves of the window, the older of which is let go at a time. */
export class MinRtt {
  /** µs; `undefined` before the first measurement. */
  value: number | undefined = undefined;
  private previous = NONE;
  private current = NONE;
  private since = 0;

  measure(rtt: number, now: number): void {
    if (now - this.since > WINDOW / 2) {
      this.previous = now - this.since > WINDOW ? NONE : this.current;
      this.current = NONE;
      this.since = now;
    }
    if (rtt < this.current) this.current = rtt;
    this.value = Math.min(this.previous, this.current);
  }
}
