import { readUint16, readUint32, readUint8 } from '../../wire/bytes';
import { addSums, sum } from '../../wire/checksum';
import { IPV4_HEADER, PROTOCOL } from '../../wire/ipv4';
import { readIpv6Address } from '../../wire/ipv6-bytes';
import { IPV6_HEADER } from '../../wire/ipv6-extensions';
import { TCP_CHECKSUM, TCP_HEADER } from '../../wire/tcp';
import { CHECKED, UNFILLED, type FrameInfo } from '../link';

/** What a raw socket's link reads of packets. Those that come in are whole: the kernel has looked at their headers. */

const UDP_CHECKSUM = 6;

export function isIpv6(packet: Uint8Array): boolean {
  return readUint8(packet, 0) >>> 4 === 6;
}

export function sourceOf(packet: Uint8Array): number | bigint {
  return isIpv6(packet) ? readIpv6Address(packet, 8) : readUint32(packet, 12);
}

export function destinationOf(packet: Uint8Array): number | bigint {
  return isIpv6(packet) ? readIpv6Address(packet, 24) : readUint32(packet, 16);
}

/**
 * What the kernel knows of a packet that came in and a raw socket does not tell. Where the kernel has put segments together (GRO), or
 * the sender is on this machine and never cut or summed (a veth), the checksum's field holds the sum over the pseudo-header, as for a
 * network card to go on with; the kernel vouches for such a packet. How long the segments were that it is made of is not told
 * either: as long as the MTU allows, is what senders do.
 */
export function infoOf(packet: Uint8Array, mtu: number): FrameInfo {
  const ipv6 = isIpv6(packet);
  const protocol = readUint8(packet, ipv6 ? 6 : 9);
  if (protocol !== PROTOCOL.TCP && protocol !== PROTOCOL.UDP) return 0;
  const transport = ipv6 ? IPV6_HEADER : (readUint8(packet, 0) & 15) * 4;
  const length = packet.length - transport;
  const at = transport + (protocol === PROTOCOL.TCP ? TCP_CHECKSUM : UDP_CHECKSUM);
  if (at + 2 > packet.length) return 0;
  const [from, to] = ipv6 ? [8, IPV6_HEADER] : [12, IPV4_HEADER];
  const pseudo = sum(packet, addSums(protocol, length), from, to);
  const kernels = readUint16(packet, at) === pseudo ? CHECKED | UNFILLED : 0;
  if (protocol !== PROTOCOL.TCP || packet.length <= mtu || length < TCP_HEADER) return kernels;
  const headers = transport + (readUint8(packet, transport + 12) >>> 4) * 4;
  return kernels | Math.max(1, mtu - headers);
}

/** What is read of a packet that is to go out. */
export interface Outgoing {
  readonly src: number | bigint;
  readonly dst: number | bigint;
  /** The source port of TCP or UDP, where there is one to be seen: not in a later fragment. */
  readonly port: number | undefined;
  /** What the kernel says itself about its addresses: neighbour discovery, and who is in which group. */
  readonly isKernels: boolean;
}

const IGMP = 2;
const HOP_BY_HOP = 0;

/** @param headers a packet, or as much of it as its headers; `undefined` where they are cut off */
export function outgoing(headers: Uint8Array): Outgoing | undefined {
  const ipv6 = headers.length > 0 && isIpv6(headers);
  if (headers.length < (ipv6 ? IPV6_HEADER : IPV4_HEADER)) return undefined;
  const protocol = readUint8(headers, ipv6 ? 6 : 9);
  const transport = ipv6 ? IPV6_HEADER : (readUint8(headers, 0) & 15) * 4;
  const isLater = !ipv6 && (readUint16(headers, 6) & 0x1fff) !== 0;
  const hasPorts = (protocol === PROTOCOL.TCP || protocol === PROTOCOL.UDP) && !isLater;
  const hasAll = headers.length >= transport + 2;
  return {
    src: sourceOf(headers),
    dst: destinationOf(headers),
    port: hasPorts && hasAll ? readUint16(headers, transport) : undefined,
    isKernels: ipv6 ? hasAll && isDiscovery(headers) : protocol === IGMP,
  };
}

/** MLD (130 to 132, 143) and neighbour discovery (133 to 137); MLD stands behind hop-by-hop options (RFC 2710 §3). */
function isDiscovery(packet: Uint8Array): boolean {
  const first = readUint8(packet, 6);
  const options = first === HOP_BY_HOP;
  const at = options ? IPV6_HEADER + 8 * (readUint8(packet, IPV6_HEADER + 1) + 1) : IPV6_HEADER;
  const protocol = options ? readUint8(packet, IPV6_HEADER) : first;
  if (protocol !== PROTOCOL.ICMPV6 || at >= packet.length) return false;
  const type = readUint8(packet, at);
  return (type >= 130 && type <= 137) || type === 143;
}
