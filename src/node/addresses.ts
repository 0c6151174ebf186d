import type { AddressInfo } from 'node:net';
import { isIP } from 'node:net';
import { hostAddress } from '../stack/addresses';
import type { Endpoint, Listener } from '../tcp/user';
import { covers, type Address } from '../wire/address';

/** What stands for every IPv4 address of the stack, and for every one of both families. */
export const ANY = '0.0.0.0';
export const ANY_6 = '::';

/** The address to call when the user names `address`: a connection to "any address" goes to this host, as on Linux. */
export function callableAddress(address: string): string {
  if (address === ANY) return '127.0.0.1';
  if (!address.includes(':')) return address;
  const value = hostAddress(address);
  if (value === 0n) return '::1';
  return value === 0 ? '127.0.0.1' : address;
}

/** True when who binds `own` would be in the way of a listener of the stack's, as Linux sees it. */
export function isTaken(own: Address | undefined, { local, ipv6Only }: Pick<Listener, 'local' | 'ipv6Only'>): boolean {
  const there = hostAddress(local.address);
  if (own === undefined || there === undefined) return false;
  return covers(there, ipv6Only, own) || covers(own, false, there);
}

/** `IPv4` or `IPv6`, as Node's `family` has it. */
export function familyOf(address: string): string {
  return `IPv${isIP(address)}`;
}

/** One end, as `address()` tells it. */
export function addressInfo({ address, port }: Endpoint): AddressInfo {
  return { address, family: familyOf(address), port };
}
