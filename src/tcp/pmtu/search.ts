const SECOND = 1_000_000;
/** The search ends when what is left to find out is less than this, octets (Linux's `tcp_probe_threshold`). */
const THRESHOLD = 8;
/** After so long the path may have changed: a larger size is tried again, µs (RFC 4821 §7.7; Linux's `tcp_probe_interval`). */
const AGAIN = 600 * SECOND;

/**
 * Where the search for the path's MTU stands (RFC 4821 §7.2, §7.3). Sizes are of whole IP packets, in octets. First the largest that could
 * be is tried: mostly it is the one. Then the interval is halved.
 */
export class MtuSearch {
  on = false;
  /** search_low: what the path is known, or believed, to carry. */
  low = 0;
  /** search_high: what is not known to be too big. */
  high = 0;
  /** The probe under way: its size (0: none), and the sequence number behind it. */
  size = 0;
  end = 0;
  /** The size of a probe that was lost, until it is clear whether others were lost with it (0: none). */
  lost = 0;
  /** How many probes were sent, arrived, and were too big; and how often large segments vanished. */
  readonly counters = { sent: 0, arrived: 0, tooBig: 0, blackHoles: 0 };
  private topUntried = true;
  private doneAt: number | undefined = undefined;

  /** Begins anew from `low`, which is used from now on. */
  start(low: number): void {
    this.on = true;
    this.low = low;
    this.high = Infinity;
    this.size = 0;
    this.lost = 0;
    this.again();
  }

  stop(): void {
    this.on = false;
    this.size = 0;
    this.lost = 0;
  }

  /** More may be possible now. */
  again(): void {
    this.high = Infinity;
    this.topUntried = true;
    this.doneAt = undefined;
  }

  /** The size to try next; 0 when there is nothing to find out. `most`: what neither our link nor the peer takes more than. */
  next(most: number, now: number): number {
    if (this.doneAt !== undefined && now - this.doneAt >= AGAIN) this.again();
    this.high = Math.min(this.high, most);
    if (this.high - this.low < THRESHOLD) {
      this.doneAt ??= now;
      return 0;
    }
    return this.topUntried ? this.high : Math.ceil((this.low + this.high) / 2);
  }

  sent(size: number, end: number): void {
    this.size = size;
    this.end = end;
    this.counters.sent += 1;
  }

  /** The probe was acknowledged. Returns its size. */
  arrived(): number {
    const { size } = this;
    this.counters.arrived += 1;
    this.low = Math.max(this.low, size);
    this.size = 0;
    return size;
  }

  /** The probe, and nothing else, was lost. */
  tooBig(size: number): void {
    this.counters.tooBig += 1;
    this.topUntried = false;
    this.high = Math.max(this.low, size - 1);
  }
}

/** Of all connections that have never searched: it is off. */
export const NO_SEARCH: MtuSearch = new MtuSearch();
