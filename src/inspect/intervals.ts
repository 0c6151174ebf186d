/** Numbers from `from` up to, not including, `to`. */
export interface Interval {
  readonly from: number;
  readonly to: number;
}

const NONE: readonly Interval[] = [];

/** Ranges of numbers that do not wrap, in order, none of which touches the next. */
export class Intervals {
  private items: Interval[] = [];
  /** Ranges that were not taken in for want of room. */
  refused = 0;

  /** @param limit how many are kept at most */
  constructor(private readonly limit = 16_384) {}

  get all(): readonly Interval[] {
    return this.items;
  }

  get highest(): number | undefined {
    return this.items.at(-1)?.to;
  }

  /** Takes a range in; which parts of it were not there before. */
  add(from: number, to: number): readonly Interval[] {
    if (!(to > from)) return NONE;
    const { items } = this;
    const first = this.firstEndingAt(from);
    let last = first;
    let at = from;
    const news: Interval[] = [];
    let joined = { from, to };
    for (; last < items.length; last++) {
      const item = items[last];
      if (item === undefined || item.from > to) break;
      if (item.from > at) news.push({ from: at, to: item.from });
      at = Math.max(at, item.to);
      joined = { from: Math.min(joined.from, item.from), to: Math.max(joined.to, item.to) };
    }
    if (at < to) news.push({ from: at, to });
    if (news.length === 0) return NONE;
    if (last === first && items.length >= this.limit) {
      this.refused += 1;
      return NONE;
    }
    items.splice(first, last - first, joined);
    return news;
  }

  /** True when all of the range is there. */
  has(from: number, to: number): boolean {
    const item = this.items[this.firstEndingAt(from + 1)];
    return item !== undefined && item.from <= from && item.to >= to;
  }

  /** Forgets what is below. */
  dropBelow(limit: number): void {
    const count = this.firstEndingAt(limit + 1);
    if (count > 0) this.items.splice(0, count);
    const [first] = this.items;
    if (first !== undefined && first.from < limit) this.items[0] = { from: limit, to: first.to };
  }

  clear(): void {
    this.items = [];
  }

  /** The index of the first range that ends at `position` or behind it. */
  private firstEndingAt(position: number): number {
    let low = 0;
    let high = this.items.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.items[middle]?.to ?? 0) < position) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
