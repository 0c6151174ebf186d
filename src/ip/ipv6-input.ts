import type { FrameInfo } from '../link/link';
import { formatAddress, isLoopback6, isMapped, isMulticast6, isUnspecified6 } from '../wire/address';
import { readUint32, readUint8 } from '../wire/bytes';
import { WireError } from '../wire/error';
import { UNREACHABLE } from '../wire/icmp';
import { PROTOCOL } from '../wire/ipv4';
import { viewIpv6, type Ipv6View } from '../wire/ipv6';
import { EXTENSION, type Ipv6Problem } from '../wire/ipv6-extensions';
import type { Drop } from './drops';
import type { Interface } from './interface';
import type { Paths } from './paths';
import type { Datagram } from './protocol';
import type { Protocols } from './protocols';

/** Tells a packet's sender why it came to nothing. */
export interface Ipv6Errors {
  unreachable(datagram: Datagram, code: number): void;
  problem(datagram: Datagram<Ipv6View>, problem: Ipv6Problem): void;
}

/** Checks the IPv6 packets that arrive, and hands those for us to their protocols (RFC 8200, RFC 4291 §2.5). */
export class Ipv6Input {
  readonly #paths: Paths;
  readonly #protocols: Protocols;
  readonly #errors: Ipv6Errors;

  constructor(paths: Paths, protocols: Protocols, errors: Ipv6Errors) {
    this.#paths = paths;
    this.#protocols = protocols;
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
      refuse('ip.not-ours', packet, on);
      return;
    }
    // RFC 4291 §2.5.2: nobody is there to be answered; only what Neighbor Discovery and MLD say may come so.
    if (isUnspecified6(src) && packet.protocol !== PROTOCOL.ICMPV6) {
      refuse('ip.martian-source', packet, on);
      return;
    }
    const datagram: Datagram<Ipv6View> = { packet, interface: on, broadcast: toGroup || linkBroadcast, info };
    if (packet.problem !== undefined) {
      badExtension(packet.problem, packet, on);
      this.#errors.problem(datagram, packet.problem);
      return;
    }
    if (packet.moreFragments || packet.fragmentOffset > 0) fragment(packet, on);
    else this.deliver(datagram);
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

function fragment(packet: Ipv6View, on: Interface): void {
  on.dropIn('ip.fragment', () => `offset ${packet.fragmentOffset}, ${describe(packet)}`);
}

function describe(packet: Ipv6View): string {
  return `${formatAddress(packet.src)} to ${formatAddress(packet.dst)}`;
}
