import type { FrameInfo } from '../link/link';
import { formatIpv4Address, isLoopback, isMulticast } from '../wire/address';
import { WireError } from '../wire/error';
import { UNREACHABLE } from '../wire/icmp';
import { IPV4_HEADER, PROTOCOL, viewIpv4, type Ipv4View } from '../wire/ipv4';
import { isSourceRoute, parseIpv4Options } from '../wire/ipv4-options';
import { isUnicast } from './address';
import type { Drop } from './drops';
import type { IpSettings } from './host';
import type { Interface } from './interface';
import type { Paths } from './paths';
import type { Datagram } from './protocol';
import type { Protocols } from './protocols';
import { isComplete } from './source-route';

/** The code of "destination unreachable" for a source route that ends here too early (RFC 792). */
const SOURCE_ROUTE_FAILED = 5;

/** Checks the IPv4 packets that arrive, and hands those for us to their protocols (RFC 1122 §3.2.1). */
export class Ipv4Input {
  readonly #settings: IpSettings;
  readonly #paths: Paths;
  readonly #protocols: Protocols;
  readonly #unreachable: (datagram: Datagram, code: number) => void;

  /** @param unreachable takes what cannot be delivered, and tells the sender why */
  constructor(
    settings: IpSettings,
    paths: Paths,
    protocols: Protocols,
    unreachable: (datagram: Datagram, code: number) => void,
  ) {
    this.#settings = settings;
    this.#paths = paths;
    this.#protocols = protocols;
    this.#unreachable = unreachable;
  }

  /**
   * Takes the packet in `frame` from `offset` on; `linkBroadcast`: the link delivered it to a group of stations; `info`: what the link
   * says of it.
   */
  receive(frame: Uint8Array, offset: number, on: Interface, linkBroadcast: boolean, info: FrameInfo): void {
    const packet = viewIpv4(frame, offset);
    if (packet instanceof WireError) {
      malformed(packet, on);
      return;
    }
    if (!packet.checksumIsGood()) {
      refuse('ip.bad-checksum', packet, on);
      return;
    }
    if (!on.loopback && this.#isMartian(packet, on)) return;

    const { dst } = packet;
    const toAll = on.isBroadcast(dst) || (isMulticast(dst) && on.groups.has(dst));
    if (!toAll && !this.#paths.isLocal(dst)) {
      refuse('ip.not-ours', packet, on);
      return;
    }
    const broadcast = toAll || linkBroadcast;
    if (packet.headerLength > IPV4_HEADER && !this.#acceptsOptions({ packet, interface: on, broadcast, info })) return;
    const whole = this.#reassemble(packet, on);
    if (whole === undefined) return;

    const datagram: Datagram = { packet: whole, interface: on, broadcast, info };
    const handler = this.#protocols.get(whole.protocol);
    if (handler !== undefined && whole.protocol !== PROTOCOL.ICMPV6) {
      handler.receive(datagram);
      return;
    }
    unknownProtocol(whole, on);
    this.#unreachable(datagram, UNREACHABLE.PROTOCOL);
  }

  /** Addresses that cannot come from a wire (RFC 1122 §3.2.1.3, RFC 1812 §5.3.7): they are wrong or forged. */
  #isMartian(packet: Ipv4View, on: Interface): boolean {
    const { src, dst } = packet;
    if (!isUnicast(src) || this.#paths.isLocal(src) || on.isBroadcast(src)) {
      refuse('ip.martian-source', packet, on);
      return true;
    }
    if (isLoopback(dst) || dst >>> 24 === 0) {
      refuse('ip.martian-destination', packet, on);
      return true;
    }
    return false;
  }

  /** Options that we do not know change nothing (RFC 1122 §3.2.1.8). The list must be sound, and a source route wanted here and at its end. */
  #acceptsOptions(datagram: Datagram<Ipv4View>): boolean {
    const { packet, interface: on } = datagram;
    const options = parseIpv4Options(packet.options);
    if (options instanceof WireError) {
      on.dropIn('ip.bad-options', () => `${options.message}, ${describe(packet)}`);
      return false;
    }
    const [route, another] = options.filter(isSourceRoute);
    if (route === undefined) return true;
    const wanted = this.#settings.sourceRoute && another === undefined && !datagram.broadcast;
    if (wanted && isComplete(route)) return true;
    on.dropIn('ip.source-route', () => describe(packet));
    // RFC 1122 §3.3.5: a host that does not send it on says so.
    if (wanted) this.#unreachable(datagram, SOURCE_ROUTE_FAILED);
    return false;
  }

  /** The packet itself when it is whole. Here fragments will wait for each other. */
  #reassemble(packet: Ipv4View, on: Interface): Ipv4View | undefined {
    if (!packet.moreFragments && packet.fragmentOffset === 0) return packet;
    fragment(packet, on);
    return undefined;
  }
}

// What is dropped is told from functions of their own: one that makes a closure somewhere makes room for it each time it is called.

function refuse(name: Drop, packet: Ipv4View, on: Interface): void {
  on.dropIn(name, () => describe(packet));
}

function malformed(error: WireError, on: Interface): void {
  on.dropIn('ip.malformed', () => error.message);
}

function unknownProtocol(packet: Ipv4View, on: Interface): void {
  on.dropIn('ip.unknown-protocol', () => `${packet.protocol}, ${describe(packet)}`);
}

function fragment(packet: Ipv4View, on: Interface): void {
  on.dropIn('ip.fragment', () => `offset ${packet.fragmentOffset}, ${describe(packet)}`);
}

function describe(packet: Ipv4View): string {
  return `${formatIpv4Address(packet.src)} to ${formatIpv4Address(packet.dst)}`;
}
