import { isIPv4, SocketAddress } from 'node:net';
import { domainToASCII } from 'node:url';

/** RFC 1035 §2.3.4: octets in a label, and characters in a name that fits into 255 octets. */
const LONGEST_LABEL = 63;
const LONGEST_NAME = 253;

/** A label as it may be asked for: letters, digits and what names in use have besides. */
const LABEL = /^[a-z0-9_/*-]+$/;

/**
 * A name as it goes to a server: in lower case, IDNA 2008 for what is not ASCII (RFC 5891), without the dot at its end.
 * The root is the empty string.
 * @returns undefined for what is no name
 */
export function wireName(name: string): string | undefined {
  // eslint-disable-next-line no-control-regex -- ASCII is defined by its codes
  const ascii = /^[\x00-\x7f]*$/.test(name) ? name.toLowerCase() : domainToASCII(name);
  if (ascii === '' && name !== '') return undefined;
  const relative = ascii.endsWith('.') ? ascii.slice(0, -1) : ascii;
  if (relative === '') return '';
  if (relative.length > LONGEST_NAME) return undefined;
  return relative.split('.').every((label) => label.length <= LONGEST_LABEL && LABEL.test(label))
    ? relative
    : undefined;
}

/** A name that came in an answer, safe to show: octets that are not printable ASCII as `\DDD` (RFC 1035 §5.1). */
export function presentable(name: string): string {
  if (name === '.') return '';
  return name.replace(/[^ -~]/gu, (character) =>
    Array.from(Buffer.from(character), (octet) => `\\${String(octet).padStart(3, '0')}`).join(''),
  );
}

/** The same name, whatever the case of its letters (RFC 4343). */
export function sameName(a: string, b: string): boolean {
  return canonical(a) === canonical(b);
}

/** A name as a key: lower case, no dot at the end. */
export function canonical(name: string): string {
  const lower = name.toLowerCase();
  return lower.endsWith('.') ? lower.slice(0, -1) : lower;
}

/** The name that has an address's PTR records: `4.3.2.1.in-addr.arpa` (RFC 1035 §3.5), `….ip6.arpa` (RFC 3596 §2.5). */
export function reverseName(address: string): string {
  if (isIPv4(address)) return `${address.split('.').reverse().join('.')}.in-addr.arpa`;
  const nibbles = groupsOf(address).flatMap((group) => Array.from(group.toString(16).padStart(4, '0')));
  return `${nibbles.reverse().join('.')}.ip6.arpa`;
}

/** An IPv6 address as RFC 5952 writes it. */
export function canonicalIPv6(address: string): string {
  return new SocketAddress({ address, family: 'ipv6' }).address;
}

/** RFC 6761 §6.3: `localhost`, and the names under it, are this host. */
export function isLocalhost(name: string): boolean {
  const key = canonical(name);
  return key === 'localhost' || key.endsWith('.localhost');
}

/**
 * An IPv4 address in any of the ways in which C's `inet_aton` takes one: `127.1`, `0x7f.1`, `2130706433`.
 * @returns the address as `a.b.c.d`, or undefined
 */
export function shortIPv4(text: string): string | undefined {
  const parts = text.split('.');
  if (parts.length > 4 || !parts.every((part) => /^(0x[0-9a-f]+|0[0-7]*|[1-9][0-9]*)$/i.test(part))) return undefined;
  const numbers = parts.map((part) => (/^0[0-7]/.test(part) ? parseInt(part, 8) : Number(part)));
  const last = numbers.pop() ?? NaN;
  if (numbers.some((number) => number > 255) || last >= 256 ** (4 - numbers.length)) return undefined;
  const value = numbers.reduce((sum, number, index) => sum + number * 256 ** (3 - index), last);
  return [24, 16, 8, 0].map((shift) => Math.floor(value / 2 ** shift) % 256).join('.');
}

/** The eight 16-bit groups of an IPv6 address. */
function groupsOf(address: string): number[] {
  const canonical = canonicalIPv6(address.replace(/%.*$/, ''));
  // Only the last 32 bits may be written as an IPv4 address.
  const hex = canonical.replace(/(\d+)\.(\d+)\.(\d+)\.(\d+)$/, (_, a, b, c, d) =>
    [Number(a) * 256 + Number(b), Number(c) * 256 + Number(d)].map((group) => group.toString(16)).join(':'),
  );
  const [head = '', tail = ''] = hex.split('::');
  const groups = (part: string): number[] => (part === '' ? [] : part.split(':').map((group) => parseInt(group, 16)));
  const before = groups(head);
  const after = groups(tail);
  const zeros = new Array<number>(8 - before.length - after.length).fill(0);
  return [...before, ...zeros, ...after];
}
