import type { SegmentRow } from './row';
import { NO_MARKS, type Mark } from './row';

/** Retransmissions that are remembered after they were acknowledged: a DSACK comes later than the ACK. */
const MOST_AGAIN = 4096;

/** Puts marks on rows, and tells which old rows were changed. */
export class Marking {
  /** The rows whose marks changed after they were made, by their index; as often as that happened. The last so many. */
  readonly changed: number[] = [];
  /** How many of `changed` were forgotten. */
  forgotten = 0;

  constructor(private readonly mostChanges: number) {}

  /** @param old the row was seen by others already */
  add(row: SegmentRow, mark: Mark, old = true): void {
    if (row.marks.has(mark)) return;
    row.marks = new Set(row.marks).add(mark);
    if (old) this.note(row);
  }

  remove(row: SegmentRow, mark: Mark): void {
    if (!row.marks.has(mark)) return;
    const marks = new Set(row.marks);
    marks.delete(mark);
    row.marks = marks.size === 0 ? NO_MARKS : marks;
    this.note(row);
  }

  private note(row: SegmentRow): void {
    this.changed.push(row.index);
    if (this.changed.length < this.mostChanges * 2) return;
    this.forgotten += this.changed.length - this.mostChanges;
    this.changed.splice(0, this.changed.length - this.mostChanges);
  }
}

/** A retransmission, and who carried the same octets before. */
interface Again {
  readonly from: number;
  readonly to: number;
  readonly row: SegmentRow;
  readonly earlier: readonly SegmentRow[];
}

/** One direction's retransmissions, the latest so many, to find those that a DSACK speaks of (RFC 2883). */
export class Retransmissions {
  private items: Again[] = [];

  add(again: Again): void {
    this.items.push(again);
    if (this.items.length >= MOST_AGAIN * 2) this.items = this.items.slice(-MOST_AGAIN);
  }

  /** These octets came twice. The last retransmission of them of which that was not known yet; it is forgotten. */
  takeLast(from: number, to: number): Again | undefined {
    for (let index = this.items.length - 1; index >= 0; index--) {
      const item = this.items[index];
      if (item === undefined || item.from >= to || item.to <= from) continue;
      this.items.splice(index, 1);
      return item;
    }
    return undefined;
  }
}
