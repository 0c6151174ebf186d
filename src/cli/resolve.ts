import { promisify } from 'node:util';
import type { Stack } from '../node/stack';
import { formatAddress, parseAddress, type Address } from '../wire/address';
import { Failure, reasonOf } from './failure';

/** A host that was named on the command line. */
export interface Target {
  /** As it was written. */
  readonly name: string;
  /** As text. */
  readonly address: string;
  readonly number: Address;
}

/**
 * The address of a host, by synack's own DNS where it is a name.
 * @param family 4 or 6 where only that will do
 * @throws Failure when there is none
 */
export async function resolveTarget(stack: Stack, name: string, family?: 4 | 6): Promise<Target> {
  const direct = parseAddress(withZoneIndex(stack, name));
  if (direct !== undefined) return accept({ name, address: formatAddress(direct), number: direct }, family);
  let address: string;
  try {
    ({ address } = await stack.dns.promises.lookup(name, { family: family ?? 0 }));
  } catch (error) {
    throw new Failure(`${name}: ${reasonOf(error)}`, 2);
  }
  const number = parseAddress(address);
  if (number === undefined) throw new Failure(`${name}: its address ${address} cannot be reached from here`, 2);
  return accept({ name, address, number }, family);
}

/** `fe80::1%tap0` as `fe80::1%2`: a zone by its interface's name. */
function withZoneIndex(stack: Stack, name: string): string {
  const [address = '', zone] = name.split('%');
  const on = stack.ip.interfaces.find((each) => each.name === zone);
  if (on !== undefined) return `${address}%${on.index}`;
  // Where there is one wire there is no doubt.
  const wires = stack.ip.interfaces.filter(({ loopback }) => !loopback);
  const [only] = wires;
  const isZoneless = zone === undefined && /^fe[89ab]/i.test(address) && only !== undefined && wires.length === 1;
  return isZoneless ? `${address}%${only.index}` : name;
}

function accept(target: Target, family: 4 | 6 | undefined): Target {
  const isIpv6 = typeof target.number === 'bigint';
  if (family === undefined || (family === 6) === isIpv6) return target;
  throw new Failure(`${target.name} is an ${isIpv6 ? 'IPv6' : 'IPv4'} address, and IPv${family} was asked for`, 2);
}

/** The name that belongs to an address; `undefined` when nobody knows one. */
export async function nameOf(stack: Stack, address: string): Promise<string | undefined> {
  try {
    return (await promisify(stack.dns.reverse)(address))[0];
  } catch {
    return undefined;
  }
}
