import { diff, le } from '../../tcp/sequence';

/** Segments that are not acknowledged yet; beyond this many the oldest is forgotten. */
const MOST = 4096;

/** Something that was sent and not acknowledged yet. */
export interface Sent {
  readonly seq: number;
  readonly end: number;
  readonly frame: number;
  /** When it was first seen, and last. */
  readonly first: number;
  last: number;
  times: number;
  /** How much of it was in one segment when it was last sent, bytes. */
  size: number;
}

/**
 * What a side has in flight, by sequence number: whole segments as they were first sent, with their times, for round trips and to tell why
 * one is sent again. The record's `Outstanding` keeps octets instead, and who carried them last: it must be right of each that SACK names,
 * at the price of splitting pieces; here every segment of a capture passes through.
 */
export class Outstanding {
  private items: Sent[] = [];
  private head = 0;

  get length(): number {
    return this.items.length - this.head;
  }

  get oldest(): Sent | undefined {
    return this.items[this.head];
  }

  push(seq: number, end: number, frame: number, time: number): void {
    this.items.push({ seq, end, frame, first: time, last: time, times: 1, size: diff(end, seq) });
    if (this.length > MOST) this.head += 1;
    this.tidy();
  }

  /** The one that begins at `seq`, or that `seq` is in. */
  find(seq: number): Sent | undefined {
    let low = this.head;
    let high = this.items.length - 1;
    while (low <= high) {
      const middle = (low + high) >> 1;
      const item = this.items[middle];
      if (item === undefined) return undefined;
      if (diff(seq, item.seq) < 0) high = middle - 1;
      else if (diff(seq, item.end) >= 0) low = middle + 1;
      else return item;
    }
    return undefined;
  }

  /** Those that lie between two numbers. */
  within(from: number, to: number): Sent[] {
    const found: Sent[] = [];
    for (let at = this.indexFrom(from); ; at++) {
      const item = this.items[at];
      if (item === undefined || diff(item.end, to) > 0) return found;
      found.push(item);
    }
  }

  /** The place of the first that does not begin before `seq`. */
  private indexFrom(seq: number): number {
    let low = this.head;
    let high = this.items.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (diff(this.items[middle]?.seq ?? seq, seq) < 0) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  /** Takes out what `ack` acknowledges; the last of it. */
  acknowledge(ack: number): Sent | undefined {
    let last: Sent | undefined;
    for (;;) {
      const item = this.items[this.head];
      if (item === undefined || !le(item.end, ack)) break;
      last = item;
      this.head += 1;
    }
    this.tidy();
    return last;
  }

  private tidy(): void {
    if (this.head === this.items.length) {
      if (this.head > 0) this.items = [];
      this.head = 0;
    } else if (this.head > 512 && this.head * 2 > this.items.length) {
      this.items.splice(0, this.head);
      this.head = 0;
    }
  }
}
