/** Weight of a new round trip in the receiver's estimate. */
const GAIN = 1 / 8;
/** Segments that are added to what was read, for what comes while the news of a larger window is under way. */
const RESERVE = 16;

/**
 * How large the receive buffer is: it grows with what the user reads in a round trip, so that the window never holds up a sender that
 * the network and the user could serve (dynamic right-sizing). Octets, µs.
 */
export class ReceiveWindow {
  /** The round trip as a receiver sees it, µs; `undefined` before the first measurement. */
  rtt: number | undefined = undefined;
  /** Octets read since `since`, and the most that was read in a round trip. */
  private copied = 0;
  private space: number;
  private since = 0;
  /** Without timestamps: a round trip is at most as long as it takes to fill a window. */
  private windowFull = -1;
  private windowSince = 0;

  /** @param size the buffer's size at first */
  constructor(public size: number) {
    this.space = Math.floor(size / 2);
  }

  /** Data came that echoes a timestamp of so long ago. */
  echoed(rtt: number): void {
    const sample = Math.max(1, rtt);
    this.rtt = this.rtt === undefined ? sample : this.rtt + (sample - this.rtt) * GAIN;
  }

  /** Data came without a timestamp; the stream reaches up to `offset`, and the window is so large. */
  arrived(offset: number, window: number, now: number): void {
    if (this.windowFull >= 0 && offset < this.windowFull) return;
    if (this.windowFull >= 0 && now > this.windowSince)
      this.rtt = Math.min(this.rtt ?? Infinity, now - this.windowSince);
    this.windowFull = offset + window;
    this.windowSince = now;
  }

  /** The user has read so much. Grows the buffer, up to `max`, when more was read in the last round trip than ever before. */
  read(octets: number, mss: number, max: number, now: number): void {
    this.copied += octets;
    if (this.rtt === undefined || now - this.since < this.rtt) return;
    const { copied, space } = this;
    if (copied > space) {
      let wanted = 2 * copied + RESERVE * mss;
      // A sender in slow start will send as much more again in the next round trip.
      if (space > 0) wanted += Math.floor((wanted * (copied - space)) / space) * 2;
      this.size = Math.max(this.size, Math.min(wanted, max));
      this.space = copied;
    }
    this.copied = 0;
    this.since = now;
  }
}

let unmeasured: Readonly<ReceiveWindow> | undefined;

/** A buffer of this size of which nothing is known yet: mostly the same one for all connections. */
export function unmeasuredWindow(size: number): Readonly<ReceiveWindow> {
  if (unmeasured?.size !== size) unmeasured = Object.freeze(new ReceiveWindow(size));
  return unmeasured;
}

/** The smallest shift with which 16 bits hold the whole buffer (RFC 7323 §2.3: at most 14). */
export function windowShift(buffer: number): number {
  let shift = 0;
  while (shift < 14 && buffer >> shift > 65_535) shift += 1;
  return shift;
}
