import { promisify } from 'node:util';
import type { Stack } from '../node/stack';
import { parseAddress, type Address } from '../wire/address';
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
  const direct = parseAddress(name);
  if (direct !== undefined) return accept({ name, address: name, number: direct }, family);
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
