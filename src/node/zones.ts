import { isIPv4, isIPv6 } from 'node:net';
import { hostAddress } from '../stack/addresses';
import type { Endpoint } from '../tcp/user';
import { isLinkLocal6, isMulticast6, parseIpv6Address } from '../wire/address';

/**
 * Addresses as programs write and read them. Node has a zone by the interface's name (`fe80::1%tap0`), the stack by its index
 * (`fe80::1%2`); and on a socket of IPv6, Node has an IPv4 address as `::ffff:10.9.0.1`.
 */

/** The interfaces of a stack: `stack.ip`. */
export interface Interfaces {
  readonly interfaces: readonly { readonly name: string; readonly index: number }[];
}

const NONE: Interfaces = { interfaces: [] };

/** What a zone may be called (RFC 4007 §11.2), as Node reads it. */
const NAME = /^[0-9a-zA-Z.:-]+$/;

/**
 * An address as the stack takes it: with the zone by index, by which a program may name it too, and without one where it says nothing
 * (`::1%lo`), as in Linux.
 * @returns `undefined` when no interface has the name
 */
export function toStack(address: string, { interfaces }: Interfaces = NONE): string | undefined {
  const at = address.indexOf('%');
  if (at < 0) return address;
  const [plain, zone] = [address.slice(0, at), address.slice(at + 1)];
  const value = parseIpv6Address(plain);
  if (value === undefined || !(isLinkLocal6(value) || isMulticast6(value))) return plain;
  const index = interfaceIndex(zone, interfaces);
  return index === undefined ? undefined : `${plain}%${index}`;
}

/** By which interface, for groups: `::%tap0` as `::%2`, which is all that counts of an address of IPv6; `::` when it has no zone. */
export function interfaceToStack(by: string, { interfaces }: Interfaces = NONE): string | undefined {
  if (isIPv4(by)) return by;
  const zone = by.split('%')[1];
  if (zone === undefined) return '::';
  const index = interfaceIndex(zone, interfaces);
  return index === undefined ? undefined : `::%${index}`;
}

function interfaceIndex(zone: string, interfaces: Interfaces['interfaces']): number | undefined {
  const named = interfaces.find(({ name }) => name === zone)?.index;
  return named ?? (/^[1-9][0-9]{0,8}$/.test(zone) ? Number(zone) : undefined);
}

/**
 * An address of the stack's as a program is shown it.
 * @param asIpv6 on a socket of IPv6
 */
export function toProgram(address: string, asIpv6: boolean, { interfaces }: Interfaces = NONE): string {
  if (!address.includes(':')) return asIpv6 ? `::ffff:${address}` : address;
  const at = address.indexOf('%');
  if (at < 0) return address;
  const index = address.slice(at + 1);
  const name = interfaces.find((each) => String(each.index) === index)?.name;
  const isUsable =
    name !== undefined &&
    NAME.test(name) &&
    interfaces.every((each) => each.name !== name || String(each.index) === index);
  return isUsable ? address.slice(0, at + 1) + name : address;
}

/** As `toProgram`, for an end of a connection; the same object when nothing changes. */
export function endToProgram(end: Endpoint, asIpv6: boolean, stack: Interfaces | undefined): Endpoint {
  const address = toProgram(end.address, asIpv6, stack);
  return address === end.address ? end : { address, port: end.port };
}

/** An IPv4 address in IPv6's clothes: `::ffff:10.9.0.1`. */
export function isMappedText(address: string): boolean {
  return isIPv6(address) && typeof hostAddress(address) === 'number';
}
