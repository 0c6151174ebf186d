import { CHECKED, segmentSizeOf, UNFILLED, type FrameInfo, type FrameWork, type Link } from '../../src/link/link';
import {
  emitEthernet,
  emitIpv4,
  emitIpv6,
  emitTcp,
  ETHERTYPE,
  formatSegment,
  IPV4_HEADER,
  parseIpv4,
  parseIpv6,
  parseSegment,
  parseTcp,
  PROTOCOL,
  pseudoHeaderSum,
  requireAddress,
  TCP_CHECKSUM,
  tcpChecksumIsGood,
  viewEthernet,
  WireError,
} from '../../src/wire';
import { writeUint16 } from '../../src/wire/bytes';
import { sum } from '../../src/wire/checksum';
import { octets } from './octets';
import { ordinaryPacket } from './packets';

/** A frame with a TCP segment in it, as JSON can carry it to a scenario. */
export interface TcpFrame {
  /** The segment in tcpdump's notation. Its content are the usual octets, from its sequence number on. */
  readonly segment: string;
  readonly id?: number;
  /** The version of IP. Default 4. */
  readonly ip?: 4 | 6;
  /** Default `ethernet`. */
  readonly medium?: Link['medium'];
  readonly ecn?: number;
  readonly srcPort?: number;
  /** TCP's checksum does not hold. */
  readonly damaged?: boolean;
  /** Bytes behind the packet, as Ethernet fills up short frames. */
  readonly padding?: number;
  /** The link is to cut it into segments of this payload; 0: only to fill in the checksum. Default: it is complete. */
  readonly segmentSize?: number;
  /** The payload comes in slices of so many bytes. Default: in one. */
  readonly slice?: number;
}

/** The two ends: their Ethernet addresses, and those of either version of IP. */
export const TCP_FRAME_ENDS = {
  src: { mac: '02:00:00:00:00:02', 4: '10.9.0.2', 6: 'fd00:9::2' },
  dst: { mac: '02:00:00:00:00:01', 4: '10.9.0.1', 6: 'fd00:9::1' },
} as const;

/** The frame's headers and its payload's slices, as a stack gives them to a link, and what the link is to do. */
export function tcpFrame(frame: TcpFrame): { readonly frame: Uint8Array[]; readonly work: FrameWork | undefined } {
  const { segment, id = 0, ecn = 0, srcPort = 80, damaged = false, padding = 0, segmentSize, slice = Infinity } = frame;
  const { ip = 4, medium = 'ethernet' } = frame;
  const { seq, ack = 0, flags, length, window = 65_535, options = [], urgent = 0 } = parseSegment(segment);
  const [src, dst] = [TCP_FRAME_ENDS.src[ip], TCP_FRAME_ENDS.dst[ip]];
  const ends = { src: requireAddress(src), dst: requireAddress(dst) };
  const fields = { srcPort, dstPort: 4000, seq, ack, flags, window, urgent, options, payload: octets(seq | 0, length) };
  const tcp = emitTcp(fields, ends);
  if (segmentSize !== undefined) {
    writeUint16(tcp, TCP_CHECKSUM, pseudoHeaderSum(ends.src, ends.dst, PROTOCOL.TCP, tcp.length));
  }
  if (damaged) tcp[TCP_CHECKSUM] = (tcp[TCP_CHECKSUM] ?? 0) ^ 1;
  const addressed = { protocol: PROTOCOL.TCP, src, dst, payload: tcp, ecn };
  const packet =
    ip === 4
      ? emitIpv4(ordinaryPacket({ ...addressed, identification: id }))
      : emitIpv6({ ...addressed, dscp: 0, flowLabel: 0, ttl: 64, extensions: [] });
  const { src: from, dst: to } = TCP_FRAME_ENDS;
  const type = ip === 4 ? ETHERTYPE.IPV4 : ETHERTYPE.IPV6;
  const whole =
    medium === 'ip' ? packet : emitEthernet({ dst: to.mac, src: from.mac, type, tags: [], payload: packet });
  const bytes = Buffer.concat([whole, new Uint8Array(padding)]);
  const checksumStart = whole.length - tcp.length;
  const work = segmentSize === undefined ? undefined : { segmentSize, checksumStart, checksumOffset: TCP_CHECKSUM };
  if (padding > 0) return { frame: [bytes], work };
  const slices = [bytes.subarray(0, bytes.length - length)];
  for (let at = bytes.length - length; at < bytes.length; at += slice) slices.push(bytes.subarray(at, at + slice));
  return { frame: slices, work };
}

/** What came of a frame: its segment, and what else there is to see. All is well with what is not there. */
export interface SeenFrame {
  readonly segment: string;
  /** Of IPv4. */
  readonly id?: number;
  /** Of the segments that it was put together from. */
  readonly segmentSize?: number;
  readonly checked?: true;
  readonly unfilled?: true;
  readonly wrong?: string;
}

/** Looks at a frame that came in; `undefined`: no TCP. */
export function seeTcpFrame(
  frame: Uint8Array,
  info: FrameInfo = 0,
  medium: Link['medium'] = 'ethernet',
): SeenFrame | undefined {
  const ethernet = medium === 'ip' ? undefined : viewEthernet(frame);
  if (ethernet instanceof WireError) return undefined;
  const bytes = ethernet?.payload ?? frame;
  if (ethernet !== undefined && ethernet.type !== ETHERTYPE.IPV4 && ethernet.type !== ETHERTYPE.IPV6) return undefined;
  const packet = (bytes[0] ?? 0) >>> 4 === 6 ? parseIpv6(bytes) : parseIpv4(bytes);
  if (packet instanceof WireError || packet.protocol !== PROTOCOL.TCP) return undefined;
  const segment = parseTcp(packet.payload);
  if (segment instanceof WireError) return undefined;
  const segmentSize = segmentSizeOf(info);
  const [isChecked, isUnfilled] = [(info & CHECKED) !== 0, (info & UNFILLED) !== 0];
  const wrong: string[] = [];
  if ('identification' in packet && sum(bytes, 0, 0, IPV4_HEADER) !== 0xffff) wrong.push('IPv4 checksum');
  const between = { src: requireAddress(packet.src), dst: requireAddress(packet.dst) };
  // What was put together, or was not filled in, has a checksum of no meaning.
  if (segmentSize === 0 && !isUnfilled && !tcpChecksumIsGood(packet.payload, between.src, between.dst)) {
    wrong.push('TCP checksum');
  }
  if (!Buffer.from(octets(segment.seq | 0, segment.payload.length)).equals(segment.payload)) wrong.push('content');
  return {
    segment: formatSegment(segment),
    ...('identification' in packet && { id: packet.identification }),
    ...(segmentSize > 0 && { segmentSize }),
    ...(isChecked && { checked: isChecked }),
    ...(isUnfilled && { unfilled: isUnfilled }),
    ...(wrong.length > 0 && { wrong: wrong.join(', ') }),
  };
}
