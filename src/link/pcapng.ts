import type { Pieces } from './finish';
import { PacketBlocks, type PacketInfo } from './pcapng-packets';

/**
 * Blocks of a pcapng file (draft-ietf-opsawg-pcapng), little-endian, times in nanoseconds.
 * A file is a section header, an interface for each link, packets, and what is needed to decrypt them.
 */

/** What a packet begins with (draft-ietf-opsawg-pcaplinktype). */
export const LINKTYPE = { ETHERNET: 1, RAW: 101 } as const;

const BLOCK = { INTERFACE: 1, DECRYPTION_SECRETS: 10, SECTION_HEADER: 0x0a0d0d0a } as const;
/** The secrets of TLS connections, as lines of an NSS key log: "TLSK". */
const SECRETS_TLS_KEY_LOG = 0x544c534b;
const BYTE_ORDER_MAGIC = 0x1a2b3c4d;
const OPTION = {
  END: 0,
  SECTION_APPLICATION: 4,
  INTERFACE_NAME: 2,
  INTERFACE_DESCRIPTION: 3,
  INTERFACE_TIME_RESOLUTION: 9,
} as const;
/** if_tsresol: units of 10⁻⁹ s. */
const NANOSECONDS = 9;
const LONGEST_OPTION = 0xffff;
const UTF8 = new TextEncoder();
const NOTHING: Uint8Array = new Uint8Array(0);

/** An interface that packets are captured on. Interfaces are numbered from 0 in the order in which they are written. */
export interface CaptureInterface {
  readonly linkType: number;
  readonly name: string;
  readonly description?: string;
}

/** A packet as it was captured. */
export interface CapturePacket extends PacketInfo {
  readonly bytes: Uint8Array;
  /** For people; Wireshark shows it above the packet. Several are shown one below the other. */
  readonly comment?: string | readonly string[];
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

/** The block of one packet. */
export function encodePacket({ bytes, comment = [], ...packet }: CapturePacket): Uint8Array {
  const [head, ...more] = typeof comment === 'string' ? [comment] : comment;
  let block: Uint8Array = NOTHING;
  const blocks = new PacketBlocks((written) => {
    block = written;
  }, 0);
  const whole: Pieces = {
    count: 1,
    lengthOf: () => bytes.length,
    write: (_piece, into, at) => {
      into.set(bytes, at);
    },
  };
  blocks.add(packet, whole, head === undefined ? undefined : { head, tail: '', more });
  blocks.flush();
  return block;
}

/** What is too long is cut off between two characters. */
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
  return option(code, cutOff(UTF8.encode(value), LONGEST_OPTION));
}

function padded(length: number): number {
  return (length + 3) & ~3;
}
