import { formatAddress } from '../wire/address';
import { WireError } from '../wire/error';
import { UNREACHABLE } from '../wire/icmp';
import {
  icmpv6ChecksumIsGood,
  parseIcmpv6,
  viewIcmpv6,
  viewQuotedIpv6,
  type Icmpv6Message,
  type Icmpv6View,
} from '../wire/icmpv6';
import type { Ipv6View } from '../wire/ipv6';
import { isMld } from '../wire/mld';
import { isNdp } from '../wire/ndp';
import type { IpHost } from './host';
import type { Icmp6Output } from './icmp6-output';
import type { Interface } from './interface';
import type { Mld } from './mld';
import type { Pings } from './ping';
import { isIpv6, type Datagram, type IcmpReport, type ProtocolHandler } from './protocol';
import type { Protocols } from './protocols';

/** ICMPv6's "destination unreachable" as IPv4 says it (RFC 4443 §3.1; RFC 7915 §5.2). Others: host. */
const CODES: Readonly<Partial<Record<number, number>>> = { 0: UNREACHABLE.NET, 1: 13, 4: UNREACHABLE.PORT };
/** A message of ICMPv6's that is an error about a packet. */
export type Icmpv6Error = Exclude<Icmpv6Message, { type: 'echo-request' | 'echo-reply' | 'unknown' }>;

/** The code of a Parameter Problem that says: no such protocol here. */
const UNKNOWN_NEXT_HEADER = 1;

/** ICMPv6 as a host receives it (RFC 4443): answers echo, passes errors on to the protocols, and Neighbor Discovery on to the interface. */
export class Icmp6 implements ProtocolHandler {
  readonly #host: IpHost;
  readonly #output: Icmp6Output;
  readonly #pings: Pings;
  readonly #protocols: Protocols;
  readonly #mld: Mld;

  constructor(host: IpHost, output: Icmp6Output, pings: Pings, protocols: Protocols, mld: Mld) {
    this.#host = host;
    this.#output = output;
    this.#pings = pings;
    this.#protocols = protocols;
    this.#mld = mld;
  }

  receive(datagram: Datagram): void {
    if (isIpv6(datagram)) this.#receive(datagram);
  }

  #receive(datagram: Datagram<Ipv6View>): void {
    const { packet, interface: on } = datagram;
    const view = viewIcmpv6(packet.bytes, packet.payloadOffset, packet.end);
    const message = view instanceof WireError ? view : parseIcmpv6(view);
    if (view instanceof WireError || message instanceof WireError) {
      on.dropIn('icmp.malformed', () => describe(datagram));
      return;
    }
    if (!icmpv6ChecksumIsGood(view, packet.src, packet.dst)) {
      on.dropIn('icmp.bad-checksum', () => describe(datagram));
      return;
    }
    if (isNdp(view.type)) {
      this.#discovery(datagram, view);
      return;
    }
    if (isMld(view.type)) {
      this.#mld.receive(datagram, view);
      return;
    }
    this.#trace(datagram, message);
    switch (message.type) {
      case 'echo-request':
        // RFC 4443 §4.2 lets a host answer what went to a group; answering helps those who amplify floods.
        if (datagram.broadcast) on.dropIn('icmp.broadcast', () => describe(datagram));
        else this.#output.answer(datagram, { ...message, type: 'echo-reply' }, { dscp: packet.dscp, fragment: true });
        break;
      case 'echo-reply':
        if (!this.#pings.reply(packet, message)) on.dropIn('icmp.unexpected', () => describe(datagram));
        break;
      case 'unknown':
        on.dropIn('icmp.unknown-type', () => `${view.type}, ${describe(datagram)}`);
        break;
      default:
        this.#passOn(datagram, message);
    }
  }

  /** An error about an ICMP message of ours: an echo request that did not arrive. */
  error(report: IcmpReport): void {
    this.#pings.error(report);
  }

  /** A packet of ours did not find its neighbour: its protocol learns it as if a router had said so. */
  neighbourUnreachable(packet: Uint8Array, on: Interface): void {
    const quoted = viewQuotedIpv6(packet);
    if (quoted instanceof WireError) return;
    quoted.zone = on.index;
    const from = formatAddress(quoted.src);
    this.#deliver({ kind: 'destination-unreachable', code: UNREACHABLE.HOST, from, quoted });
  }

  /** Neighbor Discovery is for links that have neighbours. */
  #discovery(datagram: Datagram<Ipv6View>, view: Icmpv6View): void {
    const { interface: on } = datagram;
    if (on.ethernet !== undefined) on.ethernet.ndp.receive(datagram, view);
    else on.dropIn('icmp.unknown-type', () => `${view.type}, ${describe(datagram)}`);
  }

  /** An error counts only when it quotes the start of a packet that came from the address it was sent to. */
  #passOn(datagram: Datagram<Ipv6View>, message: Icmpv6Error): void {
    const { packet, interface: on } = datagram;
    const quoted = viewQuotedIpv6(message.quoted);
    if (quoted instanceof WireError || quoted.fragmentOffset > 0) {
      on.dropIn('icmp.bad-quote', () => describe(datagram));
      return;
    }
    if (!on.loopback) quoted.zone = on.index;
    if (quoted.src !== packet.dst) {
      on.dropIn('icmp.bad-quote', () => describe(datagram));
      return;
    }
    this.#deliver({ ...inTermsOfIpv4(message), from: formatAddress(packet.src), quoted });
  }

  #deliver(report: IcmpReport): void {
    this.#protocols.get(report.quoted.protocol)?.error?.(report);
  }

  #trace({ packet, interface: on }: Datagram<Ipv6View>, message: Icmpv6Message): void {
    this.#host.trace?.({
      type: 'icmp',
      time: this.#host.clock.now(),
      direction: 'in',
      link: on.link.name,
      src: formatAddress(packet.src),
      dst: formatAddress(packet.dst),
      version: 6,
      message,
    });
  }
}

/** An ICMPv6 error in the terms of ICMP. */
export function inTermsOfIpv4(message: Icmpv6Error): Pick<IcmpReport, 'kind' | 'code' | 'nextHopMtu'> {
  switch (message.type) {
    case 'packet-too-big':
      return {
        kind: 'destination-unreachable',
        code: UNREACHABLE.FRAGMENTATION_NEEDED,
        nextHopMtu: Math.min(message.mtu, 0xffff),
      };
    case 'parameter-problem':
      if (message.code === UNKNOWN_NEXT_HEADER) {
        return { kind: 'destination-unreachable', code: UNREACHABLE.PROTOCOL };
      }
      return { kind: message.type, code: message.code };
    case 'destination-unreachable':
      return { kind: message.type, code: CODES[message.code] ?? UNREACHABLE.HOST };
    case 'time-exceeded':
      return { kind: message.type, code: message.code };
  }
}

function describe({ packet }: Datagram<Ipv6View>): string {
  return `from ${formatAddress(packet.src)}`;
}
