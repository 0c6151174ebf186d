import { isLimitedBroadcast, isLoopback, isMulticast } from '../wire/address';
import { IPV4_HEADER } from '../wire/ipv4';
import { ipv4OptionsLength } from '../wire/ipv4-options';
import type { Interface } from './interface';
import type { PathMtus } from './path-mtu';
import type { Routes } from './routes';
import { firstHop, sourceRouteOption, type SourceRoute } from './source-route';

/** The way from one of our addresses to another host. It holds as long as interfaces and routes stay as they are. */
export class Path {
  readonly interface: Interface;
  readonly #mtus: PathMtus;

  constructor(
    mtus: PathMtus,
    on: Interface,
    /** Our address, uint32. */
    readonly source: number,
    /** uint32 */
    readonly destination: number,
    /** Who gets the packet on the interface's wire: the destination itself, or a router. uint32 */
    readonly nextHop: number,
    /** The routers to be passed on the way, where the sender chose them. */
    readonly sourceRoute?: SourceRoute,
  ) {
    this.interface = on;
    this.#mtus = mtus;
  }

  /** The largest IP packet in bytes that gets there, as far as is known now: what was learned of the path, or what the interface takes. */
  get mtu(): number {
    return this.#mtus.mtu(this.destination, this.interface.mtu);
  }

  /** What the IPv4 header takes of `mtu`, in bytes, the source route included and the packet's own options not. */
  get headerLength(): number {
    const { sourceRoute, destination } = this;
    if (sourceRoute === undefined) return IPV4_HEADER;
    return IPV4_HEADER + ipv4OptionsLength([sourceRouteOption(sourceRoute, destination)]);
  }

  /** False when the path takes so little that routers must fragment (RFC 1191 §3). */
  get dontFragment(): boolean {
    return !this.#mtus.fragments(this.destination);
  }
}

/**
 * Which addresses are ours, and which way leads to others. We are a host with weak ends (RFC 1122 §3.3.4.2): a
 * packet to any address of ours is taken on any interface.
 */
export class Paths {
  readonly #interfaces: readonly Interface[];
  readonly #routes: Routes;
  readonly #mtus: PathMtus;
  /** Which interface has which address. */
  readonly #owners = new Map<number, Interface>();
  #loopback: Interface | undefined;

  constructor(interfaces: readonly Interface[], routes: Routes, mtus: PathMtus) {
    this.#interfaces = interfaces;
    this.#routes = routes;
    this.#mtus = mtus;
  }

  /** Reads anew what the interfaces have. */
  update(): void {
    this.#owners.clear();
    for (const each of this.#interfaces) for (const { address } of each.addresses) this.#owners.set(address, each);
    this.#loopback = this.#interfaces.find((each) => each.loopback);
  }

  /** True for our addresses, and with a loopback interface for all of 127.0.0.0/8 (RFC 1122 §3.2.1.3). */
  isLocal(address: number): boolean {
    if (this.#owners.has(address)) return true;
    return this.#loopback !== undefined && isLoopback(address) && !this.#loopback.isBroadcast(address);
  }

  /** True for the limited broadcast, and for the directed broadcast of each network that we are in. */
  isBroadcast(address: number): boolean {
    if (isLimitedBroadcast(address)) return true;
    for (const each of this.#interfaces) if (each.isBroadcast(address)) return true;
    return false;
  }

  /**
   * The way to `remote`, from `local` where that is given (uint32).
   * @returns `EADDRNOTAVAIL`: `local` is not ours, or cannot be seen outside; `ENETUNREACH`: no route
   */
  find(remote: number, local?: number): Path | 'ENETUNREACH' | 'EADDRNOTAVAIL' {
    if (local !== undefined && !this.isLocal(local)) return 'EADDRNOTAVAIL';
    if (remote >>> 24 === 0) return 'ENETUNREACH';
    if (this.isLocal(remote) || isLoopback(remote)) return this.#within(remote, local);
    if (local !== undefined && isLoopback(local)) return 'EADDRNOTAVAIL';

    const owner = local === undefined ? undefined : this.#owners.get(local);
    const route = this.#route(remote, owner);
    const out = route?.interface ?? this.#groupInterface(remote, owner);
    if (out === undefined) return 'ENETUNREACH';
    const nextHop = route?.gateway ?? remote;
    const source = local ?? out.sourceTo(nextHop);
    if (source === undefined) return 'EADDRNOTAVAIL';
    return new Path(this.#mtus, out, source, remote, nextHop);
  }

  /**
   * The way to `remote` by a source route: out of the interface that leads to its first hop.
   * @returns as `find` does for the first hop; `EINVAL`: the route cannot be
   */
  findBy(route: SourceRoute, remote: number, local?: number): Path | 'ENETUNREACH' | 'EADDRNOTAVAIL' | 'EINVAL' {
    const first = firstHop(route);
    if (first === undefined || this.isLocal(first) || this.isBroadcast(first)) return 'EINVAL';
    const path = this.find(first, local);
    if (typeof path === 'string') return path;
    return new Path(this.#mtus, path.interface, path.source, remote, path.nextHop, route);
  }

  /**
   * The way to a multicast group or to 255.255.255.255: out of the interface `through`, or of the one that has `local`, or of the one that
   * `groupInterface` says.
   * @returns `undefined` when no interface has an address
   */
  toGroup(group: number, local?: number, through?: Interface): Path | undefined {
    const out = through ?? (local === undefined ? undefined : this.interfaceOf(local)) ?? this.groupInterface(group);
    const source = local ?? out?.sourceTo(group);
    if (out === undefined || source === undefined) return undefined;
    return new Path(this.#mtus, out, source, group, group);
  }

  /** Where a group is when nobody says: where the routes lead to it, or the first interface with a wire, or loopback. */
  groupInterface(group: number): Interface | undefined {
    return this.#groupInterface(group, undefined) ?? this.#loopback;
  }

  /** The interface that has this address; with a loopback interface it is that for all of 127.0.0.0/8. */
  interfaceOf(address: number): Interface | undefined {
    return this.#owners.get(address) ?? (isLoopback(address) ? this.#loopback : undefined);
  }

  /** What is sent to ourselves never reaches a wire. */
  #within(remote: number, local: number | undefined): Path | 'ENETUNREACH' {
    const loopback = this.#loopback;
    if (loopback === undefined) return 'ENETUNREACH';
    const source = local ?? (isLoopback(remote) ? loopback.sourceTo(remote) : remote) ?? remote;
    return new Path(this.#mtus, loopback, source, remote, remote);
  }

  /** Of routes that are equally good by prefix, the one through the interface that has the source address. */
  #route(
    remote: number,
    owner: Interface | undefined,
  ): { interface: Interface; gateway: number | undefined } | undefined {
    // "Everybody on this wire" is behind no router, and no prefix says which wire.
    if (isLimitedBroadcast(remote)) return owner && { interface: owner, gateway: undefined };
    const best = this.#routes.lookup(remote);
    if (best === undefined || owner === undefined || best.interface === owner) return best;
    const own = this.#routes.lookup(remote, owner);
    return own?.length === best.length ? own : best;
  }

  /** Broadcast and multicast need no route: the default route's interface, or the first one that has a wire. */
  #groupInterface(remote: number, owner: Interface | undefined): Interface | undefined {
    if (!isLimitedBroadcast(remote) && !isMulticast(remote)) return undefined;
    return owner ?? this.#routes.lookup(remote)?.interface ?? this.#interfaces.find((each) => !each.loopback);
  }
}
