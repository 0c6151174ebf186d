/** IPv4 addresses are numbers from 0 to 2³² − 1 (`10.0.0.1` is 0x0a000001); this is how people write them, and what kinds there are. */

const OCTET = '(0|[1-9][0-9]{0,2})';
const DOTTED_QUAD = new RegExp(`^${OCTET}\\.${OCTET}\\.${OCTET}\\.${OCTET}$`);
const PREFIX = /^([^/]*)\/(0|[1-9][0-9]?)$/;

/** An interface's address with the length of its network's prefix: `10.9.0.2/24`. */
export interface Ipv4Prefix {
  readonly address: number;
  /** How many leading bits name the network, 0 to 32. */
  readonly length: number;
  /** The same as a mask: 0xffffff00 for 24. */
  readonly mask: number;
}

/**
 * Reads four decimal numbers joined by dots, and nothing else: no leading zeros (which some programs read as octal), no
 * short forms, no spaces (RFC 6943 §3.1.1 on why).
 * @returns `undefined` when the text is anything else
 */
export function parseIpv4Address(text: string): number | undefined {
  const match = DOTTED_QUAD.exec(text);
  if (match === null) return undefined;
  let address = 0;
  for (const octet of match.slice(1).map(Number)) {
    if (octet > 255) return undefined;
    address = address * 256 + octet;
  }
  return address;
}

/** `0x0a000001` as `10.0.0.1`. */
export function formatIpv4Address(address: number): string {
  return `${address >>> 24}.${(address >>> 16) & 255}.${(address >>> 8) & 255}.${address & 255}`;
}

/** Reads an address, a slash and a prefix length (RFC 4632 §3.1), `undefined` for anything else. */
export function parseIpv4Prefix(text: string): Ipv4Prefix | undefined {
  const match = PREFIX.exec(text);
  const address = parseIpv4Address(match?.[1] ?? '');
  const length = Number(match?.[2]);
  if (address === undefined || length > 32) return undefined;
  return { address, length, mask: length === 0 ? 0 : (0xffffffff << (32 - length)) >>> 0 };
}

/** 224.0.0.0/4 (RFC 1112 §4). */
export function isMulticast(address: number): boolean {
  return address >>> 28 === 0xe;
}

/** 255.255.255.255: everyone on this link (RFC 919 §7). */
export function isLimitedBroadcast(address: number): boolean {
  return address === 0xffffffff;
}

/** 127.0.0.0/8 (RFC 1122 §3.2.1.3). */
export function isLoopback(address: number): boolean {
  return address >>> 24 === 127;
}

/** 0.0.0.0: "this host", before it knows its address (RFC 1122 §3.2.1.3). */
export function isUnspecified(address: number): boolean {
  return address === 0;
}

/**
 * For emitters: the address that `text` says.
 * @throws RangeError when it is none
 */
export function requireIpv4Address(text: string): number {
  const address = parseIpv4Address(text);
  if (address === undefined) throw new RangeError(`'${text}' is not an IPv4 address; write it as 192.0.2.1`);
  return address;
}
