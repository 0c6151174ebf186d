import type { Address } from './address';
import { addSums } from './checksum';
import { ipv6AddressSum } from './ipv6-bytes';

/**
 * The sum of the pseudo-header that TCP's, UDP's and ICMPv6's checksums cover beside their own bytes (RFC 9293 §3.1, RFC 768,
 * RFC 8200 §8.1).
 * @param src the source address
 * @param dst the destination address, of the same family; with a routing header, the last one
 * @param protocol 6 for TCP, 17 for UDP, 58 for ICMPv6
 * @param length bytes of the transport's header and payload
 * @returns a sum to pass on as `initial` (folded, not complemented)
 */
export function pseudoHeaderSum(src: Address, dst: Address, protocol: number, length: number): number {
  const total = addressSum(src) + addressSum(dst) + protocol + (length & 0xffff) + (length >>> 16);
  return addSums(total & 0xffff, total >>> 16);
}

function addressSum(address: Address): number {
  return typeof address === 'bigint' ? ipv6AddressSum(address) : (address >>> 16) + (address & 0xffff);
}

/** The two addresses, of one family, that an emitter of TCP, UDP or ICMPv6 needs for the checksum. */
export interface PseudoHeader {
  readonly src: Address;
  readonly dst: Address;
}
