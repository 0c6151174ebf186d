import { formatAddress, isMulticast6, isUnspecified6 } from '../wire/address';
import { UNREACHABLE } from '../wire/icmp';
import { emitIcmpv6, ICMPV6_HEADER, type Icmpv6Message } from '../wire/icmpv6';
import { PROTOCOL } from '../wire/ipv4';
import type { Ipv6View } from '../wire/ipv6';
import { IPV6_HEADER, PARAMETER_PROBLEM, type Ipv6Problem } from '../wire/ipv6-extensions';
import { drop } from './drops';
import type { IpHost, IpSettings } from './host';
import type { SendOptions } from './output';
import type { Ipv6Output } from './ipv6-output';
import { SMALLEST_MTU6 } from './path-mtu';
import type { Path, Paths } from './paths';
import type { Datagram } from './protocol';
import { TokenBucket } from './token-bucket';

/** RFC 4443 §2.4 (c): an error is not longer than what every link takes. */
const MOST_QUOTED = SMALLEST_MTU6 - IPV6_HEADER - ICMPV6_HEADER;

/** Types below this one are errors (RFC 4443 §2.1); a redirect is as good as one (§2.4 (e.2)). */
const FIRST_INFORMATIONAL = 128;
const REDIRECT = 137;

/** "Destination unreachable" of IPv4 as ICMPv6 says it (RFC 4443 §3.1; RFC 7915 §4.2). Others: no route. */
const CODES: Readonly<Partial<Record<number, number>>> = {
  [UNREACHABLE.NET]: 0,
  [UNREACHABLE.HOST]: 3,
  [UNREACHABLE.PORT]: 4,
  // Communication administratively prohibited.
  9: 1,
  10: 1,
  13: 1,
};

/** An error without what it quotes. */
export type Icmp6Error =
  | { readonly type: 'destination-unreachable' | 'time-exceeded'; readonly code: number }
  | { readonly type: 'packet-too-big'; readonly mtu: number }
  | { readonly type: 'parameter-problem'; readonly code: number; readonly pointer: number };

/** Sends ICMPv6 messages: others' as they are given, and errors where the rules let us (RFC 4443 §2.4). */
export class Icmp6Output {
  readonly #host: IpHost;
  readonly #paths: Paths;
  readonly #output: Ipv6Output;
  readonly #bucket: TokenBucket;

  constructor(host: IpHost, settings: IpSettings, paths: Paths, output: Ipv6Output) {
    this.#host = host;
    this.#paths = paths;
    this.#output = output;
    this.#bucket = new TokenBucket(settings.icmpRate, settings.icmpBurst);
  }

  /** Sends a message, whose checksum is made here. `false`: it was dropped. */
  send(path: Path, message: Icmpv6Message, options?: SendOptions): boolean {
    const { source: src, destination: dst } = path;
    this.#host.trace?.({
      type: 'icmp',
      time: this.#host.clock.now(),
      direction: 'out',
      link: path.interface.link.name,
      src: formatAddress(src),
      dst: formatAddress(dst),
      version: 6,
      message,
    });
    return this.#output.send(path, PROTOCOL.ICMPV6, [emitIcmpv6(message, { src, dst })], options);
  }

  /** Answers a packet with a message, from the address to which it was sent, or where that is a group's from one of ours. */
  answer({ packet, interface: on }: Datagram<Ipv6View>, message: Icmpv6Message, options?: SendOptions): void {
    const local = isMulticast6(packet.dst) || !this.#paths.isLocal(packet.dst) ? undefined : packet.dst;
    const path = this.#paths.find(packet.src, local);
    if (typeof path === 'string') on.dropOut('ip.no-route', () => formatAddress(packet.src));
    else this.send(path, message, options);
  }

  /** As `IcmpOutput.unreachable`, the code in IPv4's terms. */
  unreachable(datagram: Datagram<Ipv6View>, code: number): void {
    if (code === UNREACHABLE.PROTOCOL) {
      const pointer = datagram.packet.protocolPointer;
      this.error(datagram, { type: 'parameter-problem', code: PARAMETER_PROBLEM.UNKNOWN_NEXT_HEADER, pointer });
    } else this.error(datagram, { type: 'destination-unreachable', code: CODES[code] ?? 0 });
  }

  /** RFC 8200 §4.2: what an extension header asks for and we do not know. */
  problem(datagram: Datagram<Ipv6View>, { code, pointer, report }: Ipv6Problem): void {
    if (report === 'never') return;
    this.error(datagram, { type: 'parameter-problem', code, pointer }, report === 'always');
  }

  /**
   * Tells the sender that its packet did not get where it should, unless no error may be sent about it (RFC 4443 §2.4 (e)) or enough were
   * sent for now (§2.4 (f)).
   * @param evenToGroup even where the packet came by multicast
   */
  error(datagram: Datagram<Ipv6View>, error: Icmp6Error, evenToGroup = error.type === 'packet-too-big'): void {
    const { packet } = datagram;
    if ((datagram.broadcast && !evenToGroup) || packet.fragmentOffset > 0) return;
    if (isUnspecified6(packet.src) || isMulticast6(packet.src) || isError(packet)) return;
    if (!this.#bucket.take(this.#host.clock.now())) {
      drop(this.#host, 'icmp.rate-limited', () => `about a packet from ${formatAddress(packet.src)}`);
      return;
    }
    const quoted = packet.bytes.slice(packet.offset, Math.min(packet.end, packet.offset + MOST_QUOTED));
    this.answer(datagram, { ...error, quoted });
  }
}

function isError({ protocol, bytes, payloadOffset, end }: Ipv6View): boolean {
  if (protocol !== PROTOCOL.ICMPV6) return false;
  const type = payloadOffset < end ? (bytes[payloadOffset] ?? 0) : 0;
  return type < FIRST_INFORMATIONAL || type === REDIRECT;
}
