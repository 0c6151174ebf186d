import type { SegmentRow } from './row';

/** What a row costs that is remembered here, beside its payload, in bytes. */
const OVERHEAD = 128;

const EMPTY = new Uint8Array(0);

/** The payloads of many connections' segments, within one budget: beyond it the oldest are let go. */
export class Payloads {
  /** Bytes that are kept now. */
  used = 0;
  /** Payloads that were let go. */
  released = 0;
  private rows: SegmentRow[] = [];
  private head = 0;

  /** @param budget in bytes */
  constructor(readonly budget: number) {}

  /** A new row, which has its payload. */
  hold(row: SegmentRow): void {
    const { length } = row.event.segment.payload;
    if (length === 0) return;
    this.rows.push(row);
    this.used += length + OVERHEAD;
    while (this.used > this.budget) this.releaseOldest();
  }

  private releaseOldest(): void {
    const row = this.rows[this.head];
    if (row === undefined) return;
    this.head += 1;
    const { event, reading } = row;
    this.used -= event.segment.payload.length + OVERHEAD;
    this.released += 1;
    row.event = { ...event, segment: { ...event.segment, payload: EMPTY } };
    row.reading = { ...reading, payload: EMPTY };
    if (this.head < 1024 || this.head * 2 < this.rows.length) return;
    this.rows = this.rows.slice(this.head);
    this.head = 0;
  }
}
