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

/** The block of one packet. */
export function encodePacket(packet: CapturePacket): Uint8Array {
  const { time, bytes, direction, comment } = packet;
  const head = new Uint8Array(20);
  const view = new DataView(head.buffer);
  const nanoseconds = BigInt(Math.round(time)) * 1000n;
  view.setUint32(0, packet.interface ?? 0, true);
  view.setUint32(4, Number(nanoseconds >> 32n), true);
  view.setUint32(8, Number(nanoseconds & 0xffff_ffffn), true);
  view.setUint32(12, bytes.length, true);
  view.setUint32(16, bytes.length, true);
  const options: Uint8Array[] = [];
  for (const each of typeof comment === 'string' ? [comment] : (comment ?? []))
    options.push(text(OPTION.COMMENT, each));
  if (direction !== undefined) options.push(option(OPTION.PACKET_FLAGS, Uint8Array.of(DIRECTION[direction], 0, 0, 0)));
  return block(BLOCK.ENHANCED_PACKET, [head, bytes], options);
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

/** A text that is too long for an option is cut off between two characters. */
function text(code: number, value: string): Uint8Array {
  const encoded = new Uint8Array(Math.min(LONGEST_OPTION, value.length * 3));
  const { written } = UTF8.encodeInto(value, encoded);
  return option(code, encoded.subarray(0, written));
}

function padded(length: number): number {
  return (length + 3) & ~3;
}
