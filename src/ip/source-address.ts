import { isLinkLocal6, isLoopback6, isMulticast6, isUnspecified6, withoutZone } from '../wire/address';
import { mask6, type Ipv6InterfaceAddress } from './address';

/** A line of the policy table (RFC 6724 §2.1). */
interface Policy {
  readonly network: bigint;
  readonly length: number;
  readonly precedence: number;
  readonly label: number;
}

const policy = (network: bigint, length: number, precedence: number, label: number): Policy => ({
  network,
  length,
  precedence,
  label,
});

/** The default table, the longest prefixes first. */
const POLICIES: readonly Policy[] = [
  policy(1n, 128, 50, 0), // ::1
  policy(0xffffn << 32n, 96, 35, 4), // IPv4, as ::ffff:0:0/96
  policy(0n, 96, 1, 3), // IPv4-compatible, obsolete
  policy(0x20010000n << 96n, 32, 5, 5), // Teredo
  policy(0x2002n << 112n, 16, 30, 2), // 6to4
  policy(0x3ffen << 112n, 16, 1, 12), // 6bone, obsolete
  policy(0xfec0n << 112n, 10, 1, 11), // site-local, obsolete
  policy(0xfc00n << 112n, 7, 3, 13), // unique local
  policy(0n, 0, 40, 1),
];

/** Precedence and label of an IPv6 address; IPv4 addresses are asked for as `::ffff:a.b.c.d` (RFC 6724 §2.1). */
export function policyOf(address: bigint): { readonly precedence: number; readonly label: number } {
  const bare = withoutZone(address);
  const found = POLICIES.find(({ network, length }) => (bare & mask6(length)) === network);
  return found ?? { precedence: 40, label: 1 };
}

/** Scopes as multicast addresses have them (RFC 4291 §2.7); unicast ones have 2 (link-local, loopback), 5 or 14 (RFC 6724 §3.1). */
export function scopeOf(address: bigint): number {
  const bare = withoutZone(address);
  if (isMulticast6(bare)) return Number((bare >> 112n) & 0xfn);
  if (isLinkLocal6(bare) || isLoopback6(bare)) return 2;
  return bare >> 118n === 0x3fbn ? 5 : 14;
}

/** How many leading bits two addresses have in common, of the first `most` (RFC 6724 §2.2). */
export function commonPrefix(one: bigint, other: bigint, most: number): number {
  const difference = (withoutZone(one) ^ withoutZone(other)) >> BigInt(128 - most);
  return difference === 0n ? most : most - difference.toString(2).length;
}

/**
 * Which of our addresses a packet to `destination` gets (RFC 6724 §5): the same address, then by scope, not a deprecated one, by label, by
 * the longest prefix in common. Rule 5, the outgoing interface, is for who makes the list; rules 4 and 7 are about addresses that we do not have.
 * @param candidates in their order of preference where nothing else decides
 * @returns `undefined` when none can be used: there are only tentative ones (RFC 4862 §5.4), or none
 */
export function selectSource(
  candidates: readonly Ipv6InterfaceAddress[],
  destination: bigint,
): Ipv6InterfaceAddress | undefined {
  let best: Ipv6InterfaceAddress | undefined;
  for (const each of candidates) {
    if (each.state === 'tentative' || isUnspecified6(each.address)) continue;
    if (best === undefined || isBetter(each, best, destination)) best = each;
  }
  return best;
}

function isBetter(one: Ipv6InterfaceAddress, other: Ipv6InterfaceAddress, destination: bigint): boolean {
  if (one.address === destination || other.address === destination) return one.address === destination;
  const [scope, otherScope, wanted] = [scopeOf(one.address), scopeOf(other.address), scopeOf(destination)];
  // Rule 2: the smallest scope that is large enough, and of those that are not the largest.
  if (scope !== otherScope) return scope < otherScope ? scope >= wanted : otherScope < wanted;
  if (one.state !== other.state) return one.state === 'preferred';
  const { label } = policyOf(destination);
  const [fits, otherFits] = [policyOf(one.address).label === label, policyOf(other.address).label === label];
  if (fits !== otherFits) return fits;
  return commonPrefix(one.address, destination, one.length) > commonPrefix(other.address, destination, other.length);
}
