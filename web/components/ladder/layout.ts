import type { Ring, Row } from '../../../src/inspect/record';
import { isShown } from './shown';

/** Heights in CSS pixels. */
export interface Metrics {
  readonly segment: number;
  readonly note: number;
  /** Of a note that has much to say. */
  readonly tall: number;
  /** Added before a row that comes after a long silence. */
  readonly silence: number;
  /** From a segment's top to its arrow's tail. */
  readonly line: number;
  /** How much lower an arrow ends whose arrival is known, where rows stand evenly. */
  readonly slope: number;
}

export type TimeMode = 'even' | 'scale';

export interface LayoutOptions {
  readonly metrics: Metrics;
  /** `even`: one row below the other. `scale`: the time between them as distance. */
  readonly timeMode: TimeMode;
  /** For `scale`: µs that are one pixel. */
  readonly µsPerPixel: number;
}

/** How high a row is. */
export function heightOf(row: Row, { segment, note, tall }: Metrics): number {
  if (row.kind === 'segment') return segment;
  return row.event.type === 'congestion' || row.event.type === 'too-big' ? tall : note;
}

/** A silence in µs that is worth a mark. */
export const LONG_SILENCE = 1_000_000;
/** The longest distance for time that passes, px: beyond it, it is told in words. */
const MOST_DISTANCE = 220;
/** Room below the last row. */
const FOOT = 28;

/**
 * Where each row of a ladder stands, kept up with rows that come and go: what is asked of it costs the logarithm of their number at most.
 * Entries are numbered from 0, hidden rows left out.
 */
export class LadderLayout {
  /** For each entry: the row's number in the ring, its time, and its top as if nothing had ever gone. */
  private readonly rowOf: number[] = [];
  private readonly timeOf: number[] = [];
  private readonly topOf: number[] = [];
  private rows: Ring<Row> | undefined;
  private next = 0;
  private bottom = 0;
  /** Entries there have been, those that are gone included. */
  seen = 0;
  /** The time of the first row ever. */
  origin = 0;

  constructor(readonly options: LayoutOptions) {}

  get length(): number {
    return this.rowOf.length;
  }

  /** The height of it all. */
  get height(): number {
    return this.bottom - this.base + FOOT;
  }

  /** Takes in what has changed in `rows`. Returns by how many pixels all moved up, since rows are gone. */
  update(rows: Ring<Row>): number {
    if (rows !== this.rows || rows.end < this.next) this.reset(rows);
    for (; this.next < rows.end; this.next++) {
      const row = rows.at(this.next);
      if (row !== undefined && isShown(row)) this.add(row);
    }
    return this.forget(rows.first);
  }

  /** The number of the row at an entry. */
  indexAt(entry: number): number | undefined {
    return this.rowOf[entry];
  }

  /** The entry of a row, or of the first one after it that is shown; `length` when there is none. */
  entryOf(index: number): number {
    return lowerBound(this.rowOf, index);
  }

  top(entry: number): number {
    return (this.topOf[entry] ?? this.bottom) - this.base;
  }

  /** How long nothing happened before an entry, µs, where that is worth a mark. */
  silenceBefore(entry: number): number | undefined {
    const time = this.timeOf[entry];
    const before = this.timeOf[entry - 1];
    if (time === undefined || before === undefined || time - before < LONG_SILENCE) return undefined;
    return time - before;
  }

  /** The entry that stands at a height; the last one below the end. */
  entryAt(y: number): number {
    return Math.max(0, Math.min(this.length, upperBound(this.topOf, y + this.base)) - 1);
  }

  /** Entries from `from` up to, not including, `to`, that are seen between two heights. */
  range(top: number, bottom: number): { from: number; to: number } {
    return { from: this.entryAt(top), to: Math.min(this.length, this.entryAt(bottom) + 1) };
  }

  /** Where the arrow of an entry starts. */
  tail(entry: number): number {
    return this.top(entry) + this.options.metrics.line;
  }

  /** Where the arrow of an entry ends, that arrives at `arrives`, µs. */
  head(entry: number, arrives: number | undefined): number {
    const tail = this.tail(entry);
    if (arrives === undefined) return tail;
    const { timeMode, metrics } = this.options;
    if (timeMode === 'even') return tail + metrics.slope;
    return Math.max(tail + metrics.slope, this.heightOfTime(arrives));
  }

  /** The height at which a time stands. */
  heightOfTime(time: number): number {
    const after = lowerBound(this.timeOf, time);
    const later = this.timeOf[after];
    const { µsPerPixel } = this.options;
    if (later === time) return this.tail(after);
    const before = this.timeOf[after - 1];
    if (before === undefined) return this.tail(0);
    const start = this.tail(after - 1);
    const room = later === undefined ? MOST_DISTANCE : this.tail(after) - start;
    if (later === undefined) return start + Math.min(room, (time - before) / µsPerPixel);
    return start + (room * (time - before)) / (later - before);
  }

  private get base(): number {
    return this.topOf[0] ?? this.bottom;
  }

  private add(row: Row): void {
    const { metrics, timeMode, µsPerPixel } = this.options;
    const before = this.timeOf.at(-1);
    if (before === undefined && this.seen === 0) this.origin = row.time;
    let top = this.bottom;
    if (before !== undefined) {
      const passed = row.time - before;
      if (timeMode === 'scale') {
        const start = this.topOf.at(-1) ?? 0;
        top = Math.max(top, start + Math.min(MOST_DISTANCE, passed / µsPerPixel));
      }
      if (passed >= LONG_SILENCE) top = Math.max(top, this.bottom + metrics.silence);
    }
    this.rowOf.push(row.index);
    // The clocks of two recorders may differ by a hair; times here only grow.
    this.timeOf.push(Math.max(row.time, before ?? row.time));
    this.topOf.push(top);
    this.bottom = top + heightOf(row, metrics);
    this.seen += 1;
  }

  private forget(first: number): number {
    const gone = lowerBound(this.rowOf, first);
    if (gone === 0) return 0;
    const base = this.base;
    this.rowOf.splice(0, gone);
    this.timeOf.splice(0, gone);
    this.topOf.splice(0, gone);
    return this.base - base;
  }

  private reset(rows: Ring<Row>): void {
    this.rows = rows;
    this.next = rows.first;
    this.rowOf.length = 0;
    this.timeOf.length = 0;
    this.topOf.length = 0;
    this.bottom = 0;
    this.seen = 0;
  }
}

/** The first place in a growing list whose value is not below `value`. */
function lowerBound(list: readonly number[], value: number): number {
  let low = 0;
  let high = list.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((list[middle] ?? 0) < value) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** The first place whose value is above `value`. */
function upperBound(list: readonly number[], value: number): number {
  let low = 0;
  let high = list.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((list[middle] ?? 0) <= value) low = middle + 1;
    else high = middle;
  }
  return low;
}
