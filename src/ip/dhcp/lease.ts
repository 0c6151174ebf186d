import { formatIpv4Address, isLoopback, parseIpv4Address, parseIpv4Prefix, type Ipv4Prefix } from '../../wire/address';
import type { ClasslessRoute, DhcpOptionValues } from '../../wire/dhcp-options';
import type { DhcpMessage } from '../../wire/dhcp';
import { isUnicast } from '../address';
import { fraction } from './backoff';
import { SECOND } from './options';

/** What a server has given us. Addresses as text; times in µs on the stack's clock, `Infinity` for a lease without an end. */
export interface DhcpLease {
  readonly address: string;
  /** Of the address's network: 24. */
  readonly prefixLength: number;
  /** Who gave it. */
  readonly server: string;
  /** When we asked for it: it counts from then (RFC 2131 §4.4.1). */
  readonly since: number;
  /** From then on we ask the server to let us have it longer. */
  readonly t1: number;
  /** From then on we ask any server. */
  readonly t2: number;
  /** From then on it is not ours any more. */
  readonly expires: number;
  /** Where packets are sent to; without a router: to the interface's own wire. In the order in which they can be added. */
  readonly routes: readonly { readonly prefix: string; readonly router?: string }[];
  readonly nameServers: readonly string[];
  /** Domains in which names with few dots are looked for. */
  readonly search: readonly string[];
  readonly mtu?: number;
  readonly ntpServers: readonly string[];
  /** What the server says that we are called. */
  readonly hostName?: string;
}

/** The most of each kind that a lease has: more is nobody's honest need. */
const MOST = { routes: 64, nameServers: 8, search: 32, ntpServers: 8 };

/** The whole of an address space is no network that one wire has: masks shorter than this are a mistake. */
const SHORTEST_PREFIX = 4;
const FOREVER = 0xffffffff;
/** The smallest datagram that every host takes (RFC 791 §3.1). Below it, an MTU is an attack or a mistake. */
const SMALLEST_MTU = 576;

const DOMAIN = /^[A-Za-z0-9_-]{1,63}(\.[A-Za-z0-9_-]{1,63})*\.?$/;

/** What a lease is read with. */
export interface LeaseContext {
  /** When the message was sent that this answers, µs. */
  readonly since: number;
  readonly now: number;
  /** µs */
  readonly minLease: number;
  readonly random32: () => number;
}

/**
 * The lease that an OFFER or ACK has in it.
 * @returns why no host can have it, in words
 */
export function readLease(message: DhcpMessage, server: string, context: LeaseContext): DhcpLease | string {
  const { options } = message;
  const address = parseIpv4Address(message.yiaddr) ?? 0;
  if (!isUnicast(address) || isReserved(address)) return `${message.yiaddr} is not an address that a host can have`;
  const network = networkOf(address, options.subnetMask);
  if (typeof network === 'string') return network;
  const times = timesOf(options, context);
  if (typeof times === 'string') return times;
  const routes = routesOf(options, network);
  if (typeof routes === 'string') return routes;
  const { interfaceMtu = 0 } = options;
  const hostName = options.hostName !== undefined && DOMAIN.test(options.hostName) ? options.hostName : undefined;
  return {
    address: message.yiaddr,
    prefixLength: network.length,
    server,
    ...times,
    routes,
    nameServers: hosts(options.domainNameServers, MOST.nameServers),
    search: searchOf(options),
    ntpServers: hosts(options.ntpServers, MOST.ntpServers),
    ...(interfaceMtu >= SMALLEST_MTU && { mtu: interfaceMtu }),
    ...(hostName !== undefined && { hostName }),
  };
}

/** 240.0.0.0/4, which nobody has (RFC 1112 §4). */
function isReserved(address: number): boolean {
  return address >>> 28 === 0xf;
}

/** The network that the address is in, by its mask or, without one, by its class (RFC 791 §2.3). */
function networkOf(address: number, maskText: string | undefined): Ipv4Prefix | string {
  const length = maskText === undefined ? classLength(address) : prefixLength(parseIpv4Address(maskText) ?? 0);
  const text = formatIpv4Address(address);
  if (length === undefined || length < SHORTEST_PREFIX) return `${maskText ?? ''} is not the mask of a network`;
  const mask = (0xffffffff << (32 - length)) >>> 0;
  if (length <= 30) {
    const host = (address & ~mask) >>> 0;
    if (host === 0) return `${text}/${length} names the network itself`;
    if (host === ~mask >>> 0) return `${text}/${length} is the network's broadcast address`;
  }
  return { address, length, mask };
}

/** How many bits are set, when all of them come first. */
function prefixLength(mask: number): number | undefined {
  const length = Math.clz32(~mask);
  return length === 32 || mask << length === 0 ? length : undefined;
}

function classLength(address: number): number {
  if (address >>> 31 === 0) return 8;
  return address >>> 30 === 2 ? 16 : 24;
}

function timesOf(
  { leaseTime, renewalTime, rebindingTime }: DhcpOptionValues,
  { since, now, minLease, random32 }: LeaseContext,
): Pick<DhcpLease, 'since' | 't1' | 't2' | 'expires'> | string {
  if (leaseTime === undefined) return 'it says no lease time';
  if (leaseTime === FOREVER) return { since, t1: Infinity, t2: Infinity, expires: Infinity };
  const lease = leaseTime * SECOND;
  if (lease < minLease) return `a lease of ${leaseTime} s is too short (minLease)`;
  if (since + lease <= now) return `the lease of ${leaseTime} s was over before it came`;
  // RFC 2131 §4.4.5: half of the lease and seven eighths, and a little less, so that those who began together do not come together again.
  const early = (time: number): number => time - fraction(random32, lease / 32);
  let t1 = (renewalTime ?? 0) * SECOND;
  let t2 = (rebindingTime ?? 0) * SECOND;
  if (t2 <= SECOND || t2 >= lease) t2 = early((lease * 7) / 8);
  if (t1 < SECOND || t1 >= t2) t1 = Math.min(early(lease / 2), t2);
  return { since, t1: since + Math.floor(t1), t2: since + Math.floor(t2), expires: since + lease };
}

/** Classless routes replace the routers (RFC 3442). Each router must be on the wire by the address's network or by a route before it. */
function routesOf(options: DhcpOptionValues, own: Ipv4Prefix): DhcpLease['routes'] | string {
  const given = options.classlessRoutes;
  if (given === undefined) {
    const router = options.routers?.find((text) => text !== '0.0.0.0');
    if (router === undefined) return [];
    // A network of one address: its router is on the wire nevertheless, as clouds have it.
    const bridge: ClasslessRoute[] = own.length === 32 ? [{ prefix: `${router}/32`, router: '0.0.0.0' }] : [];
    return checkedRoutes([...bridge, { prefix: '0.0.0.0/0', router }], own);
  }
  return checkedRoutes(given, own);
}

function checkedRoutes(given: readonly ClasslessRoute[], own: Ipv4Prefix): DhcpLease['routes'] | string {
  if (given.length > MOST.routes) return `it has ${given.length} routes, and ${MOST.routes} are the most`;
  const onWire: Ipv4Prefix[] = [own];
  const direct: { prefix: string }[] = [];
  const through: { prefix: string; router: string }[] = [];
  for (const { prefix, router } of given) {
    const parsed = parseIpv4Prefix(prefix);
    if (parsed === undefined) return `${prefix} is not a prefix`;
    if (router === '0.0.0.0') {
      onWire.push(parsed);
      direct.push({ prefix });
    } else through.push({ prefix, router });
  }
  for (const { router } of through) {
    const address = parseIpv4Address(router) ?? 0;
    if (!isUnicast(address) || isReserved(address)) return `${router} is not an address that a router can have`;
    if (address === own.address) return `the router ${router} is we ourselves`;
    if (!onWire.some((network) => contains(network, address))) return `the router ${router} is not on our wire`;
  }
  return [...direct, ...through];
}

function contains({ address, mask }: Ipv4Prefix, other: number): boolean {
  return ((address ^ other) & mask) === 0;
}

/** Those that can be asked. A server that names our own loopback, or nobody, is passed over. */
function hosts(given: readonly string[] = [], most: number): string[] {
  const good = given.filter((text) => {
    const address = parseIpv4Address(text);
    return address !== undefined && isUnicast(address) && !isLoopback(address) && !isReserved(address);
  });
  return [...new Set(good)].slice(0, most);
}

/** RFC 3397 §4: the search list, or else the domain. Some servers write several domains into that, with spaces. */
function searchOf({ domainSearch, domainName = '' }: DhcpOptionValues): string[] {
  const given = domainSearch ?? domainName.split(' ').filter((name) => name !== '');
  const names = given.filter((name) => name.length <= 253 && DOMAIN.test(name)).map((name) => name.replace(/\.$/, ''));
  return [...new Set(names)].slice(0, MOST.search);
}
