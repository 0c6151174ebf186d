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

/** The selected segment; where something between the segments is selected, the one before it, or else behind it. */
export function segmentAt({ rows }: ConnectionRecord, selected: number | undefined): SegmentRow | undefined {
  if (selected === undefined) return undefined;
  for (const by of [-1, 1]) {
    for (let index = selected; index >= rows.first && index < rows.end; index += by) {
      const row = rows.at(index);
      if (row?.kind === 'segment') return row;
    }
  }
  return undefined;
}
