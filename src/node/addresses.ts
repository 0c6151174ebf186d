import type { AddressInfo } from 'node:net';
import { isIP } from 'node:net';
import type { Endpoint } from '../tcp/user';

/** The address that stands for every address of the stack. */
export const ANY = '0.0.0.0';

/** Where a connection to "any address" goes: to this host, as on Linux. */
const LOOPBACK = '127.0.0.1';

/** The address to call when the user names `address`. */
export function callableAddress(address: string): string {
  return address === ANY ? LOOPBACK : address;
}

/** `IPv4` or `IPv6`, as Node's `family` has it. */
export function familyOf(address: string): string {
  return `IPv${isIP(address)}`;
}

/** One end, as `address()` tells it. */
export function addressInfo({ address, port }: Endpoint): AddressInfo {
  return { address, family: familyOf(address), port };
}
