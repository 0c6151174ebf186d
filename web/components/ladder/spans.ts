import type { End, EndState, Ring, Row } from '../../../src/inspect/record';
import type { LadderLayout } from './layout';

/** A stretch of a lifeline in one state. */
export interface Span {
  readonly end: End;
  readonly top: number;
  readonly bottom: number;
  readonly state: EndState;
}

interface Change {
  readonly y: number;
  readonly state: EndState;
}

const UNKNOWN: EndState = { state: undefined, presumed: false };

/** The lifelines beside the entries from `from` up to `to`: each end's states, and where they change. */
export function spansOf(rows: Ring<Row>, layout: LadderLayout, from: number, to: number): Span[] {
  const top = from === 0 ? 0 : layout.top(from);
  const bottom = to >= layout.length ? layout.height : layout.top(to);
  return (['left', 'right'] as const).flatMap((end) => {
    const changes = changesOf(rows, layout, from, to, end);
    const spans: Span[] = [];
    let state = stateBefore(rows, layout, from, end);
    let since = top;
    for (const change of changes) {
      if (isSame(state, change.state)) continue;
      if (change.y > since) spans.push({ end, top: since, bottom: change.y, state });
      since = Math.max(since, change.y);
      state = change.state;
    }
    if (bottom > since) spans.push({ end, top: since, bottom, state });
    return spans;
  });
}

/** An end's state just before an entry. */
function stateBefore(rows: Ring<Row>, layout: LadderLayout, entry: number, end: End): EndState {
  const row = rowAt(rows, layout, entry - 1);
  if (row !== undefined) return row[end];
  // Before the first segment we are CLOSED or LISTEN; of the other end nothing is known.
  const first = rowAt(rows, layout, 0);
  // Where both ends are seen, what stands before it and is not shown tells of both.
  const before = rows.at(rows.first);
  if (first?.kind === 'segment' && first.from === 'left' && first.event.direction === 'out' && before?.kind === 'note')
    return before[end];
  return first?.kind === 'segment' && end === 'right' && first.from === 'left'
    ? { state: first.event.before, presumed: false }
    : UNKNOWN;
}

function changesOf(rows: Ring<Row>, layout: LadderLayout, from: number, to: number, end: End): Change[] {
  const changes: Change[] = [];
  for (let entry = from; entry < to; entry++) {
    const row = rowAt(rows, layout, entry);
    if (row === undefined) continue;
    const here = row.kind === 'note' ? layout.top(entry) : heightAt(layout, entry, row.from === end, row.arrives);
    changes.push({ y: here, state: row[end] });
  }
  return changes.sort((a, b) => a.y - b.y);
}

function heightAt(layout: LadderLayout, entry: number, sends: boolean, arrives: number | undefined): number {
  return sends ? layout.tail(entry) : layout.head(entry, arrives);
}

function rowAt(rows: Ring<Row>, layout: LadderLayout, entry: number): Row | undefined {
  const index = layout.indexAt(entry);
  return index === undefined ? undefined : rows.at(index);
}

function isSame(a: EndState, b: EndState): boolean {
  return a.state === b.state && a.presumed === b.presumed;
}
