import type { Clock } from '../clock/clock';
import type { NatOptions } from './forward/nat/options';
import type { ReversePath } from './forward/options';
import type { IpTraceEvent } from './trace';

/** What the IP layer needs from the stack that it is a part of. */
export interface IpHost {
  /** The stack's clock: its callbacks run as turns of the stack. */
  readonly clock: Clock;
  /** An unsigned 32-bit number nobody can guess, or a seeded one. */
  random32(): number;
  /** Where events go; `undefined` while nobody listens, and then no event is built. */
  readonly trace: ((event: IpTraceEvent) => void) | undefined;
  /** Adds one to a counter, such as `ip.bad-checksum`. */
  count(counter: string): void;
}

/** What the IP layer can be told. Times in µs. */
export interface IpOptions {
  /** Time to live of what we send, 1 to 255. Default 64 (RFC 1700). */
  readonly ttl?: number;
  /** The most neighbours that one interface remembers. Default 1024. */
  readonly neighbours?: number;
  /** The most packets that wait for one unresolved neighbour. Default 100, about what Linux keeps (RFC 1122 §2.3.2.2 asks for one at least). */
  readonly neighbourQueue?: number;
  /** How often a neighbour is asked before it counts as gone. Default 3 (RFC 4861 §10). */
  readonly neighbourProbes?: number;
  /** The time between two probes. Default 1 s, the least that RFC 1122 §2.3.2.1 allows. */
  readonly neighbourRetransmit?: number;
  /** How long a neighbour counts as reachable after it showed that it is. Default 30 s (RFC 4861 §10). */
  readonly neighbourReachable?: number;
  /** How long the first use of a stale neighbour waits for a sign of life before it is probed. Default 5 s (RFC 4861 §10). */
  readonly neighbourDelay?: number;
  /** How often it is asked whether somebody else has a new IPv6 address of ours (RFC 4862 §5.1, DupAddrDetectTransmits). Default 1; 0: not at all. */
  readonly duplicateProbes?: number;
  /** The most default routers, prefixes on the wire and name servers, each, that an interface takes from routers. Default 16. */
  readonly routers?: number;
  /** The most IPv6 addresses that an interface has before it forms no more by itself. Default 16, as Linux has it. */
  readonly addresses?: number;
  /**
   * What makes the IPv6 addresses that are formed here stay the same each time in the same network, and tell nobody anything (RFC 7217 §5).
   * Keep it, and keep it secret. Default: drawn anew.
   */
  readonly stableSecret?: string;
  /** The most ICMP errors that are sent in a second. Default 1000; 0 sends none. */
  readonly icmpRate?: number;
  /** The most ICMP errors that are sent at once. Default 50. */
  readonly icmpBurst?: number;
  /** The most pings that can be open at once. Default 64. */
  readonly pings?: number;
  /** The least path MTU in bytes that a router is believed. Default 552, as Linux has it; below it packets go out without DF. */
  readonly minPathMtu?: number;
  /** How long a path MTU is believed before a larger one is tried again. Default 10 minutes (RFC 1191 §6.3). */
  readonly pathMtuExpires?: number;
  /** The most destinations whose path MTU is remembered. Default 1024; beyond it the oldest is forgotten. */
  readonly pathMtuCache?: number;
  /**
   * Heed routers that name a better first hop (RFC 1122 §3.2.2.2, RFC 4861 §8). Default `false`: whoever is on the wire can say so in a
   * router's name.
   */
  readonly acceptRedirects?: boolean;
  /** The most destinations whose first hop a router has named. Default 64; others are not heeded meanwhile. */
  readonly redirects?: number;
  /** Take packets that came by a source route, and send by one (RFC 791 §3.1). Default `false`: they are dropped (RFC 6274 §3.13.2.3). */
  readonly sourceRoute?: boolean;
  /** Tell routers and switches which multicast groups we are in, by IGMP and MLD. Default `true`. */
  readonly groupReports?: boolean;
  /** Pass on packets that are for others: be a router, too (RFC 1812, RFC 8200). Default `false`. */
  readonly forward?: boolean;
  /**
   * With `forward`: pass on only packets whose source could be reached where they came from (`strict`), or at all (`loose`; RFC 3704).
   * Default `off` (RFC 1812 §5.3.8).
   */
  readonly reversePath?: ReversePath;
  /** Times and bounds of address translation, on interfaces with `masquerade`. */
  readonly nat?: NatOptions;
  /**
   * Be a host with strong ends (RFC 1122 §3.3.4.2): a packet is taken only on the interface that has its destination, and leaves only by
   * the one that has its source. Not together with `forward`. Default `false`: weak ends.
   */
  readonly strongHost?: boolean;
  /** How long the fragments of a packet wait for the rest. Default 60 s (RFC 1122 §3.3.2, RFC 8200 §4.5). */
  readonly reassemblyTimeout?: number;
  /** The most bytes that fragments take while they wait, with what the tables around them take. Default 4 MiB, as Linux has it. */
  readonly reassemblyBytes?: number;
  /** The most packets that wait for fragments. Default 1024. */
  readonly reassemblies?: number;
  /** The most fragments of one packet. Default 256: a packet of 64 KiB over an MTU of 296 has 241. */
  readonly reassemblyFragments?: number;
  /** What one source (in IPv6 a /64) may have of both at the most. Default 0.25. */
  readonly reassemblyShare?: number;
}

/** The options with their defaults in place. */
export type IpSettings = Required<IpOptions>;

export const IP_DEFAULTS: IpSettings = {
  ttl: 64,
  neighbours: 1024,
  neighbourQueue: 100,
  neighbourProbes: 3,
  neighbourRetransmit: 1_000_000,
  neighbourReachable: 30_000_000,
  neighbourDelay: 5_000_000,
  duplicateProbes: 1,
  routers: 16,
  addresses: 16,
  stableSecret: '',
  icmpRate: 1000,
  icmpBurst: 50,
  pings: 64,
  minPathMtu: 552,
  pathMtuExpires: 600_000_000,
  pathMtuCache: 1024,
  acceptRedirects: false,
  redirects: 64,
  sourceRoute: false,
  groupReports: true,
  forward: false,
  reversePath: 'off',
  nat: {},
  strongHost: false,
  reassemblyTimeout: 60_000_000,
  reassemblyBytes: 4 << 20,
  reassemblies: 1024,
  reassemblyFragments: 256,
  reassemblyShare: 0.25,
};
