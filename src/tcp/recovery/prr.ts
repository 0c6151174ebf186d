/**
 * Proportional Rate Reduction (RFC 6937bis, draft-ietf-tcpm-prr-rfc6937bis): how the window comes down to `ssthresh` during recovery,
 * in step with what is delivered. Octets.
 */
export class Prr {
  /** prr_delivered, prr_out and RecoverFS. */
  private delivered = 0;
  private out = 0;
  private readonly recoverFlightSize: number;

  /** Recovery begins, with so much in flight before the ACK that started it. */
  constructor(flightSize: number) {
    this.recoverFlightSize = Math.max(1, flightSize);
  }

  /** Octets went out, for the first time or again. */
  sent(octets: number): void {
    this.out += octets;
  }

  /**
   * An ACK arrived during recovery. Returns the congestion window until the next one.
   * @param delivered DeliveredData: what it showed to have arrived
   * @param safe SafeACK: SND.UNA moved, and no more losses were found
   */
  window(delivered: number, inFlight: number, ssthresh: number, safe: boolean, mss: number): number {
    this.delivered += delivered;
    let allowed: number;
    if (inFlight > ssthresh) {
      allowed = Math.ceil((this.delivered * ssthresh) / this.recoverFlightSize) - this.out;
    } else {
      // Conservative reduction bound; in slow start towards ssthresh while things go well.
      allowed = Math.max(this.delivered - this.out, delivered) + (safe ? mss : 0);
      allowed = Math.min(ssthresh - inFlight, allowed);
    }
    allowed = Math.max(0, allowed);
    // The first retransmission goes out at once; the RFC counts whole segments.
    if (this.out === 0 && allowed < mss) allowed = mss;
    return Math.max(mss, inFlight + allowed);
  }
}

/** Of all connections whose window never came down. What they tell it is of no consequence. */
export const NO_PRR = new Prr(0);
