import { addSums } from './checksum';

/**
 * The sum of the pseudo-header that TCP's and UDP's checksums cover beside their own bytes (RFC 9293 §3.1, RFC 768).
 * @param src the source address
 * @param dst the destination address
 * @param protocol 6 for TCP, 17 for UDP
 * @param length bytes of the transport's header and payload
 * @returns a sum to pass on as `initial` (folded, not complemented)
 */
export function pseudoHeaderSum(src: number, dst: number, protocol: number, length: number): number {
  const total = (src >>> 16) + (src & 0xffff) + (dst >>> 16) + (dst & 0xffff) + protocol + length;
  return addSums(total & 0xffff, total >>> 16);
}

/** The two addresses that an emitter of TCP or UDP needs for the checksum. */
export interface PseudoHeader {
  readonly src: number;
  readonly dst: number;
}
