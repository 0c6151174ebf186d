import type { Scheduled } from '../../clock/clock';
import type { SipKey } from '../../siphash';
import { ALL_ROUTERS, formatAddress, isLinkLocal6, withZone } from '../../wire/address';
import type { NdpMessage, RouterAdvertisement } from '../../wire/ndp';
import { INFINITE_LIFETIME, type NdpPrefixInformation } from '../../wire/ndp-options';
import { mask6, type Ipv6InterfaceAddress } from '../address';
import type { IpHost, IpSettings } from '../host';
import type { Interface } from '../interface';
import type { Route, RouteConfig } from '../routes';
import { selectSource } from '../source-address';
import { Expiring } from './expiring';
import { stableIdentifier } from './identifier';
import { macOf } from './ndp';

const SECOND = 1_000_000;
/** RFC 4861 §10: RTR_SOLICITATION_INTERVAL, and MAX_RTR_SOLICITATIONS. */
const SOLICITATION_INTERVAL = 4 * SECOND;
const SOLICITATIONS = 3;
/** RFC 7217 §6: IDGEN_RETRIES. */
const RETRIES = 3;
/** RFC 4862 §5.5.3 (e): a lifetime is not cut below that by a word that nobody has signed. */
const TWO_HOURS = 7200 * SECOND;
/** fe80::/64. */
const LINK_LOCAL = 0xfe80n << 112n;
/** Interface identifiers have 64 bits on Ethernet (RFC 2464 §4). */
const PREFIX_LENGTH = 64;
/** A default router's place by its preference (RFC 4191 §2.2), behind gateways that were given by hand. */
const METRICS = { high: 1, medium: 2, low: 3 } as const;
/** That of one that does not answer, until it is heard again: any that may answer goes before it (RFC 4191 §3.2). */
const SUSPECT = 4;

/** What autoconfiguration does to its host. */
export interface AutoconfigurationActions {
  /** Gives the interface an address. @throws RangeError when an interface of ours has it already */
  put(own: Ipv6InterfaceAddress): void;
  /** How long an address is preferred has changed. */
  changed(): void;
  remove(address: bigint): void;
  addRoute(config: RouteConfig): Route;
  removeRoute(route: Route): void;
}

/** A name server that a router told of (RFC 8106). */
export interface AdvertisedDns {
  readonly servers: readonly string[];
  readonly search: readonly string[];
}

/**
 * Addresses and routers of an interface without anybody's hand: a link-local address, router discovery (RFC 4861 §6.3), addresses from the
 * prefixes that routers announce (RFC 4862), with identifiers that tell nothing and stay the same in each network (RFC 7217).
 */
export class Autoconfiguration {
  readonly #host: IpHost;
  readonly #settings: IpSettings;
  readonly #interface: Interface;
  readonly #key: SipKey;
  readonly #actions: AutoconfigurationActions;
  /** Default routers, prefixes on the wire, and name servers, each until it ends. */
  readonly #routers: Expiring<bigint, Route>;
  readonly #prefixes: Expiring<string, Route>;
  readonly #servers: Expiring<bigint, undefined>;
  readonly #search: Expiring<string, undefined>;
  /** How often an address of this prefix had a double. */
  readonly #doubles = new Map<bigint, number>();
  #discovers = false;
  #solicitations = 0;
  #solicitation: Scheduled | undefined;
  #check: Scheduled | undefined;

  /** @param key the secret of RFC 7217 */
  constructor(host: IpHost, settings: IpSettings, on: Interface, key: SipKey, actions: AutoconfigurationActions) {
    this.#host = host;
    this.#settings = settings;
    this.#interface = on;
    this.#key = key;
    this.#actions = actions;
    const most = settings.routers;
    const full = (): void => {
      host.count('ndp.routers-full');
    };
    const gone = (route: Route): void => {
      actions.removeRoute(route);
    };
    this.#routers = new Expiring(most, full, gone);
    this.#prefixes = new Expiring(most, full, gone);
    this.#servers = new Expiring(most, full);
    this.#search = new Expiring(most, full);
  }

  /** Name servers and search domains that routers have told of and that hold still. */
  get dns(): AdvertisedDns {
    return { servers: [...this.#servers.keys()].map(formatAddress), search: [...this.#search.keys()] };
  }

  /**
   * Forms the link-local address, which every interface with IPv6 has (RFC 4291 §2.1).
   * @param discover asks for routers, too, and takes what they announce
   */
  start(discover: boolean): void {
    this.#discovers = discover;
    if (!this.#interface.addresses6.some(({ address }) => isLinkLocal6(address))) {
      this.#form(LINK_LOCAL, 'link-local', Infinity, Infinity);
    }
    if (discover) this.#solicit();
  }

  /** Somebody else has an address that was formed here: the next one is tried, a few times (RFC 7217 §6). */
  duplicate(own: Ipv6InterfaceAddress): void {
    if (own.origin === 'static') return;
    const prefix = own.origin === 'link-local' ? LINK_LOCAL : own.network;
    const doubles = (this.#doubles.get(prefix) ?? 0) + 1;
    this.#doubles.set(prefix, doubles);
    if (doubles <= RETRIES) this.#form(prefix, own.origin, own.preferredUntil, own.validUntil);
    else this.#host.count('ndp.autoconf-failed');
  }

  /** A message that concerns routers. */
  receive(message: NdpMessage, from: bigint): void {
    if (message.type === 'router-advertisement' && this.#discovers) this.#advertised(message, from);
    else this.#interface.dropIn('ndp.ignored', () => `${message.type}, from ${formatAddress(from)}`);
  }

  /** A neighbour does not answer. If it is a default router, another one is used before it (RFC 4861 §6.3.6). */
  unreachable(address: bigint): void {
    const route = this.#routers.get(address);
    if (route === undefined || this.#routers.size < 2) return;
    this.#actions.removeRoute(route);
    this.#routers.replace(address, this.#defaultRoute(address, SUSPECT));
  }

  /** A neighbour is no router (any more): nothing is sent to the world through it (RFC 4861 §7.2.5). */
  notRouter(address: bigint): void {
    this.#routers.delete(address);
  }

  close(): void {
    this.#solicitation?.cancel();
    this.#check?.cancel();
  }

  /** RFC 4861 §6.3.7: from our link-local address as soon as that is known to be ours. */
  #solicit(): void {
    const source = selectSource(this.#interface.addresses6, ALL_ROUTERS)?.address;
    const { ethernet } = this.#interface;
    if (source !== undefined && ethernet !== undefined) {
      this.#solicitations += 1;
      const options = [{ kind: 'source-link-layer-address', address: ethernet.mac }] as const;
      ethernet.ndp.send(source, ALL_ROUTERS, { type: 'router-solicitation', options });
    }
    if (this.#solicitations >= SOLICITATIONS) return;
    const delay = source === undefined ? this.#settings.neighbourRetransmit : SOLICITATION_INTERVAL;
    this.#solicitation = this.#host.clock.schedule(this.#host.clock.now() + delay, () => {
      this.#solicit();
    });
  }

  /** RFC 4861 §6.3.4. */
  #advertised(message: RouterAdvertisement, from: bigint): void {
    this.#solicitation?.cancel();
    const { ethernet } = this.#interface;
    const mac = macOf(message.options, 'source-link-layer-address');
    if (mac !== undefined) ethernet?.neighbours6.learn(from, mac, false, true);
    ethernet?.neighbours6.setRouter(from, true);
    if (message.hopLimit > 0) this.#interface.hopLimit = message.hopLimit;
    ethernet?.neighbours6.setTimes(message.reachableTime * 1000, message.retransTimer * 1000);
    this.#router(message, from);
    for (const option of message.options) {
      if (option.kind === 'mtu') this.#interface.limitMtu6(option.mtu);
      else if (option.kind === 'prefix-information') this.#prefix(option);
      else if (option.kind === 'rdnss')
        for (const each of option.servers) this.#keep(this.#servers, this.#zoned(each), option.lifetime);
      else if (option.kind === 'dnssl')
        for (const each of option.domains) this.#keep(this.#search, each, option.lifetime);
    }
    this.#scheduleCheck();
  }

  #router({ routerLifetime, preference }: RouterAdvertisement, from: bigint): void {
    if (routerLifetime === 0) {
      this.#routers.delete(from);
      return;
    }
    const metric = METRICS[preference];
    const known = this.#routers.get(from);
    if (known !== undefined && known.metric !== metric) this.#routers.delete(from);
    this.#routers.set(from, this.#until(routerLifetime), () => this.#defaultRoute(from, metric));
  }

  #defaultRoute(router: bigint, metric: number): Route {
    return this.#actions.addRoute({
      prefix: '::/0',
      gateway: formatAddress(router),
      interface: this.#interface,
      metric,
    });
  }

  /** RFC 4861 §6.3.4 on what is on the wire, RFC 4862 §5.5.3 on addresses. */
  #prefix(option: NdpPrefixInformation): void {
    const { prefix, length, onLink, autonomous, validLifetime, preferredLifetime } = option;
    if (isLinkLocal6(prefix) || prefix >> 120n === 0xffn) return;
    if (onLink) {
      const text = `${formatAddress(prefix)}/${length}`;
      if (validLifetime === 0) this.#prefixes.delete(text);
      else {
        this.#prefixes.set(text, this.#until(validLifetime), () =>
          this.#actions.addRoute({ prefix: text, interface: this.#interface, metric: METRICS.medium }),
        );
      }
    }
    if (!autonomous || preferredLifetime > validLifetime || length !== PREFIX_LENGTH) return;
    const valid = this.#until(validLifetime);
    const preferred = this.#until(preferredLifetime);
    const own = this.#interface.addresses6.find(
      (each) => each.origin === 'autoconf' && each.network === (prefix & mask6(PREFIX_LENGTH)),
    );
    if (own !== undefined) this.#renew(own, preferred, valid);
    else if (validLifetime > 0) this.#form(prefix, 'autoconf', preferred, valid);
  }

  #renew(own: Ipv6InterfaceAddress, preferred: number, valid: number): void {
    const now = this.#host.clock.now();
    own.preferredUntil = preferred;
    if (valid > now + TWO_HOURS || valid > own.validUntil) own.validUntil = valid;
    else if (own.validUntil > now + TWO_HOURS) own.validUntil = now + TWO_HOURS;
    if (own.state === 'deprecated' && preferred > now) own.state = 'preferred';
    this.#actions.changed();
  }

  #form(prefix: bigint, origin: 'link-local' | 'autoconf', preferredUntil: number, validUntil: number): void {
    const { ethernet, index, addresses6 } = this.#interface;
    if (ethernet === undefined) return;
    if (addresses6.length >= this.#settings.addresses) {
      this.#host.count('ndp.addresses-full');
      return;
    }
    const identifier = stableIdentifier(this.#key, prefix, ethernet.mac, this.#doubles.get(prefix) ?? 0);
    const bare = prefix | identifier;
    const address = origin === 'link-local' ? withZone(bare, index) : bare;
    const mask = mask6(PREFIX_LENGTH);
    this.#actions.put({
      cidr: `${formatAddress(bare)}/${PREFIX_LENGTH}`,
      address,
      length: PREFIX_LENGTH,
      mask,
      network: address & mask,
      origin,
      state: 'preferred',
      preferredUntil,
      validUntil,
    });
  }

  #keep<Key>(table: Expiring<Key, undefined>, key: Key, lifetime: number): void {
    if (lifetime === 0) table.delete(key);
    else table.set(key, this.#until(lifetime), () => undefined);
  }

  #zoned(address: bigint): bigint {
    return isLinkLocal6(address) ? withZone(address, this.#interface.index) : address;
  }

  /** @param lifetime in seconds */
  #until(lifetime: number): number {
    return lifetime === INFINITE_LIFETIME ? Infinity : this.#host.clock.now() + lifetime * SECOND;
  }

  /** What has ended goes; then the next end is waited for. */
  #expire(): void {
    const now = this.#host.clock.now();
    for (const table of [this.#routers, this.#prefixes, this.#servers, this.#search]) table.expire(now);
    for (const own of this.#interface.addresses6) {
      if (own.validUntil <= now) this.#actions.remove(own.address);
      else if (own.preferredUntil <= now && own.state === 'preferred') {
        own.state = 'deprecated';
        this.#actions.changed();
      }
    }
    this.#scheduleCheck();
  }

  #scheduleCheck(): void {
    this.#check?.cancel();
    const now = this.#host.clock.now();
    const ends = [this.#routers, this.#prefixes, this.#servers, this.#search].map((table) => table.earliest);
    for (const { preferredUntil, validUntil } of this.#interface.addresses6) {
      ends.push(preferredUntil > now ? preferredUntil : Infinity, validUntil);
    }
    const next = Math.min(...ends);
    this.#check =
      next === Infinity
        ? undefined
        : this.#host.clock.schedule(next, () => {
            this.#expire();
          });
  }
}
