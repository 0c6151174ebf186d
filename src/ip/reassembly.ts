import type { Scheduled } from '../clock/clock';
import { formatAddress, type Address } from '../wire/address';
import { FragmentPieces } from './fragment-pieces';
import type { Drop } from './drops';
import type { IpHost } from './host';

/** A fragment of either family, as reassembly needs to know it. Offsets and lengths are in bytes. */
export interface Fragment {
  /** In IPv6 with the zone. */
  readonly src: Address;
  readonly dst: Address;
  /** What the packet carries. In IPv6 only the first fragment knows. */
  readonly protocol: number;
  /** 16 bits in IPv4, 32 in IPv6. */
  readonly identification: number;
  /** Where its payload begins in that of the whole. */
  readonly fragmentOffset: number;
  readonly moreFragments: boolean;
  readonly ecn: number;
  /** Where the packet is, and the payload in it: `bytes[offset..payload..end)`. */
  readonly bytes: Uint8Array;
  readonly offset: number;
  /** Of the headers, those of the whole packet end here: before the payload in IPv4, before the fragment header in IPv6. */
  readonly headersEnd: number;
  readonly payload: number;
  readonly end: number;
}

/** Where a fragment came in. */
export interface FragmentArrival {
  readonly interface: { dropIn(name: Drop, particulars: () => string): void };
  readonly broadcast: boolean;
}

/** A packet put together. */
export interface WholePacket {
  /** The headers of the first fragment as they were, and behind them the payload of all. In memory of their own. */
  readonly bytes: Uint8Array;
  /** The length of the headers. */
  readonly payload: number;
  /** The first fragment, as it came. */
  readonly first: Uint8Array;
  /** RFC 3168 §5.3: a router has marked one of the fragments, or all came with the same codepoint. */
  readonly ecn: number;
}

/** The bounds. Times in µs, all else in numbers or bytes. */
export interface ReassemblySettings {
  readonly reassemblyTimeout: number;
  readonly reassemblyBytes: number;
  readonly reassemblies: number;
  readonly reassemblyFragments: number;
  readonly reassemblyShare: number;
}

/** Told of a packet that did not become whole in time, of which the first fragment is there: the bytes are that fragment's. */
export type ReassemblyExpired<Arrival> = (first: Uint8Array, arrival: Arrival) => void;

/** What a packet costs apart from its pieces, about: the entry in the table. */
const PACKET_COST = 256;
const LARGEST = 65_535;
/** In IPv6 the length does not count the header (RFC 8200 §3). */
const IPV6_HEADER = 40;
const TCP = 6;
/** RFC 1858 §3.1: a first fragment that ends before TCP's flags and window hides them from a filter. */
const LEAST_TCP = 16;

/** A packet of which fragments are there. */
interface Assembly<Arrival> {
  readonly key: string;
  readonly share: Share<Arrival>;
  readonly deadline: number;
  readonly arrival: Arrival;
  readonly about: string;
  /** `undefined`: something was wrong with it, and what still comes of it is dropped (RFC 5722 §4). */
  pieces: FragmentPieces | undefined;
  cost: number;
}

/** What one source has here: no more than its share, so that it cannot push out the others. */
interface Share<Arrival> {
  readonly key: Address;
  readonly assemblies: Set<Assembly<Arrival>>;
  bytes: number;
}

/**
 * Puts fragments together, for IPv4 (RFC 791 §3.2, RFC 1122 §3.3.2) and IPv6 (RFC 8200 §4.5) alike.
 *
 * Fragments are copied: as slices they would keep whole blocks of the receive ring alive, so that a few bytes cost tens of thousands.
 * Each copy is as long as the fragment, not a buffer for the largest packet, so that two bytes at far ends of a packet
 * (the "Rose" attack) cost two bytes and a constant. What is charged against the bounds is what is kept.
 *
 * Fragments that overlap are an attack in either family (RFC 5722): the whole packet is dropped in silence, and with it all that still
 * comes of it until its time is over. RFC 791 lets the later one win, and RFC 815 lets either; who filters on the way may read another
 * packet than who receives it, and no sender that is in order makes them. An exact copy of a fragment is what networks do, and is
 * passed over (RFC 8200 §4.5).
 */
export class Reassembly<Arrival extends FragmentArrival = FragmentArrival> {
  readonly #host: Pick<IpHost, 'clock'>;
  readonly #settings: ReassemblySettings;
  readonly #expired: ReassemblyExpired<Arrival>;
  /** The oldest first, and so the one whose time is over first. */
  readonly #assemblies = new Map<string, Assembly<Arrival>>();
  readonly #shares = new Map<Address, Share<Arrival>>();
  #bytes = 0;
  #timer: Scheduled | undefined;

  constructor(host: Pick<IpHost, 'clock'>, settings: ReassemblySettings, expired: ReassemblyExpired<Arrival>) {
    this.#host = host;
    this.#settings = settings;
    this.#expired = expired;
  }

  /** How many packets wait for the rest of them, and how many bytes they are charged with. */
  get usage(): { readonly packets: number; readonly bytes: number } {
    return { packets: this.#assemblies.size, bytes: this.#bytes };
  }

  /** Takes a fragment; its bytes are free again when the call returns. @returns the packet, when this was what it lacked */
  add(fragment: Fragment, arrival: Arrival): WholePacket | undefined {
    const wrong = wrongShape(fragment);
    if (wrong !== undefined) {
      arrival.interface.dropIn(wrong, () => describe(fragment));
      return undefined;
    }
    // RFC 6946: a packet of one fragment has nothing to do with others, even if they have its identification.
    if (fragment.fragmentOffset === 0 && !fragment.moreFragments) {
      const alone = new FragmentPieces();
      alone.add(fragment);
      return alone.whole();
    }
    const key = keyOf(fragment);
    const known = this.#assemblies.get(key);
    if (known !== undefined && known.pieces === undefined) {
      arrival.interface.dropIn('ip.fragment-refused', () => describe(fragment));
      return undefined;
    }
    const assembly = known ?? this.#create(key, fragment, arrival);
    return this.#place(fragment, assembly, arrival);
  }

  /** Forgets what has begun to come in on an interface. */
  forget(on: Arrival['interface']): void {
    for (const assembly of this.#assemblies.values()) if (assembly.arrival.interface === on) this.#remove(assembly);
  }

  #place(fragment: Fragment, assembly: Assembly<Arrival>, arrival: Arrival): WholePacket | undefined {
    const { pieces } = assembly;
    if (pieces === undefined) return undefined;
    const fault = pieces.fault(fragment);
    if (fault !== undefined) {
      arrival.interface.dropIn(fault, () => describe(fragment));
      if (fault !== 'ip.fragment-duplicate') this.#refuse(assembly);
      return undefined;
    }
    if (pieces.count >= this.#settings.reassemblyFragments) {
      arrival.interface.dropIn('ip.fragment-too-many', () => describe(fragment));
      this.#refuse(assembly);
      return undefined;
    }
    const cost = pieces.costOf(fragment);
    if (!this.#makeRoom(assembly, cost)) {
      arrival.interface.dropIn('ip.fragment-no-room', () => describe(fragment));
      this.#refuse(assembly);
      return undefined;
    }
    pieces.add(fragment);
    this.#charge(assembly, cost);
    if (!pieces.isWhole) return undefined;
    this.#remove(assembly);
    return this.#finish(fragment, pieces, arrival);
  }

  #finish(last: Fragment, pieces: FragmentPieces, arrival: Arrival): WholePacket | undefined {
    const whole = pieces.whole();
    if (whole === undefined) arrival.interface.dropIn('ip.fragment-ecn', () => describe(last));
    else if (whole.bytes.length > largest(last)) arrival.interface.dropIn('ip.fragment-too-big', () => describe(last));
    else return whole;
    return undefined;
  }

  #create(key: string, fragment: Fragment, arrival: Arrival): Assembly<Arrival> {
    const shareKey = sourceOf(fragment.src);
    this.#makePlace(this.#shares.get(shareKey));
    // Looked up again: the last packet of a source takes its share along.
    const share = this.#shares.get(shareKey) ?? { key: shareKey, assemblies: new Set(), bytes: 0 };
    this.#shares.set(shareKey, share);
    const deadline = this.#host.clock.now() + this.#settings.reassemblyTimeout;
    const about = describe(fragment);
    const assembly = { key, share, deadline, arrival, about, pieces: new FragmentPieces(), cost: 0 };
    this.#assemblies.set(key, assembly);
    share.assemblies.add(assembly);
    this.#charge(assembly, PACKET_COST);
    this.#arm();
    return assembly;
  }

  /** One more packet: where the source has its share of them, or all there may be are there, the oldest goes. */
  #makePlace(share: Share<Arrival> | undefined): void {
    const { reassemblies, reassemblyShare } = this.#settings;
    const [oldest] = share?.assemblies ?? [];
    if (oldest !== undefined && (share?.assemblies.size ?? 0) >= Math.max(1, reassemblies * reassemblyShare)) {
      this.#evict(oldest);
    }
    while (this.#assemblies.size >= reassemblies) {
      const [eldest] = this.#assemblies.values();
      if (eldest === undefined) return;
      this.#evict(eldest);
    }
  }

  /** Room for `cost` bytes of one packet. `false`: it alone takes more than the source's share, or all there is. */
  #makeRoom(assembly: Assembly<Arrival>, cost: number): boolean {
    const { reassemblyBytes, reassemblyShare } = this.#settings;
    const { share } = assembly;
    while (share.bytes + cost > reassemblyBytes * reassemblyShare) {
      if (!this.#evictOldest(share.assemblies, assembly)) return false;
    }
    while (this.#bytes + cost > reassemblyBytes) {
      if (!this.#evictOldest(this.#assemblies.values(), assembly)) return false;
    }
    return true;
  }

  #evictOldest(from: Iterable<Assembly<Arrival>>, except: Assembly<Arrival>): boolean {
    for (const each of from) {
      if (each === except) continue;
      this.#evict(each);
      return true;
    }
    return false;
  }

  #evict(assembly: Assembly<Arrival>): void {
    this.#remove(assembly);
    if (assembly.pieces !== undefined) {
      assembly.arrival.interface.dropIn('ip.fragment-evicted', () => assembly.about);
    }
  }

  /** Nothing of it is kept but its name. */
  #refuse(assembly: Assembly<Arrival>): void {
    assembly.pieces = undefined;
    this.#charge(assembly, PACKET_COST - assembly.cost);
  }

  #charge(assembly: Assembly<Arrival>, cost: number): void {
    assembly.cost += cost;
    assembly.share.bytes += cost;
    this.#bytes += cost;
  }

  #remove(assembly: Assembly<Arrival>): void {
    this.#charge(assembly, -assembly.cost);
    const { key, share } = assembly;
    this.#assemblies.delete(key);
    share.assemblies.delete(assembly);
    if (share.assemblies.size === 0) this.#shares.delete(share.key);
    if (this.#assemblies.size > 0) return;
    this.#timer?.cancel();
    this.#timer = undefined;
  }

  /** One timer, for the oldest. It may find that the packet was finished, and waits for the next one then. */
  #arm(): void {
    if (this.#timer !== undefined) return;
    const [oldest] = this.#assemblies.values();
    if (oldest === undefined) return;
    this.#timer = this.#host.clock.schedule(oldest.deadline, () => {
      this.#timer = undefined;
      this.#timeout();
      this.#arm();
    });
  }

  #timeout(): void {
    const now = this.#host.clock.now();
    for (const assembly of this.#assemblies.values()) {
      if (assembly.deadline > now) return;
      this.#remove(assembly);
      const { pieces, arrival, about } = assembly;
      if (pieces === undefined) continue;
      arrival.interface.dropIn('ip.fragment-timeout', () => about);
      if (pieces.first !== undefined) this.#expired(pieces.first, arrival);
    }
  }
}

/** What no fragment may be, whatever the others are. */
function wrongShape(fragment: Fragment): Drop | undefined {
  const { fragmentOffset, moreFragments, protocol, headersEnd, offset, payload, end } = fragment;
  const length = end - payload;
  // RFC 791 §3.2 counts offsets in eights, so that only the last can have another length; one of nothing is no part of anything.
  if (moreFragments && length % 8 !== 0) return 'ip.fragment-bad-length';
  if (length === 0 && (moreFragments || fragmentOffset > 0)) return 'ip.fragment-bad-length';
  // "Ping of death".
  if (headersEnd - offset + fragmentOffset + length > largest(fragment)) return 'ip.fragment-too-big';
  const isTiny = (fragmentOffset === 0 && moreFragments && length < LEAST_TCP) || fragmentOffset === 8;
  return isTiny && protocol === TCP ? 'ip.fragment-tiny' : undefined;
}

/** The most that header and payload together may have. */
function largest({ src }: Fragment): number {
  return typeof src === 'bigint' ? LARGEST + IPV6_HEADER : LARGEST;
}

/** RFC 791 §3.2 names four values; in IPv6 the protocol is none of them (RFC 8200 §4.5). */
function keyOf({ src, dst, protocol, identification }: Fragment): string {
  if (typeof src === 'number') return `${src}>${dst.toString()} ${protocol} ${identification}`;
  return `${src.toString(36)}>${dst.toString(36)} ${identification}`;
}

/** Who has all addresses of a network of IPv6 to choose from is one source. */
function sourceOf(src: Address): Address {
  return typeof src === 'bigint' ? src >> 64n : src;
}

function describe({ src, dst, identification, fragmentOffset, payload, end }: Fragment): string {
  const what = `${identification}, bytes ${fragmentOffset} to ${fragmentOffset + end - payload}`;
  return `${what}, ${formatAddress(src)} to ${formatAddress(dst)}`;
}
