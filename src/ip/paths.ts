import {
  isLimitedBroadcast,
  isLinkLocal6,
  isLoopback,
  isLoopback6,
  isMulticast,
  isMulticast6,
  isUnspecified6,
  withZone,
  zoneOf,
  type Address,
} from '../wire/address';
import { IPV4_HEADER } from '../wire/ipv4';
import { IPV6_HEADER } from '../wire/ipv6-extensions';
import { ipv4OptionsLength } from '../wire/ipv4-options';
import type { Interface } from './interface';
import { isLinkLocal4 } from './link-local';
import type { PathMtus } from './path-mtu';
import type { Routes } from './routes';
import { selectSource } from './source-address';
import { firstHop, sourceRouteOption, type SourceRoute } from './source-route';

/** The way from one of our addresses to another host. It holds as long as interfaces and routes stay as they are. */
export class Path {
  readonly interface: Interface;
  readonly #mtus: PathMtus;

  constructor(
    mtus: PathMtus,
    on: Interface,
    /** Our address. */
    readonly source: Address,
    readonly destination: Address,
    /** Who gets the packet on the interface's wire: the destination itself, or a router. */
    readonly nextHop: Address,
    /** The routers to be passed on the way, where the sender chose them; IPv4 only. */
    readonly sourceRoute?: SourceRoute,
  ) {
    this.interface = on;
    this.#mtus = mtus;
  }

  get version(): 4 | 6 {
    return typeof this.destination === 'number' ? 4 : 6;
  }

  /** The largest IP packet in bytes that gets there, as far as is known now: what was learned of the path, or what the interface takes. */
  get mtu(): number {
    const { mtu, mtu6 } = this.interface;
    return this.#mtus.mtu(this.destination, typeof this.destination === 'number' ? mtu : mtu6);
  }

  /** What the IP header takes of `mtu`, in bytes, the source route included and the packet's own options not. */
  get headerLength(): number {
    const { sourceRoute, destination } = this;
    if (typeof destination === 'bigint') return IPV6_HEADER;
    if (sourceRoute === undefined) return IPV4_HEADER;
    return IPV4_HEADER + ipv4OptionsLength([sourceRouteOption(sourceRoute, destination)]);
  }

  /** False when the path takes so little that routers must fragment (RFC 1191 §3). */
  get dontFragment(): boolean {
    return !this.#mtus.fragments(this.destination);
  }
}

/** Why there is no way. */
export type NoPath = 'ENETUNREACH' | 'EADDRNOTAVAIL';

/**
 * Which addresses are ours, and which way leads to others. We are a host with weak ends (RFC 1122 §3.3.4.2), unless told otherwise: a
 * packet to any address of ours is taken on any interface, and leaves by the one that routes say, whatever its source.
 */
export class Paths {
  readonly #interfaces: readonly Interface[];
  readonly #routes: Routes;
  readonly #mtus: PathMtus;
  /** Which interface has which address. */
  readonly #owners = new Map<Address, Interface>();
  #loopback: Interface | undefined;
  readonly #strong: boolean;

  /** @param strong a host with strong ends: packets leave only by the interface that has their source */
  constructor(interfaces: readonly Interface[], routes: Routes, mtus: PathMtus, strong = false) {
    this.#interfaces = interfaces;
    this.#routes = routes;
    this.#mtus = mtus;
    this.#strong = strong;
  }

  /** Reads anew what the interfaces have. Addresses that are tentative are not ours yet (RFC 4862 §5.4). */
  update(): void {
    this.#owners.clear();
    for (const each of this.#interfaces) {
      for (const { address } of each.addresses) this.#owners.set(address, each);
      for (const { address, state } of each.addresses6) if (state !== 'tentative') this.#owners.set(address, each);
    }
    this.#loopback = this.#interfaces.find((each) => each.loopback);
    this.#routes.changed();
  }

  /** True for our addresses, and with a loopback interface for all of 127.0.0.0/8 (RFC 1122 §3.2.1.3). */
  isLocal(address: Address): boolean {
    if (this.#owners.has(address)) return true;
    return (
      this.#loopback !== undefined &&
      typeof address === 'number' &&
      isLoopback(address) &&
      !this.#loopback.isBroadcast(address)
    );
  }

  /** True for the limited broadcast, and for the directed broadcast of each network that we are in. */
  isBroadcast(address: Address): boolean {
    if (typeof address === 'bigint') return false;
    if (isLimitedBroadcast(address)) return true;
    for (const each of this.#interfaces) if (each.isBroadcast(address)) return true;
    return false;
  }

  /**
   * The way to `remote`, from `local` where that is given, which is of the same family. A link-local address without a zone is on the only
   * interface with IPv6 and a wire, if there is just one (RFC 4007 §6).
   * @returns `EADDRNOTAVAIL`: `local` is not ours, or cannot be seen outside, or we have no address to go from; `ENETUNREACH`: no route
   */
  find(remote: Address, local?: Address): Path | NoPath {
    if (local !== undefined && !this.isLocal(local)) return 'EADDRNOTAVAIL';
    if (typeof remote === 'bigint') {
      return local === undefined || typeof local === 'bigint' ? this.#find6(remote, local) : 'EADDRNOTAVAIL';
    }
    return local === undefined || typeof local === 'number' ? this.#find4(remote, local) : 'EADDRNOTAVAIL';
  }

  #find4(remote: number, local: number | undefined): Path | NoPath {
    if (remote >>> 24 === 0) return 'ENETUNREACH';
    if (this.isLocal(remote) || isLoopback(remote)) return this.#within(remote, local, isLoopback(remote));
    if (local !== undefined && isLoopback(local)) return 'EADDRNOTAVAIL';

    const owner = local === undefined ? undefined : this.#owners.get(local);
    const route = this.#route(remote, owner);
    const out = route?.interface ?? this.#groupInterface(remote, owner);
    if (out === undefined) return 'ENETUNREACH';
    const gateway = typeof route?.gateway === 'number' && !isLinkLocal4(remote) ? route.gateway : remote;
    const source = local ?? out.sourceTo(gateway) ?? this.#anyAddress(out);
    if (source === undefined) return 'EADDRNOTAVAIL';
    // RFC 3927 §2.6.2: what is link-local at either end goes to no router.
    const nextHop = isLinkLocal4(source) ? remote : gateway;
    return new Path(this.#mtus, out, source, remote, nextHop);
  }

  #find6(unzoned: bigint, local: bigint | undefined): Path | NoPath {
    const remote = this.zoned(unzoned, local);
    if (remote === undefined || isUnspecified6(remote)) return 'ENETUNREACH';
    if (this.isLocal(remote) || isLoopback6(remote)) return this.#within(remote, local, isLoopback6(remote));
    if (local !== undefined && isLoopback6(local)) return 'EADDRNOTAVAIL';

    const owner = local === undefined ? undefined : this.#owners.get(local);
    const route = this.#route(remote, owner);
    const out = route?.interface ?? this.#groupInterface(remote, owner);
    if (out === undefined) return 'ENETUNREACH';
    const source = local ?? this.#source6(out, remote);
    if (source === undefined) return 'EADDRNOTAVAIL';
    return new Path(this.#mtus, out, source, remote, route?.gateway ?? remote);
  }

  /** A link-local address with its zone: the local end's, or that of the only interface that can be meant; `undefined` when several can. */
  zoned(address: bigint, local?: bigint): bigint | undefined {
    if (!isLinkLocal6(address) || zoneOf(address) !== 0) return address;
    if (local !== undefined && zoneOf(local) !== 0) return withZone(address, zoneOf(local));
    const [only, another] = this.#interfaces.filter((each) => !each.loopback && each.addresses6.length > 0);
    return only === undefined || another !== undefined ? undefined : withZone(address, only.index);
  }

  /** RFC 6724 §4 and §5: of the outgoing interface's addresses; where it has none that reaches so far, another interface's. */
  #source6(out: Interface, remote: bigint): bigint | undefined {
    const own = selectSource(out.addresses6, remote);
    if (isLinkLocal6(remote) || isMulticast6(remote) || this.#strong) return own?.address;
    if (own !== undefined && !isLinkLocal6(own.address)) return own.address;
    const others = this.#interfaces
      .flatMap(({ addresses6 }) => addresses6)
      .filter((each) => !isLinkLocal6(each.address));
    return (
      selectSource(
        others.filter((each) => !isLoopback6(each.address)),
        remote,
      ) ?? own
    )?.address;
  }

  /** An interface without an address of its own borrows one, as weak ends let it. */
  #anyAddress(out: Interface): number | undefined {
    if (out.addresses.length > 0 || this.#strong) return undefined;
    return this.#interfaces.find((each) => !each.loopback && each.addresses.length > 0)?.addresses[0]?.address;
  }

  /**
   * The way to `remote` by a source route: out of the interface that leads to its first hop.
   * @returns as `find` does for the first hop; `EINVAL`: the route cannot be
   */
  findBy(route: SourceRoute, remote: number, local?: number): Path | NoPath | 'EINVAL' {
    const first = firstHop(route);
    if (first === undefined || this.isLocal(first) || this.isBroadcast(first)) return 'EINVAL';
    const path = this.find(first, local);
    if (typeof path === 'string') return path;
    return new Path(this.#mtus, path.interface, path.source, remote, path.nextHop, route);
  }

  /**
   * The way to a multicast group or to 255.255.255.255: out of the interface `through`, or of the one that has `local`, or of the one that
   * `groupInterface` says. Where that has no address yet, 255.255.255.255 can be reached from 0.0.0.0 (RFC 1122 §3.2.1.3), and a group
   * of IPv6 from `::`.
   * @returns `undefined` when there is no interface, or none with an address
   */
  toGroup(group: Address, local?: Address, through?: Interface): Path | undefined {
    const out = through ?? (local === undefined ? undefined : this.interfaceOf(local)) ?? this.groupInterface(group);
    if (out === undefined) return undefined;
    const source = local ?? this.#sourceToGroup(out, group);
    return source === undefined ? undefined : new Path(this.#mtus, out, source, group, group);
  }

  #sourceToGroup(out: Interface, group: Address): Address | undefined {
    if (typeof group === 'bigint') return selectSource(out.addresses6, group)?.address;
    return out.sourceTo(group) ?? (isLimitedBroadcast(group) ? 0 : undefined);
  }

  /** A path that goes out of `through` to a neighbour or a group on its wire, from an address that may not be ours: for the protocols below. */
  direct(through: Interface, source: Address, destination: Address): Path {
    return new Path(this.#mtus, through, source, destination, destination);
  }

  /** Where a group is when nobody says: where the routes lead to it, or the first interface with a wire, or loopback. */
  groupInterface(group: Address): Interface | undefined {
    return this.#groupInterface(group, undefined) ?? this.#loopback;
  }

  /** The interface that has this address; with a loopback interface it is that for all of 127.0.0.0/8. */
  interfaceOf(address: Address): Interface | undefined {
    const isLoop = typeof address === 'number' ? isLoopback(address) : isLoopback6(address);
    return this.#owners.get(address) ?? (isLoop ? this.#loopback : undefined);
  }

  /** The interface with this index, which is its zone. */
  interfaceAt(index: number): Interface | undefined {
    return this.#interfaces.find((each) => each.index === index);
  }

  /** What is sent to ourselves never reaches a wire. */
  #within(remote: Address, local: Address | undefined, isLoop: boolean): Path | 'ENETUNREACH' {
    const loopback = this.#loopback;
    if (loopback === undefined) return 'ENETUNREACH';
    const own =
      typeof remote === 'number' ? loopback.sourceTo(remote) : selectSource(loopback.addresses6, remote)?.address;
    const source = local ?? (isLoop ? own : remote) ?? remote;
    return new Path(this.#mtus, loopback, source, remote, remote);
  }

  /** Of routes that are equally good by prefix, the one through the interface that has the source address. */
  #route(
    remote: Address,
    owner: Interface | undefined,
  ): { interface: Interface; gateway: Address | undefined } | undefined {
    // "Everybody on this wire" is behind no router, and no prefix says which wire.
    if (typeof remote === 'number' && isLimitedBroadcast(remote)) {
      return owner && { interface: owner, gateway: undefined };
    }
    if (this.#strong && owner !== undefined) return this.#routes.lookup(remote, owner);
    const best = this.#routes.lookup(remote);
    if (best === undefined || owner === undefined || best.interface === owner) return best;
    const own = this.#routes.lookup(remote, owner);
    return own?.length === best.length ? own : best;
  }

  /** Broadcast and multicast need no route: the default route's interface, or the first one that has a wire. */
  #groupInterface(remote: Address, owner: Interface | undefined): Interface | undefined {
    if (typeof remote === 'bigint') {
      if (!isMulticast6(remote)) return undefined;
      const hasIpv6 = (each: Interface): boolean => !each.loopback && each.addresses6.length > 0;
      return owner ?? this.#routes.lookup(remote)?.interface ?? this.#interfaces.find(hasIpv6);
    }
    if (!isLimitedBroadcast(remote) && !isMulticast(remote)) return undefined;
    return owner ?? this.#routes.lookup(remote)?.interface ?? this.#interfaces.find((each) => !each.loopback);
  }
}
