import { formatIpv4Address, type Address } from '../wire/address';
import { updateChecksum } from '../wire/checksum';
import { WireError } from '../wire/error';
import {
  ICMP_HEADER,
  ICMP_TYPE,
  parseIcmp,
  UNREACHABLE,
  viewIcmp,
  viewQuoted,
  type IcmpDestinationUnreachable,
  type IcmpMessage,
  type IcmpParameterProblem,
  type IcmpTimeExceeded,
  type IcmpView,
} from '../wire/icmp';
import type { Ipv4View } from '../wire/ipv4';
import type { IpHost } from './host';
import { REDIRECT, type IcmpOutput } from './icmp-output';
import type { Pings } from './ping';
import { isIpv4, type Datagram, type IcmpReport, type ProtocolHandler } from './protocol';
import type { Protocols } from './protocols';
import type { Redirects } from './redirects';

type IcmpError = IcmpDestinationUnreachable | IcmpTimeExceeded | IcmpParameterProblem;

/** ICMP as a host receives it (RFC 792, RFC 1122 §3.2.2): answers echo, and passes errors on to the protocols. */
export class Icmp implements ProtocolHandler {
  readonly #host: IpHost;
  readonly #output: IcmpOutput;
  readonly #pings: Pings;
  readonly #protocols: Protocols;
  readonly #redirects: Redirects;

  constructor(host: IpHost, output: IcmpOutput, pings: Pings, protocols: Protocols, redirects: Redirects) {
    this.#host = host;
    this.#output = output;
    this.#pings = pings;
    this.#protocols = protocols;
    this.#redirects = redirects;
  }

  receive(datagram: Datagram): void {
    if (isIpv4(datagram)) this.#receive(datagram);
  }

  #receive(datagram: Datagram<Ipv4View>): void {
    const { packet, interface: on } = datagram;
    const view = viewIcmp(packet.bytes, packet.payloadOffset, packet.end);
    const message = view instanceof WireError ? view : parseIcmp(view);
    if (view instanceof WireError || message instanceof WireError) {
      on.dropIn('icmp.malformed', () => describe(datagram));
      return;
    }
    if (!view.checksumIsGood()) {
      on.dropIn('icmp.bad-checksum', () => describe(datagram));
      return;
    }
    this.#trace(datagram, message);
    // RFC 1122 §3.2.2.6 lets a host ignore such echo requests; answering helps those who amplify floods.
    if (datagram.broadcast) {
      on.dropIn('icmp.broadcast', () => describe(datagram));
      return;
    }
    switch (message.type) {
      case 'echo-request':
        this.#echo(datagram, view);
        break;
      case 'echo-reply':
        if (!this.#pings.reply(packet, message)) on.dropIn('icmp.unexpected', () => describe(datagram));
        break;
      case 'source-quench':
        on.dropIn('icmp.source-quench', () => describe(datagram));
        break;
      case 'unknown': {
        const { icmpType: type } = message;
        if (type === REDIRECT) this.#redirects.heard(datagram, view);
        else on.dropIn('icmp.unknown-type', () => `${type}, ${describe(datagram)}`);
        break;
      }
      default:
        this.#passOn(datagram, message);
    }
  }

  /** An error about an ICMP message of ours: an echo request that did not arrive. */
  error(report: IcmpReport): void {
    this.#pings.error(report);
  }

  /** Echo has identifiers where others have ports. */
  owns(_local: Address, identifier: number): boolean {
    return this.#pings.has(identifier);
  }

  /** A packet of ours did not find its neighbour: its protocol learns it as if a router had said so. */
  neighbourUnreachable(packet: Uint8Array): void {
    const quoted = viewQuoted(packet);
    if (quoted instanceof WireError) return;
    const from = formatIpv4Address(quoted.src);
    this.#deliver({ kind: 'destination-unreachable', code: UNREACHABLE.HOST, from, quoted });
  }

  /** RFC 792, "Echo": the same message with another type, and nothing else is computed anew. */
  #echo({ packet }: Datagram<Ipv4View>, request: IcmpView): void {
    const { bytes, offset, end } = request;
    const header = bytes.slice(offset, offset + ICMP_HEADER);
    header[0] = ICMP_TYPE.ECHO_REPLY;
    const checksum = updateChecksum(request.checksum, ICMP_TYPE.ECHO_REQUEST << 8, ICMP_TYPE.ECHO_REPLY << 8);
    header[2] = checksum >>> 8;
    header[3] = checksum;
    const { dscp, dontFragment } = packet;
    this.#output.answer(packet, [header, bytes.subarray(offset + ICMP_HEADER, end)], {
      dscp,
      dontFragment,
      fragment: true,
    });
  }

  /** An error counts only when it quotes the start of a packet that came from the address it was sent to. */
  #passOn(datagram: Datagram<Ipv4View>, message: IcmpError): void {
    const { packet } = datagram;
    const quoted = viewQuoted(message.quoted);
    if (quoted instanceof WireError || quoted.src !== packet.dst || quoted.fragmentOffset > 0) {
      datagram.interface.dropIn('icmp.bad-quote', () => describe(datagram));
      return;
    }
    const { type: kind, code } = message;
    const from = formatIpv4Address(packet.src);
    if (kind === 'destination-unreachable' && code === UNREACHABLE.FRAGMENTATION_NEEDED) {
      this.#deliver({ kind, code, nextHopMtu: message.nextHopMtu, from, quoted });
    } else {
      this.#deliver({ kind, code, from, quoted });
    }
  }

  #deliver(report: IcmpReport): void {
    this.#protocols.get(report.quoted.protocol)?.error?.(report);
  }

  #trace({ packet, interface: on }: Datagram<Ipv4View>, message: IcmpMessage): void {
    this.#host.trace?.({
      type: 'icmp',
      time: this.#host.clock.now(),
      direction: 'in',
      link: on.link.name,
      src: formatIpv4Address(packet.src),
      dst: formatIpv4Address(packet.dst),
      version: 4,
      message,
    });
  }
}

function describe({ packet }: Datagram<Ipv4View>): string {
  return `from ${formatIpv4Address(packet.src)}`;
}
