import type { ConnectionRecord } from './connection-record';
import type { End } from './row';

/** The largest shift of a window (RFC 7323 §2.3). */
const MOST_SHIFT = 14;

/**
 * The window of an end as the other one was told it, in bytes; `undefined`: the end has not told its variables. RCV.WND may be more by less
 * than a step of the scale, which no window field can say (RFC 7323 §2.4): then 0 is told, while some bytes are kept.
 */
export function announcedWindow(record: ConnectionRecord, end: End = 'right'): number | undefined {
  const known = record.variablesOf(end);
  if (known === undefined) return undefined;
  const { nxt, wnd } = known.rcv;
  const [comes, goes] =
    end === 'right' ? [record.flows.left, record.flows.right] : [record.flows.right, record.flows.left];
  const { isn, acked, window } = comes;
  if (isn === undefined || acked === undefined || window === undefined) return wnd;
  const told = acked + window - comes.position(nxt);
  // Where segments were skipped, what was told last is not known: then it is further away than a step.
  return told < wnd && wnd - told < 2 ** shiftOf() ? Math.max(0, told) : wnd;

  function shiftOf(): number {
    if (comes.synSeen && goes.synSeen) return comes.shift === undefined ? 0 : (goes.shift ?? 0);
    // Nobody has heard which scale was agreed on: nothing is nothing at any.
    return window === 0 ? MOST_SHIFT : 0;
  }
}
