import { behind, frameLength } from '../link/frames';
import type { Frame, FrameWork, Link } from '../link/link';
import { isLoopback } from '../wire/address';
import { interfaceAddress, isInside, type InterfaceAddress } from './address';
import { drop, type Drop } from './drops';
import { Ethernet, type EthernetUser } from './ethernet';
import { Groups } from './groups';
import type { IpHost, IpSettings } from './host';
import type { HeaderRoom } from './header-room';

/** How a link becomes an interface. */
export interface InterfaceConfig {
  /** Address and prefix length: `10.9.0.2/24`; several where the interface has several, the preferred one first. */
  readonly address: string | readonly string[];
  /** The default route's router. */
  readonly gateway?: string;
  /** The metric of the routes that come with the interface. Default 0. */
  readonly metric?: number;
  /** Ethernet only: our MAC address, `02:00:5e:00:00:01`. Default: a locally administered one, drawn from the host. */
  readonly mac?: string;
  /** Ethernet only: tell the wire who has our addresses (RFC 5227 §2.3). Default `true`. */
  readonly announce?: boolean;
}

/** What went through an interface. A drop is a packet that came in or was to go out and ended here. */
export interface InterfaceCounters {
  inPackets: number;
  inBytes: number;
  inDrops: number;
  /** Of those that came in, how many were for others and passed on. */
  forwarded: number;
  outPackets: number;
  outBytes: number;
  outDrops: number;
}

/** The smallest MTU of a link that carries IPv4 (RFC 791 §3.2), and the largest packet that IPv4 has. */
const SMALLEST_MTU = 68;
const LARGEST_PACKET = 65_535;

/** A link with addresses. Made by `Ip.attach`. */
export class Interface {
  readonly name: string;
  readonly link: Link;
  /** The largest IP packet, in bytes. */
  readonly mtu: number;
  readonly addresses: readonly InterfaceAddress[];
  /** Packets stay in this host. */
  readonly loopback: boolean;
  /** What an Ethernet link has more than an IP link: a MAC address and neighbours. */
  readonly ethernet: Ethernet | undefined;
  readonly counters: InterfaceCounters = {
    inPackets: 0,
    inBytes: 0,
    inDrops: 0,
    forwarded: 0,
    outPackets: 0,
    outBytes: 0,
    outDrops: 0,
  };
  /** The multicast groups that we are in here. */
  readonly groups = new Groups();
  /** False once it was detached. */
  attached = true;

  readonly #host: IpHost;

  /** @throws RangeError for an address, a MAC or an MTU that cannot be */
  constructor(host: IpHost, settings: IpSettings, link: Link, config: InterfaceConfig, user: EthernetUser) {
    const doing = `cannot attach ${link.name}`;
    if (link.mtu < SMALLEST_MTU) {
      throw new RangeError(`${doing}: its MTU is ${link.mtu} bytes, and IPv4 needs ${SMALLEST_MTU}`);
    }
    const cidrs = typeof config.address === 'string' ? [config.address] : config.address;
    this.name = link.name;
    this.link = link;
    this.mtu = Math.min(link.mtu, LARGEST_PACKET);
    this.addresses = cidrs.map((cidr) => interfaceAddress(cidr, doing));
    this.loopback = this.addresses.some(({ address }) => isLoopback(address));
    this.#host = host;
    if (this.loopback && link.medium === 'ethernet') {
      throw new RangeError(`${doing}: loopback addresses do not go on an Ethernet; give them to a loopback link`);
    }
    if (link.medium === 'ethernet') this.ethernet = new Ethernet(host, settings, this, config.mac, user);
  }

  /** `02:00:5e:00:00:01`; `undefined` on a link that is not Ethernet. */
  get mac(): string | undefined {
    return this.ethernet?.macText;
  }

  /** True when `address` is everybody on this wire: the limited broadcast, or one of this interface's networks'. */
  isBroadcast(address: number): boolean {
    if (address === 0xffffffff) return true;
    for (const { broadcast } of this.addresses) if (address === broadcast) return true;
    return false;
  }

  /**
   * Our address towards `nextHop` (RFC 1122 §3.3.4.3): the one in the same network, in the smallest where there are
   * several; otherwise the first. `undefined` when the interface has none.
   */
  sourceTo(nextHop: number): number | undefined {
    let best: InterfaceAddress | undefined;
    for (const own of this.addresses) {
      if (!isInside(nextHop, own)) continue;
      if (best === undefined || own.length > best.length) best = own;
    }
    return (best ?? this.addresses[0])?.address;
  }

  /**
   * Sends an IP packet to a neighbour.
   * @param room the packet's headers, with `transport` bytes of the transport's; free again when the call returns
   * @returns false when the link has no room
   */
  send(nextHop: number, room: HeaderRoom, transport: number, payload: Frame, work?: FrameWork): boolean {
    if (this.ethernet !== undefined) return this.ethernet.send(nextHop, room, transport, payload, work);
    return this.transmit(behind(room.packet(transport), payload), work);
  }

  /** Hands a frame to the link, as it is. */
  transmit(frame: Frame, work?: FrameWork): boolean {
    if (!this.link.send(frame, work)) return this.#linkFull();
    this.counters.outPackets++;
    this.counters.outBytes += frameLength(frame);
    return true;
  }

  #linkFull(): false {
    this.dropOut('ip.link-full', () => this.name);
    return false;
  }

  dropIn(name: Drop, particulars: () => string): void {
    this.counters.inDrops++;
    drop(this.#host, name, particulars);
  }

  dropOut(name: Drop, particulars: () => string): void {
    this.counters.outDrops++;
    drop(this.#host, name, particulars);
  }
}
