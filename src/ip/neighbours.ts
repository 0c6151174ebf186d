import type { Scheduled } from '../clock/clock';
import { formatAddress, formatMac, type Address } from '../wire/address';
import type { IpHost, IpSettings } from './host';
import type { Interface } from './interface';
import { isMac } from './mac';
import type { NeighbourEvent } from './trace';

/**
 * What is known of a neighbour, in the terms of RFC 4861 §7.3.2: asked and not answered yet; known to be there; not
 * heard of for a while; used since, and given some time to show a sign of life; asked whether it is still there.
 */
export type NeighbourState = 'incomplete' | 'reachable' | 'stale' | 'delay' | 'probe';

/** Nobody makes us ask more often than that, µs. */
const LEAST_RETRANSMIT = 100_000;

/** One neighbour, for people. */
export interface NeighbourStatus {
  readonly address: string;
  readonly mac: string | undefined;
  readonly state: NeighbourState;
  /** IPv6: it says that it is a router. */
  readonly isRouter: boolean;
}

interface Neighbour {
  readonly address: Address;
  state: NeighbourState;
  /** Known in every state but `incomplete`. */
  mac: Uint8Array | undefined;
  /** The end of `reachable`, µs. It is noticed at the next use: a quiet cache sets no timer. */
  reachableUntil: number;
  /** Probes sent since the last answer. */
  probes: number;
  timer: Scheduled | undefined;
  /** IP packets that wait for the first answer, oldest first. */
  readonly queue: Uint8Array[];
  /** Used since the table was last searched for an entry to give up. */
  used: boolean;
  /** It says that it is a router (RFC 4861 §7.3.3); IPv6 only. */
  isRouter: boolean;
}

/** What the cache asks of the protocol and the link around it. */
export interface Resolver {
  /** Asks who has `address`: everybody, or only the station that had it last. */
  solicit(address: Address, mac: Uint8Array | undefined): void;
  /** Sends a packet that waited. */
  release(packet: Uint8Array, mac: Uint8Array): void;
  /** The neighbour did not answer: the packet that waited is lost. */
  unreachable(packet: Uint8Array): void;
  /** It is forgotten for that. */
  failed?(address: Address): void;
}

/**
 * Who is on the wire: addresses and their MACs, learned and checked (RFC 1122 §2.3.2, with the states and times of
 * RFC 4861 §7.3). It knows no protocol: ARP and NDP have a table each.
 */
export class Neighbours {
  readonly #host: IpHost;
  readonly #settings: IpSettings;
  readonly #interface: Interface;
  readonly #resolver: Resolver;
  readonly #table = new Map<Address, Neighbour>();
  readonly #times: { reachable: number; retransmit: number };
  readonly #layer: 'arp' | 'ndp';

  /** @param layer whose drops and counters these are */
  constructor(host: IpHost, settings: IpSettings, on: Interface, layer: 'arp' | 'ndp', resolver: Resolver) {
    this.#layer = layer;
    this.#host = host;
    this.#settings = settings;
    this.#times = { reachable: settings.neighbourReachable, retransmit: settings.neighbourRetransmit };
    this.#interface = on;
    this.#resolver = resolver;
  }

  get entries(): NeighbourStatus[] {
    return [...this.#table.values()].map(({ address, mac, state, isRouter }) => ({
      address: formatAddress(address),
      mac: mac && formatMac(mac),
      state,
      isRouter,
    }));
  }

  /** The MAC to send to now, or `undefined`: then `hold` the packet. */
  resolve(address: Address): Uint8Array | undefined {
    const neighbour = this.#table.get(address);
    if (neighbour === undefined) return undefined;
    neighbour.used = true;
    if (neighbour.state === 'reachable' && this.#host.clock.now() >= neighbour.reachableUntil) {
      this.#enter(neighbour, 'stale');
    }
    if (neighbour.state === 'stale') {
      neighbour.state = 'delay';
      this.#after(this.#settings.neighbourDelay, neighbour);
    }
    return neighbour.mac;
  }

  /** Keeps an IP packet until its neighbour answers, and asks. The bytes must not change any more. */
  hold(address: Address, packet: Uint8Array): void {
    const known = this.#table.get(address);
    const neighbour = known ?? this.#create(address);
    neighbour.used = true;
    if (neighbour.queue.length >= this.#settings.neighbourQueue) {
      neighbour.queue.shift();
      this.#interface.dropOut(`${this.#layer}.queue-full`, () => formatAddress(address));
    }
    neighbour.queue.push(packet);
    if (known !== undefined) return;
    this.#enter(neighbour, 'incomplete');
    this.#probe(neighbour);
  }

  /**
   * A neighbour said that it has `address`.
   * @param solicited it answered a question of ours
   * @param create whether to remember a neighbour that is not in the table
   * @returns whether the neighbour is in the table now
   */
  learn(address: Address, mac: Uint8Array, solicited: boolean, create: boolean): boolean {
    const known = this.#table.get(address);
    if (known === undefined && !create) return false;
    const neighbour = known ?? this.#create(address);
    const moved = neighbour.mac === undefined || !isMac(neighbour.mac, mac);
    if (moved) neighbour.mac = mac.slice();
    if (solicited && (neighbour.state === 'incomplete' || neighbour.state === 'probe')) this.#reached(neighbour);
    else if (moved) this.#enter(neighbour, 'stale');
    this.#releaseAll(neighbour);
    return true;
  }

  /**
   * Neighbor Discovery's news of a neighbour (RFC 4861 §7.2.5).
   * @param mac `undefined`: it is as it was
   * @returns `unknown`: it is not in the table; `taken`: what it said is, too, of `router` as well
   */
  advertised(
    address: Address,
    mac: Uint8Array | undefined,
    {
      solicited,
      override,
      router,
    }: { readonly solicited: boolean; readonly override: boolean; readonly router: boolean },
  ): 'unknown' | 'ignored' | 'taken' {
    const neighbour = this.#table.get(address);
    if (neighbour === undefined) return 'unknown';
    if (neighbour.mac === undefined) {
      if (mac === undefined) return 'ignored';
      neighbour.isRouter = router;
      this.#moves(neighbour, mac, solicited);
      return 'taken';
    }
    const moved = mac !== undefined && !isMac(neighbour.mac, mac);
    if (moved && !override) {
      if (neighbour.state === 'reachable') this.#enter(neighbour, 'stale');
      return 'ignored';
    }
    neighbour.isRouter = router;
    if (moved) this.#moves(neighbour, mac, solicited);
    else if (solicited) this.#reached(neighbour);
    return 'taken';
  }

  /** A router says how long a neighbour counts as reachable, and what is between two probes (RFC 4861 §6.3.2), µs; 0: as it was. */
  setTimes(reachable: number, retransmit: number): void {
    if (reachable > 0) this.#times.reachable = reachable;
    if (retransmit > 0) this.#times.retransmit = Math.max(retransmit, LEAST_RETRANSMIT);
  }

  /** A router said so of itself, or is none any more. */
  setRouter(address: Address, isRouter: boolean): void {
    const neighbour = this.#table.get(address);
    if (neighbour !== undefined) neighbour.isRouter = isRouter;
  }

  #moves(neighbour: Neighbour, mac: Uint8Array, isSure: boolean): void {
    neighbour.mac = mac.slice();
    if (isSure) this.#reached(neighbour);
    else this.#enter(neighbour, 'stale');
    this.#releaseAll(neighbour);
  }

  #releaseAll(neighbour: Neighbour): void {
    for (const packet of neighbour.queue.splice(0)) {
      const to = this.resolve(neighbour.address);
      if (to !== undefined) this.#resolver.release(packet, to);
    }
  }

  /** A layer above saw its packets arrive: the neighbour is there (RFC 4861 §7.3.1). */
  confirm(address: Address): void {
    const neighbour = this.#table.get(address);
    if (neighbour?.mac === undefined) return;
    if (neighbour.state === 'reachable') neighbour.reachableUntil = this.#reachableUntil();
    else this.#reached(neighbour);
  }

  /** A layer above suspects the neighbour (RFC 1122 §3.3.1.4): it is asked at once. */
  suspect(address: Address): void {
    const neighbour = this.#table.get(address);
    if (neighbour?.mac === undefined || neighbour.state === 'probe') return;
    this.#enter(neighbour, 'stale');
    neighbour.state = 'probe';
    this.#probe(neighbour);
  }

  /** Forgets all neighbours, the packets that wait for them, and the timers. */
  clear(): void {
    for (const neighbour of this.#table.values()) neighbour.timer?.cancel();
    this.#table.clear();
  }

  #create(address: Address): Neighbour {
    this.#makeRoom();
    const neighbour: Neighbour = {
      address,
      state: 'incomplete',
      mac: undefined,
      reachableUntil: 0,
      probes: 0,
      timer: undefined,
      queue: [],
      used: false,
      isRouter: false,
    };
    this.#table.set(address, neighbour);
    return neighbour;
  }

  /** Second chance: the oldest entry goes that nobody used since the last search; used ones go to the end. */
  #makeRoom(): void {
    if (this.#table.size < this.#settings.neighbours) return;
    for (const neighbour of this.#table.values()) {
      this.#table.delete(neighbour.address);
      if (neighbour.used) {
        neighbour.used = false;
        this.#table.set(neighbour.address, neighbour);
        continue;
      }
      neighbour.timer?.cancel();
      if (neighbour.state === 'incomplete') {
        this.#interface.dropOut(`${this.#layer}.table-full`, () => formatAddress(neighbour.address));
      }
      return;
    }
  }

  #reachableUntil(): number {
    return this.#host.clock.now() + this.#times.reachable;
  }

  #reached(neighbour: Neighbour): void {
    neighbour.reachableUntil = this.#reachableUntil();
    this.#enter(neighbour, 'reachable');
  }

  /** A new state with nothing under way, and the news of it. */
  #enter(neighbour: Neighbour, state: 'incomplete' | 'reachable' | 'stale'): void {
    neighbour.state = state;
    neighbour.probes = 0;
    neighbour.timer?.cancel();
    neighbour.timer = undefined;
    this.#report(neighbour, state);
  }

  #after(delay: number, neighbour: Neighbour): void {
    const at = this.#host.clock.now() + delay;
    neighbour.timer = this.#host.clock.schedule(at, () => {
      neighbour.timer = undefined;
      this.#timeout(neighbour);
    });
  }

  #timeout(neighbour: Neighbour): void {
    if (neighbour.state === 'delay') neighbour.state = 'probe';
    if (neighbour.probes < this.#settings.neighbourProbes) this.#probe(neighbour);
    else this.#fail(neighbour);
  }

  #probe(neighbour: Neighbour): void {
    neighbour.probes++;
    this.#after(this.#times.retransmit, neighbour);
    this.#resolver.solicit(neighbour.address, neighbour.mac);
  }

  /** Nobody answered. The entry goes: the next packet asks everybody anew. */
  #fail(neighbour: Neighbour): void {
    this.#table.delete(neighbour.address);
    this.#report(neighbour, 'failed');
    this.#resolver.failed?.(neighbour.address);
    for (const packet of neighbour.queue.splice(0)) {
      this.#interface.dropOut(`${this.#layer}.unreachable`, () => formatAddress(neighbour.address));
      this.#resolver.unreachable(packet);
    }
  }

  #report(neighbour: Neighbour, state: NeighbourEvent['state']): void {
    this.#host.trace?.({
      type: 'neighbour',
      time: this.#host.clock.now(),
      link: this.#interface.link.name,
      address: formatAddress(neighbour.address),
      state,
      ...(neighbour.mac && { mac: formatMac(neighbour.mac) }),
    });
  }
}
