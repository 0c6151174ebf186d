import type { CongestionControl } from './congestion-control';

/** Slow start, congestion avoidance and NewReno's window in fast recovery (RFC 5681, RFC 6582; initial window: RFC 6928). */
export class Reno implements CongestionControl {
  readonly name = 'reno';
  cwnd: number;
  ssthresh = Number.MAX_SAFE_INTEGER;
  private mss: number;

  constructor(mss: number) {
    this.mss = mss;
    this.cwnd = initialWindow(mss);
  }

  acked(bytes: number, wasLimited: boolean): void {
    // A window that was not used says nothing of the network (RFC 7661's concern, in its simplest form).
    if (!wasLimited) return;
    if (this.cwnd < this.ssthresh) this.cwnd += Math.min(bytes, this.mss * 2);
    else this.cwnd += Math.max(1, Math.round((this.mss * Math.min(bytes, this.mss * 2)) / this.cwnd));
  }

  synLost(): void {
    this.cwnd = this.mss;
  }

  timedOut(inFlight: number, first: boolean): void {
    if (first) this.ssthresh = Math.max(inFlight / 2, 2 * this.mss);
    this.cwnd = this.mss;
  }

  lossDetected(inFlight: number): void {
    this.ssthresh = Math.max(inFlight / 2, 2 * this.mss);
    this.cwnd = this.ssthresh + 3 * this.mss;
  }

  duplicateAcked(): void {
    this.cwnd += this.mss;
  }

  partiallyAcked(bytes: number): void {
    this.cwnd = Math.max(this.mss, this.cwnd - bytes + (bytes >= this.mss ? this.mss : 0));
  }

  recovered(inFlight: number): void {
    this.cwnd = Math.min(this.ssthresh, Math.max(inFlight, this.mss) + this.mss);
  }

  setMss(mss: number): void {
    if (this.cwnd === initialWindow(this.mss)) this.cwnd = initialWindow(mss);
    this.mss = mss;
  }
}

/** RFC 6928 §2. */
function initialWindow(mss: number): number {
  return Math.min(10 * mss, Math.max(2 * mss, 14_600));
}
