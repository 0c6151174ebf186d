/** RFC 9406 §4.3. Times in µs. */
const MIN_RTT_THRESH = 4_000;
const MAX_RTT_THRESH = 16_000;
const MIN_RTT_DIVISOR = 8;
const N_RTT_SAMPLE = 8;
const CSS_GROWTH_DIVISOR = 4;
const CSS_ROUNDS = 5;
/** The most segments that an ACK adds where sending is not paced. */
const L = 8;

/** Longer than any round trip, µs, and still a small integer. */
const NONE = 2 ** 31 - 1;

export type HyStartPhase = 'slow-start' | 'css' | 'done';

/**
 * HyStart++ (RFC 9406): slow start that ends when the round trips grow, before the queue overflows. A rise of the least round
 * trip leads to conservative slow start (CSS), which grows by a quarter; if the delay was no queue of ours, and falls again,
 * slow start goes on; after five rounds congestion avoidance begins.
 */
export class HyStart {
  phase: HyStartPhase = 'slow-start';
  private lastRoundMinRtt = NONE;
  private currentRoundMinRtt = NONE;
  private rttSampleCount = 0;
  private cssBaselineMinRtt = NONE;
  private cssRounds = 0;

  /** As at the start of a connection. */
  reset(): void {
    this.phase = 'slow-start';
    this.lastRoundMinRtt = this.currentRoundMinRtt = this.cssBaselineMinRtt = NONE;
    this.rttSampleCount = 0;
    this.cssRounds = 0;
  }

  /**
   * A round trip has passed; the ACK that showed it belongs to the new round. A round in which nothing was measured tells
   * nothing. The part of a round in which CSS began counts as one.
   */
  roundStarted(): void {
    if (this.phase === 'css' && this.currentRoundMinRtt !== NONE && ++this.cssRounds >= CSS_ROUNDS) this.phase = 'done';
    this.lastRoundMinRtt = this.currentRoundMinRtt;
    this.currentRoundMinRtt = NONE;
    this.rttSampleCount = 0;
  }

  /** An ACK of so many octets came; returns by how many the window grows. */
  acked(octets: number, mss: number, rtt: number | undefined): number {
    const growth = Math.min(octets, L * mss);
    const increase = this.phase === 'slow-start' ? growth : Math.floor(growth / CSS_GROWTH_DIVISOR);
    if (rtt !== undefined) this.measure(rtt);
    return increase;
  }

  private measure(rtt: number): void {
    this.currentRoundMinRtt = Math.min(this.currentRoundMinRtt, rtt);
    this.rttSampleCount += 1;
    if (this.rttSampleCount < N_RTT_SAMPLE) return;
    if (this.phase === 'slow-start') {
      // NONE is never reached: without a last round nothing is decided.
      const threshold = Math.max(MIN_RTT_THRESH, Math.min(this.lastRoundMinRtt / MIN_RTT_DIVISOR, MAX_RTT_THRESH));
      if (this.currentRoundMinRtt < this.lastRoundMinRtt + threshold) return;
      this.phase = 'css';
      this.cssBaselineMinRtt = this.currentRoundMinRtt;
      this.cssRounds = 0;
    } else if (this.phase === 'css' && this.currentRoundMinRtt < this.cssBaselineMinRtt) {
      this.phase = 'slow-start';
      this.cssBaselineMinRtt = NONE;
    }
  }
}
