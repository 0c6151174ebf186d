import type { FrameInfo } from '../link/link';
import { formatAddress, isLoopback6, isMapped, isMulticast6, isUnspecified6 } from '../wire/address';
import { readUint32, readUint8 } from '../wire/bytes';
import { WireError } from '../wire/error';
import { UNREACHABLE } from '../wire/icmp';
import { PROTOCOL } from '../wire/ipv4';
import { viewIpv6, type Ipv6View } from '../wire/ipv6';
import { EXTENSION, type Ipv6Problem } from '../wire/ipv6-extensions';
import type { Drop } from './drops';
import type { Ipv6Forward } from './forward/ipv6-forward';
import type { IpSettings } from './host';
import { reassembleIpv6 } from './fragment-ipv6';
import type { Interface } from './interface';
import type { Paths } from './paths';
import type { Datagram, FragmentOf } from './protocol';
import type { Protocols } from './protocols';
import type { Reassembly } from './reassembly';

/** Tells a packet's sender why it came to nothing. */
export interface Ipv6Errors {
  unreachable(datagram: Datagram, code: number): void;
  problem(datagram: Datagram<Ipv6View>, problem: Ipv6Problem): void;
}

/** Checks the IPv6 packets that arrive, and hands those for us to their protocols (RFC 8200, RFC 4291 §2.5). */
export class Ipv6Input {
  readonly #paths: Paths;
  readonly #protocols: Protocols;
  readonly #reassembly: Reassembly<FragmentOf>;
  readonly #errors: Ipv6Errors;
  readonly #strongHost: boolean;
  /** Takes what is for others. */
  forward: Ipv6Forward | undefined;

  constructor(
    settings: IpSettings,
    paths: Paths,
    protocols: Protocols,
    reassembly: Reassembly<FragmentOf>,
    errors: Ipv6Errors,
  ) {
    this.#strongHost = settings.strongHost;
    this.#paths = paths;
    this.#protocols = protocols;
    this.#reassembly = reassembly;
    this.#errors = errors;
  }

  /**
   * Takes the packet in `frame` from `offset` on; `linkBroadcast`: the link delivered it to a group of stations; `info`: what the link
   * says of it.
   */
  receive(frame: Uint8Array, offset: number, on: Interface, linkBroadcast: boolean, info: FrameInfo): void {
    const packet = viewIpv6(frame, offset);
    if (packet instanceof WireError) {
      malformed(packet, on);
      return;
    }
    if (!on.loopback) packet.zone = on.index;
    const { src, dst } = packet;
    if (!on.loopback && this.#isMartian(packet, on)) return;
    const toGroup = readUint8(frame, offset + 24) === 0xff;
    if (toGroup ? !on.groups.has(dst) : !this.#paths.isLocal(dst)) {
      if (toGroup || this.forward === undefined) refuse('ip.not-ours', packet, on);
      else this.forward.receive({ packet, interface: on, broadcast: linkBroadcast, info });
      return;
    }
    if (this.#strongHost && !toGroup && !on.loopback && this.#paths.interfaceOf(dst) !== on) {
      refuse('ip.wrong-interface', packet, on);
      return;
    }
    // RFC 4291 §2.5.2: nobody is there to be answered; only what Neighbor Discovery and MLD say may come so.
    if (isUnspecified6(src) && packet.protocol !== PROTOCOL.ICMPV6) {
      refuse('ip.martian-source', packet, on);
      return;
    }
    const datagram: Datagram<Ipv6View> = { packet, interface: on, broadcast: toGroup || linkBroadcast, info };
    if (packet.problem !== undefined) this.#problem(datagram, packet.problem);
    else if (isFragment(packet)) this.#reassemble(datagram);
    else this.deliver(datagram);
  }

  #reassemble(datagram: Datagram<Ipv6View>): void {
    const { packet, interface: on, broadcast } = datagram;
    const whole = reassembleIpv6(this.#reassembly, packet, packet.src, packet.dst, { interface: on, broadcast });
    if (whole === undefined) return;
    if (whole instanceof WireError) {
      malformed(whole, on);
      return;
    }
    whole.zone = packet.zone;
    // What the link says of a part is not true of the whole.
    const joined: Datagram<Ipv6View> = { packet: whole, interface: on, broadcast, info: 0 };
    if (whole.problem !== undefined) this.#problem(joined, whole.problem);
    else if (isFragment(whole)) nested(whole, on);
    else this.deliver(joined);
  }

  #problem(datagram: Datagram<Ipv6View>, problem: Ipv6Problem): void {
    badExtension(problem, datagram.packet, datagram.interface);
    this.#errors.problem(datagram, problem);
  }

  /** A whole packet. */
  deliver(datagram: Datagram<Ipv6View>): void {
    const { packet, interface: on } = datagram;
    const { protocol } = packet;
    const handler = protocol === PROTOCOL.ICMP ? undefined : this.#protocols.get(protocol);
    if (handler !== undefined) {
      handler.receive(datagram);
      return;
    }
    if (protocol === EXTENSION.NO_NEXT_HEADER) return;
    unknownProtocol(packet, on);
    this.#errors.unreachable(datagram, UNREACHABLE.PROTOCOL);
  }

  /** Addresses that cannot come from a wire (RFC 4291 §2.5.2, §2.5.3, §2.7; RFC 4942 §2.2 on mapped ones). */
  #isMartian(packet: Ipv6View, on: Interface): boolean {
    const { src, dst, bytes, offset } = packet;
    if (!isSpecial(bytes, offset + 8) && !isSpecial(bytes, offset + 24)) {
      if (!this.#paths.isLocal(src)) return false;
      refuse('ip.martian-source', packet, on);
      return true;
    }
    if (isMulticast6(src) || isLoopback6(src) || isMapped(src) || this.#paths.isLocal(src)) {
      refuse('ip.martian-source', packet, on);
      return true;
    }
    if (isUnspecified6(dst) || isLoopback6(dst) || isMapped(dst)) {
      refuse('ip.martian-destination', packet, on);
      return true;
    }
    return false;
  }
}

/** Whether an address can be one of those that are not one host's on a wire: ff00::/8 and what begins with 32 zeros. Told from the bytes. */
function isSpecial(bytes: Uint8Array, at: number): boolean {
  return readUint8(bytes, at) === 0xff || readUint32(bytes, at) === 0;
}

/** A part of a packet. One alone with a fragment header is whole (RFC 6946). */
function isFragment(packet: Ipv6View): boolean {
  return packet.moreFragments || packet.fragmentOffset > 0;
}

// What is dropped is told from functions of their own: one that makes a closure somewhere makes room for it each time it is called.

function refuse(name: Drop, packet: Ipv6View, on: Interface): void {
  on.dropIn(name, () => describe(packet));
}

function malformed(error: WireError, on: Interface): void {
  on.dropIn('ip.malformed', () => error.message);
}

function badExtension({ reason }: Ipv6Problem, packet: Ipv6View, on: Interface): void {
  on.dropIn('ip.bad-extension', () => `${reason}, ${describe(packet)}`);
}

function unknownProtocol(packet: Ipv6View, on: Interface): void {
  on.dropIn('ip.unknown-protocol', () => `${packet.protocol}, ${describe(packet)}`);
}

function nested(packet: Ipv6View, on: Interface): void {
  on.dropIn('ip.bad-extension', () => `fragments in fragments, ${describe(packet)}`);
}

function describe(packet: Ipv6View): string {
  return `${formatAddress(packet.src)} to ${formatAddress(packet.dst)}`;
}
