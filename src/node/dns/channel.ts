import { isIPv4, isIPv6 } from 'node:net';
import { invalidArgType } from '../argument-errors';
import { badLocalAddress, CODE, NO_SERVER, pendingQueries, type QueryErrorCode } from './errors';
import type { Peer } from './exchange';
import type { DnsAnswer, DnsQuestion } from './message';
import { wireName } from './names';
import type { QueryContext } from './query';
import { Query, refusalOf } from './query';
import type { NameServer } from './servers';
import { formatServer, parseServers } from './servers';
import type { LocalAddresses } from './transport';

/** What the channels of one `dns` share. */
export interface ChannelContext extends QueryContext {
  /** The servers for who has set none. */
  servers(): readonly NameServer[];
  /** How long a server may take, in ms, for who has not said. */
  timeout(): number;
}

export interface ChannelOptions {
  /** In ms; undefined for the system's. */
  readonly timeout: number | undefined;
  readonly tries: number;
}

/** What a resolver asks through: its servers, and its questions that are under way. */
export class Channel {
  private chosen: readonly NameServer[] | undefined;
  private local: LocalAddresses = {};
  private peers: readonly Peer[] = [];
  private readonly pending = new Map<Query, (code: QueryErrorCode) => void>();

  constructor(
    private readonly context: ChannelContext,
    private readonly options: ChannelOptions,
  ) {}

  get servers(): string[] {
    return this.serversNow().map(formatServer);
  }

  /**
   * Sets the servers to ask, in this order.
   * @throws ERR_INVALID_ARG_TYPE, ERR_INVALID_IP_ADDRESS; ERR_DNS_SET_SERVERS_FAILED while questions are under way
   */
  setServers(servers: readonly string[]): void {
    const parsed = parseServers(servers);
    if (this.pending.size > 0) throw pendingQueries(servers);
    this.chosen = parsed;
  }

  /**
   * Sets the addresses to ask from, one of a family.
   * @throws ERR_INVALID_ARG_TYPE, ERR_INVALID_ARG_VALUE
   */
  setLocalAddress(first: string, second?: string): void {
    checkString('ipv4', first);
    if (second !== undefined) checkString('ipv6', second);
    const addresses = second === undefined ? [first] : [first, second];
    if (!addresses.every((each) => isIPv4(each) || isIPv6(each))) throw badLocalAddress('Invalid IP address.');
    if (addresses.filter((each) => isIPv4(each)).length > 1)
      throw badLocalAddress('Cannot specify two IPv4 addresses.');
    if (addresses.filter((each) => isIPv6(each)).length > 1)
      throw badLocalAddress('Cannot specify two IPv6 addresses.');
    this.local = { ipv4: addresses.find((each) => isIPv4(each)), ipv6: addresses.find((each) => isIPv6(each)) };
  }

  /**
   * Asks for records of a name.
   * @param done called once and never from inside this call, with an answer that has records or with what went wrong
   */
  ask(name: string, type: DnsQuestion['type'], done: (result: DnsAnswer | QueryErrorCode) => void): void {
    const wire = wireName(name);
    const peers = this.peersNow();
    const fail = (code: QueryErrorCode): void => {
      process.nextTick(done, code);
    };
    if (peers.length === 0) {
      fail(NO_SERVER);
      return;
    }
    if (wire === undefined) {
      fail(CODE.BADNAME);
      return;
    }
    // RFC 7686 §2: such names are not for the DNS.
    if (wire === 'onion' || wire.endsWith('.onion')) {
      fail(CODE.NOTFOUND);
      return;
    }
    const { tries, timeout = this.context.timeout() } = this.options;
    const queryOptions = { local: this.local, timeout, tries };
    const query = new Query(this.context, peers, { name: wire, type }, queryOptions, (result) => {
      this.pending.delete(query);
      done(typeof result === 'object' ? (refusalOf(result) ?? result) : result);
    });
    this.pending.set(query, done);
    if (query.start()) return;
    this.pending.delete(query);
    fail(CODE.NOMEM);
  }

  /** Ends all questions that are under way with ECANCELLED. */
  cancel(): void {
    const cancelled = [...this.pending];
    this.pending.clear();
    for (const [, done] of cancelled) process.nextTick(done, CODE.CANCELLED);
    // The last first: they may wait for the first to leave.
    for (const [query] of cancelled.reverse()) query.cancel();
  }

  private serversNow(): readonly NameServer[] {
    return this.chosen ?? this.context.servers();
  }

  /** What was learnt of a server stays while it is one. */
  private peersNow(): readonly Peer[] {
    const known = new Map(this.peers.map((peer) => [formatServer(peer.server), peer]));
    this.peers = this.serversNow().map(
      (server) => known.get(formatServer(server)) ?? { server, withoutEdns: false, avoidedUntil: 0 },
    );
    return this.peers;
  }
}

function checkString(name: string, value: unknown): void {
  if (typeof value !== 'string') throw invalidArgType(name, 'of type string', value);
}
