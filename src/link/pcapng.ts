import { joinFrame } from './link';

/**
 * Blocks of a pcapng file (draft-ietf-opsawg-pcapng), little-endian, times in nanoseconds.
 * A file is a section header, an interface for each link, packets, and what is needed to decrypt them.
 */

/** What a packet begins with (draft-ietf-opsawg-pcaplinktype). */
export const LINKTYPE = { ETHERNET: 1, RAW: 101 } as const;

const BLOCK = { INTERFACE: 1, ENHANCED_PACKET: 6, DECRYPTION_SECRETS: 10, SECTION_HEADER: 0x0a0d0d0a } as const;
/** The secrets of TLS connections, as lines of an NSS key log: "TLSK". */
const SECRETS_TLS_KEY_LOG = 0x544c534b;
const BYTE_ORDER_MAGIC = 0x1a2b3c4d;
const OPTION = {
  END: 0,
  COMMENT: 1,
  SECTION_APPLICATION: 4,
  INTERFACE_NAME: 2,
  INTERFACE_DESCRIPTION: 3,
  INTERFACE_TIME_RESOLUTION: 9,
  PACKET_FLAGS: 2,
} as const;
/** if_tsresol: units of 10⁻⁹ s. */
const NANOSECONDS = 9;
const DIRECTION = { in: 1, out: 2 } as const;
const LONGEST_OPTION = 0xffff;
const UTF8 = new TextEncoder();
/** Bytes of a packet's block before the packet. */
const PACKET_HEAD = 28;
const WORD = 2 ** 32;
const NO_COMMENTS: Comments = [];

/** An interface that packets are captured on. Interfaces are numbered from 0 in the order in which they are written. */
export interface CaptureInterface {
  readonly linkType: number;
  readonly name: string;
  readonly description?: string;
}

/** A packet as it was captured. */
export interface CapturePacket {
  /** µs since 1970-01-01 UTC. */
  readonly time: number;
  readonly bytes: Uint8Array;
  readonly direction?: 'in' | 'out';
  /** For people; Wireshark shows it above the packet. Several are shown one below the other. */
  readonly comment?: string | readonly string[];
  /** The interface's number. Default 0. */
  readonly interface?: number;
}

/** The block that begins a file, or a new section of one. */
export function encodeSectionHeader(application = 'synack'): Uint8Array {
  const body = new Uint8Array(16);
  const view = new DataView(body.buffer);
  view.setUint32(0, BYTE_ORDER_MAGIC, true);
  view.setUint16(4, 1, true);
  view.setUint16(6, 0, true);
  // The section's length is not known beforehand.
  view.setBigInt64(8, -1n, true);
  return block(BLOCK.SECTION_HEADER, [body], [text(OPTION.SECTION_APPLICATION, application)]);
}

/** The block that describes an interface. Packets are captured whole (snaplen 0: no limit). */
export function encodeInterface({ linkType, name, description }: CaptureInterface): Uint8Array {
  const body = new Uint8Array(8);
  new DataView(body.buffer).setUint16(0, linkType, true);
  const options = [text(OPTION.INTERFACE_NAME, name)];
  if (description !== undefined) options.push(text(OPTION.INTERFACE_DESCRIPTION, description));
  options.push(option(OPTION.INTERFACE_TIME_RESOLUTION, Uint8Array.of(NANOSECONDS)));
  return block(BLOCK.INTERFACE, [body], options);
}

/** Comments on a packet, each in slices of UTF-8, which can be the same ones for many packets. */
export type Comments = readonly (readonly Uint8Array[])[];

/** Packets of one moment: the pieces in which a wire carries one that a device cuts or has joined. */
export interface CapturePieces extends Omit<CapturePacket, 'bytes' | 'comment'> {
  readonly pieces: readonly Uint8Array[];
  /** Of the piece with this number, from 0. */
  readonly comments?: (piece: number) => Comments;
}

/** The block of one packet. */
export function encodePacket({ bytes, comment = [], ...packet }: CapturePacket): Uint8Array {
  const comments = (typeof comment === 'string' ? [comment] : comment).map((each) => [utf8(each)]);
  return encodePackets({ ...packet, pieces: [bytes], comments: () => comments });
}

/** The blocks of packets, one behind the other. */
export function encodePackets({ time, pieces, comments, direction, interface: on = 0 }: CapturePieces): Uint8Array {
  const said = pieces.map((_, index) => fitting(comments?.(index) ?? NO_COMMENTS));
  let total = 0;
  for (const [index, { length }] of pieces.entries()) total += packetLength(length, said[index], direction);
  const into = new Uint8Array(total);
  const view = new DataView(into.buffer);
  const [high, low] = nanoseconds(time);
  let at = 0;
  for (const [index, bytes] of pieces.entries()) {
    const texts = said[index] ?? NO_COMMENTS;
    const length = packetLength(bytes.length, texts, direction);
    view.setUint32(at, BLOCK.ENHANCED_PACKET, true);
    view.setUint32(at + 4, length, true);
    view.setUint32(at + 8, on, true);
    view.setUint32(at + 12, high, true);
    view.setUint32(at + 16, low, true);
    view.setUint32(at + 20, bytes.length, true);
    view.setUint32(at + 24, bytes.length, true);
    into.set(bytes, at + PACKET_HEAD);
    const end = at + length;
    let option = at + PACKET_HEAD + padded(bytes.length);
    for (const slices of texts) {
      const size = lengthOf(slices);
      view.setUint16(option, OPTION.COMMENT, true);
      view.setUint16(option + 2, size, true);
      let slice = option + 4;
      for (const each of slices) {
        into.set(each, slice);
        slice += each.length;
      }
      option += 4 + padded(size);
    }
    if (direction !== undefined) {
      view.setUint16(option, OPTION.PACKET_FLAGS, true);
      view.setUint16(option + 2, 4, true);
      into[option + 4] = DIRECTION[direction];
    }
    view.setUint32(end - 4, length, true);
    at = end;
  }
  return into;
}

/** Where each of the blocks in `bytes` begins. */
export function* blocksIn(bytes: Uint8Array): Generator<number> {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  for (let at = 0; at + 8 <= bytes.length; at += Math.max(8, view.getUint32(at + 4, true))) yield at;
}

export function utf8(text: string): Uint8Array {
  return UTF8.encode(text);
}

/** As two numbers of 32 bits; the whole has more digits than a number holds. */
function nanoseconds(time: number): [high: number, low: number] {
  const µs = Math.round(time);
  const low = (µs % WORD) * 1000;
  return [Math.floor(µs / WORD) * 1000 + Math.floor(low / WORD), low % WORD];
}

function packetLength(bytes: number, texts: Comments = NO_COMMENTS, direction?: CapturePacket['direction']): number {
  let options = direction === undefined ? 0 : 8;
  for (const slices of texts) options += 4 + padded(lengthOf(slices));
  // Behind options stands their end.
  return PACKET_HEAD + padded(bytes) + (options > 0 ? options + 4 : 0) + 4;
}

function lengthOf(slices: readonly Uint8Array[]): number {
  let length = 0;
  for (const each of slices) length += each.length;
  return length;
}

/** A comment that is too long for an option is cut off between two characters. */
function fitting(comments: Comments): Comments {
  if (comments.every((slices) => lengthOf(slices) <= LONGEST_OPTION)) return comments;
  return comments.map((slices) => [cutOff(joinFrame(slices))]);
}

function cutOff(bytes: Uint8Array): Uint8Array {
  let end = Math.min(bytes.length, LONGEST_OPTION);
  // A byte that goes on with a character: 10xxxxxx.
  while (end < bytes.length && ((bytes[end] ?? 0) & 0xc0) === 0x80) end -= 1;
  return bytes.subarray(0, end);
}

/**
 * The block of secrets with which the packets behind it can be decrypted (draft-ietf-opsawg-pcapng §4.7). A reader may
 * take packets one by one: the block must stand before those that need it.
 * @param keyLog lines of an NSS key log, each with its line end
 */
export function encodeSecrets(keyLog: Uint8Array): Uint8Array {
  const head = new Uint8Array(8);
  const view = new DataView(head.buffer);
  view.setUint32(0, SECRETS_TLS_KEY_LOG, true);
  view.setUint32(4, keyLog.length, true);
  return block(BLOCK.DECRYPTION_SECRETS, [head, keyLog], []);
}

/** type, total length, the parts padded to 4 bytes, options, total length. */
function block(type: number, parts: readonly Uint8Array[], options: readonly Uint8Array[]): Uint8Array {
  const tail = options.length > 0 ? [...options, option(OPTION.END, new Uint8Array(0))] : [];
  let length = 12;
  for (const part of [...parts, ...tail]) length += padded(part.length);

  const bytes = new Uint8Array(length);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, type, true);
  view.setUint32(4, length, true);
  let offset = 8;
  for (const part of [...parts, ...tail]) {
    bytes.set(part, offset);
    offset += padded(part.length);
  }
  view.setUint32(offset, length, true);
  return bytes;
}

function option(code: number, value: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(4 + padded(value.length));
  const view = new DataView(bytes.buffer);
  view.setUint16(0, code, true);
  view.setUint16(2, value.length, true);
  bytes.set(value, 4);
  return bytes;
}

function text(code: number, value: string): Uint8Array {
  return option(code, cutOff(utf8(value)));
}

function padded(length: number): number {
  return (length + 3) & ~3;
}
