import type { FrameInfo } from '../link/link';
import { formatIpv4Address, isLoopback, isMulticast } from '../wire/address';
import { WireError } from '../wire/error';
import { UNREACHABLE } from '../wire/icmp';
import { IPV4_HEADER, PROTOCOL, viewIpv4, type Ipv4View } from '../wire/ipv4';
import { isSourceRoute, parseIpv4Options } from '../wire/ipv4-options';
import { isUnicast } from './address';
import type { Drop } from './drops';
import type { Ipv4Forward } from './forward/ipv4-forward';
import { isIpv4Fragment, reassembleIpv4 } from './fragment-ipv4';
import type { IpSettings } from './host';
import type { Interface } from './interface';
import type { Paths } from './paths';
import type { Datagram, FragmentOf } from './protocol';
import type { Protocols } from './protocols';
import type { Reassembly } from './reassembly';
import { isComplete } from './source-route';

/** The code of "destination unreachable" for a source route that ends here too early (RFC 792). */
const SOURCE_ROUTE_FAILED = 5;

/** Checks the IPv4 packets that arrive, and hands those for us to their protocols (RFC 1122 §3.2.1). */
export class Ipv4Input {
  readonly #settings: IpSettings;
  readonly #paths: Paths;
  readonly #protocols: Protocols;
  readonly #reassembly: Reassembly<FragmentOf>;
  readonly #unreachable: (datagram: Datagram, code: number) => void;
  /** Takes what is for others. */
  forward: Ipv4Forward | undefined;

  /** @param unreachable takes what cannot be delivered, and tells the sender why */
  constructor(
    settings: IpSettings,
    paths: Paths,
    protocols: Protocols,
    reassembly: Reassembly<FragmentOf>,
    unreachable: (datagram: Datagram, code: number) => void,
  ) {
    this.#settings = settings;
    this.#paths = paths;
    this.#protocols = protocols;
    this.#reassembly = reassembly;
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

    // Who has no address yet is told of one at that address, or at everybody's.
    if (on.dhcp?.receive(packet, info) === true) return;

    const { dst } = packet;
    const toAll = on.isBroadcast(dst) || (isMulticast(dst) && on.groups.has(dst));
    if (!toAll && !this.#paths.isLocal(dst)) {
      if (this.forward === undefined) refuse('ip.not-ours', packet, on);
      else this.forward.receive({ packet, interface: on, broadcast: linkBroadcast, info });
      return;
    }
    if (this.#settings.strongHost && !toAll && !on.loopback && this.#paths.interfaceOf(dst) !== on) {
      refuse('ip.wrong-interface', packet, on);
      return;
    }
    const broadcast = toAll || linkBroadcast;
    if (packet.headerLength > IPV4_HEADER && !this.#acceptsOptions({ packet, interface: on, broadcast, info })) return;
    if (!isIpv4Fragment(packet)) {
      this.#deliver({ packet, interface: on, broadcast, info });
      return;
    }
    const whole = reassembleIpv4(this.#reassembly, packet, { interface: on, broadcast });
    // What the link says of a part is not true of the whole.
    if (whole !== undefined) this.#deliver({ packet: whole, interface: on, broadcast, info: 0 });
  }

  /** A whole packet. */
  #deliver(datagram: Datagram<Ipv4View>): void {
    const { packet, interface: on } = datagram;
    if (this.forward?.deliver(datagram) === true) return;
    const handler = this.#protocols.get(packet.protocol);
    if (handler !== undefined && packet.protocol !== PROTOCOL.ICMPV6) {
      handler.receive(datagram);
      return;
    }
    unknownProtocol(packet, on);
    this.#unreachable(datagram, UNREACHABLE.PROTOCOL);
  }

  /** Addresses that cannot come from a wire (RFC 1122 §3.2.1.3, RFC 1812 §5.3.7): they are wrong or forged. */
  #isMartian(packet: Ipv4View, on: Interface): boolean {
    const { src, dst } = packet;
    // RFC 3376 §4.1.12, RFC 4541 §2.1.1: a switch without an address asks who is in which group.
    if (src === 0 && packet.protocol === PROTOCOL.IGMP && isMulticast(dst)) return false;
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

function describe(packet: Ipv4View): string {
  return `${formatIpv4Address(packet.src)} to ${formatIpv4Address(packet.dst)}`;
}
