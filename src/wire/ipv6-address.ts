import { formatIpv4Address, parseIpv4Address } from './ipv4-address';

/**
 * IPv6 addresses are bigints of 128 bits (`::1` is 1n). How people write them (RFC 4291 §2.2, RFC 5952), and what kinds there are.
 *
 * A link-local address means something only on one link (RFC 4007), so it carries its zone above the 128 bits: the index
 * of the interface. In packets there are no zones.
 */

/** An interface's address with the length of its network's prefix: `fd00::2/64`. */
export interface Ipv6Prefix {
  readonly address: bigint;
  /** How many leading bits name the network, 0 to 128. */
  readonly length: number;
  /** The same as a mask of 128 bits. */
  readonly mask: bigint;
}

/** :: (RFC 4291 §2.5.2). */
export const UNSPECIFIED6 = 0n;
/** ::1 (RFC 4291 §2.5.3). */
export const LOOPBACK6 = 1n;
/** ff02::1: every node on the link (RFC 4291 §2.7.1). */
export const ALL_NODES = (0xff02n << 112n) | 1n;
/** ff02::2: every router on the link (RFC 4291 §2.7.1). */
export const ALL_ROUTERS = (0xff02n << 112n) | 2n;
/** ff02::16: every router that listens to MLDv2 reports (RFC 3810 §5.2.14). */
export const ALL_MLDV2_ROUTERS = (0xff02n << 112n) | 0x16n;

/** How far a multicast packet goes (RFC 7346 §2). */
export const MULTICAST_SCOPE = {
  INTERFACE: 1,
  LINK: 2,
  REALM: 3,
  ADMIN: 4,
  SITE: 5,
  ORGANIZATION: 8,
  GLOBAL: 14,
} as const;

const BITS = 128n;
const ALL_ONES = (1n << BITS) - 1n;
// These are asked about for every packet: a comparison makes no bigint as a shift does, and one rules out most addresses.
const LINK_LOCAL = 0xfe80n << 112n;
const SITE_LOCAL = 0xfec0n << 112n;
const MULTICAST = 0xff00n << 112n;
const MAPPED = 0xffffn << 32n;
const SOLICITED_NODE = (0xff02n << 112n) | (0x1ffn << 24n);
const TEXT = /^([0-9a-f:.]{2,45})(?:%(0|[1-9][0-9]{0,9}))?$/i;
const GROUP = /^[0-9a-f]{1,4}$/i;
const PREFIX = /^([^/]*)\/(0|[1-9][0-9]{0,2})$/;

/**
 * Reads all forms of RFC 4291 §2.2 (`2001:db8:0:0:0:0:0:1`, `2001:db8::1`, `::ffff:192.0.2.1`), in either case. A link-local address
 * may have a zone, a number (`fe80::1%2`, RFC 4007 §11), which becomes part of the value.
 * @returns `undefined` when the text is anything else
 */
export function parseIpv6Address(text: string): bigint | undefined {
  const match = TEXT.exec(text);
  if (match === null) return undefined;
  const address = parseBits(match[1] ?? '');
  if (address === undefined || match[2] === undefined) return address;
  const zone = Number(match[2]);
  return isLinkLocal6(address) && zone < 2 ** 32 ? withZone(address, zone) : undefined;
}

function parseBits(text: string): bigint | undefined {
  const halves = text.split('::');
  if (halves.length > 2) return undefined;
  const [head = '', tail] = halves;
  const left = parseGroups(head, tail === undefined);
  const right = parseGroups(tail ?? '', true);
  if (left === undefined || right === undefined) return undefined;
  const missing = 8 - left.length - right.length;
  // Without '::' there are eight groups; it stands for one at least (RFC 4291 §2.2).
  if (tail === undefined ? missing !== 0 : missing < 1) return undefined;
  const groups = [...left, ...new Array<number>(missing).fill(0), ...right];
  return groups.reduce((address, group) => (address << 16n) | BigInt(group), 0n);
}

/** Groups joined by colons. The last may be an IPv4 address, which is two. */
function parseGroups(text: string, last: boolean): number[] | undefined {
  if (text === '') return [];
  const words = text.split(':');
  const groups: number[] = [];
  for (const [index, word] of words.entries()) {
    if (GROUP.test(word)) {
      groups.push(parseInt(word, 16));
      continue;
    }
    const quad = last && index === words.length - 1 ? parseIpv4Address(word) : undefined;
    if (quad === undefined) return undefined;
    groups.push(quad >>> 16, quad & 0xffff);
  }
  return groups;
}

/**
 * As RFC 5952 wants it: lower case, no leading zeros, `::` for the longest run of at least two zero groups (the first of equals),
 * IPv4-mapped addresses with dots (§5). A zone is written behind it: `fe80::1%2`.
 */
export function formatIpv6Address(address: bigint): string {
  const known = formatted.get(address);
  if (known !== undefined) return known;
  // Who asks asks mostly for the same few; a bounded memory that nobody sees.
  if (formatted.size >= MOST_FORMATTED) formatted.clear();
  const text = format(address);
  formatted.set(address, text);
  return text;
}

/** The texts that were made last, and how many of them. */
const formatted = new Map<bigint, string>();
const MOST_FORMATTED = 64;

function format(address: bigint): string {
  const zone = zoneOf(address);
  const text = isMapped(address) ? `::ffff:${formatIpv4Address(Number(address & 0xffffffffn))}` : formatBits(address);
  return zone === 0 ? text : `${text}%${zone}`;
}

function formatBits(address: bigint): string {
  const digits = withoutZone(address).toString(16).padStart(32, '0');
  const groups = Array.from({ length: 8 }, (_, index) => parseInt(digits.slice(4 * index, 4 * index + 4), 16));
  let [start, length] = [0, 0];
  for (let from = 0; from < 8; from++) {
    let to = from;
    while (to < 8 && groups[to] === 0) to++;
    if (to - from > length) [start, length] = [from, to - from];
  }
  const write = (part: readonly number[]) => part.map((group) => group.toString(16)).join(':');
  return length < 2 ? write(groups) : `${write(groups.slice(0, start))}::${write(groups.slice(start + length))}`;
}

/** Reads an address, a slash and a prefix length (RFC 4291 §2.3), `undefined` for anything else. */
export function parseIpv6Prefix(text: string): Ipv6Prefix | undefined {
  const match = PREFIX.exec(text);
  const address = parseIpv6Address(match?.[1] ?? '');
  const length = Number(match?.[2]);
  if (address === undefined || length > 128) return undefined;
  return { address, length, mask: ipv6Mask(length) };
}

/** The mask of a prefix of `length` bits, 0 to 128. */
export function ipv6Mask(length: number): bigint {
  return (ALL_ONES << (BITS - BigInt(length))) & ALL_ONES;
}

/** The 128 bits that go into a packet. */
export function withoutZone(address: bigint): bigint {
  return BigInt.asUintN(128, address);
}

/** The index of the interface that a link-local address belongs to; 0 when it has none. */
export function zoneOf(address: bigint): number {
  return Number(address >> BITS);
}

/** The address on the link of the interface with this index; with 0, the address without a zone. */
export function withZone(address: bigint, zone: number): bigint {
  const bits = withoutZone(address);
  return zone === 0 ? bits : (BigInt(zone) << BITS) | bits;
}

/** fe80::/10 (RFC 4291 §2.5.6), with a zone or without. */
export function isLinkLocal6(address: bigint): boolean {
  if (address < LINK_LOCAL) return false;
  const bits = withoutZone(address);
  return bits >= LINK_LOCAL && bits < SITE_LOCAL;
}

/** ff00::/8 (RFC 4291 §2.7). */
export function isMulticast6(address: bigint): boolean {
  return address >= MULTICAST && withoutZone(address) >= MULTICAST;
}

/** How far a multicast address reaches, one of {@link MULTICAST_SCOPE} as a rule. */
export function multicastScope(address: bigint): number {
  return Number((address >> 112n) & 0xfn);
}

/** ::1 (RFC 4291 §2.5.3). */
export function isLoopback6(address: bigint): boolean {
  return address === LOOPBACK6;
}

/** :: (RFC 4291 §2.5.2). */
export function isUnspecified6(address: bigint): boolean {
  return address === UNSPECIFIED6;
}

/** fc00::/7 (RFC 4193 §3.1). */
export function isUniqueLocal(address: bigint): boolean {
  return withoutZone(address) >> 121n === 0x7en;
}

/** ::ffff:0:0/96: an IPv4 address for programs that know IPv6 only (RFC 4291 §2.5.5.2). */
export function isMapped(address: bigint): boolean {
  return address >> 32n === 0xffffn;
}

/** 192.0.2.1 for ::ffff:192.0.2.1, `undefined` for an address that is no mapped one. */
export function mappedIpv4(address: bigint): number | undefined {
  return isMapped(address) ? Number(BigInt.asUintN(32, address)) : undefined;
}

/** ::ffff:192.0.2.1 for 192.0.2.1. */
export function toMapped(address: number): bigint {
  return MAPPED | BigInt(address);
}

/** ff02::1:ffXX:XXXX, where neighbour solicitations for the address go (RFC 4291 §2.7.1). */
export function solicitedNode(address: bigint): bigint {
  return SOLICITED_NODE | BigInt.asUintN(24, address);
}

/**
 * For emitters: the address that `text` says.
 * @throws RangeError when it is none
 */
export function requireIpv6Address(text: string): bigint {
  const address = parseIpv6Address(text);
  if (address === undefined) throw new RangeError(`'${text}' is not an IPv6 address; write it as 2001:db8::1`);
  return address;
}
