import { formatIpv4Address, parseIpv4Address, parseIpv4Prefix } from '../wire/address';
import type { Interface } from './interface';

/** A route as a person writes it. */
export interface RouteConfig {
  /** The destinations: `10.20.0.0/16`, or `0.0.0.0/0` for all. */
  readonly prefix: string;
  /** The router that packets are handed to; none: the destinations are on the interface's own wire. */
  readonly gateway?: string;
  readonly interface: Interface;
  /** Of two routes with prefixes of the same length the one with the lower metric is taken. Default 0. */
  readonly metric?: number;
}

/** A route as the table holds it. Addresses are uint32. */
export interface Route {
  readonly network: number;
  readonly mask: number;
  readonly length: number;
  readonly gateway: number | undefined;
  readonly interface: Interface;
  readonly metric: number;
}

/** The routing table: longest prefix first, then the lowest metric, then the oldest (RFC 1812 §5.2.4.3). */
export class Routes {
  /** In the order in which they are tried. */
  readonly #routes: Route[] = [];
  #version = 0;

  /** Another number whenever the routes, and with them the interfaces, have changed: for who keeps what he has found here. */
  get version(): number {
    return this.#version;
  }

  get all(): readonly Route[] {
    return this.#routes;
  }

  /**
   * @throws RangeError when the prefix or the gateway cannot be read, or the gateway is not on the interface's wire
   */
  add(config: RouteConfig): Route {
    const doing = `cannot add a route to ${config.prefix} through ${config.interface.name}`;
    const prefix = parseIpv4Prefix(config.prefix);
    if (prefix === undefined) {
      throw new RangeError(`${doing}: the prefix is not an IPv4 address with a length, such as 10.20.0.0/16`);
    }
    const route: Route = {
      network: (prefix.address & prefix.mask) >>> 0,
      mask: prefix.mask,
      length: prefix.length,
      gateway: config.gateway === undefined ? undefined : this.#gateway(config.gateway, config.interface, doing),
      interface: config.interface,
      metric: config.metric ?? 0,
    };
    const worse = (other: Route): boolean =>
      other.length < route.length || (other.length === route.length && other.metric > route.metric);
    const at = this.#routes.findIndex(worse);
    this.#routes.splice(at < 0 ? this.#routes.length : at, 0, route);
    this.#version += 1;
    return route;
  }

  remove(route: Route): void {
    const at = this.#routes.indexOf(route);
    if (at < 0) return;
    this.#routes.splice(at, 1);
    this.#version += 1;
  }

  removeInterface(of: Interface): void {
    for (const route of this.#routes.filter((route) => route.interface === of)) this.remove(route);
  }

  /** The best route to `destination` (uint32), through `through` only where that is given. */
  lookup(destination: number, through?: Interface): Route | undefined {
    for (const route of this.#routes) {
      if ((destination & route.mask) >>> 0 !== route.network) continue;
      if (through === undefined || route.interface === through) return route;
    }
    return undefined;
  }

  #gateway(text: string, through: Interface, doing: string): number {
    const gateway = parseIpv4Address(text);
    if (gateway === undefined) throw new RangeError(`${doing}: the gateway "${text}" is not an IPv4 address`);
    const route = this.lookup(gateway, through);
    if (route?.gateway !== undefined || route === undefined) {
      const address = formatIpv4Address(gateway);
      throw new RangeError(
        `${doing}: the gateway ${address} is not on the wire of ${through.name}; add an on-link route first`,
      );
    }
    return gateway;
  }
}
