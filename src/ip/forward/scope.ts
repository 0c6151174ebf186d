import { isLoopback, isMulticast } from '../../wire/address';

/** 169.254.0.0/16 (RFC 3927 §2.1). */
export function isLinkLocal4(address: number): boolean {
  return address >>> 16 === 0xa9fe;
}

/**
 * True for an address of IPv4 that may be a source or a destination beyond its own wire: not "this network" (0/8), loopback (RFC 1812
 * §5.3.7), link-local (RFC 3927 §7), multicast (we route none), or reserved (240/4, with the limited broadcast).
 */
export function isForwardable4(address: number): boolean {
  const top = address >>> 24;
  return top !== 0 && top < 240 && !isMulticast(address) && !isLoopback(address) && !isLinkLocal4(address);
}
