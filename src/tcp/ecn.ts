import { FLAG } from '../wire/tcp';
import type { Segment } from './segment';

/** Explicit congestion notification on one connection (RFC 3168 §6.1). */
export class Ecn {
  /** A router marked a segment of the peer's: every ACK says so (ECE) until the peer answers with CWR (§6.1.3). */
  echo = false;
  /** The window came down: the next new data says so with CWR (§6.1.2). */
  reduced = false;
  /** Segments of the peer's that were marked; ACKs that told us of ours. */
  marked = 0;
  echoed = 0;

  /** @param on both sides have agreed to it */
  constructor(readonly on: boolean) {}
}

/** Of all connections without it. Nobody writes to it. */
export const NO_ECN: Readonly<Ecn> = Object.freeze(new Ecn(false));

/** An ECN-setup SYN (RFC 3168 §6.1.1); also one that asks for AccECN with a third bit (RFC 9768 §3.1.1). */
export function asksForEcn({ flags }: Segment): boolean {
  const both = FLAG.ECE | FLAG.CWR;
  return (flags & both) === both;
}
