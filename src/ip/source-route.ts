import { formatIpv4Address, parseIpv4Address, type Address } from '../wire/address';
import { readUint8 } from '../wire/bytes';
import { WireError } from '../wire/error';
import type { QuotedIp } from '../wire/icmpv6';
import { IPV4_HEADER } from '../wire/ipv4';
import { isSourceRoute, parseIpv4Options, recordedRoute, type SourceRouteOption } from '../wire/ipv4-options';
import { isUnicast } from './address';

/** An option has room for nine addresses (RFC 791 §3.1), and the last one is the destination. */
const MOST_HOPS = 9;

/** The pointer of a route of which nothing is used up. */
const START = 4;

/** A way to a host that the sender chose (RFC 791 §3.1). */
export interface SourceRoute {
  /** No other routers between those that are named. */
  readonly strict: boolean;
  /** The routers, the nearest first; the destination itself is not among them. 1 to 9. */
  readonly hops: readonly string[];
}

/** The first router's address (uint32), or `undefined` for a route that cannot be: no hop, more than nine, or one that is no host's. */
export function firstHop({ hops }: SourceRoute): number | undefined {
  if (hops.length > MOST_HOPS) return undefined;
  const addresses = hops.map(parseIpv4Address);
  return addresses.every((address) => address !== undefined && isUnicast(address)) ? addresses[0] : undefined;
}

/**
 * The option of a packet that leaves for `destination` (uint32) by this route. The packet's header names the first hop, the option what
 * comes behind it (RFC 1122 §3.2.1.8 (c), case A).
 */
export function sourceRouteOption({ strict, hops }: SourceRoute, destination: number): SourceRouteOption {
  return {
    kind: strict ? 'strict-source-route' : 'loose-source-route',
    pointer: START,
    route: [...hops.slice(1), formatIpv4Address(destination)],
  };
}

/** True when the packet is where it was to go: nothing of the route is left. */
export function isComplete(option: SourceRouteOption): boolean {
  return recordedRoute(option).length >= option.route.length;
}

/**
 * The way back to who sent a packet with this option: the routers that it came by, in the other order (RFC 1122 §3.2.1.8 (c), RFC 9293
 * §3.9.2.1, MUST-53). A route that starts with the sender's own address, as old ones do (case B), loses it.
 * @param source the packet's source
 * @returns `undefined` when it came by none, or is not complete
 */
export function reverseSourceRoute(option: SourceRouteOption, source: string): SourceRoute | undefined {
  if (!isComplete(option)) return undefined;
  const [first, ...others] = option.route;
  const hops = first === source ? others : [...option.route];
  if (hops.length === 0) return undefined;
  return { strict: option.kind === 'strict-source-route', hops: hops.reverse() };
}

/** Where a packet that an ICMP error quotes was to go in the end: with a source route the header names only its next hop. */
export function finalDestination(quoted: QuotedIp): Address {
  if (quoted.version === 6) return quoted.dst;
  const { bytes, offset, dst } = quoted;
  const headerLength = (readUint8(bytes, offset) & 0xf) * 4;
  if (headerLength === IPV4_HEADER) return dst;
  const options = parseIpv4Options(bytes.subarray(offset + IPV4_HEADER, offset + headerLength));
  if (options instanceof WireError) return dst;
  const route = options.find(isSourceRoute);
  if (route === undefined || isComplete(route)) return dst;
  return parseIpv4Address(route.route.at(-1) ?? '') ?? dst;
}
