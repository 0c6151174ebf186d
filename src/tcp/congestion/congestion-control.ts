/**
 * How much may be in flight. Kept apart from what to send again, which is recovery's. All amounts in bytes.
 */
export interface CongestionControl {
  readonly name: string;
  /** The congestion window. */
  readonly cwnd: number;
  /** The slow start threshold. */
  readonly ssthresh: number;
  /** New data was acknowledged outside loss recovery. `wasLimited`: the window, not the user, held the sender back. */
  acked(bytes: number, wasLimited: boolean): void;
  /** The SYN, or its answer, was lost: data starts with one segment (RFC 5681 §3.1). */
  synLost(): void;
  /** The retransmission timer went off with so much in flight. `first`: not yet a second time for the same data. */
  timedOut(inFlight: number, first: boolean): void;
  /** Loss was inferred from duplicate ACKs: recovery begins. */
  lossDetected(inFlight: number): void;
  /** Another segment left the network during recovery (RFC 5681 §3.2, step 4). */
  duplicateAcked(): void;
  /** A partial ACK during recovery (RFC 6582 §3.2, step 3). */
  partiallyAcked(bytes: number): void;
  /** Recovery is over (RFC 6582 §3.2, step 3, full acknowledgement). */
  recovered(inFlight: number): void;
  /** The effective send MSS is known or has changed. */
  setMss(mss: number): void;
}
