import { linkHeader } from '../../link/finish';
import type { Link } from '../../link/link';
import { formatAddress } from '../../wire/address';
import { readUint16, readUint32, readUint8 } from '../../wire/bytes';
import { WireError } from '../../wire/error';
import { ETHERTYPE } from '../../wire/ethernet';
import { PROTOCOL, viewIpv4, type Ipv4View } from '../../wire/ipv4';
import { viewIpv6, type Ipv6View } from '../../wire/ipv6';
import { TCP_HEADER } from '../../wire/tcp';
import { UDP_HEADER } from '../../wire/udp';

export type PacketKind = 'tcp' | 'udp' | 'icmp' | 'icmp6' | 'arp' | 'igmp' | 'fragment' | 'ip' | 'other';

/** By what a packet on a link and an event of the trace are found to be the same. */
export interface Packet {
  readonly kind: PacketKind;
  /** IP's addresses as text, without zones. */
  readonly src: string;
  readonly dst: string;
  readonly srcPort: number;
  readonly dstPort: number;
  /** Of TCP; 0 elsewhere. */
  readonly seq: number;
  readonly flags: number;
  /** Of TCP's or UDP's data, in bytes: over all its pieces. */
  readonly length: number;
  /** A router has marked it with "congestion experienced" (RFC 3168 §5). */
  readonly isMarked: boolean;
}

/** "Congestion experienced". */
const CE = 3;

const NOTHING: Packet = {
  kind: 'other',
  src: '',
  dst: '',
  srcPort: 0,
  dstPort: 0,
  seq: 0,
  flags: 0,
  length: 0,
  isMarked: false,
};

/** TCP's control bits as the trace has them, without AE and what is reserved. */
export const CONTROL_BITS = 0xff;
const FLAGS = 13;

const KINDS: Readonly<Record<number, PacketKind>> = {
  [PROTOCOL.TCP]: 'tcp',
  [PROTOCOL.UDP]: 'udp',
  [PROTOCOL.ICMP]: 'icmp',
  [PROTOCOL.ICMPV6]: 'icmp6',
  [PROTOCOL.IGMP]: 'igmp',
};

/** Reads a packet's headers. */
export function readPacket(bytes: Uint8Array, medium: Link['medium']): Packet {
  if (medium === 'ethernet') {
    if (bytes.length < linkHeader(medium)) return NOTHING;
    const type = readUint16(bytes, 12);
    if (type === ETHERTYPE.ARP) return { ...NOTHING, kind: 'arp' };
    if (type !== ETHERTYPE.IPV4 && type !== ETHERTYPE.IPV6) return NOTHING;
  }
  const view = ipView(bytes, medium);
  if (view === undefined) return NOTHING;
  const { protocol, payloadOffset, end } = view;
  const ends = { src: formatAddress(view.src), dst: formatAddress(view.dst) };
  const packet = { ...NOTHING, ...ends, isMarked: view.ecn === CE };
  if (view.moreFragments || view.fragmentOffset > 0) return { ...packet, kind: 'fragment' };
  const kind = KINDS[protocol] ?? 'ip';
  if (kind === 'tcp' && end - payloadOffset >= TCP_HEADER) {
    const header = (readUint8(bytes, payloadOffset + 12) >>> 4) * 4;
    const before = payloadOffset + header;
    return {
      ...packet,
      kind,
      srcPort: readUint16(bytes, payloadOffset),
      dstPort: readUint16(bytes, payloadOffset + 2),
      seq: readUint32(bytes, payloadOffset + 4),
      flags: readUint8(bytes, payloadOffset + FLAGS),
      length: end - before,
    };
  }
  if (kind === 'udp' && end - payloadOffset >= UDP_HEADER) {
    const [srcPort, dstPort] = [readUint16(bytes, payloadOffset), readUint16(bytes, payloadOffset + 2)];
    return { ...packet, kind, srcPort, dstPort, length: readUint16(bytes, payloadOffset + 4) - UDP_HEADER };
  }
  return { ...packet, kind };
}

function ipView(frame: Uint8Array, medium: Link['medium']): Ipv4View | Ipv6View | undefined {
  const offset = linkHeader(medium);
  if (frame.length <= offset) return undefined;
  const view = readUint8(frame, offset) >>> 4 === 6 ? viewIpv6(frame, offset) : viewIpv4(frame, offset);
  return view instanceof WireError ? undefined : view;
}

/** An address as text without its zone, which no packet has. */
export function withoutZone(address: string): string {
  const percent = address.indexOf('%');
  return percent === -1 ? address : address.slice(0, percent);
}
