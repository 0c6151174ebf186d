import { gt } from '../sequence';
import type { SentRange } from './sent-range';

/** How many ranges a leaf holds at most: what is moved in memory when one comes or goes. */
const CAPACITY = 128;

/** Ranges that follow each other: `ranges[from]` up to and without `ranges[to]`. */
class Leaf {
  from = 0;
  to = 1;
  readonly ranges: SentRange[];

  /** With one range: an array that is made so takes a place in memory for just that one, which is all that most connections need. */
  constructor(range: SentRange) {
    this.ranges = [range];
  }

  /** Puts a range at `index`; there is room for it. */
  insert(index: number, range: SentRange): void {
    const { ranges } = this;
    for (let at = this.to; at > index; at -= 1) ranges[at] = ranges[at - 1] ?? range;
    ranges[index] = range;
    this.to += 1;
  }

  remove(index: number): void {
    const { ranges } = this;
    this.to -= 1;
    for (let at = index; at < this.to; at += 1) {
      const next = ranges[at + 1];
      if (next !== undefined) ranges[at] = next;
    }
  }

  /** Moves all to the front, where room has come about. Returns by how much. */
  compact(): number {
    const { from, ranges } = this;
    ranges.copyWithin(0, from, this.to);
    this.to -= from;
    this.from = 0;
    return from;
  }
}

/**
 * Ranges of sequence space in order, without gaps and without overlaps, with a place in them that calls move and work at. They lie in
 * leaves of bounded size, so that to find one costs the logarithm of how many there are, and to add or take away one much the same
 * however many there are: tens of thousands, where much is in flight and some of it is lost.
 */
export class RangeList {
  size = 0;
  /** Leaves from `first` on; none is empty, but the only one may be. */
  private leaves: Leaf[] = [];
  private first = 0;
  /** The place: a leaf, and an index in it. */
  private leaf = 0;
  private index = 0;

  get head(): SentRange | undefined {
    if (this.size === 0) return undefined;
    const leaf = this.leaves[this.first];
    return leaf?.ranges[leaf.from];
  }

  get tail(): SentRange | undefined {
    if (this.size === 0) return undefined;
    const leaf = this.leaves[this.leaves.length - 1];
    return leaf?.ranges[leaf.to - 1];
  }

  /** The `index`-th, counted from the head. */
  at(index: number): SentRange | undefined {
    if (index < 0 || index >= this.size) return undefined;
    if (index < this.size / 2) {
      let rest = index;
      for (let at = this.first; ; at += 1) {
        const leaf = this.leaves[at];
        if (leaf === undefined) return undefined;
        const count = leaf.to - leaf.from;
        if (rest < count) return leaf.ranges[leaf.from + rest];
        rest -= count;
      }
    }
    let rest = this.size - index;
    for (let at = this.leaves.length - 1; ; at -= 1) {
      const leaf = this.leaves[at];
      if (leaf === undefined) return undefined;
      const count = leaf.to - leaf.from;
      if (rest <= count) return leaf.ranges[leaf.to - rest];
      rest -= count;
    }
  }

  /** Adds one behind the tail. Where the place is means nothing after. */
  push(range: SentRange): void {
    const leaf = this.leaves[this.leaves.length - 1];
    this.size += 1;
    if (leaf?.to === CAPACITY && leaf.from > CAPACITY / 2) leaf.compact();
    if (leaf === undefined) this.leaves = [new Leaf(range)];
    else if (leaf.to === CAPACITY) this.leaves.push(new Leaf(range));
    else {
      leaf.ranges[leaf.to] = range;
      leaf.to += 1;
    }
  }

  /** Takes the head away. Where the place is means nothing after. */
  shift(): void {
    const leaf = this.leaves[this.first];
    if (leaf === undefined || this.size === 0) return;
    this.size -= 1;
    leaf.from += 1;
    if (leaf.from < leaf.to) return;
    if (this.size === 0) {
      leaf.from = 0;
      leaf.to = 0;
      return;
    }
    this.first += 1;
    if (this.first > 32 && this.first * 2 > this.leaves.length) {
      this.leaves = this.leaves.slice(this.first);
      this.first = 0;
    }
  }

  clear(): void {
    this.leaves = [];
    this.first = 0;
    this.size = 0;
  }

  /** Goes to the range that holds `seq`, or to the first one after it, and returns it. */
  seek(seq: number): SentRange | undefined {
    if (this.size === 0) return undefined;
    const { leaves } = this;
    let low = this.first;
    let high = leaves.length - 1;
    while (low < high) {
      const middle = (low + high) >> 1;
      const leaf = leaves[middle];
      const last = leaf?.ranges[leaf.to - 1];
      if (last !== undefined && gt(last.end, seq)) high = middle;
      else low = middle + 1;
    }
    const leaf = leaves[low];
    if (leaf === undefined) return undefined;
    this.leaf = low;
    low = leaf.from;
    high = leaf.to;
    while (low < high) {
      const middle = (low + high) >> 1;
      const range = leaf.ranges[middle];
      if (range !== undefined && gt(range.end, seq)) high = middle;
      else low = middle + 1;
    }
    this.index = low;
    return low < leaf.to ? leaf.ranges[low] : undefined;
  }

  /** Goes one on, and returns what is there. */
  next(): SentRange | undefined {
    const leaf = this.leaves[this.leaf];
    if (leaf === undefined) return undefined;
    this.index += 1;
    if (this.index < leaf.to) return leaf.ranges[this.index];
    this.leaf += 1;
    const following = this.leaves[this.leaf];
    if (following === undefined) return undefined;
    this.index = following.from;
    return following.ranges[this.index];
  }

  /** What comes before the place. */
  get before(): SentRange | undefined {
    const leaf = this.leaves[this.leaf];
    if (leaf === undefined) return undefined;
    if (this.index > leaf.from) return leaf.ranges[this.index - 1];
    const earlier = this.leaf > this.first ? this.leaves[this.leaf - 1] : undefined;
    return earlier?.ranges[earlier.to - 1];
  }

  /** What comes after the place. */
  get after(): SentRange | undefined {
    const leaf = this.leaves[this.leaf];
    if (leaf === undefined) return undefined;
    if (this.index + 1 < leaf.to) return leaf.ranges[this.index + 1];
    const following = this.leaves[this.leaf + 1];
    return following?.ranges[following.from];
  }

  /** Goes one back. */
  back(): void {
    const leaf = this.leaves[this.leaf];
    if (leaf === undefined) return;
    if (this.index > leaf.from) {
      this.index -= 1;
      return;
    }
    const earlier = this.leaves[this.leaf - 1];
    if (earlier === undefined) return;
    this.leaf -= 1;
    this.index = earlier.to - 1;
  }

  /** Adds one after the place. */
  insertAfter(range: SentRange): void {
    let leaf = this.leaves[this.leaf];
    if (leaf === undefined) return;
    if (leaf.to === CAPACITY) {
      if (leaf.from > 0) this.index -= leaf.compact();
      else leaf = this.halve(leaf);
    }
    leaf.insert(this.index + 1, range);
    this.size += 1;
  }

  /** Takes away the one after the place. */
  removeAfter(): void {
    let at = this.leaf;
    let index = this.index + 1;
    let leaf = this.leaves[at];
    if (index === leaf?.to) {
      at += 1;
      leaf = this.leaves[at];
      index = leaf?.from ?? 0;
    }
    if (leaf === undefined) return;
    leaf.remove(index);
    this.size -= 1;
    if (leaf.from === leaf.to) this.leaves.splice(at, 1);
  }

  /** Makes two leaves of a full one. Returns the one in which the place is then. */
  private halve(leaf: Leaf): Leaf {
    const half = CAPACITY / 2;
    let upper: Leaf | undefined;
    for (let index = half; index < CAPACITY; index += 1) {
      const range = leaf.ranges[index];
      if (range === undefined) continue;
      if (upper === undefined) upper = new Leaf(range);
      else upper.ranges.push(range);
    }
    if (upper === undefined) return leaf;
    upper.to = upper.ranges.length;
    leaf.to = half;
    this.leaves.splice(this.leaf + 1, 0, upper);
    if (this.index < half) return leaf;
    this.leaf += 1;
    this.index -= half;
    return upper;
  }
}
