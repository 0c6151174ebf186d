import { gt, ge, lt } from '../sequence';

/**
 * What our own packets tell about a claim that they are too big (RFC 5927 §7.2). An ICMP error can be forged; a packet that was
 * acknowledged cannot have been too big for the path that it took. Sizes are of whole IP packets, in octets.
 */
export class Evidence {
  /** maxsizesent and maxsizeacked. */
  sent = 0;
  acked = 0;
  /** The first packet under way that is larger than any acknowledged one (0: none), and the sequence number behind it. */
  private size = 0;
  private end = 0;
  /** A claim that contradicts `acked` (0: none), and SEG.SEQ of the segment that it is about. */
  private claimed = 0;
  private claimedSeq = 0;

  /** A packet of `size` octets leaves, with text up to `end`. */
  sending(size: number, end: number): void {
    if (size > this.sent) this.sent = size;
    if (size <= this.acked || size <= this.size) return;
    this.size = size;
    this.end = end | 0;
  }

  /** Everything before `una` is acknowledged. */
  heard(una: number): void {
    if (this.size > 0 && ge(una, this.end)) {
      this.acked = this.size;
      this.size = 0;
    }
    // The segment has arrived after all: the claim was false.
    if (this.claimed > 0 && gt(una, this.claimedSeq)) this.claimed = 0;
  }

  /** Keeps a claim until what it is about times out. Of several the one about the oldest segment counts. */
  keep(mtu: number, seq: number): void {
    if (this.claimed > 0 && !lt(seq, this.claimedSeq)) return;
    this.claimed = mtu;
    this.claimedSeq = seq | 0;
  }

  /**
   * The oldest segment in flight, less than `length` octets long, has timed out (MAXSEGRTO = 1).
   * @returns the MTU that was claimed about it, or 0
   */
  timedOut(una: number, length: number): number {
    const { claimed } = this;
    if (claimed === 0 || (this.claimedSeq - una) >>> 0 >= length) return 0;
    this.claimed = 0;
    return claimed;
  }

  /** The path carries packets of `mtu` octets at most. */
  cut(mtu: number): void {
    this.sent = Math.min(this.sent, mtu);
    this.acked = Math.min(this.acked, mtu);
    this.size = 0;
    this.claimed = 0;
  }
}
