import type { End, EndState, Ring, Row } from '../../../src/inspect/record';
import { FLAG } from '../../../src/wire/tcp';
import type { LadderLayout } from './layout';

/** A stretch of a lifeline in one state. */
export interface Span {
  readonly end: End;
  readonly top: number;
  readonly bottom: number;
  readonly state: EndState;
  /** It goes on from a stretch that stands elsewhere, and has its name there. */
  readonly continues?: boolean;
}

interface Change {
  readonly y: number;
  readonly state: EndState;
  /** When it happened, µs. */
  readonly time: number;
  /** Something arrived, and when is known. */
  readonly arrives: boolean;
}

const UNKNOWN: EndState = { state: undefined, presumed: false };
/** Entries above those that are drawn whose arrows may end below them. */
const MOST_ABOVE = 8;

/** The lifelines beside the entries from `from` up to `to`: each end's states, and where they change. */
export function spansOf(rows: Ring<Row>, layout: LadderLayout, from: number, to: number): Span[] {
  const top = from === 0 ? 0 : layout.top(from);
  const bottom = to >= layout.length ? layout.height : layout.top(to);
  const first = Math.max(0, from - MOST_ABOVE);
  return (['left', 'right'] as const).flatMap((end) => {
    let state = stateBefore(rows, layout, first, end);
    const spans: Span[] = [];
    let since = top;
    for (const change of inOrder(changesOf(rows, layout, first, to, end), state)) {
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
  if (first?.kind !== 'segment' || end !== 'right') return UNKNOWN;
  if (first.from === 'left') return { state: first.event.before, presumed: false };
  // A call of ours is told of when it is sent already.
  const { direction, segment, before: state } = first.event;
  if ((segment.flags & (FLAG.SYN | FLAG.ACK)) === FLAG.SYN) return { state: 'CLOSED', presumed: false };
  return direction === 'out' && state !== 'CLOSED' ? { state, presumed: false } : UNKNOWN;
}

/** What changes an end's state, from above to below. */
function changesOf(rows: Ring<Row>, layout: LadderLayout, from: number, to: number, end: End): Change[] {
  const changes: Change[] = [];
  for (let entry = from; entry < to; entry++) {
    const row = rowAt(rows, layout, entry);
    if (row === undefined) continue;
    const state = row[end];
    if (row.kind === 'segment' && row.from !== end) {
      const { arrives } = row;
      const y = layout.head(entry, arrives);
      changes.push({ y, state, time: arrives ?? row.time, arrives: arrives !== undefined });
    } else {
      const y = row.kind === 'note' ? layout.top(entry) : layout.tail(entry);
      changes.push({ y, state, time: row.time, arrives: false });
    }
  }
  return changes.sort((a, b) => a.y - b.y);
}

/**
 * An arrow ends close below its row, and so above what its receiver sent at the same instant in answer to something earlier: what was
 * sent in the state from before the arrival was sent first, and the state changes below it.
 */
function inOrder(changes: readonly Change[], before: EndState): Change[] {
  const ordered = [...changes];
  let state = before;
  for (let at = 0; at < ordered.length; at++) {
    const change = ordered[at];
    if (change === undefined) break;
    const last = change.arrives && !isSame(change.state, state) ? lastSentIn(state, ordered, at) : at;
    const sent = ordered[last];
    if (last > at && sent !== undefined) {
      const y = sent.y + 1;
      // Behind what was put there before: arrivals stay in their order.
      const after = ordered.findIndex((other, place) => place > last && other.y > y);
      ordered.splice(after === -1 ? ordered.length : after, 0, { ...change, y });
      ordered.splice(at, 1);
      // What has moved up is looked at next.
      at -= 1;
    } else state = change.state;
  }
  return ordered;
}

/** The last place behind `at` of something sent at the same instant in `state`; `at` if there is none. */
function lastSentIn(state: EndState, changes: readonly Change[], at: number): number {
  let last = at;
  for (let next = at + 1; next < changes.length; next++) {
    const change = changes[next];
    if (change === undefined || change.time !== changes[at]?.time) break;
    if (!change.arrives && isSame(change.state, state)) last = next;
  }
  return last;
}

function rowAt(rows: Ring<Row>, layout: LadderLayout, entry: number): Row | undefined {
  const index = layout.indexAt(entry);
  return index === undefined ? undefined : rows.at(index);
}

function isSame(a: EndState, b: EndState): boolean {
  return a.state === b.state && a.presumed === b.presumed;
}
