import type { End } from './row';

/** The first interval's length, s. */
const FIRST_INTERVAL = 0.01;

/** How much passed in each interval, by who sent it, in bytes a second. */
export interface RateView {
  /** The middle of each interval, s. */
  readonly t: Float64Array;
  /** The intervals' length, s. */
  readonly interval: number;
  /** All data, sent again or not. */
  readonly throughput: Readonly<Record<End, Float64Array>>;
  /** Each octet once. */
  readonly goodput: Readonly<Record<End, Float64Array>>;
}

interface Sums {
  throughput: Float64Array;
  goodput: Float64Array;
}

/** Bytes in intervals of time. When there are too many intervals, two become one. */
export class Rates {
  private interval = FIRST_INTERVAL;
  private count = 0;
  private readonly sums: Readonly<Record<End, Sums>>;

  /** @param most how many intervals there are at most: an even number */
  constructor(private readonly most = 600) {
    const sums = (): Sums => ({ throughput: new Float64Array(most), goodput: new Float64Array(most) });
    this.sums = { left: sums(), right: sums() };
  }

  /** So many bytes of data passed at `t` (s), and of them so many for the first time. */
  add(from: End, t: number, bytes: number, fresh: number): void {
    const index = this.indexOf(t);
    const { throughput, goodput } = this.sums[from];
    throughput[index] = (throughput[index] ?? 0) + bytes;
    goodput[index] = (goodput[index] ?? 0) + fresh;
  }

  /** So many bytes passed between two moments: they are spread evenly. */
  spread(from: End, start: number, end: number, bytes: number): void {
    if (bytes === 0) return;
    const last = this.indexOf(end);
    const first = Math.min(this.indexOf(start), last);
    const share = bytes / (last - first + 1);
    const { throughput, goodput } = this.sums[from];
    for (let index = first; index <= last; index++) {
      throughput[index] = (throughput[index] ?? 0) + share;
      goodput[index] = (goodput[index] ?? 0) + share;
    }
  }

  view(): RateView {
    const { interval, count } = this;
    const rate = (sums: Float64Array): Float64Array => sums.slice(0, count).map((bytes) => bytes / interval);
    const { left, right } = this.sums;
    return {
      t: Float64Array.from({ length: count }, (_, index) => (index + 0.5) * interval),
      interval,
      throughput: { left: rate(left.throughput), right: rate(right.throughput) },
      goodput: { left: rate(left.goodput), right: rate(right.goodput) },
    };
  }

  private indexOf(t: number): number {
    while (t >= this.interval * this.most) this.halve();
    const index = Math.max(0, Math.floor(t / this.interval));
    this.count = Math.max(this.count, index + 1);
    return index;
  }

  private halve(): void {
    this.interval *= 2;
    this.count = Math.ceil(this.count / 2);
    for (const sums of Object.values(this.sums)) {
      for (const kind of ['throughput', 'goodput'] as const) {
        const old = sums[kind];
        sums[kind] = new Float64Array(this.most);
        for (let index = 0; index < this.most; index += 2)
          sums[kind][index >>> 1] = (old[index] ?? 0) + (old[index + 1] ?? 0);
      }
    }
  }
}
