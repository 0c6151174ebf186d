import { FLAG } from '../../../wire/tcp';

/** What was seen of a connection: a segment from inside, from outside, one after both, FINs, and that the last one was a RST. */
const FROM_INSIDE = 1;
const FROM_OUTSIDE = 2;
const CONFIRMED = 4;
const FIN_FROM_INSIDE = 8;
const FIN_FROM_OUTSIDE = 16;
const RESET = 32;

const BOTH = FROM_INSIDE | FROM_OUTSIDE;
const BOTH_FINS = FIN_FROM_INSIDE | FIN_FROM_OUTSIDE;

/** For how long a connection may be silent depends on this (RFC 5382 REQ-5). */
export type TcpPhase = 'opening' | 'established' | 'closing';

/**
 * Follows a connection by its flags alone, as RFC 5382 §5 and RFC 7857 §2 want it: sequence numbers are not looked at, so a RST may be
 * forged, and only shortens the time; any segment behind it takes that back. A SYN begins anew what was over.
 * @param state 0 at first
 * @returns the state after a segment with these flags
 */
export function followTcp(state: number, flags: number, fromInside: boolean): number {
  if ((flags & FLAG.RST) !== 0) return state | RESET;
  let after = state & ~RESET;
  if ((flags & FLAG.SYN) === 0) {
    if ((after & BOTH) === BOTH) after |= CONFIRMED;
  } else if (tcpPhase(state) === 'closing') after = 0;
  after |= fromInside ? FROM_INSIDE : FROM_OUTSIDE;
  if ((flags & FLAG.FIN) !== 0) after |= fromInside ? FIN_FROM_INSIDE : FIN_FROM_OUTSIDE;
  return after;
}

export function tcpPhase(state: number): TcpPhase {
  if ((state & RESET) !== 0 || (state & BOTH_FINS) === BOTH_FINS) return 'closing';
  return (state & CONFIRMED) === 0 ? 'opening' : 'established';
}
