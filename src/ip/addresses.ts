import type { SipKey } from '../siphash';
import { formatAddress, solicitedNode, type Address } from '../wire/address';
import type { InterfaceAddress, Ipv6InterfaceAddress } from './address';
import { AddressClaims } from './address-claims';
import type { IpHost, IpSettings } from './host';
import type { Interface, InterfaceConfig } from './interface';
import { Autoconfiguration } from './ndp/autoconfiguration';
import { stableKey } from './ndp/identifier';
import type { Paths } from './paths';
import type { Route, Routes } from './routes';

type Own = InterfaceAddress | Ipv6InterfaceAddress;

/** The addresses of our interfaces as they come and go, and what comes and goes with each: its route, its groups, its defence. */
export class Addresses {
  readonly #host: IpHost;
  readonly #settings: IpSettings;
  readonly #interfaces: readonly Interface[];
  readonly #routes: Routes;
  readonly #paths: Paths;
  readonly #removed: (address: Address) => void;
  readonly #claims = new Map<Interface, AddressClaims>();
  /** The routes that addresses have brought. */
  readonly #brought = new Set<Route>();
  #stableKey: SipKey | undefined;

  /** @param removed called when an address has been taken away */
  constructor(
    host: IpHost,
    settings: IpSettings,
    interfaces: readonly Interface[],
    routes: Routes,
    paths: Paths,
    removed: (address: Address) => void,
  ) {
    this.#host = host;
    this.#settings = settings;
    this.#interfaces = interfaces;
    this.#routes = routes;
    this.#paths = paths;
    this.#removed = removed;
  }

  /** See `Ip.addAddress`. */
  add(to: Interface, cidr: string): Own {
    const doing = `cannot give ${to.name} the address ${cidr}`;
    const own = to.read(cidr, doing);
    this.put(to, own, doing);
    return own;
  }

  /** See `Ip.putAddress`. */
  put(to: Interface, own: Own, doing: string): void {
    this.#requireFree(own, doing);
    to.put(own);
    this.#paths.update();
    this.#addressRoute(to, own, to.metric);
    this.#host.clock.turn(() => {
      this.#settle(to, own, true);
      // It may have become tentative, and is not ours then.
      this.#paths.update();
      this.#claims.get(to)?.addressesChanged();
    });
  }

  /** See `Ip.removeAddress`. */
  remove(from: Interface, address: Address): void {
    const own = [...from.addresses, ...from.addresses6].find((each) => each.address === address);
    if (own === undefined) return;
    from.take(own);
    this.#removeRoute(from, own);
    if (!('state' in own)) from.ethernet?.arp.release(own.address);
    else if (from.ethernet !== undefined) {
      from.groups.leave(solicitedNode(own.address));
      from.ethernet.ndp.removed(own);
    }
    this.#paths.update();
    this.#claims.get(from)?.addressesChanged();
    this.#host.clock.turn(() => {
      this.#removed(own.address);
    });
  }

  /** A new interface's addresses must be nobody else's. @throws RangeError when one is in use */
  requireFree({ addresses, addresses6, unchecked }: Interface, doing: string): void {
    for (const each of [...addresses, ...addresses6, ...unchecked]) this.#requireFree(each, doing);
  }

  /** An interface begins: its addresses are told, or looked for. */
  start(on: Interface, config: InterfaceConfig): void {
    const { announce = true } = config;
    for (const each of [...on.addresses, ...on.addresses6]) this.#settle(on, each, announce);
    this.#startIpv6(on, config);
    on.dhcp?.start();
    this.#claimAddresses(on, config);
  }

  /** An interface ends. */
  forget(on: Interface): void {
    on.autoconfiguration?.close();
    this.#claims.delete(on);
    for (const route of this.#brought) if (route.interface === on) this.#brought.delete(route);
  }

  /** RFC 4291 §2.1: every interface with IPv6 has a link-local address. */
  #startIpv6(on: Interface, { slaac = false, ipv6 = slaac || on.addresses6.length > 0 }: InterfaceConfig): void {
    if (!ipv6 || on.ethernet === undefined) return;
    this.#stableKey ??= stableKey(this.#host, this.#settings.stableSecret);
    on.autoconfiguration = new Autoconfiguration(this.#host, this.#settings, on, this.#stableKey, {
      put: (own) => {
        this.put(on, own, `cannot form an address on ${on.name}`);
      },
      changed: () => {
        this.#paths.update();
      },
      remove: (address) => {
        this.remove(on, address);
      },
      addRoute: (route) => this.#routes.add(route),
      removeRoute: (route) => {
        this.#routes.remove(route);
      },
    });
    on.autoconfiguration.start(slaac);
  }

  /** Addresses that have to be checked, or found, before they can be used. */
  #claimAddresses(on: Interface, config: InterfaceConfig): void {
    if (on.ethernet === undefined || (on.unchecked.length === 0 && (config.linkLocal ?? false) === false)) return;
    const claims = new AddressClaims(on, on.ethernet, config, {
      put: (own) => {
        // Another interface may have got it meanwhile.
        if (this.#paths.isLocal(own.address)) return;
        this.put(on, own, `cannot give ${on.name} the address ${own.cidr}`);
      },
      remove: (own) => {
        this.remove(on, own.address);
        this.#removeRoute(on, own);
      },
    });
    this.#claims.set(on, claims);
    claims.start();
  }

  #requireFree({ address, cidr }: Own, doing: string): void {
    for (const each of this.#interfaces) {
      if (![...each.addresses, ...each.addresses6].some((own) => own.address === address)) continue;
      throw new RangeError(`${doing}: ${cidr} is in use on ${each.name}`);
    }
  }

  /** The routes that come with an interface: to the networks that it is in, and to its gateways. @throws RangeError for a gateway that cannot be */
  addRoutes(attached: Interface, { gateway = [], metric = 0, defaultRoute = false }: InterfaceConfig): void {
    const { addresses, addresses6, unchecked } = attached;
    for (const own of [...addresses, ...addresses6, ...unchecked]) this.#addressRoute(attached, own, metric);
    if (defaultRoute) {
      if (addresses.length > 0) this.#routes.add({ prefix: '0.0.0.0/0', interface: attached, metric });
      if (addresses6.length > 0) this.#routes.add({ prefix: '::/0', interface: attached, metric });
    }
    for (const each of typeof gateway === 'string' ? [gateway] : gateway) {
      const prefix = each.includes(':') ? '::/0' : '0.0.0.0/0';
      this.#routes.add({ prefix, gateway: each, interface: attached, metric });
    }
  }

  /** The wire that an address is on, unless another address has brought the route. */
  #addressRoute(on: Interface, own: Own, metric: number): void {
    if (!bringsRoute(own) || this.#routeOf(on, own) !== undefined) return;
    const prefix = `${formatAddress(own.network)}/${own.length}`;
    this.#brought.add(this.#routes.add({ prefix, interface: on, metric }));
  }

  /** The route to an address's wire, if no other address needs it. */
  #removeRoute(from: Interface, own: Own): void {
    const others = [...from.addresses, ...from.addresses6];
    if (others.some((each) => bringsRoute(each) && isOfNetwork(each, own))) return;
    const route = this.#routeOf(from, own);
    if (route === undefined) return;
    this.#brought.delete(route);
    this.#routes.remove(route);
  }

  #routeOf(on: Interface, own: Own): Route | undefined {
    return this.#routes.all.find((each) => each.interface === on && isOfNetwork(each, own) && this.#brought.has(each));
  }

  /** What an address brings with it: its solicited-node group, and that it is looked for (RFC 4862 §5.4). */
  #settle(on: Interface, own: Own, announce: boolean): void {
    if (on.loopback) return;
    if (!('state' in own)) {
      on.ethernet?.arp.hold(own.address, announce);
      return;
    }
    if (on.ethernet === undefined) return;
    on.groups.join(solicitedNode(own.address));
    on.ethernet.ndp.added(own, announce);
  }
}

interface Network {
  readonly network: Address;
  readonly length: number;
}

function isOfNetwork(one: Network, other: Network): boolean {
  return one.network === other.network && one.length === other.length;
}

/** RFC 5942 §4: what is on the wire with an address from an announced prefix, the router says, and says apart. */
function bringsRoute(own: Own): boolean {
  return !('origin' in own) || own.origin !== 'autoconf';
}
