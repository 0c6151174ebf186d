import { CHECKED, segmentSizeOf, UNFILLED, type FrameInfo, type FrameWork } from '../../src/link/link';
import {
  emitEthernet,
  emitIpv4,
  emitTcp,
  ETHERNET_HEADER,
  ETHERTYPE,
  formatSegment,
  IPV4_HEADER,
  parseIpv4,
  parseSegment,
  parseTcp,
  PROTOCOL,
  pseudoHeaderSum,
  requireIpv4Address,
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

const SRC = { mac: '02:00:00:00:00:02', address: '10.9.0.2' };
const DST = { mac: '02:00:00:00:00:01', address: '10.9.0.1' };
const ENDS = { src: requireIpv4Address(SRC.address), dst: requireIpv4Address(DST.address) };
const TCP = ETHERNET_HEADER + IPV4_HEADER;

/** The frame's headers and its payload's slices, as a stack gives them to a link, and what the link is to do. */
export function tcpFrame(frame: TcpFrame): { readonly frame: Uint8Array[]; readonly work: FrameWork | undefined } {
  const { segment, id = 0, ecn = 0, srcPort = 80, damaged = false, padding = 0, segmentSize, slice = Infinity } = frame;
  const { seq, ack = 0, flags, length, window = 65_535, options = [], urgent = 0 } = parseSegment(segment);
  const payload = octets(seq | 0, length);
  const fields = { srcPort, dstPort: 4000, seq, ack, flags, window, urgent, options, payload };
  const tcp = emitTcp(fields, ENDS);
  if (segmentSize !== undefined) {
    writeUint16(tcp, TCP_CHECKSUM, pseudoHeaderSum(ENDS.src, ENDS.dst, PROTOCOL.TCP, tcp.length));
  }
  if (damaged) tcp[TCP_CHECKSUM] = (tcp[TCP_CHECKSUM] ?? 0) ^ 1;
  const packet = emitIpv4(
    ordinaryPacket({
      protocol: PROTOCOL.TCP,
      src: SRC.address,
      dst: DST.address,
      payload: tcp,
      identification: id,
      ecn,
    }),
  );
  const bytes = Buffer.concat([
    emitEthernet({ dst: DST.mac, src: SRC.mac, type: ETHERTYPE.IPV4, tags: [], payload: packet }),
    new Uint8Array(padding),
  ]);
  const work =
    segmentSize === undefined ? undefined : { segmentSize, checksumStart: TCP, checksumOffset: TCP_CHECKSUM };
  if (padding > 0) return { frame: [bytes], work };
  const slices = [bytes.subarray(0, bytes.length - length)];
  for (let at = bytes.length - length; at < bytes.length; at += slice) slices.push(bytes.subarray(at, at + slice));
  return { frame: slices, work };
}

/** What came of a frame: its segment, and what else there is to see. All is well with what is not there. */
export interface SeenFrame {
  readonly segment: string;
  readonly id: number;
  /** Of the segments that it was put together from. */
  readonly segmentSize?: number;
  readonly checked?: true;
  readonly unfilled?: true;
  readonly wrong?: string;
}

/** Looks at a frame that came in; `undefined`: no TCP. */
export function seeTcpFrame(frame: Uint8Array, info: FrameInfo = 0): SeenFrame | undefined {
  const ethernet = viewEthernet(frame);
  if (ethernet instanceof WireError || ethernet.type !== ETHERTYPE.IPV4) return undefined;
  const packet = parseIpv4(ethernet.payload);
  if (packet instanceof WireError || packet.protocol !== PROTOCOL.TCP) return undefined;
  const segment = parseTcp(packet.payload);
  if (segment instanceof WireError) return undefined;
  const segmentSize = segmentSizeOf(info);
  const [isChecked, isUnfilled] = [(info & CHECKED) !== 0, (info & UNFILLED) !== 0];
  const wrong: string[] = [];
  if (sum(ethernet.payload, 0, 0, IPV4_HEADER) !== 0xffff) wrong.push('IPv4 checksum');
  const between = { src: requireIpv4Address(packet.src), dst: requireIpv4Address(packet.dst) };
  // What was put together, or was not filled in, has a checksum of no meaning.
  if (segmentSize === 0 && !isUnfilled && !tcpChecksumIsGood(packet.payload, between.src, between.dst)) {
    wrong.push('TCP checksum');
  }
  if (!Buffer.from(octets(segment.seq | 0, segment.payload.length)).equals(segment.payload)) wrong.push('content');
  return {
    segment: formatSegment(segment),
    id: packet.identification,
    ...(segmentSize > 0 && { segmentSize }),
    ...(isChecked && { checked: isChecked }),
    ...(isUnfilled && { unfilled: isUnfilled }),
    ...(wrong.length > 0 && { wrong: wrong.join(', ') }),
  };
}
