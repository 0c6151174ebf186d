import { isLoopback, toMapped, type Address } from '../wire/address';
import type { AddressState } from './address';
import { commonPrefix, policyOf, scopeOf } from './source-address';

/** An address that could be called, and the one of ours that it would be called from. */
export interface Destination {
  readonly address: Address;
  /** `undefined`: there is no way to it. */
  readonly source:
    { readonly address: Address; readonly length: number; readonly state?: AddressState | undefined } | undefined;
}

/**
 * Which of two addresses of a name to try first (RFC 6724 §6), as a comparison for `sort`. Rules 4 (home addresses) and 7 (native
 * transport) are about what we do not have. Rule 9 is IPv6's: with IPv4 the longest common prefix says nothing of the way (RFC 6724 §10.2).
 */
export function compareDestinations(one: Destination, other: Destination): number {
  const [mine, its] = [toIpv6(one.address), toIpv6(other.address)];
  return (
    // Rule 1: avoid what cannot be reached.
    first(one.source !== undefined, other.source !== undefined) ||
    compareSources(one, other) ||
    // Rule 6: prefer higher precedence.
    policyOf(its).precedence - policyOf(mine).precedence ||
    // Rule 8: prefer smaller scope.
    scopeOfAny(mine) - scopeOfAny(its) ||
    longestPrefix(one, other)
  );
}

/** Rules 2, 3 and 5. */
function compareSources(one: Destination, other: Destination): number {
  const { source } = one;
  const { source: otherSource } = other;
  if (source === undefined || otherSource === undefined) return 0;
  const [mine, its] = [toIpv6(one.address), toIpv6(other.address)];
  const [from, otherFrom] = [toIpv6(source.address), toIpv6(otherSource.address)];
  return (
    // Rule 2: prefer matching scope.
    first(scopeOfAny(mine) === scopeOfAny(from), scopeOfAny(its) === scopeOfAny(otherFrom)) ||
    // Rule 3: avoid deprecated addresses.
    first(source.state !== 'deprecated', otherSource.state !== 'deprecated') ||
    // Rule 5: prefer matching label.
    first(policyOf(from).label === policyOf(mine).label, policyOf(otherFrom).label === policyOf(its).label)
  );
}

function first(one: boolean, other: boolean): number {
  return Number(other) - Number(one);
}

/** Rule 9. */
function longestPrefix(one: Destination, other: Destination): number {
  if (typeof one.address !== 'bigint' || typeof other.address !== 'bigint') return 0;
  return common(other) - common(one);
}

function common({ address, source }: Destination): number {
  if (source === undefined) return 0;
  return commonPrefix(toIpv6(address), toIpv6(source.address), source.length);
}

function toIpv6(address: Address): bigint {
  return typeof address === 'bigint' ? address : toMapped(address);
}

/** RFC 6724 §3.2: of IPv4, loopback and link-local addresses reach as far as those of IPv6, and all others are global. */
function scopeOfAny(address: bigint): number {
  if (address >> 32n !== 0xffffn) return scopeOf(address);
  const ipv4 = Number(BigInt.asUintN(32, address));
  return isLoopback(ipv4) || ipv4 >>> 16 === 0xa9fe ? 2 : 14;
}
