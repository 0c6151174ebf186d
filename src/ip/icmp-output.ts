import { joinFrame, type Frame } from '../link/link';
import { formatAddress, formatIpv4Address } from '../wire/address';
import { WireError } from '../wire/error';
import { emitIcmp, ICMP_HEADER, ICMP_TYPE, parseIcmp, type IcmpMessage } from '../wire/icmp';
import { IPV4_HEADER, PROTOCOL, type Ipv4View } from '../wire/ipv4';
import { isHost } from './address';
import { drop } from './drops';
import type { IpHost, IpSettings } from './host';
import type { Ipv4Output } from './ipv4-output';
import type { SendOptions } from './output';
import type { Path, Paths } from './paths';
import type { Datagram } from './protocol';
import { TokenBucket } from './token-bucket';

/** An error quotes as much as fits into a packet that every host takes (RFC 1812 §4.3.2.3). */
const MOST_QUOTED = 576 - IPV4_HEADER - ICMP_HEADER;

/** RFC 792; neither sent nor heeded here. */
export const REDIRECT = 5;

/** The messages about which no error may be sent (RFC 1122 §3.2.2). */
const ERRORS: ReadonlySet<number> = new Set([
  ICMP_TYPE.DESTINATION_UNREACHABLE,
  ICMP_TYPE.SOURCE_QUENCH,
  REDIRECT,
  ICMP_TYPE.TIME_EXCEEDED,
  ICMP_TYPE.PARAMETER_PROBLEM,
]);

/** Sends ICMP messages: others' as they are given, and errors where the rules let us. */
export class IcmpOutput {
  readonly #host: IpHost;
  readonly #paths: Paths;
  readonly #output: Ipv4Output;
  readonly #bucket: TokenBucket;

  constructor(host: IpHost, settings: IpSettings, paths: Paths, output: Ipv4Output) {
    this.#host = host;
    this.#paths = paths;
    this.#output = output;
    this.#bucket = new TokenBucket(settings.icmpRate, settings.icmpBurst);
  }

  /** Sends a message with its checksum in place. `false`: it was dropped. */
  send(path: Path, message: Frame, options?: SendOptions): boolean {
    this.#trace(path, message);
    return this.#output.send(path, PROTOCOL.ICMP, message, options);
  }

  /** Answers a packet with a message from the address to which it was sent. */
  answer(packet: Ipv4View, message: Frame, options?: SendOptions): void {
    const path = this.#paths.find(packet.src, packet.dst);
    if (typeof path === 'string') drop(this.#host, 'ip.no-route', () => formatIpv4Address(packet.src));
    else this.send(path, message, options);
  }

  /**
   * Tells the sender that its packet did not get where it should, unless no error may be sent about it (RFC 1122
   * §3.2.2, RFC 1812 §4.3.2.7) or enough were sent for now (RFC 1812 §4.3.2.8).
   * @param code as in `UNREACHABLE`
   */
  unreachable(datagram: Datagram<Ipv4View>, code: number): void {
    this.error(
      datagram,
      (quoted) => ({ type: 'destination-unreachable', code, nextHopMtu: 0, quoted }),
      datagram.packet.dst,
    );
  }

  /**
   * The same with any error.
   * @param local the address that it comes from; default: the one that suits the way to the sender (RFC 1812 §4.3.2.4)
   */
  error(datagram: Datagram<Ipv4View>, about: (quoted: Uint8Array) => IcmpMessage, local?: number): void {
    const { packet } = datagram;
    if (datagram.broadcast || packet.fragmentOffset > 0 || !isHost(packet.src)) return;
    if (packet.protocol === PROTOCOL.ICMP && ERRORS.has(packet.bytes[packet.payloadOffset] ?? 0)) return;
    if (!this.#bucket.take(this.#host.clock.now())) {
      drop(this.#host, 'icmp.rate-limited', () => `about a packet from ${formatIpv4Address(packet.src)}`);
      return;
    }
    const end = Math.min(packet.end, packet.offset + MOST_QUOTED);
    const quoted = packet.bytes.subarray(packet.offset, end);
    const path = this.#paths.find(packet.src, local);
    if (typeof path === 'string') drop(this.#host, 'ip.no-route', () => formatIpv4Address(packet.src));
    else this.send(path, [emitIcmp(about(quoted))]);
  }

  #trace(path: Path, frame: Frame): void {
    const { trace } = this.#host;
    if (trace === undefined) return;
    const message = parseIcmp(joinFrame(frame));
    if (message instanceof WireError) return;
    trace({
      type: 'icmp',
      time: this.#host.clock.now(),
      direction: 'out',
      link: path.interface.link.name,
      src: formatAddress(path.source),
      dst: formatAddress(path.destination),
      version: 4,
      message,
    });
  }
}
