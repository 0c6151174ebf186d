import { joinFrame, type Frame, type Link } from './link';

/** An Ethernet header and one 802.1Q tag, in bytes. */
const ETHERNET_ROOM = 18;

/** What a link counts. */
export interface LinkCounters {
  /** Frames that `send` took. */
  sent: number;
  /** Frames that were handed to `onReceive`. */
  received: number;
  /** Times that `send` answered `false`. */
  refused: number;
  /** Frames that were taken and lost: too long for the link, or a closed end. */
  dropped: number;
}

/** Counters that stand at 0. */
export function linkCounters(): LinkCounters {
  return { sent: 0, received: 0, refused: 0, dropped: 0 };
}

/** The bytes of a frame in one piece and in memory of their own. */
export function copyFrame(frame: Frame): Uint8Array {
  const joined = joinFrame(frame);
  // Not `joined.slice()`: a Buffer's `slice` is a view of the same memory.
  return frame.length === 1 ? new Uint8Array(joined) : joined;
}

/** A frame of headers and what they are for. */
export function behind(headers: Uint8Array, payload: Frame): Frame {
  const [first] = payload;
  if (first === undefined) return [headers];
  return payload.length === 1 ? [headers, first] : [headers, ...payload];
}

/** The length of a frame in bytes. */
export function frameLength(frame: Frame): number {
  let length = 0;
  for (const slice of frame) length += slice.length;
  return length;
}

/** The longest frame in bytes that a link of this medium and MTU carries. */
export function longestFrame({ medium, mtu }: Pick<Link, 'medium' | 'mtu'>): number {
  return medium === 'ethernet' ? mtu + ETHERNET_ROOM : mtu;
}
