import {
  ALL_NODES,
  formatAddress,
  formatMac,
  isUnspecified6,
  solicitedNode,
  withoutZone,
  withZone,
} from '../../wire/address';
import { WireError } from '../../wire/error';
import type { Icmpv6View } from '../../wire/icmpv6';
import { PROTOCOL } from '../../wire/ipv4';
import type { Ipv6View } from '../../wire/ipv6';
import {
  emitNdp,
  NDP_HOP_LIMIT,
  parseNdp,
  type NdpMessage,
  type NeighborAdvertisement,
  type NeighborSolicitation,
} from '../../wire/ndp';
import type { NdpLinkLayerAddress, NdpOption } from '../../wire/ndp-options';
import type { Ipv6InterfaceAddress } from '../address';
import type { Ethernet } from '../ethernet';
import type { IpHost, IpSettings } from '../host';
import type { Interface } from '../interface';
import { isMac, isStation } from '../mac';
import type { Datagram } from '../protocol';
import type { Ipv6Output } from '../ipv6-output';
import type { Paths } from '../paths';
import { selectSource } from '../source-address';
import { DuplicateDetection } from './duplicate';

/** What Neighbor Discovery stands on. */
export interface NdpGround {
  readonly paths: Paths;
  readonly output: Ipv6Output;
  /** How far an address of the interface is has changed. */
  addressesChanged(): void;
  /** Somebody else has the address. */
  duplicate(on: Interface, own: Ipv6InterfaceAddress): void;
  /** A neighbour does not answer. */
  unreachable(on: Interface, address: bigint): void;
  /** A neighbour says that it is no router, or no more (RFC 4861 §7.2.5). */
  notRouter(on: Interface, address: bigint): void;
  /** A message that concerns routers and prefixes: RS, RA, redirect. */
  router(on: Interface, message: NdpMessage, from: bigint): void;
}

/** Neighbor Discovery on one Ethernet (RFC 4861): answers for our addresses, asks for others', and notices who claims ours. */
export class Ndp {
  readonly #host: IpHost;
  readonly #settings: IpSettings;
  readonly #interface: Interface;
  readonly #ethernet: Ethernet;
  readonly #ground: NdpGround;
  readonly #duplicates: DuplicateDetection;

  constructor(host: IpHost, settings: IpSettings, on: Interface, ethernet: Ethernet, ground: NdpGround) {
    this.#host = host;
    this.#settings = settings;
    this.#interface = on;
    this.#ethernet = ethernet;
    this.#ground = ground;
    this.#duplicates = new DuplicateDetection(host, settings, {
      probe: (own, nonce) => {
        this.#probe(own, nonce);
      },
      settled: (own) => {
        ground.addressesChanged();
        this.announce(own);
      },
    });
  }

  /** Takes a message of Neighbor Discovery, whose checksum is good. */
  receive({ packet }: Datagram<Ipv6View>, view: Icmpv6View): void {
    const message = parseNdp(view, packet);
    if (message instanceof WireError) {
      this.#interface.dropIn('ndp.malformed', () => `${message.message}, from ${formatAddress(packet.src)}`);
      return;
    }
    this.#trace('in', packet.src, packet.dst, message);
    if (message.type === 'neighbor-solicitation') this.#solicited(message, packet);
    else if (message.type === 'neighbor-advertisement') this.#advertised(message);
    else this.#ground.router(this.#interface, message, packet.src);
  }

  /** An address was given to the interface: it is checked for a double, if doubles are looked for (RFC 4862 §5.4), and told if it is not. */
  added(own: Ipv6InterfaceAddress, announce: boolean): void {
    if (!this.#duplicates.begin(own) && announce) this.announce(own);
  }

  /** The interface has an address no more. */
  removed(own: Ipv6InterfaceAddress): void {
    this.#duplicates.end(own);
  }

  /** Asks who has `address`: everybody, or only the station with the MAC `to` (RFC 4861 §7.2.2, §7.3.3). */
  solicit(address: bigint, to: Uint8Array | undefined): void {
    const source = selectSource(this.#interface.addresses6, address)?.address;
    if (source === undefined) return;
    const options = this.#ownMac('source-link-layer-address');
    const message: NdpMessage = { type: 'neighbor-solicitation', target: withoutZone(address), options };
    this.send(source, to === undefined ? solicitedNode(address) : address, message);
  }

  /** Tells everybody that we have the address (RFC 4861 §7.2.6). */
  announce({ address, state }: Ipv6InterfaceAddress): void {
    if (state === 'tentative') return;
    this.#advertise(address, ALL_NODES, false, state !== 'optimistic');
  }

  /** Sends a message from an address of ours, or from `::`. */
  send(source: bigint, destination: bigint, message: NdpMessage): void {
    const { paths, output } = this.#ground;
    const path = paths.direct(this.#interface, source, destination);
    this.#trace('out', source, destination, message);
    output.send(path, PROTOCOL.ICMPV6, [emitNdp(message, { src: source, dst: destination })], { ttl: NDP_HOP_LIMIT });
  }

  /** Stops what is under way. */
  close(): void {
    this.#duplicates.close();
  }

  /** Somebody asks for an address, or wants to have it (RFC 4861 §7.2.3, RFC 4862 §5.4.3). */
  #solicited(message: NeighborSolicitation, { src }: Ipv6View): void {
    const own = this.#own(message.target);
    const mac = macOf(message.options, 'source-link-layer-address');
    if (mac !== undefined && isMac(this.#ethernet.mac, mac)) return;
    if (own === undefined) return;
    if (isUnspecified6(src)) {
      // Two who want the same address: neither gets it. Whoever has it says so.
      if (own.state === 'tentative' || own.state === 'optimistic') {
        if (!this.#duplicates.isOurs(own, message.options)) this.#conflict(own);
      } else this.#advertise(own.address, ALL_NODES, false, true);
      return;
    }
    // RFC 4862 §5.4.3: as long as it is tentative it is not ours to answer for.
    if (own.state === 'tentative') return;
    if (mac !== undefined) this.#ethernet.neighbours6.learn(src, mac, false, true);
    this.#advertise(own.address, src, true, own.state !== 'optimistic');
  }

  /** Somebody says who it is (RFC 4861 §7.2.5, RFC 4862 §5.4.4). */
  #advertised(message: NeighborAdvertisement): void {
    const own = this.#own(message.target);
    const mac = macOf(message.options, 'target-link-layer-address');
    if (own !== undefined) {
      if (mac === undefined || !isMac(this.#ethernet.mac, mac)) this.#conflict(own);
      return;
    }
    const target = this.#zoned(message.target);
    const fate = this.#ethernet.neighbours6.advertised(target, mac, message);
    if (fate === 'unknown') this.#interface.dropIn('ndp.unsolicited', () => formatAddress(target));
    else if (fate === 'taken' && !message.router) this.#ground.notRouter(this.#interface, target);
  }

  /** An address that is still being looked for is given up; one that we have had is kept and defended, as RFC 5227 §2.4 has it for IPv4. */
  #conflict(own: Ipv6InterfaceAddress): void {
    this.#host.count('ndp.conflict');
    this.#host.trace?.({
      type: 'neighbour',
      time: this.#host.clock.now(),
      link: this.#interface.link.name,
      address: formatAddress(own.address),
      state: 'conflict',
    });
    if (own.state === 'tentative' || own.state === 'optimistic') this.#ground.duplicate(this.#interface, own);
    else if (this.#duplicates.mayDefend(own)) this.#advertise(own.address, ALL_NODES, false, true);
  }

  #advertise(address: bigint, to: bigint, solicited: boolean, override: boolean): void {
    const options = this.#ownMac('target-link-layer-address');
    const target = withoutZone(address);
    const router = this.#settings.forward;
    this.send(address, to, { type: 'neighbor-advertisement', router, solicited, override, target, options });
  }

  /** RFC 4862 §5.4.2, with the nonce of RFC 7527 §4.1. */
  #probe({ address }: Ipv6InterfaceAddress, nonce: Uint8Array): void {
    const target = withoutZone(address);
    const options: NdpOption[] = [{ kind: 'nonce', nonce }];
    this.send(0n, solicitedNode(address), { type: 'neighbor-solicitation', target, options });
  }

  #own(target: bigint): Ipv6InterfaceAddress | undefined {
    return this.#interface.addresses6.find(({ address }) => withoutZone(address) === target);
  }

  #zoned(address: bigint): bigint {
    return address >> 118n === 0x3fan ? withZone(address, this.#interface.index) : address;
  }

  #ownMac(kind: NdpLinkLayerAddress['kind']): readonly NdpLinkLayerAddress[] {
    return [{ kind, address: this.#ethernet.mac }];
  }

  #trace(direction: 'in' | 'out', src: bigint, dst: bigint, message: NdpMessage): void {
    const { trace } = this.#host;
    if (trace === undefined) return;
    const time = this.#host.clock.now();
    const link = this.#interface.link.name;
    trace({ type: 'ndp', time, direction, link, src: formatAddress(src), dst: formatAddress(dst), message });
  }
}

/** The MAC in a message's option: one station's. */
export function macOf(options: readonly NdpOption[], kind: NdpLinkLayerAddress['kind']): Uint8Array | undefined {
  for (const option of options) {
    if (option.kind === kind && option.address.length === 6 && isStation(option.address)) return option.address;
  }
  return undefined;
}

/** For people: `fd00::1 is at 02:…`. */
export function describeNdp(message: NdpMessage): string {
  switch (message.type) {
    case 'neighbor-solicitation':
      return `who has ${formatAddress(message.target)}`;
    case 'neighbor-advertisement': {
      const mac = macOf(message.options, 'target-link-layer-address');
      return `${formatAddress(message.target)} is at ${mac === undefined ? 'this station' : formatMac(mac)}`;
    }
    case 'redirect':
      return `redirect ${formatAddress(message.destination)} to ${formatAddress(message.target)}`;
    default:
      return message.type.replace('-', ' ');
  }
}
