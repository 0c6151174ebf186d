import { formatIpv4Address, formatMac, isUnspecified } from '../wire/address';
import { ARP_REPLY, ARP_REQUEST, emitArp, parseArp, viewArp, type ArpPacket, type ArpView } from '../wire/arp';
import { WireError } from '../wire/error';
import { ETHERNET_HEADER, ETHERTYPE, writeEthernetHeader } from '../wire/ethernet';
import { Acd, type Claimant } from './acd';
import { isUnicast } from './address';
import type { Ethernet } from './ethernet';
import type { IpHost } from './host';
import type { Interface } from './interface';
import { BROADCAST_MAC, isMac, isStation, NO_MAC } from './mac';

/** Claims an address that somebody has written down: nothing that others do changes that. */
const NOBODY: Claimant = { usable: () => undefined, lost: () => undefined };

/** ARP on one Ethernet (RFC 826): answers for our addresses, asks for others', and notices who claims ours (RFC 5227). */
export class Arp {
  /** Who claims which address here. */
  readonly acd: Acd;
  readonly #host: IpHost;
  readonly #interface: Interface;
  readonly #ethernet: Ethernet;

  constructor(host: IpHost, on: Interface, ethernet: Ethernet) {
    this.#host = host;
    this.#interface = on;
    this.#ethernet = ethernet;
    const wire = {
      probe: (address: number): void => {
        this.#send(ARP_REQUEST, 0, BROADCAST_MAC, NO_MAC, address);
      },
      announce: (address: number): void => {
        this.announce(address);
      },
    };
    this.acd = new Acd(host, wire, (address, mac) => {
      this.#conflict(address, mac);
    });
  }

  /** Takes the ARP packet in `frame` from `offset` on, in the order of RFC 826, "Packet Reception". */
  receive(frame: Uint8Array, offset: number): void {
    const packet = viewArp(frame, offset);
    if (packet instanceof WireError) {
      this.#interface.dropIn('arp.malformed', () => packet.message);
      return;
    }
    this.#trace('in', packet);
    const { operation, senderMac, senderAddress, targetAddress } = packet;
    // A device that gives us back our own broadcasts tells us nothing.
    if (isMac(this.#ethernet.mac, senderMac)) return;

    const isProbe = isUnspecified(senderAddress);
    const isHost = isUnicast(senderAddress) && !this.#interface.isBroadcast(senderAddress);
    if (!isStation(senderMac) || !(isHost || isProbe)) {
      this.#interface.dropIn('arp.bad-sender', () => describe(packet));
      return;
    }
    if (this.acd.heard(packet) || this.#isOurs(senderAddress)) return;
    const forUs = this.#isOurs(targetAddress);
    const isRequest = operation === ARP_REQUEST;
    if (!isProbe) {
      const isReply = operation === ARP_REPLY;
      // RFC 826 also remembers who answers unasked; that is of use to nobody but an attacker.
      const known = this.#ethernet.neighbours.learn(senderAddress, senderMac, isReply && forUs, isRequest && forUs);
      if (!known && isReply) this.#interface.dropIn('arp.unsolicited', () => describe(packet));
    }
    if (forUs && isRequest) this.#send(ARP_REPLY, targetAddress, senderMac, senderMac, senderAddress);
  }

  /** Asks who has `address`: everybody, or only the station with the MAC `to`. */
  request(address: number, to: Uint8Array = BROADCAST_MAC): void {
    this.#send(ARP_REQUEST, this.#interface.sourceTo(address) ?? 0, to, NO_MAC, address);
  }

  /** Tells everybody that we have `address` (RFC 5227 §2.3). */
  announce(address: number): void {
    this.#send(ARP_REQUEST, address, BROADCAST_MAC, NO_MAC, address);
  }

  /**
   * The interface has an address: it is defended from now on, and announced once. Who has claimed it before (`acd.claim`) has done so, and
   * goes on to.
   */
  hold(address: number, announce: boolean): void {
    if (this.acd.isHeld(address)) return;
    this.acd.claim(address, NOBODY, { probe: false, defence: 'keep', announcements: announce ? 1 : 0 });
  }

  /** The interface has it no more. */
  release(address: number): void {
    this.acd.release(address);
  }

  /** Somebody claims an address of ours, or one that we are about to have. */
  #conflict(address: number, mac: Uint8Array): void {
    this.#host.count('arp.conflict');
    this.#host.trace?.({
      type: 'neighbour',
      time: this.#host.clock.now(),
      link: this.#interface.link.name,
      address: formatIpv4Address(address),
      state: 'conflict',
      mac: formatMac(mac),
    });
  }

  #isOurs(address: number): boolean {
    return this.#interface.addresses.some((own) => own.address === address);
  }

  #send(operation: number, source: number, to: Uint8Array, targetMac: Uint8Array, target: number): void {
    const packet: ArpPacket = {
      operation,
      senderMac: this.#ethernet.macText,
      senderAddress: formatIpv4Address(source),
      targetMac: formatMac(targetMac),
      targetAddress: formatIpv4Address(target),
    };
    const header = new Uint8Array(ETHERNET_HEADER);
    writeEthernetHeader(header, 0, to, this.#ethernet.mac, ETHERTYPE.ARP);
    this.#trace('out', packet);
    this.#interface.transmit([header, emitArp(packet)]);
  }

  #trace(direction: 'in' | 'out', packet: ArpView | ArpPacket): void {
    const { trace } = this.#host;
    if (trace === undefined) return;
    const plain = 'bytes' in packet ? parseArp(packet) : packet;
    if (plain instanceof WireError) return;
    trace({ type: 'arp', time: this.#host.clock.now(), direction, link: this.#interface.link.name, packet: plain });
  }
}

function describe(packet: ArpView): string {
  return `${formatIpv4Address(packet.senderAddress)} at ${formatMac(packet.senderMac)}`;
}
