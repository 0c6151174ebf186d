/** The receive sequence variables (RFC 9293 §3.3.1) and what goes with them. Sequence numbers are kept as `SendVariables` keeps them. */
export class ReceiveVariables {
  /** How many octets of the stream came in order so far; unlike `nxt` it does not wrap. */
  offset = 0;
  /** Where the peer's FIN stands in the stream (as `offset` counts), once it was seen. */
  fin: number | undefined = undefined;
  /** RCV.UP: where in the stream the peer's urgent data ends (as `offset` counts); `undefined` before there was any. */
  up: number | undefined = undefined;
  /** Segments with data that came since our last ACK. */
  unacked = 0;
  /** Without SACK: ACKs owed for segments that came out of order, one for each (RFC 5681 §4.2). */
  duplicatesOwed = 0;
  private signedNxt = 0;
  private signedEdge = 0;
  private signedIrs = 0;
  private signedDuplicateLeft = 0;
  private signedDuplicateRight = 0;

  constructor(
    /** The MSS that we announce. */
    readonly mss: number,
    /** The shift for the windows that we advertise (RFC 7323 §2.2: Rcv.Wind.Shift). */
    public shift: number,
    /** Segments that are still to be acknowledged at once. */
    public quickAcks: number,
  ) {}

  /** Initial receive sequence number. */
  get irs(): number {
    return this.signedIrs >>> 0;
  }

  set irs(seq: number) {
    this.signedIrs = seq | 0;
  }

  /** Next sequence number expected. */
  get nxt(): number {
    return this.signedNxt >>> 0;
  }

  set nxt(seq: number) {
    this.signedNxt = seq | 0;
  }

  /** The right edge of the window last advertised: RCV.NXT + RCV.WND. It never moves left (SHLD-14). */
  get edge(): number {
    return this.signedEdge >>> 0;
  }

  set edge(seq: number) {
    this.signedEdge = seq | 0;
  }

  /** A duplicate to report with the next ACK (RFC 2883): where it begins, … */
  get duplicateLeft(): number {
    return this.signedDuplicateLeft >>> 0;
  }

  set duplicateLeft(seq: number) {
    this.signedDuplicateLeft = seq | 0;
  }

  /** … and where it ends; there is none when both are equal. */
  get duplicateRight(): number {
    return this.signedDuplicateRight >>> 0;
  }

  set duplicateRight(seq: number) {
    this.signedDuplicateRight = seq | 0;
  }
}
