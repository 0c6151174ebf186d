import { formatAddress, isLinkLocal6, parseAddress, parsePrefix, withZone, type Address } from '../wire/address';
import { mask6 } from './address';
import type { Interface } from './interface';

/** A route as a person writes it. */
export interface RouteConfig {
  /** The destinations: `10.20.0.0/16`, `fd00:20::/32`; `0.0.0.0/0` or `::/0` for all. */
  readonly prefix: string;
  /** The router that packets are handed to; none: the destinations are on the interface's own wire. Link-local ones need no zone. */
  readonly gateway?: string;
  readonly interface: Interface;
  /** Of two routes with prefixes of the same length the one with the lower metric is taken. Default 0. */
  readonly metric?: number;
}

/** A route as the table holds it; its addresses are of one family. */
export interface Route {
  readonly network: Address;
  readonly mask: Address;
  readonly length: number;
  readonly gateway: Address | undefined;
  readonly interface: Interface;
  readonly metric: number;
}

/** The routing table: longest prefix first, then the lowest metric, then the oldest (RFC 1812 §5.2.4.3). */
export class Routes {
  /** In the order in which they are tried: IPv4's, and IPv6's. */
  readonly #routes: Route[] = [];
  readonly #routes6: Route[] = [];
  #version = 0;

  /** Another number whenever the routes, and with them the interfaces, have changed: for who keeps what he has found here. */
  get version(): number {
    return this.#version;
  }

  get all(): readonly Route[] {
    return [...this.#routes, ...this.#routes6];
  }

  /** Addresses or interfaces have changed: what was found here may not hold any more. */
  changed(): void {
    this.#version += 1;
  }

  /**
   * @throws RangeError when the prefix or the gateway cannot be read, they are not of one family, or the gateway is not on the interface's
   *   wire
   */
  add(config: RouteConfig): Route {
    const { interface: through, gateway, metric = 0 } = config;
    const doing = `cannot add a route to ${config.prefix} through ${through.name}`;
    const prefix = parsePrefix(config.prefix);
    if (prefix === undefined) {
      throw new RangeError(
        `${doing}: the prefix is not an address with a length, such as 10.20.0.0/16 or fd00:20::/32`,
      );
    }
    const { length } = prefix;
    const [network, mask] = networkOf(prefix.address, length, through.index);
    const route: Route = {
      network,
      mask,
      length,
      gateway: gateway === undefined ? undefined : this.#gateway(gateway, network, through, doing),
      interface: through,
      metric,
    };
    const routes = this.#of(network);
    const worse = (other: Route): boolean =>
      other.length < length || (other.length === length && other.metric > route.metric);
    const at = routes.findIndex(worse);
    routes.splice(at < 0 ? routes.length : at, 0, route);
    this.changed();
    return route;
  }

  remove(route: Route): void {
    const routes = this.#of(route.network);
    const at = routes.indexOf(route);
    if (at < 0) return;
    routes.splice(at, 1);
    this.changed();
  }

  removeInterface(of: Interface): void {
    for (const route of this.all.filter((route) => route.interface === of)) this.remove(route);
  }

  /** The best route to `destination`, through `through` only where that is given. */
  lookup(destination: Address, through?: Interface): Route | undefined {
    if (typeof destination === 'bigint') return this.#lookup6(destination, through);
    for (const route of this.#routes) {
      if ((destination & (route.mask as number)) >>> 0 !== route.network) continue;
      if (through === undefined || route.interface === through) return route;
    }
    return undefined;
  }

  #lookup6(destination: bigint, through: Interface | undefined): Route | undefined {
    for (const route of this.#routes6) {
      if ((destination & (route.mask as bigint)) !== route.network) continue;
      if (through === undefined || route.interface === through) return route;
    }
    return undefined;
  }

  #of(network: Address): Route[] {
    return typeof network === 'number' ? this.#routes : this.#routes6;
  }

  #gateway(text: string, network: Address, through: Interface, doing: string): Address {
    const parsed = parseAddress(text);
    if (parsed === undefined || typeof parsed !== typeof network) {
      const family = typeof network === 'number' ? 'IPv4' : 'IPv6';
      throw new RangeError(`${doing}: the gateway "${text}" is not an ${family} address`);
    }
    const gateway = typeof parsed === 'bigint' && isLinkLocal6(parsed) ? withZone(parsed, through.index) : parsed;
    const route = this.lookup(gateway, through);
    if (route?.gateway !== undefined || route === undefined) {
      const address = formatAddress(gateway);
      throw new RangeError(
        `${doing}: the gateway ${address} is not on the wire of ${through.name}; add an on-link route first`,
      );
    }
    return gateway;
  }
}

/** A prefix's network and mask, as the table compares them. */
function networkOf(address: Address, length: number, zone: number): [network: Address, mask: Address] {
  if (typeof address === 'bigint') {
    const mask = mask6(length);
    return [(isLinkLocal6(address) && length >= 10 ? withZone(address, zone) : address) & mask, mask];
  }
  const mask = length === 0 ? 0 : (0xffffffff << (32 - length)) >>> 0;
  return [(address & mask) >>> 0, mask];
}
