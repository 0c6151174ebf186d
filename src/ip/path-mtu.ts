import type { Address } from '../wire/address';
import type { IpHost, IpSettings } from './host';

/** RFC 1191 §3: no estimate goes below what every link of IPv4 takes (RFC 791 §3.2). */
const SMALLEST_MTU = 68;

/** What every link of IPv6 takes (RFC 8200 §5): no estimate goes below it (RFC 8201 §4). */
export const SMALLEST_MTU6 = 1280;

/** Sizes between which the MTUs of real links lie, largest first (RFC 1191 §7.1, table 7-1). */
const PLATEAUS = [65_535, 32_000, 17_914, 8166, 4352, 2002, 1492, 1006, 508, 296];

/**
 * What to try next when a router says that a packet of `size` bytes is too big and not what would fit (next-hop MTU 0, RFC 1191 §5).
 * @returns the next smaller plateau, 68 at the least
 */
export function nextLowerPlateau(size: number): number {
  return PLATEAUS.find((plateau) => plateau < size) ?? SMALLEST_MTU;
}

interface Learned {
  readonly mtu: number;
  /** When, µs. */
  readonly at: number;
  /** A router takes less than we believe: packets of `mtu` bytes must be allowed to be fragmented. */
  readonly fragments: boolean;
}

/**
 * What was learned of the paths to other hosts: the largest packet that gets through, by destination (RFC 1191 §3). A value is forgotten
 * after a while, so that a larger one is tried again (RFC 1191 §6.3, RFC 8201 §4).
 */
export class PathMtus {
  readonly #host: IpHost;
  readonly #settings: IpSettings;
  /** The one that was learned last is the last. */
  readonly #learned = new Map<Address, Learned>();

  constructor(host: IpHost, settings: IpSettings) {
    this.#host = host;
    this.#settings = settings;
  }

  /** The largest packet in bytes that gets to `destination`, as far as is known; `linkMtu` is what our own link takes. */
  mtu(destination: Address, linkMtu: number): number {
    return Math.min(linkMtu, this.#get(destination)?.mtu ?? linkMtu);
  }

  /** True when the path takes less than we let others tell us, so that its packets must not carry DF. */
  fragments(destination: Address): boolean {
    return this.#get(destination)?.fragments ?? false;
  }

  /**
   * A router said that packets larger than `mtu` do not get through. An estimate only ever falls by this (RFC 1191 §3); hearing the same
   * again makes it new. Below `minPathMtu` nobody is believed: then it stays there, and the packets may be fragmented.
   */
  lower(destination: Address, linkMtu: number, mtu: number): void {
    if (mtu >= linkMtu || mtu > this.mtu(destination, linkMtu)) return;
    const isIpv4 = typeof destination === 'number';
    const least = isIpv4 ? Math.max(this.#settings.minPathMtu, SMALLEST_MTU) : SMALLEST_MTU6;
    // RFC 8200 §5: an IPv6 host never has to send less than 1280 bytes, and no router fragments.
    const fragments = isIpv4 && (mtu < least || this.fragments(destination));
    this.#set(destination, { mtu: Math.max(mtu, least), at: this.#host.clock.now(), fragments });
  }

  /** A packet of `size` bytes was seen to get through: a probe (RFC 4821 §7.6, RFC 8899 §5.2). An estimate only ever rises by this. */
  raise(destination: Address, size: number): void {
    const known = this.#get(destination);
    if (known === undefined || size <= known.mtu) return;
    this.#learned.set(destination, { mtu: size, at: known.at, fragments: false });
  }

  #get(destination: Address): Learned | undefined {
    if (this.#learned.size === 0) return undefined;
    const learned = this.#learned.get(destination);
    if (learned === undefined) return undefined;
    if (this.#host.clock.now() - learned.at < this.#settings.pathMtuExpires) return learned;
    this.#learned.delete(destination);
    return undefined;
  }

  #set(destination: Address, learned: Learned): void {
    this.#learned.delete(destination);
    this.#learned.set(destination, learned);
    if (this.#learned.size <= this.#settings.pathMtuCache) return;
    const [oldest = destination] = this.#learned.keys();
    this.#learned.delete(oldest);
    this.#host.count('ip.path-mtu-full');
  }
}
