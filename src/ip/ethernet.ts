import { behind } from '../link/frames';
import { finishSent } from '../link/finish';
import type { Frame, FrameInfo, FrameWork } from '../link/link';
import { formatMac, type Address } from '../wire/address';
import { readUint16 } from '../wire/bytes';
import { WireError } from '../wire/error';
import { ETHERNET_HEADER, ETHERTYPE, viewEthernet, writeEthernetHeader } from '../wire/ethernet';
import { Arp } from './arp';
import type { IpHost, IpSettings } from './host';
import type { Interface } from './interface';
import type { HeaderRoom } from './header-room';
import { BROADCAST_MAC, isGroup, isMac, locallyAdministeredMac, multicastMac, parseStationMac } from './mac';
import { Ndp, type NdpGround } from './ndp/ndp';
import { Neighbours } from './neighbours';

const VLAN_ID = 0x0fff;

/** What Ethernet hands up. */
export interface EthernetUser {
  /** An IPv4 packet in `frame`, from `offset` on; `broadcast`: the frame was sent to a group; `info`: what the link says of it. */
  ipv4(frame: Uint8Array, offset: number, on: Interface, broadcast: boolean, info: FrameInfo): void;
  /** An IPv6 packet, likewise. */
  ipv6(frame: Uint8Array, offset: number, on: Interface, broadcast: boolean, info: FrameInfo): void;
  /** An IP packet of ours that did not find its neighbour. */
  unreachable(packet: Uint8Array): void;
  /** What Neighbor Discovery stands on. */
  readonly discovery: NdpGround;
}

/** One station on an Ethernet: frames in, packets out, and who is where. */
export class Ethernet {
  readonly mac: Uint8Array;
  readonly macText: string;
  /** Of IPv4, and of IPv6. */
  readonly neighbours: Neighbours;
  readonly neighbours6: Neighbours;
  readonly arp: Arp;
  readonly ndp: Ndp;
  readonly #interface: Interface;
  readonly #user: EthernetUser;

  /** @throws RangeError when `mac` is not a station's */
  constructor(host: IpHost, settings: IpSettings, on: Interface, mac: string | undefined, user: EthernetUser) {
    const given = mac === undefined ? locallyAdministeredMac(() => host.random32()) : parseStationMac(mac);
    if (given === undefined) {
      throw new RangeError(`cannot attach ${on.name}: "${mac}" is not a station's MAC, such as 02:00:5e:00:00:01`);
    }
    this.mac = given;
    this.macText = formatMac(given);
    this.#interface = on;
    this.#user = user;
    const unreachable = (packet: Uint8Array): void => {
      user.unreachable(packet);
    };
    this.neighbours = new Neighbours(host, settings, on, 'arp', {
      solicit: (address, to) => {
        if (typeof address === 'number') this.arp.request(address, to);
      },
      release: (packet, to) => {
        this.#release(packet, to, ETHERTYPE.IPV4);
      },
      unreachable,
    });
    this.neighbours6 = new Neighbours(host, settings, on, 'ndp', {
      solicit: (address, to) => {
        if (typeof address === 'bigint') this.ndp.solicit(address, to);
      },
      release: (packet, to) => {
        this.#release(packet, to, ETHERTYPE.IPV6);
      },
      failed: (address) => {
        if (typeof address === 'bigint') user.discovery.unreachable(on, address);
      },
      unreachable,
    });
    this.arp = new Arp(host, on, this);
    this.ndp = new Ndp(host, settings, on, this, user.discovery);
  }

  receive(frame: Uint8Array, info: FrameInfo): void {
    const broadcast = isGroup(frame);
    // Nearly all that comes: told without a view.
    const type = readUint16(frame, 12);
    if (type === ETHERTYPE.IPV4 && (broadcast || isMac(this.mac, frame))) {
      this.#user.ipv4(frame, ETHERNET_HEADER, this.#interface, broadcast, info);
    } else if (type === ETHERTYPE.IPV6 && (broadcast || isMac(this.mac, frame))) {
      this.#user.ipv6(frame, ETHERNET_HEADER, this.#interface, broadcast, info);
    } else this.#receiveOther(frame, broadcast, info);
  }

  #receiveOther(frame: Uint8Array, broadcast: boolean, info: FrameInfo): void {
    const view = viewEthernet(frame);
    if (view instanceof WireError) {
      this.#interface.dropIn('ethernet.malformed', () => view.message);
      return;
    }
    if (!broadcast && !isMac(this.mac, frame)) {
      this.#interface.dropIn('ethernet.not-ours', () => `to ${formatMac(frame)}`);
      return;
    }
    // A tag for VLAN 0 carries a priority and no more (IEEE 802.1Q §9.6).
    const vlan = view.tags.find((tag) => (tag & VLAN_ID) !== 0);
    if (vlan !== undefined) {
      this.#interface.dropIn('ethernet.vlan', () => `VLAN ${vlan & VLAN_ID}, from ${formatMac(frame, 6)}`);
    } else if (view.type === ETHERTYPE.IPV4) {
      this.#user.ipv4(frame, view.payloadOffset, this.#interface, broadcast, info);
    } else if (view.type === ETHERTYPE.IPV6) {
      this.#user.ipv6(frame, view.payloadOffset, this.#interface, broadcast, info);
    } else if (view.type === ETHERTYPE.ARP) {
      this.arp.receive(frame, view.payloadOffset);
    } else {
      this.#interface.dropIn('ethernet.unknown-type', () => `0x${view.type.toString(16)}, from ${formatMac(frame, 6)}`);
    }
  }

  /** Whose neighbours those of this family are. */
  neighboursOf(address: Address): Neighbours {
    return typeof address === 'number' ? this.neighbours : this.neighbours6;
  }

  /** Sends an IP packet to a neighbour, or keeps a copy until the neighbour has answered. */
  send(nextHop: Address, room: HeaderRoom, transport: number, payload: Frame, work?: FrameWork): boolean {
    const neighbours = this.neighboursOf(nextHop);
    const to = neighbours.resolve(nextHop) ?? this.#groupMac(nextHop);
    if (to === undefined) {
      // The headers' room is used again, and the payload may change, before the neighbour answers.
      const held = finishSent([room.packet(transport), ...payload], work, 'ip');
      for (const packet of held) neighbours.hold(nextHop, packet);
      return true;
    }
    const type = typeof nextHop === 'number' ? ETHERTYPE.IPV4 : ETHERTYPE.IPV6;
    writeEthernetHeader(room.bytes, 0, to, this.mac, type);
    return this.#interface.transmit(behind(room.frame(transport), payload), work);
  }

  /** Forgets the neighbours, with what waits for them, and what is under way. */
  clear(): void {
    this.neighbours.clear();
    this.neighbours6.clear();
    this.ndp.close();
    this.arp.acd.close();
  }

  #release(packet: Uint8Array, to: Uint8Array, type: number): void {
    const header = new Uint8Array(ETHERNET_HEADER);
    writeEthernetHeader(header, 0, to, this.mac, type);
    this.#interface.transmit([header, packet]);
  }

  #groupMac(address: Address): Uint8Array | undefined {
    return this.#interface.isBroadcast(address) ? BROADCAST_MAC : multicastMac(address);
  }
}
