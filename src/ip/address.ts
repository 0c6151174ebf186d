import {
  isLimitedBroadcast,
  isLinkLocal6,
  isLoopback,
  isLoopback6,
  isMapped,
  isMulticast,
  isMulticast6,
  isUnspecified6,
  mappedIpv4,
  parseAddress,
  parseIpv4Prefix,
  parseIpv6Prefix,
  withoutZone,
  withZone,
  type Address,
} from '../wire/address';

/** One IPv4 address of an interface, and the network that it is in. All numbers are uint32. */
export interface InterfaceAddress {
  /** As it was given: `10.9.0.2/24`. */
  readonly cidr: string;
  readonly address: number;
  readonly length: number;
  readonly mask: number;
  readonly network: number;
  /** The directed broadcast address; `undefined` for /31 (RFC 3021) and /32, which have none. */
  readonly broadcast: number | undefined;
}

/**
 * Reads `10.9.0.2/24`.
 * @throws RangeError when no host can have this address; the message begins with `doing`
 */
export function interfaceAddress(cidr: string, doing: string): InterfaceAddress {
  const prefix = parseIpv4Prefix(cidr);
  if (prefix === undefined) {
    throw new RangeError(`${doing}: "${cidr}" is not an IPv4 address with a prefix length, such as 10.9.0.2/24`);
  }
  const { address, length, mask } = prefix;
  const network = (address & mask) >>> 0;
  const broadcast = length <= 30 ? (network | ~mask) >>> 0 : undefined;
  if (!isHost(address)) throw new RangeError(`${doing}: ${cidr} is not an address that a host can have`);
  if (broadcast !== undefined && (address === network || address === broadcast)) {
    const what = address === network ? 'names the network itself' : "is the network's broadcast address";
    throw new RangeError(`${doing}: ${cidr} ${what}; give a host's address in it`);
  }
  return { cidr, address, length, mask, network, broadcast };
}

/** True for an address that one host can have: not "this network" (0/8), not multicast, not the limited broadcast. */
export function isHost(address: number): boolean {
  return address >>> 24 !== 0 && !isMulticast(address) && !isLimitedBroadcast(address);
}

/** True for an address that may stand on a wire as a source (RFC 1122 §3.2.1.3): a host's, and not loopback. */
export function isUnicast(address: number): boolean {
  return isHost(address) && !isLoopback(address);
}

/** True when `address` is in the network of `of`. */
export function isInside(address: number, of: InterfaceAddress): boolean {
  return (address & of.mask) >>> 0 === of.network;
}

/**
 * How far an IPv6 address is (RFC 4862 §2, §5.5.4): being checked for a double and not ours yet; being checked, and used meanwhile (RFC
 * 4429); in use; or for what has begun only.
 */
export type AddressState = 'tentative' | 'optimistic' | 'preferred' | 'deprecated';

/** One IPv6 address of an interface, and the network that it is in. */
export interface Ipv6InterfaceAddress {
  /** As it was given, or would be: `fd00:9::2/64`. */
  readonly cidr: string;
  /** With the interface's zone where it is link-local. */
  readonly address: bigint;
  readonly length: number;
  /** All bits above the prefix's length, without end: the zone, too. */
  readonly mask: bigint;
  readonly network: bigint;
  /** Given by who attached the interface, made from its MAC or a secret, or from a router's advertisement. */
  readonly origin: 'static' | 'link-local' | 'autoconf';
  state: AddressState;
  /** Until when it is preferred, and valid, µs on the stack's clock (RFC 4862 §5.5.4); `Infinity` for what does not end. */
  preferredUntil: number;
  validUntil: number;
}

/** A prefix's mask without an end: it keeps the zone above an address's 128 bits. */
export function mask6(length: number): bigint {
  return -1n << BigInt(128 - length);
}

/**
 * Reads `fd00:9::2/64`.
 * @param zone the interface's index, for a link-local address
 * @throws RangeError when no host can have this address; the message begins with `doing`
 */
export function interfaceAddress6(
  cidr: string,
  zone: number,
  doing: string,
  origin: Ipv6InterfaceAddress['origin'] = 'static',
): Ipv6InterfaceAddress {
  const prefix = parseIpv6Prefix(cidr);
  if (prefix === undefined) {
    throw new RangeError(`${doing}: "${cidr}" is not an IPv6 address with a prefix length, such as fd00:9::2/64`);
  }
  const { length } = prefix;
  const bare = withoutZone(prefix.address);
  if (isMulticast6(bare) || isUnspecified6(bare) || isMapped(bare)) {
    throw new RangeError(`${doing}: ${cidr} is not an address that a host can have`);
  }
  const address = isLinkLocal6(bare) ? withZone(bare, zone) : bare;
  // RFC 4291 §2.6.1: the prefix itself is the routers' anycast address; RFC 6164: not on /127.
  const mask = mask6(length);
  const network = address & mask;
  if (length < 127 && address === network) {
    throw new RangeError(`${doing}: ${cidr} names the network itself; give a host's address in it`);
  }
  const forever = { preferredUntil: Infinity, validUntil: Infinity };
  return { cidr, address, length, mask, network, origin, state: 'preferred', ...forever };
}

/**
 * Reads one host's address as a program writes it. IPv4 in IPv6's clothes (`::ffff:10.0.0.1`) is IPv4.
 * @returns `undefined` for anything else
 */
export function hostAddress(text: string): Address | undefined {
  const address = parseAddress(text);
  return typeof address === 'bigint' ? (mappedIpv4(address) ?? address) : address;
}

/** True for an IPv6 address that may stand on a wire as a source: one host's, and not loopback. */
export function isUnicast6(address: bigint): boolean {
  return !isMulticast6(address) && !isUnspecified6(address) && !isLoopback6(address) && !isMapped(address);
}
