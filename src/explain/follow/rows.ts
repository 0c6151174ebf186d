import type { Row, SegmentRow } from '../../inspect/record/row';
import type { SkippedEvent } from '../../inspect/record/skipped';
import type { ConnectionId } from '../../tcp/trace';
import type { EndState } from '../../inspect/record/row';
import type { CapturedPacket } from '../capture/packet';
import type { KeptFrame, KeptFrames } from './kept-frames';

/** A row of the ladder with its number in the capture; a count of what was left out has none. */
export interface NumberedRow {
  readonly frame: number | undefined;
  readonly row: Row;
  /** Its octets, if there was room for them. */
  readonly packet: KeptFrame | undefined;
}

export interface RowLimits {
  /** From the beginning, of what is of note in the middle, and from the end. */
  readonly head: number;
  readonly middle: number;
  readonly tail: number;
}

export interface RowOptions extends RowLimits {
  readonly frames: KeptFrames;
}

interface Kept {
  readonly frame: number;
  readonly row: SegmentRow;
  readonly packet: KeptFrame | undefined;
  readonly notable: boolean;
}

interface Counts {
  since: number;
  until: number;
  segments: { in: number; out: number };
  bytes: { in: number; out: number };
}

/** The rows of one conversation that are worth to be shown: its beginning, its end, and what is of note; the others are counted. */
export class Rows {
  /** Rows in `head`, in order, with counts between them. */
  private readonly done: (Kept | Counts)[] = [];
  private readonly tail: (Kept | Counts)[] = [];
  private tailRows = 0;
  private heads = 0;
  private middles = 0;

  constructor(private readonly limits: RowOptions) {}

  /** Adds a row. `notable`: it is kept in the middle, too, as long as there is room. */
  add(packet: CapturedPacket, row: SegmentRow, notable: boolean): void {
    const kept: Kept = { frame: packet.frame, row, notable, packet: this.limits.frames.keep(packet) };
    if (this.heads < this.limits.head) {
      this.heads += 1;
      this.done.push(kept);
      return;
    }
    this.tail.push(kept);
    this.tailRows += 1;
    while (this.tailRows > this.limits.tail) this.settle();
  }

  /** Counts a segment that has no row. */
  skip(time: number, direction: 'in' | 'out', bytes: number): void {
    const list = this.heads < this.limits.head || this.tail.length === 0 ? this.done : this.tail;
    count(list, time, direction, bytes);
  }

  private settle(): void {
    const oldest = this.tail.shift();
    if (oldest === undefined) return;
    if (!('row' in oldest)) {
      merge(this.done, oldest);
      return;
    }
    this.tailRows -= 1;
    if (oldest.notable && this.middles < this.limits.middle) {
      this.middles += 1;
      this.done.push(oldest);
      return;
    }
    this.limits.frames.release(oldest.packet);
    const { time, event } = oldest.row;
    count(this.done, time, event.direction, oldest.row.reading.length);
  }

  /** The row of a frame, if it is kept. */
  find(frame: number): SegmentRow | undefined {
    for (const list of [this.tail, this.done]) {
      for (let at = list.length - 1; at >= 0; at--) {
        const item = list[at];
        if (item !== undefined && 'row' in item && item.frame === frame) return item.row;
      }
    }
    return undefined;
  }

  /** Nobody will see them. */
  release(): void {
    for (const item of [...this.done, ...this.tail]) if ('row' in item) this.limits.frames.release(item.packet);
  }

  get length(): number {
    return this.heads + this.middles + this.tailRows;
  }

  /** All rows in order, numbered anew. */
  all(connection: ConnectionId): NumberedRow[] {
    let index = 0;
    let left: EndState = { state: undefined, presumed: false };
    let right = left;
    return [...this.done, ...this.tail].map((item) => {
      if ('row' in item) {
        ({ left, right } = item.row);
        return { frame: item.frame, row: { ...item.row, index: index++ }, packet: item.packet };
      }
      const { since, until, segments, bytes } = item;
      const event: SkippedEvent = {
        type: 'skipped',
        time: until,
        since,
        connection,
        segments,
        bytes,
        variables: undefined,
      };
      const row: Row = { kind: 'note', index: index++, time: until, left, right, at: 'right', event };
      return { frame: undefined, row, packet: undefined };
    });
  }
}

function count(list: (Kept | Counts)[], time: number, direction: 'in' | 'out', bytes: number): void {
  const last = list.at(-1);
  const counts: Counts =
    last !== undefined && !('row' in last)
      ? last
      : { since: time, until: time, segments: { in: 0, out: 0 }, bytes: { in: 0, out: 0 } };
  if (counts !== last) list.push(counts);
  counts.until = time;
  counts.segments[direction] += 1;
  counts.bytes[direction] += bytes;
}

function merge(list: (Kept | Counts)[], more: Counts): void {
  const last = list.at(-1);
  if (last === undefined || 'row' in last) {
    list.push(more);
    return;
  }
  last.until = more.until;
  for (const direction of ['in', 'out'] as const) {
    last.segments[direction] += more.segments[direction];
    last.bytes[direction] += more.bytes[direction];
  }
}
