import { randomInt } from 'node:crypto';
import type { ChannelContext } from './channel';
import type { DnsCounters } from './counters';
import type { ExchangeContext } from './exchange';
import { Gate } from './gate';
import type { Family, NameContext } from './getaddrinfo';
import { hostsOf, parseHosts } from './hosts';
import { parseResolvConf, type ResolvConf } from './resolv-conf';
import { parseServers } from './servers';
import { parseServices } from './services';
import type { Modules } from './transport';
import { WatchedFile } from './watched-file';

export interface DnsOptions extends Modules {
  /** The time of the stack that `net` and `dgram` are of. */
  readonly clock: ExchangeContext['clock'];
  /**
   * The servers, as `dns.setServers` takes them, for the module and for each `Resolver` that sets none; a function is asked
   * for each question. Default: those of `resolvConf`, and 127.0.0.1 when there is none.
   */
  readonly servers?: readonly string[] | (() => readonly string[] | undefined);
  /**
   * The domains in which names with few dots are looked for; a function is asked for each name. Default: those of `resolvConf`.
   */
  readonly search?: readonly string[] | (() => readonly string[] | undefined);
  /** Names and their addresses, before those of `hostsFile`. */
  readonly hosts?: Readonly<Record<string, string | readonly string[]>>;
  /** Default `/etc/hosts`, read when a name is looked up; false for none. */
  readonly hostsFile?: string | false;
  /** Default `/etc/resolv.conf`, read when a server is needed; false for none. */
  readonly resolvConf?: string | false;
  /** Default `/etc/services`, for `lookupService`; false for none. */
  readonly servicesFile?: string | false;
  /** The families of which the stack has addresses: for `localhost`, `ADDRCONFIG` and the order of addresses. Default: IPv4. */
  readonly families?: () => readonly Family[];
  /** How many questions may be under way at once; each has a socket. Default 1000. */
  readonly maxQueries?: number;
  /** How many more may wait for their turn; what is beyond fails with ENOMEM. Default 10,000. */
  readonly maxWaiting?: number;
  /** Where the ids of queries come from: 32 random bits. Default: the system's generator. */
  readonly random32?: () => number;
}

/** How long a server may take the first time, in ms, where neither `Resolver` nor resolv.conf says: as in c-ares. */
const TIMEOUT = 2000;

/** What the parts of one `dns` share. */
export interface Contexts {
  readonly names: NameContext;
  readonly context: ChannelContext;
  /** The names of TCP's ports. */
  readonly services: WatchedFile<ReadonlyMap<number, string>>;
}

/** @throws TypeError for `servers` or `hosts` that are no addresses */
export function contextsOf(options: DnsOptions, counters: DnsCounters): Contexts {
  const resolvConf = new WatchedFile(pathOf(options.resolvConf, '/etc/resolv.conf'), parseResolvConf);
  return {
    names: nameContextOf(options, resolvConf),
    context: channelContextOf(options, counters, resolvConf),
    services: new WatchedFile(pathOf(options.servicesFile, '/etc/services'), parseServices),
  };
}

function nameContextOf(options: DnsOptions, resolvConf: WatchedFile<ResolvConf>): NameContext {
  const own = hostsOf(options.hosts ?? {});
  const file = new WatchedFile(pathOf(options.hostsFile, '/etc/hosts'), parseHosts);
  const { search } = options;
  const given = typeof search === 'function' ? search : () => search;
  const inOrder = (one: readonly string[], other: () => readonly string[]): readonly string[] =>
    one.length > 0 ? one : other();
  return {
    addressesOf: (name) => inOrder(own.addressesOf(name), () => file.content.addressesOf(name)),
    namesOf: (address) => inOrder(own.namesOf(address), () => file.content.namesOf(address)),
    search: () => {
      const { search, ndots } = resolvConf.content;
      return { search: given() ?? search, ndots };
    },
    families: options.families ?? (() => [4]),
  };
}

function channelContextOf(
  options: DnsOptions,
  counters: DnsCounters,
  resolvConf: WatchedFile<ResolvConf>,
): ChannelContext {
  const { clock, maxQueries = 1000, maxWaiting = 10_000 } = options;
  const { servers } = options;
  const given = typeof servers === 'function' ? servers : () => servers;
  if (typeof servers !== 'function' && servers !== undefined) parseServers(servers);
  const fromFile = (): readonly string[] => {
    const { nameservers } = resolvConf.content;
    return nameservers.length > 0 ? nameservers : ['127.0.0.1'];
  };
  return {
    // Read at each use: the modules may come to be after this one, which looks names up for them.
    get net() {
      return options.net;
    },
    get dgram() {
      return options.dgram;
    },
    clock,
    counters,
    gate: new Gate(maxQueries, maxWaiting, counters),
    random32: options.random32 ?? (() => randomInt(2 ** 32)),
    servers: () => parseServers(given() ?? fromFile()),
    timeout: () => resolvConf.content.timeout ?? TIMEOUT,
  };
}

function pathOf(path: string | false | undefined, standard: string): string | undefined {
  return path === false ? undefined : (path ?? standard);
}
