/**
 * The send sequence variables (RFC 9293 §3.3.1) and what goes with them.
 *
 * Sequence numbers are unsigned to everybody, and are kept as signed ones: V8 holds a number below 2³¹ in its field, and puts one above
 * into a box of 16 bytes.
 */
export class SendVariables {
  /** The peer's window in bytes, unscaled to 32 bits (REC-1). */
  wnd = 0;
  /** The largest window the peer has offered (Max(SND.WND) in RFC 9293 §3.8.6.2.1). */
  maxWnd = 0;
  /** The MSS that the peer announced. */
  peerMss = 536;
  /** The shift for the peer's windows (RFC 7323 §2.2: Snd.Wind.Shift). */
  shift = 0;
  /** The user gives more at once: what does not fill a segment waits for that, until something else happens. */
  more = false;
  private signedUna: number;
  private signedNxt: number;
  private signedUp: number;
  private signedWl1 = 0;
  private signedWl2 = 0;
  private signedIss: number;
  private signedHead: number;
  private signedPush: number;
  private signedSmall: number;

  constructor(
    iss: number,
    /** The effective send MSS: what a segment carries beside its usual options (RFC 9293 §3.7.1, RFC 6691). */
    public mss: number,
  ) {
    this.signedIss = this.signedUna = this.signedNxt = this.signedUp = this.signedSmall = iss | 0;
    this.signedHead = this.signedPush = (iss + 1) | 0;
  }

  /** Initial send sequence number. */
  get iss(): number {
    return this.signedIss >>> 0;
  }

  set iss(seq: number) {
    this.signedIss = seq | 0;
  }

  /** Oldest unacknowledged sequence number. */
  get una(): number {
    return this.signedUna >>> 0;
  }

  set una(seq: number) {
    this.signedUna = seq | 0;
  }

  /** Next sequence number to be sent. It never goes back: `inFlight` says what is sent again. */
  get nxt(): number {
    return this.signedNxt >>> 0;
  }

  set nxt(seq: number) {
    this.signedNxt = seq | 0;
  }

  /** Urgent pointer: the sequence number after the last urgent octet (MUST-62); SND.UNA or before where there is none. */
  get up(): number {
    return this.signedUp >>> 0;
  }

  set up(seq: number) {
    this.signedUp = seq | 0;
  }

  /** Sequence number of the segment that last updated the window, … */
  get wl1(): number {
    return this.signedWl1 >>> 0;
  }

  set wl1(seq: number) {
    this.signedWl1 = seq | 0;
  }

  /** … and its acknowledgment number. */
  get wl2(): number {
    return this.signedWl2 >>> 0;
  }

  set wl2(seq: number) {
    this.signedWl2 = seq | 0;
  }

  /** Sequence number of the first octet in the send queue. */
  get head(): number {
    return this.signedHead >>> 0;
  }

  set head(seq: number) {
    this.signedHead = seq | 0;
  }

  /** Everything before this sequence number is to be pushed. */
  get push(): number {
    return this.signedPush >>> 0;
  }

  set push(seq: number) {
    this.signedPush = seq | 0;
  }

  /** The end of the last segment that was smaller than the MSS (Minshall's SND.SML). */
  get small(): number {
    return this.signedSmall >>> 0;
  }

  set small(seq: number) {
    this.signedSmall = seq | 0;
  }
}
