import { readUint8 } from './bytes';
import {
  formatIpv4Address,
  isLoopback,
  isMulticast,
  isUnspecified,
  parseIpv4Address,
  parseIpv4Prefix,
  type Ipv4Prefix,
} from './ipv4-address';
import {
  formatIpv6Address,
  isLoopback6,
  isMulticast6,
  isUnspecified6,
  parseIpv6Address,
  parseIpv6Prefix,
  type Ipv6Prefix,
} from './ipv6-address';

export * from './ipv4-address';
export * from './ipv6-address';

/**
 * Addresses of either family: IPv4's are numbers and IPv6's bigints, so that `typeof` tells them apart, and `===`, `Map` and `Set`
 * work for both. MAC addresses are six bytes.
 */

/** From 0 to 2³² − 1. */
export type Ipv4Address = number;

/** 128 bits, and above them the zone of a link-local address (see `withZone`). */
export type Ipv6Address = bigint;

export type Address = Ipv4Address | Ipv6Address;

const MAC = /^[0-9a-f]{2}(:[0-9a-f]{2}){5}$/i;

export function isIpv6(address: Address): address is Ipv6Address {
  return typeof address === 'bigint';
}

/** Reads an address of either family, as {@link parseIpv4Address} and {@link parseIpv6Address} do; `undefined` for anything else. */
export function parseAddress(text: string): Address | undefined {
  return text.includes(':') ? parseIpv6Address(text) : parseIpv4Address(text);
}

/** `10.0.0.1`, `fd00::1`, `fe80::1%2`. */
export function formatAddress(address: Address): string {
  return typeof address === 'bigint' ? formatIpv6Address(address) : formatIpv4Address(address);
}

/** Reads `10.9.0.2/24` or `fd00::2/64`, `undefined` for anything else. */
export function parsePrefix(text: string): Ipv4Prefix | Ipv6Prefix | undefined {
  return text.includes(':') ? parseIpv6Prefix(text) : parseIpv4Prefix(text);
}

/** 224.0.0.0/4 or ff00::/8. */
export function isMulticastAddress(address: Address): boolean {
  return typeof address === 'bigint' ? isMulticast6(address) : isMulticast(address);
}

/** 127.0.0.0/8 or ::1. */
export function isLoopbackAddress(address: Address): boolean {
  return typeof address === 'bigint' ? isLoopback6(address) : isLoopback(address);
}

/** 0.0.0.0 or ::. */
export function isUnspecifiedAddress(address: Address): boolean {
  return typeof address === 'bigint' ? isUnspecified6(address) : isUnspecified(address);
}

/**
 * For emitters: the address of either family that `text` says.
 * @throws RangeError when it is none
 */
export function requireAddress(text: string): Address {
  const address = parseAddress(text);
  if (address === undefined) throw new RangeError(`'${text}' is not an address; write it as 192.0.2.1 or 2001:db8::1`);
  return address;
}

/** Reads six pairs of hexadecimal digits joined by colons, `undefined` for anything else. */
export function parseMac(text: string): Uint8Array | undefined {
  if (!MAC.test(text)) return undefined;
  return Uint8Array.from(text.split(':'), (pair) => parseInt(pair, 16));
}

/** The six bytes at `offset` as `02:00:5e:00:00:01`. */
export function formatMac(bytes: Uint8Array, offset = 0): string {
  let text = '';
  for (let index = 0; index < 6; index++) {
    const octet = readUint8(bytes, offset + index)
      .toString(16)
      .padStart(2, '0');
    text += index === 0 ? octet : `:${octet}`;
  }
  return text;
}

/**
 * For emitters: the six bytes of the MAC address that `text` says.
 * @throws RangeError when it is none
 */
export function requireMac(text: string): Uint8Array {
  const mac = parseMac(text);
  if (mac === undefined) throw new RangeError(`'${text}' is not a MAC address; write it as 02:00:5e:00:00:01`);
  return mac;
}

/**
 * Whether who listens on `own`, or is bound to it, has what comes to `address`: the same, or any of its family; `::` is any of IPv4, too,
 * unless it is `ipv6Only` (RFC 3493 §5.3).
 */
export function covers(own: Address, ipv6Only: boolean, address: Address): boolean {
  if (own === address) return true;
  if (!isUnspecifiedAddress(own)) return false;
  return typeof own === typeof address || (typeof own === 'bigint' && !ipv6Only);
}

/** An address, given as text, as a URL has it: IPv6's in square brackets (RFC 3986 §3.2.2). */
export function inUrl(address: string): string {
  return address.includes(':') ? `[${address}]` : address;
}

/** An address, given as text, with a port behind it: `10.0.0.1:80`, `[fd00::1]:80`. */
export function withPort(address: string, port: number | string): string {
  return `${inUrl(address)}:${port}`;
}
