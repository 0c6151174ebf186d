import { readUint16, readUint32, readUint8, writeUint16, writeUint32 } from '../wire/bytes';
import { checksum, sum } from '../wire/checksum';
import { WireError } from '../wire/error';
import { ETHERNET_HEADER, ETHERTYPE, viewEthernet } from '../wire/ethernet';
import { IPV4_HEADER, PROTOCOL, viewIpv4, type Ipv4View } from '../wire/ipv4';
import { viewIpv6, type Ipv6View } from '../wire/ipv6';
import { IPV6_HEADER } from '../wire/ipv6-extensions';
import { pseudoHeaderSum } from '../wire/pseudo-header';
import { FLAG, TCP_CHECKSUM, TCP_HEADER } from '../wire/tcp';
import { copyFrame } from './frames';
import { segmentSizeOf, UNFILLED, type Frame, type FrameInfo, type FrameWork, type Link, type Offload } from './link';

/** Where the checksum stands in what is finished here. */
const CHECKSUM_OFFSET: Readonly<Record<number, number>> = { [PROTOCOL.TCP]: TCP_CHECKSUM, [PROTOCOL.UDP]: 6 };
const FLAGS = 13;

type Packet = Ipv4View | Ipv6View;

/** The frames that a wire would carry for one that is sent: cut into segments, with their checksums. In memory of their own. */
export function finishSent(frame: Frame, work: FrameWork | undefined, medium: Link['medium']): Uint8Array[] {
  const bytes = copyFrame(frame);
  if (work === undefined || work.checksumStart === 0) return [bytes];
  return finish(bytes, work.segmentSize, medium);
}

/** The frames that a wire would have carried for one that came in: as its segments were, with their checksums. */
export function finishReceived(frame: Uint8Array, info: FrameInfo, medium: Link['medium']): Uint8Array[] {
  const segmentSize = segmentSizeOf(info);
  return segmentSize === 0 && (info & UNFILLED) === 0 ? [frame] : finish(new Uint8Array(frame), segmentSize, medium);
}

function finish(frame: Uint8Array, segmentSize: number, medium: Link['medium']): Uint8Array[] {
  const packet = packetOf(frame, medium);
  const field = packet && CHECKSUM_OFFSET[packet.protocol];
  if (packet === undefined || field === undefined) return [frame];
  if (packet.protocol === PROTOCOL.TCP && segmentSize > 0) return cut(frame, packet, segmentSize);
  setChecksum(packet, field);
  return [frame];
}

/** The packet in a frame; nothing where it is a fragment, whose checksum is over all of them. */
function packetOf(frame: Uint8Array, medium: Link['medium']): Packet | undefined {
  let offset = 0;
  if (medium === 'ethernet') {
    const ethernet = viewEthernet(frame);
    if (ethernet instanceof WireError) return undefined;
    if (ethernet.type !== ETHERTYPE.IPV4 && ethernet.type !== ETHERTYPE.IPV6) return undefined;
    offset = ethernet.payloadOffset;
  }
  const packet = viewAt(frame, offset);
  return packet instanceof WireError || packet.moreFragments || packet.fragmentOffset > 0 ? undefined : packet;
}

function viewAt(frame: Uint8Array, offset: number): Packet | WireError {
  return readUint8(frame, offset) >>> 4 === 6 ? viewIpv6(frame, offset) : viewIpv4(frame, offset);
}

/** A segment cut as a network card does: FIN and PSH go with the last piece, CWR with the first (RFC 3168 §6.1.2). */
function cut(frame: Uint8Array, packet: Packet, segmentSize: number): Uint8Array[] {
  const tcp = packet.payloadOffset;
  const data = tcp + (readUint8(frame, tcp + 12) >>> 4) * 4;
  const seq = readUint32(frame, tcp + 4);
  const pieces: Uint8Array[] = [];
  // One piece of memory for all of them: to allocate is what takes longest here.
  const count = Math.max(1, Math.ceil((packet.end - data) / segmentSize));
  const all = new Uint8Array(count * data + packet.end - data);
  let at = 0;
  for (let from = data; from < packet.end || pieces.length === 0; from += segmentSize) {
    const to = Math.min(from + segmentSize, packet.end);
    const piece = all.subarray(at, at + data + to - from);
    at += piece.length;
    piece.set(frame.subarray(0, data));
    piece.set(frame.subarray(from, to), data);
    setHeader(piece, packet, pieces.length);
    writeUint32(piece, tcp + 4, seq + from - data);
    const notHere = (to < packet.end ? FLAG.FIN | FLAG.PSH : 0) | (from > data ? FLAG.CWR : 0);
    piece[tcp + FLAGS] = readUint8(piece, tcp + FLAGS) & ~notHere;
    const view = viewAt(piece, packet.offset);
    if (!(view instanceof WireError)) setChecksum(view, TCP_CHECKSUM);
    pieces.push(piece);
  }
  return pieces;
}

/** Makes the IP header of a whole that of its piece of this index, which ends where `piece` ends. */
function setHeader(piece: Uint8Array, whole: Packet, index: number): void {
  const { offset } = whole;
  if (whole.version === 6) {
    writeUint16(piece, offset + 4, piece.length - offset - IPV6_HEADER);
    return;
  }
  writeUint16(piece, offset + 2, piece.length - offset);
  writeUint16(piece, offset + 4, whole.identification + index);
  writeUint16(piece, offset + 10, 0);
  writeUint16(piece, offset + 10, checksum(piece.subarray(offset, whole.payloadOffset)));
}

/** Fills in the checksum of a packet's TCP or UDP. */
function setChecksum(packet: Packet, at: number): void {
  const { bytes, payloadOffset, end, src, dst, protocol } = packet;
  if (end - payloadOffset < at + 2) return;
  // IPv6 knows no UDP without a checksum (RFC 8200 §8.1).
  const isOmitted = packet.version === 4 && protocol === PROTOCOL.UDP && readUint16(bytes, payloadOffset + at) === 0;
  if (isOmitted) return;
  writeUint16(bytes, payloadOffset + at, 0);
  const field = ~sum(bytes, pseudoHeaderSum(src, dst, protocol, end - payloadOffset), payloadOffset, end) & 0xffff;
  // RFC 768: 0 would say that there is none. To TCP both zeros are the same.
  writeUint16(bytes, payloadOffset + at, field === 0 ? 0xffff : field);
}

/** The longest TCP payload in bytes that one IPv4 packet without options can hold, whatever options TCP has. IPv6 could hold 20 more. */
export const LARGEST_SEGMENT = 65_535 - IPV4_HEADER - TCP_HEADER - 40;

/** Of a link that does all the work of a network card. */
export const FULL_OFFLOAD: Offload = { checksum: true, segmentation: LARGEST_SEGMENT };

/** Bytes of a frame before the IP packet in it. */
export function linkHeader(medium: Link['medium']): number {
  return medium === 'ethernet' ? ETHERNET_HEADER : 0;
}
