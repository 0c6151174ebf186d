import type { ConnectionRecord, SegmentRow } from '../../src/inspect/record';
import { isShown } from '../components/ladder/shown';

/** The row that stands `by` rows further in the ladder; from nowhere, the last or the first. */
export function rowBeside({ rows }: ConnectionRecord, from: number | undefined, by: 1 | -1): number | undefined {
  let index = from === undefined ? (by > 0 ? rows.first : rows.end - 1) : from + by;
  for (; index >= rows.first && index < rows.end; index += by) {
    const row = rows.at(index);
    if (row !== undefined && isShown(row)) return index;
  }
  return from;
}

/** The selected segment; where a note is selected, or nothing that is still there, none. */
export function segmentAt({ rows }: ConnectionRecord, index: number | undefined): SegmentRow | undefined {
  const row = index === undefined ? undefined : rows.at(index);
  return row?.kind === 'segment' ? row : undefined;
}
