import { behind, frameLength } from '../link/frames';
import type { Frame, FrameWork, Link } from '../link/link';
import { isLoopback, isLoopback6, type Address } from '../wire/address';
import {
  interfaceAddress,
  interfaceAddress6,
  isInside,
  type InterfaceAddress,
  type Ipv6InterfaceAddress,
} from './address';
import type { Dhcp } from './dhcp/dhcp';
import type { DhcpOptions } from './dhcp/options';
import { drop, type Drop } from './drops';
import type { OuterConfig } from './forward/options';
import { Ethernet, type EthernetUser } from './ethernet';
import { Groups } from './groups';
import type { IpHost, IpSettings } from './host';
import type { HeaderRoom } from './header-room';
import type { Autoconfiguration } from './ndp/autoconfiguration';
import { isLinkLocal4 } from './link-local';
import { SMALLEST_MTU6 } from './path-mtu';

/** How a link becomes an interface. */
export interface InterfaceConfig extends OuterConfig {
  /**
   * Address and prefix length: `10.9.0.2/24`, `fd00:9::2/64`; several where the interface has several, the preferred one first. Default:
   * none, until `Ip.addAddress` gives it one.
   */
  readonly address?: string | readonly string[];
  /** The default route's router; one of each family where there are two. A link-local one needs no zone. */
  readonly gateway?: string | readonly string[];
  /**
   * All other networks are reached through this link without a router's address: it has no neighbours, and who is at its other end sends
   * everything on (TUN, raw sockets). Default `false`.
   */
  readonly defaultRoute?: boolean;
  /** The metric of the routes that come with the interface. Default 0. */
  readonly metric?: number;
  /** Ethernet only: our MAC address, `02:00:5e:00:00:01`. Default: the link's, or a locally administered one, drawn from the host. */
  readonly mac?: string;
  /** Ethernet only: tell the wire who has our addresses (RFC 5227 §2.3, RFC 4861 §7.2.6). Default `true`. */
  readonly announce?: boolean;
  /**
   * Ethernet and IPv4 only: ask first whether somebody has our addresses, which takes 4 to 7 s, and use only those that nobody has
   * (RFC 5227). Default `false`: they are there at once.
   */
  readonly conflictDetection?: boolean;
  /**
   * Ethernet only: while the interface has no other IPv4 address, find one in 169.254.0.0/16 (RFC 3927); `always`: beside others, too.
   * Default `false`.
   */
  readonly linkLocal?: boolean | 'always';
  /** Hears what becomes of addresses that are not there at once: by `conflictDetection` and `linkLocal`. */
  readonly onAddress?: (news: AddressNews) => void;
  /** Ethernet only: ask a DHCP server for an IPv4 address, routes and name servers (RFC 2131), as `Interface.dhcp` tells. */
  readonly dhcp?: true | DhcpOptions;
  /** IPv6, with a link-local address of its own on Ethernet. Default: `true` with an IPv6 address or `slaac`, `false` without. */
  readonly ipv6?: boolean;
  /** Ethernet only: asks for IPv6 routers, and takes routes, addresses and name servers from what they say (RFC 4862). Default `false`. */
  readonly slaac?: boolean;
}

/** An address can be used, or cannot: another station has it. */
export interface AddressNews {
  /** `10.9.0.2/24` */
  readonly cidr: string;
  readonly state: 'usable' | 'lost';
  /** Who has it. */
  readonly mac?: string;
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
  /** The largest IP packet, in bytes: what the link takes, or less where DHCP says so. */
  mtu: number;
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
  /** Where the address comes from, when `InterfaceConfig.dhcp` asks for it: what there is now, and a promise of it. */
  dhcp: Dhcp | undefined;
  /** IPv4 addresses of which we do not know yet whether somebody else has them (`conflictDetection`). */
  unchecked: readonly InterfaceAddress[] = [];
  /** Of the routes that come with its addresses. */
  readonly metric: number;
  /** False once it was detached. */
  attached = true;
  /** What routers say that hosts should send with over IPv6 (RFC 4861 §6.3.4); `undefined`: nothing. */
  hopLimit: number | undefined;
  /** Addresses and routers by themselves; with IPv6 on Ethernet. */
  autoconfiguration: Autoconfiguration | undefined;

  readonly #host: IpHost;
  #addresses: readonly InterfaceAddress[] = [];
  #addresses6: readonly Ipv6InterfaceAddress[] = [];
  #mtu6: number;

  /**
   * @param index from 1, unique in its host: the zone of its link-local addresses (RFC 4007 §6)
   * @throws RangeError for an address, a MAC or an MTU that cannot be
   */
  constructor(
    host: IpHost,
    settings: IpSettings,
    link: Link,
    readonly index: number,
    config: InterfaceConfig,
    user: EthernetUser,
  ) {
    const doing = `cannot attach ${link.name}`;
    if (link.mtu < SMALLEST_MTU) {
      throw new RangeError(`${doing}: its MTU is ${link.mtu} bytes, and IPv4 needs ${SMALLEST_MTU}`);
    }
    this.name = link.name;
    this.metric = config.metric ?? 0;
    this.link = link;
    this.mtu = this.#mtu6 = Math.min(link.mtu, LARGEST_PACKET);
    this.#host = host;
    const { address = [] } = config;
    const isChecked = config.conflictDetection === true && link.medium === 'ethernet';
    for (const cidr of typeof address === 'string' ? [address] : address) {
      const own = this.read(cidr, doing);
      if (isChecked && !('state' in own)) this.unchecked = [...this.unchecked, own];
      else this.put(own);
    }
    this.loopback =
      this.addresses.some((own) => isLoopback(own.address)) || this.addresses6.some((own) => isLoopback6(own.address));
    if (this.loopback && link.medium === 'ethernet') {
      throw new RangeError(`${doing}: loopback addresses do not go on an Ethernet; give them to a loopback link`);
    }
    if (link.medium === 'ethernet') {
      this.ethernet = new Ethernet(host, settings, this, config.mac ?? link.mac, user);
    }
  }

  /** The largest IPv6 packet, in bytes: what the link takes, or what routers say that all on it take. */
  get mtu6(): number {
    return this.#mtu6;
  }

  /** RFC 4861 §6.3.4: nobody says more than the link takes, or less than IPv6 needs. */
  limitMtu6(mtu: number): void {
    if (mtu >= SMALLEST_MTU6 && mtu <= this.mtu) this.#mtu6 = mtu;
  }

  /** IPv4. */
  get addresses(): readonly InterfaceAddress[] {
    return this.#addresses;
  }

  get addresses6(): readonly Ipv6InterfaceAddress[] {
    return this.#addresses6;
  }

  /**
   * Reads an address with its prefix length, as one that this interface could have.
   * @throws RangeError, whose message begins with `doing`
   */
  read(cidr: string, doing: string): InterfaceAddress | Ipv6InterfaceAddress {
    if (!cidr.includes(':')) return interfaceAddress(cidr, doing);
    if (this.link.mtu < SMALLEST_MTU6) {
      throw new RangeError(
        `${doing}: its MTU is ${this.link.mtu} bytes, and IPv6 needs ${SMALLEST_MTU6} (RFC 8200 §5)`,
      );
    }
    return interfaceAddress6(cidr, this.index, doing);
  }

  /** Has an address from now on; for `Ip`, which keeps routes and owners in step. */
  put(own: InterfaceAddress | Ipv6InterfaceAddress): void {
    if ('state' in own) this.#addresses6 = [...this.#addresses6, own];
    else this.#addresses = [...this.#addresses, own];
  }

  /** Has the address no more. */
  take(own: InterfaceAddress | Ipv6InterfaceAddress): void {
    this.#addresses = this.#addresses.filter((each) => each !== own);
    this.#addresses6 = this.#addresses6.filter((each) => each !== own);
  }

  /** `02:00:5e:00:00:01`; `undefined` on a link that is not Ethernet. */
  get mac(): string | undefined {
    return this.ethernet?.macText;
  }

  /** True when `address` is everybody on this wire: the limited broadcast, or one of this interface's networks'. */
  isBroadcast(address: Address): boolean {
    if (address === 0xffffffff) return true;
    for (const { broadcast } of this.addresses) if (address === broadcast) return true;
    return false;
  }

  /**
   * Our IPv4 address towards `nextHop` (RFC 1122 §3.3.4.3): the one in the same network, in the smallest where there are
   * several; otherwise the first that is not link-local (RFC 3927 §2.6.1), or the first. `undefined` when the interface has none.
   */
  sourceTo(nextHop: number): number | undefined {
    let best: InterfaceAddress | undefined;
    for (const own of this.addresses) {
      if (!isInside(nextHop, own)) continue;
      if (best === undefined || own.length > best.length) best = own;
    }
    best ??= this.addresses.find(({ address }) => !isLinkLocal4(address)) ?? this.addresses[0];
    return best?.address;
  }

  /**
   * Sends an IP packet to a neighbour.
   * @param room the packet's headers, with `transport` bytes of the transport's; free again when the call returns
   * @returns false when the link has no room
   */
  send(nextHop: Address, room: HeaderRoom, transport: number, payload: Frame, work?: FrameWork): boolean {
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
