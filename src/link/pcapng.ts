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
const NOTHING = new Uint8Array(0);
/** The name of a part is shorter, in bytes. */
const ROOM_FOR_PART = 256;

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

/** Comments on a packet as UTF-8. Of its pieces all have the same, except for what says which piece it is. */
export interface Comments {
  /** The first comment is the head, what there is to say of the piece with this number (from 0), and the tail. */
  readonly head: Uint8Array;
  readonly part?: (piece: number) => Uint8Array;
  readonly tail: Uint8Array;
  readonly more: readonly Uint8Array[];
}

/** Packets of one moment: the pieces in which a wire carries one that a device cuts or has joined. */
export interface CapturePieces extends Omit<CapturePacket, 'bytes' | 'comment'> {
  readonly pieces: readonly Uint8Array[];
  readonly comments?: Comments | undefined;
}

/** The block of one packet. */
export function encodePacket({ bytes, comment = [], ...packet }: CapturePacket): Uint8Array {
  const [head, ...more] = (typeof comment === 'string' ? [comment] : comment).map(utf8);
  return encodePackets({ ...packet, pieces: [bytes], comments: head && { head, tail: NOTHING, more } });
}

/** The blocks of packets, one behind the other. */
export function encodePackets({ time, pieces, comments, direction, interface: on = 0 }: CapturePieces): Uint8Array {
  const said = comments && fitting(comments);
  let options = encodeOptions(said, NOTHING, direction);
  const [rest, place] = [options.length, 4 + (said?.head.length ?? 0)];
  let total = 0;
  // A little more than is needed: what pads a name.
  for (const [index, { length }] of pieces.entries()) {
    total += PACKET_HEAD + padded(length) + rest + padded(said?.part?.(index).length ?? 0) + 4;
  }
  const into = new Uint8Array(total);
  const view = new DataView(into.buffer);
  const [high, low] = nanoseconds(time);
  let [at, known] = [0, 0];
  for (const [index, bytes] of pieces.entries()) {
    const name = said?.part?.(index) ?? NOTHING;
    if (name.length !== known) options = encodeOptions(said, name, direction);
    known = name.length;
    const behind = at + PACKET_HEAD + padded(bytes.length);
    const length = behind + options.length + 4 - at;
    view.setUint32(at, BLOCK.ENHANCED_PACKET, true);
    view.setUint32(at + 4, length, true);
    view.setUint32(at + 8, on, true);
    view.setUint32(at + 12, high, true);
    view.setUint32(at + 16, low, true);
    view.setUint32(at + 20, bytes.length, true);
    view.setUint32(at + 24, bytes.length, true);
    into.set(bytes, at + PACKET_HEAD);
    into.set(options, behind);
    if (known > 0) into.set(name, behind + place);
    at += length;
    view.setUint32(at - 4, length, true);
  }
  return into.subarray(0, at);
}

/** The options of a packet's block, with their end. Another name that is as long can be put in the name's place. */
function encodeOptions(
  comments: Comments | undefined,
  name: Uint8Array,
  direction: 'in' | 'out' | undefined,
): Uint8Array {
  const options: Uint8Array[] = [];
  if (comments !== undefined) {
    const { head, tail, more } = comments;
    options.push(option(OPTION.COMMENT, joinFrame([head, name, tail])));
    for (const each of more) options.push(option(OPTION.COMMENT, each));
  }
  if (direction !== undefined) options.push(option(OPTION.PACKET_FLAGS, Uint8Array.of(DIRECTION[direction], 0, 0, 0)));
  if (options.length > 0) options.push(option(OPTION.END, NOTHING));
  return joinFrame(options);
}

/** What is too long for an option is cut off between two characters. */
function fitting({ head, part, tail, more }: Comments): Comments {
  const end = cutOff(tail, LONGEST_OPTION / 2);
  return {
    head: cutOff(head, LONGEST_OPTION - end.length - (part === undefined ? 0 : ROOM_FOR_PART)),
    ...(part && { part }),
    tail: end,
    more: more.map((each) => cutOff(each, LONGEST_OPTION)),
  };
}

function cutOff(bytes: Uint8Array, limit: number): Uint8Array {
  if (bytes.length <= limit) return bytes;
  let end = Math.floor(limit);
  // A byte that goes on with a character: 10xxxxxx.
  while (((bytes[end] ?? 0) & 0xc0) === 0x80) end -= 1;
  return bytes.subarray(0, end);
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
  return option(code, cutOff(utf8(value), LONGEST_OPTION));
}

function padded(length: number): number {
  return (length + 3) & ~3;
}
