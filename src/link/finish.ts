import { readUint16, readUint32, readUint8, writeUint16, writeUint32 } from '../wire/bytes';
import { sum } from '../wire/checksum';
import { WireError } from '../wire/error';
import { ETHERNET_HEADER, ETHERTYPE, viewEthernet } from '../wire/ethernet';
import { IPV4_HEADER, PROTOCOL, viewIpv4, type Ipv4View } from '../wire/ipv4';
import { viewIpv6, type Ipv6View } from '../wire/ipv6';
import { IPV6_HEADER } from '../wire/ipv6-extensions';
import { pseudoHeaderSum } from '../wire/pseudo-header';
import { FLAG, TCP_CHECKSUM, TCP_HEADER } from '../wire/tcp';
import { copyFrame } from './frames';
import { segmentSizeOf, UNFILLED, type Frame, type FrameInfo, type FrameWork, type Link, type Offload } from './link';

/** Where the checksum stands in TCP's and UDP's headers. */
const CHECKSUM_OFFSET: Readonly<Record<number, number>> = { [PROTOCOL.TCP]: TCP_CHECKSUM, [PROTOCOL.UDP]: 6 };
/** Where the control bits stand in TCP's. */
const FLAGS = 13;

type Packet = Ipv4View | Ipv6View;

/**
 * How a device finishes a frame: `undefined`: not at all; 0: it fills in the checksum; otherwise the frame is cut into segments of so many
 * bytes, or was put together from them.
 */
export type Finish = number | undefined;

/** What a wire carries for a frame: several frames where a device cuts it or has joined them. They are made where they are wanted. */
export interface Pieces {
  readonly count: number;
  /** Of the piece with this number (from 0), in bytes. */
  lengthOf(piece: number): number;
  /** Writes it into `bytes` from `at` on. */
  write(piece: number, bytes: Uint8Array, at: number): void;
}

/** The frames that a wire would carry for one that is sent: cut into segments, with their checksums. In memory of their own. */
export function finishSent(frame: Frame, work: FrameWork | undefined, medium: Link['medium']): Uint8Array[] {
  return finish(copyFrame(frame), finishOfSent(work), medium);
}

/** The frames that a wire would have carried for one that came in: as its segments were, with their checksums. */
export function finishReceived(frame: Uint8Array, info: FrameInfo, medium: Link['medium']): Uint8Array[] {
  const how = finishOfReceived(info);
  return how === undefined ? [frame] : finish(new Uint8Array(frame), how, medium);
}

export function finishOfSent(work: FrameWork | undefined): Finish {
  return work === undefined || work.checksumStart === 0 ? undefined : work.segmentSize;
}

export function finishOfReceived(info: FrameInfo): Finish {
  const segmentSize = segmentSizeOf(info);
  return segmentSize === 0 && (info & UNFILLED) === 0 ? undefined : segmentSize;
}

/** The same frames, as pieces of `frame`, which is only read. */
export function piecesOf(frame: Uint8Array, how: Finish, medium: Link['medium']): Pieces {
  const packet = how === undefined ? undefined : packetOf(frame, medium);
  const field = packet && CHECKSUM_OFFSET[packet.protocol];
  if (packet === undefined || how === undefined || field === undefined) return new Whole(frame);
  const hasHeader = packet.end - packet.payloadOffset >= TCP_HEADER;
  if (packet.protocol === PROTOCOL.TCP && how > 0 && hasHeader) return new Segments(frame, packet, how);
  return new Whole(frame, packet, field);
}

/** @param frame its bytes are the caller's no more */
function finish(frame: Uint8Array, how: Finish, medium: Link['medium']): Uint8Array[] {
  const pieces = piecesOf(frame, how, medium);
  if (pieces instanceof Whole) {
    pieces.fillIn(frame, 0);
    return [frame];
  }
  // One piece of memory for all of them: to allocate is what takes longest here.
  const lengths = Array.from({ length: pieces.count }, (_, piece) => pieces.lengthOf(piece));
  const all = new Uint8Array(lengths.reduce((sum, each) => sum + each, 0));
  let at = 0;
  return lengths.map((length, piece) => {
    pieces.write(piece, all, at);
    at += length;
    return all.subarray(at - length, at);
  });
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

/** A frame that stays in one piece, and whose checksum may be missing. */
class Whole implements Pieces {
  readonly count = 1;

  /** @param field where the checksum stands in what `packet` carries */
  constructor(
    private readonly frame: Uint8Array,
    private readonly packet?: Packet,
    private readonly field = 0,
  ) {}

  lengthOf(): number {
    return this.frame.length;
  }

  write(_piece: number, bytes: Uint8Array, at: number): void {
    bytes.set(this.frame, at);
    this.fillIn(bytes, at);
  }

  fillIn(bytes: Uint8Array, at: number): void {
    const { packet, field } = this;
    if (packet !== undefined) setChecksum(packet, field, bytes, at, at + packet.end);
  }
}

/** A segment cut as a network card does: FIN and PSH go with the last piece, CWR with the first (RFC 3168 §6.1.2). */
class Segments implements Pieces {
  readonly count: number;
  /** Where the TCP header stands, and the data. */
  private readonly tcp: number;
  private readonly data: number;
  private readonly headers: Uint8Array;

  constructor(
    private readonly frame: Uint8Array,
    private readonly packet: Packet,
    private readonly size: number,
  ) {
    this.tcp = packet.payloadOffset;
    // A header that says that it is longer than its packet ends with it.
    this.data = Math.min(this.tcp + (readUint8(frame, this.tcp + 12) >>> 4) * 4, packet.end);
    this.headers = frame.subarray(0, this.data);
    this.count = Math.max(1, Math.ceil((packet.end - this.data) / size));
  }

  lengthOf(piece: number): number {
    return Math.min(this.data + this.size, this.packet.end - piece * this.size);
  }

  write(piece: number, bytes: Uint8Array, at: number): void {
    const { frame, packet, data, headers } = this;
    const from = data + piece * this.size;
    const to = Math.min(from + this.size, packet.end);
    const tcp = at + this.tcp;
    const end = at + this.lengthOf(piece);
    bytes.set(headers, at);
    bytes.set(frame.subarray(from, to), at + data);
    setHeader(packet, piece, bytes, at, end);
    writeUint32(bytes, tcp + 4, readUint32(frame, this.tcp + 4) + piece * this.size);
    const notHere = (to < packet.end ? FLAG.FIN | FLAG.PSH : 0) | (piece > 0 ? FLAG.CWR : 0);
    bytes[tcp + FLAGS] = readUint8(bytes, tcp + FLAGS) & ~notHere;
    setChecksum(packet, TCP_CHECKSUM, bytes, at, end);
  }
}

/** Makes the IP header of a whole that of its piece of this index, whose frame is `bytes[at..end)`. */
function setHeader(whole: Packet, index: number, bytes: Uint8Array, at: number, end: number): void {
  const ip = at + whole.offset;
  if (whole.version === 6) {
    writeUint16(bytes, ip + 4, end - ip - IPV6_HEADER);
    return;
  }
  writeUint16(bytes, ip + 2, end - ip);
  writeUint16(bytes, ip + 4, whole.identification + index);
  writeUint16(bytes, ip + 10, 0);
  writeUint16(bytes, ip + 10, ~sum(bytes, 0, ip, at + whole.payloadOffset) & 0xffff);
}

/** Fills in the checksum of TCP or UDP, at `field` of what the packet carries; its frame begins at `at`, and the packet ends at `end`. */
function setChecksum(packet: Packet, field: number, bytes: Uint8Array, at: number, end: number): void {
  const { src, dst, protocol } = packet;
  const begin = at + packet.payloadOffset;
  if (end - begin < field + 2) return;
  // IPv6 knows no UDP without a checksum (RFC 8200 §8.1).
  const isOmitted = packet.version === 4 && protocol === PROTOCOL.UDP && readUint16(bytes, begin + field) === 0;
  if (isOmitted) return;
  writeUint16(bytes, begin + field, 0);
  const value = ~sum(bytes, pseudoHeaderSum(src, dst, protocol, end - begin), begin, end) & 0xffff;
  // RFC 768: 0 would say that there is none. To TCP both zeros are the same.
  writeUint16(bytes, begin + field, value === 0 ? 0xffff : value);
}

/** The longest TCP payload in bytes that one IPv4 packet without options can hold, whatever options TCP has. IPv6 could hold 20 more. */
export const LARGEST_SEGMENT = 65_535 - IPV4_HEADER - TCP_HEADER - 40;

/** Of a link that does all the work of a network card. */
export const FULL_OFFLOAD: Offload = { checksum: true, segmentation: LARGEST_SEGMENT };

/** Bytes of a frame before the IP packet in it. */
export function linkHeader(medium: Link['medium']): number {
  return medium === 'ethernet' ? ETHERNET_HEADER : 0;
}
