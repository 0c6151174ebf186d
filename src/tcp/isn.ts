import { sipHash, type SipKey } from '../siphash';

/**
 * The initial sequence number: ISN = M + F(local address, local port, remote address, remote port, secret), M a clock that ticks
 * every 4 µs (RFC 6528 §3; RFC 9293 MUST-8, SHLD-1, MUST-9).
 *
 * @param addresses and ports of the connection as 32-bit words
 * @param now µs
 */
export function initialSequenceNumber(key: SipKey, tuple: readonly number[], now: number): number {
  return (Math.floor(now / 4) + sipHash(key, tuple)) >>> 0;
}
