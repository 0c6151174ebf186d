import { readUint16, readUint32, readUint8, writeUint16, writeUint32 } from '../wire/bytes';
import { checksum, sum } from '../wire/checksum';
import { WireError } from '../wire/error';
import { ETHERNET_HEADER, ETHERTYPE, viewEthernet } from '../wire/ethernet';
import { IPV4_HEADER, PROTOCOL, viewIpv4, type Ipv4View } from '../wire/ipv4';
import { pseudoHeaderSum } from '../wire/pseudo-header';
import { FLAG, TCP_CHECKSUM, TCP_HEADER } from '../wire/tcp';
import { copyFrame } from './frames';
import { segmentSizeOf, UNFILLED, type Frame, type FrameInfo, type FrameWork, type Link, type Offload } from './link';

const CHECKSUM_OFFSET = { [PROTOCOL.TCP]: TCP_CHECKSUM, [PROTOCOL.UDP]: 6 } as const;
const FLAGS = 13;

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
  const packet = ipv4Of(frame, medium);
  if (packet === undefined || (packet.protocol !== PROTOCOL.TCP && packet.protocol !== PROTOCOL.UDP)) return [frame];
  if (packet.protocol === PROTOCOL.TCP && segmentSize > 0) return cut(frame, packet, segmentSize);
  setChecksum(packet, CHECKSUM_OFFSET[packet.protocol]);
  return [frame];
}

function ipv4Of(frame: Uint8Array, medium: Link['medium']): Ipv4View | undefined {
  let offset = 0;
  if (medium === 'ethernet') {
    const ethernet = viewEthernet(frame);
    if (ethernet instanceof WireError || ethernet.type !== ETHERTYPE.IPV4) return undefined;
    offset = ethernet.payloadOffset;
  }
  const packet = viewIpv4(frame, offset);
  return packet instanceof WireError || packet.moreFragments || packet.fragmentOffset > 0 ? undefined : packet;
}

/** A segment cut as a network card does: FIN and PSH go with the last piece, CWR with the first (RFC 3168 §6.1.2). */
function cut(frame: Uint8Array, packet: Ipv4View, segmentSize: number): Uint8Array[] {
  const tcp = packet.payloadOffset;
  const data = tcp + (readUint8(frame, tcp + 12) >>> 4) * 4;
  const seq = readUint32(frame, tcp + 4);
  const pieces: Uint8Array[] = [];
  for (let from = data; from < packet.end || pieces.length === 0; from += segmentSize) {
    const to = Math.min(from + segmentSize, packet.end);
    const piece = new Uint8Array(data + to - from);
    piece.set(frame.subarray(0, data));
    piece.set(frame.subarray(from, to), data);
    const { offset } = packet;
    writeUint16(piece, offset + 2, piece.length - offset);
    writeUint16(piece, offset + 4, packet.identification + pieces.length);
    writeUint16(piece, offset + 10, 0);
    writeUint16(piece, offset + 10, checksum(piece.subarray(offset, tcp)));
    writeUint32(piece, tcp + 4, seq + from - data);
    const notHere = (to < packet.end ? FLAG.FIN | FLAG.PSH : 0) | (from > data ? FLAG.CWR : 0);
    piece[tcp + FLAGS] = readUint8(piece, tcp + FLAGS) & ~notHere;
    const view = viewIpv4(piece, offset);
    if (!(view instanceof WireError)) setChecksum(view, CHECKSUM_OFFSET[PROTOCOL.TCP]);
    pieces.push(piece);
  }
  return pieces;
}

/** Fills in the checksum of a packet's TCP or UDP. */
function setChecksum(packet: Ipv4View, at: number): void {
  const { bytes, payloadOffset, end, src, dst, protocol } = packet;
  if (end - payloadOffset < at + 2) return;
  const isOmitted = protocol === PROTOCOL.UDP && readUint16(bytes, payloadOffset + at) === 0;
  if (isOmitted) return;
  writeUint16(bytes, payloadOffset + at, 0);
  const field = ~sum(bytes, pseudoHeaderSum(src, dst, protocol, end - payloadOffset), payloadOffset, end) & 0xffff;
  // RFC 768: 0 would say that there is none. To TCP both zeros are the same.
  writeUint16(bytes, payloadOffset + at, field === 0 ? 0xffff : field);
}

/** The longest TCP payload in bytes that one IPv4 packet without options can hold, whatever options TCP has. */
export const LARGEST_SEGMENT = 65_535 - IPV4_HEADER - TCP_HEADER - 40;

/** Of a link that does all the work of a network card. */
export const FULL_OFFLOAD: Offload = { checksum: true, segmentation: LARGEST_SEGMENT };

/** Bytes of a frame before the IP packet in it. */
export function linkHeader(medium: Link['medium']): number {
  return medium === 'ethernet' ? ETHERNET_HEADER : 0;
}
