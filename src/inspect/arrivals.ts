import { Intervals } from './intervals';

/** How a segment fits to what came before it. */
export interface Fit {
  /** All of it had come before. */
  readonly duplicate: boolean;
  /** The octets before it that have not come yet. */
  readonly missing: number;
  /** It brings the first octets that were missing. */
  readonly fills: boolean;
}

export const IN_ORDER: Fit = { duplicate: false, missing: 0, fills: false };

/** Which octets of one direction have come, so that gaps and repetitions show. By positions: numbers that do not wrap. */
export class Arrivals {
  /** All before this has come. */
  reached: number | undefined;
  /** What has come beyond it. */
  readonly beyond: Intervals;

  /** @param limit pieces beyond a gap that are remembered; more are taken for seen for the first time */
  constructor(limit?: number) {
    this.beyond = new Intervals(limit);
  }

  /** All of these octets have come. */
  has(from: number, to: number): boolean {
    return (this.reached !== undefined && to <= this.reached) || this.beyond.has(from, to);
  }

  /**
   * The octets from `from` up to, not including, `to` come.
   * @param start where the stream begins, if nothing has come before
   */
  add(from: number, to: number, start: number): Fit {
    this.reached ??= start;
    const { reached, beyond } = this;
    if (to <= from) return IN_ORDER;
    if (this.has(from, to)) return { duplicate: true, missing: 0, fills: false };
    if (from > reached) {
      beyond.add(from, to);
      return { duplicate: false, missing: from - reached, fills: false };
    }
    const fills = beyond.all.length > 0;
    this.skipTo(to);
    return fills ? { duplicate: false, missing: 0, fills } : IN_ORDER;
  }

  /** All before a position has come, whether or not it was seen: the other end says so. */
  skipTo(position: number): void {
    if (this.reached === undefined || position <= this.reached) return;
    this.reached = position;
    this.beyond.dropBelow(position);
    const first = this.beyond.all[0];
    if (first === undefined || first.from > position) return;
    this.reached = first.to;
    this.beyond.dropBelow(first.to);
  }
}
