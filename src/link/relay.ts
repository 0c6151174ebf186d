import { formatMac } from '../wire/address';
import { readUint16, readUint32 } from '../wire/bytes';
import type { Clock } from '../clock/clock';
import { longestFrame } from './frames';
import type { Frame, Link } from './link';

export interface RelayOptions {
  readonly clock: Clock;
  /** Default `ethernet`. */
  readonly medium?: Link['medium'];
  /** Links that may be there at a time. Default 256. */
  readonly links?: number;
  /** Addresses that are remembered; of more the one that was silent longest is forgotten. Default 4096. */
  readonly addresses?: number;
  /** Seconds after which an address that says nothing is forgotten. Default 300, as IEEE 802.1Q §8.8.3 recommends. */
  readonly age?: number;
}

export interface RelayCounters {
  /** Frames that went to the one link behind which their destination is. */
  forwarded: number;
  /** Frames that went to all other links, for a group or somebody unknown. */
  flooded: number;
  /** Frames for somebody behind the link that they came from. */
  filtered: number;
  /** Times that a link had no room for a frame, or may not carry one so long. */
  dropped: number;
  /** Addresses that were forgotten for want of room. */
  evicted: number;
}

interface Station {
  readonly link: Link;
  /** When it was last heard, µs. */
  heard: number;
}

/** An address as a key: a MAC as a number, IPv4 as one beyond those, IPv6 as text. */
type Key = number | string;

/**
 * A hub that joins links as a switch does: it learns behind which one a station is from what the station sends, and passes frames on
 * to that one; those for a group, or for somebody unknown, to all others. On a medium of IP packets the addresses are
 * IP's. It waits for nobody: a link without room loses the frame.
 */
export class Relay {
  readonly medium: Link['medium'];
  readonly counters: Readonly<RelayCounters>;
  readonly #counters: RelayCounters = { forwarded: 0, flooded: 0, filtered: 0, dropped: 0, evicted: 0 };
  readonly #clock: Clock;
  readonly #mostLinks: number;
  readonly #mostAddresses: number;
  readonly #age: number;
  readonly #links = new Set<Link>();
  /** The one that was silent longest comes first. */
  readonly #stations = new Map<Key, Station>();
  readonly #touched = new Set<Link>();

  constructor({ clock, medium = 'ethernet', links = 256, addresses = 4096, age = 300 }: RelayOptions) {
    this.medium = medium;
    this.counters = this.#counters;
    this.#clock = clock;
    this.#mostLinks = links;
    this.#mostAddresses = addresses;
    this.#age = age * 1_000_000;
  }

  get links(): ReadonlySet<Link> {
    return this.#links;
  }

  /** Addresses that are remembered. */
  get size(): number {
    return this.#stations.size;
  }

  /**
   * Joins a link to the others, until the returned function is called. The relay does not close it.
   * @throws RangeError when it is of another medium, or there are as many as may be
   */
  add(link: Link): () => void {
    if (link.medium !== this.medium) {
      throw new RangeError(`a relay of ${this.medium} cannot join ${link.name}, whose medium is ${link.medium}`);
    }
    if (this.#links.size >= this.#mostLinks) throw new RangeError(`the relay has ${this.#mostLinks} links, its limit`);
    this.#links.add(link);
    link.onReceive = (batch) => {
      for (const frame of batch) this.#receive(frame, link);
      for (const each of this.#touched) each.flush?.();
      this.#touched.clear();
    };
    return () => {
      if (!this.#links.delete(link)) return;
      link.onReceive = () => undefined;
      for (const [key, station] of this.#stations) if (station.link === link) this.#stations.delete(key);
    };
  }

  #receive(frame: Uint8Array, from: Link): void {
    const ends = this.medium === 'ethernet' ? endsOfFrame(frame) : endsOfPacket(frame);
    if (ends === undefined) {
      this.#counters.dropped++;
      return;
    }
    if (ends.src !== undefined) this.#learn(ends.src, from);
    const to = ends.dst === undefined ? undefined : this.#find(ends.dst);
    if (to === from) this.#counters.filtered++;
    else if (to !== undefined) {
      this.#counters.forwarded++;
      this.#send(to, frame);
    } else {
      this.#counters.flooded++;
      for (const link of this.#links) if (link !== from) this.#send(link, frame);
    }
  }

  #send(link: Link, frame: Uint8Array): void {
    const whole: Frame = [frame];
    if (frame.length > longestFrame(link) || !link.send(whole)) this.#counters.dropped++;
    else this.#touched.add(link);
  }

  #learn(key: Key, link: Link): void {
    const heard = this.#clock.now();
    this.#stations.delete(key);
    if (this.#stations.size >= this.#mostAddresses) {
      const [oldest] = this.#stations.keys();
      if (oldest !== undefined) this.#stations.delete(oldest);
      this.#counters.evicted++;
    }
    this.#stations.set(key, { link, heard });
  }

  #find(key: Key): Link | undefined {
    const station = this.#stations.get(key);
    if (station === undefined) return undefined;
    if (this.#clock.now() - station.heard <= this.#age) return station.link;
    this.#stations.delete(key);
    return undefined;
  }
}

/** Who sent it and to whom; `undefined` where that is not one station. */
interface Ends {
  readonly src: Key | undefined;
  readonly dst: Key | undefined;
}

function endsOfFrame(frame: Uint8Array): Ends | undefined {
  if (frame.length < 14) return undefined;
  return { dst: station(frame, 0), src: station(frame, 6) };
}

/** The least significant bit of the first byte says that a MAC means several stations (IEEE 802 §8.2). */
function station(frame: Uint8Array, at: number): number | undefined {
  return ((frame[at] ?? 0) & 1) !== 0 ? undefined : readUint16(frame, at) * 2 ** 32 + readUint32(frame, at + 2);
}

function endsOfPacket(packet: Uint8Array): Ends | undefined {
  const version = (packet[0] ?? 0) >>> 4;
  if (version === 4 && packet.length >= 20) return { src: host4(packet, 12), dst: host4(packet, 16) };
  return version === 6 && packet.length >= 40 ? { src: host6(packet, 8), dst: host6(packet, 24) } : undefined;
}

/** Neither "any", nor a group (224/4), nor what is beyond. */
function host4(packet: Uint8Array, at: number): Key | undefined {
  const address = readUint32(packet, at);
  return address === 0 || address >= 0xe0000000 ? undefined : address;
}

/** Neither "any" nor a group (ff00::/8). */
function host6(packet: Uint8Array, at: number): Key | undefined {
  const bytes = packet.subarray(at, at + 16);
  if (bytes[0] === 0xff || bytes.every((byte) => byte === 0)) return undefined;
  return `${formatMac(bytes)}:${formatMac(bytes, 6)}:${readUint32(bytes, 12)}`;
}
