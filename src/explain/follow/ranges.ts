import { ge, gt, le, lt, max } from '../../tcp/sequence';

/** Ranges beyond this many are not remembered. */
const MOST = 64;

/**
 * Ranges of sequence numbers, as SACK tells of them. Of the numbers as they are on the wire, which wrap, for a follower compares no others:
 * so not the inspector's `Intervals`, in which numbers have an order. There are few of them, and of most segments none.
 */
export class Ranges {
  private ranges: { left: number; right: number }[] = [];

  get parts(): readonly { readonly left: number; readonly right: number }[] {
    return this.ranges;
  }

  add(left: number, right: number): void {
    if (!gt(right, left)) return;
    const apart = this.ranges.filter((range) => lt(right, range.left) || gt(left, range.right));
    if (apart.length === this.ranges.length && apart.length >= MOST) return;
    let [from, to] = [left, right];
    for (const range of this.ranges) {
      if (lt(right, range.left) || gt(left, range.right)) continue;
      if (lt(range.left, from)) from = range.left;
      to = max(to, range.right);
    }
    apart.push({ left: from, right: to });
    this.ranges = apart;
  }

  covers(left: number, right: number): boolean {
    return this.ranges.some((range) => ge(left, range.left) && le(right, range.right));
  }

  /** Anything beyond `seq`. */
  beyond(seq: number): boolean {
    return this.ranges.some((range) => gt(range.right, seq));
  }

  /** Forgets what is before `seq`. */
  trim(seq: number): void {
    if (this.ranges.length > 0) this.ranges = this.ranges.filter((range) => gt(range.right, seq));
  }
}
