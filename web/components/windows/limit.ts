import type { ReceiveWindow, SendWindow } from '../../../src/inspect/record/windows';

/**
 * What holds a sender back.
 * - `nothing`: all that its program has given is sent
 * - `closed`: the peer has no room at all; `window`: the peer's window is used up
 * - `congestion`: the congestion window is
 * - `free`: there is data, and both windows would let it go: it is about to, or Nagle's algorithm or pacing waits, which nobody tells
 * - `unknown`: what the program has given is not known
 */
export type Limit = 'nothing' | 'closed' | 'window' | 'congestion' | 'free' | 'unknown';

export function limitOf({ queuedTo, nxt, wnd, cwnd, sendableTo }: SendWindow): Limit {
  if (queuedTo === undefined || cwnd === undefined) return wnd === 0 ? 'closed' : 'unknown';
  if (queuedTo <= nxt) return 'nothing';
  if (wnd === 0) return 'closed';
  if (queuedTo <= sendableTo) return 'free';
  return wnd < cwnd ? 'window' : 'congestion';
}

/**
 * Whether what was received, and is not read, holds the other end back.
 * - `full`: there is hardly any room left beside it
 * - `room`: there is; `unknown`: how much is not read is not known
 */
export type Room = 'full' | 'room' | 'unknown';

/** Room is so small a part of what waits to be read that the other end has to wait for the program. */
const SMALL = 1 / 8;

export function roomOf({ takenTo, nxt, wnd }: ReceiveWindow): Room {
  if (takenTo === undefined) return 'unknown';
  return nxt > takenTo && wnd < (nxt - takenTo) * SMALL ? 'full' : 'room';
}
