import { parseAddress, parsePrefix, withPort, type Address } from '../wire/address';

/** An address for people: what came by IPv4 to a socket of IPv6 is shown as the IPv4 that it is (RFC 4291 §2.5.5.2). */
export function plainAddress(address: string | undefined): string {
  return address?.replace(/^::ffff:(?=\d+\.)/i, '') ?? '?';
}

/** Where a connection comes from. */
export function peerOf({ remoteAddress, remotePort }: { remoteAddress?: string; remotePort?: number }): string {
  return withPort(plainAddress(remoteAddress), remotePort ?? '?');
}

/**
 * Tells whether an address is `text`, or in the network `text`; `undefined` when `text` is neither. A zone matters only where `text` has
 * one.
 */
export function isInside(text: string): ((address: string) => boolean) | undefined {
  const one = parseAddress(text);
  if (one !== undefined) {
    return (address) => parseAddress(text.includes('%') ? address : withoutZone(address)) === one;
  }
  const prefix = parsePrefix(text);
  if (prefix === undefined) return undefined;
  const wanted = network(prefix.address, prefix.length);
  return (address) => {
    const parsed = parseAddress(withoutZone(address));
    return parsed !== undefined && network(parsed, prefix.length) === wanted;
  };
}

function withoutZone(address: string): string {
  return address.replace(/%.*/, '');
}

/** The first bits of an address: of the two families never the same. */
function network(address: Address, length: number): Address {
  if (typeof address === 'bigint') return address >> BigInt(128 - length);
  return length === 0 ? 0 : address >>> (32 - length);
}
