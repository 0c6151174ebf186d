import type { Address } from './address';
import { readUint16, readUint32, readUint8, requireRoom, requireUint, writeUint16, writeUint32 } from './bytes';
import { sum } from './checksum';
import { truncated, WireError } from './error';
import { PROTOCOL } from './ipv4';
import { pseudoHeaderSum, type PseudoHeader } from './pseudo-header';
import { emitTcpOptions, MAX_OPTIONS, parseTcpOptions, type TcpOption } from './tcp-options';

/** Control bits (RFC 9293 §3.1; ECE and CWR from RFC 3168 §6.1, AE from RFC 9768 §3.1). */
export const FLAG = { FIN: 1, SYN: 2, RST: 4, PSH: 8, ACK: 16, URG: 32, ECE: 64, CWR: 128, AE: 256 } as const;

/** Bytes of a TCP header without options. */
export const TCP_HEADER = 20;

/** Where the checksum stands in the header. */
export const TCP_CHECKSUM = 16;

/** A TCP segment in `bytes`, not copied. Made by {@link viewTcp}. */
export class TcpView {
  constructor(
    readonly bytes: Uint8Array,
    readonly offset: number,
    readonly end: number,
  ) {}

  get srcPort(): number {
    return readUint16(this.bytes, this.offset);
  }

  get dstPort(): number {
    return readUint16(this.bytes, this.offset + 2);
  }

  /** SEG.SEQ, 0 to 2³² − 1. */
  get seq(): number {
    return readUint32(this.bytes, this.offset + 4);
  }

  /** SEG.ACK, 0 to 2³² − 1; means something with the ACK bit only. */
  get ack(): number {
    return readUint32(this.bytes, this.offset + 8);
  }

  /** Data Offset, in bytes: 20 to 60. */
  get headerLength(): number {
    return (readUint8(this.bytes, this.offset + 12) >>> 4) * 4;
  }

  /** The three bits that nothing uses yet. */
  get reserved(): number {
    return (readUint8(this.bytes, this.offset + 12) >>> 1) & 7;
  }

  /** The nine control bits, see {@link FLAG}. */
  get flags(): number {
    return readUint16(this.bytes, this.offset + 12) & 0x1ff;
  }

  /** As it stands in the header, not scaled. */
  get window(): number {
    return readUint16(this.bytes, this.offset + 14);
  }

  get checksum(): number {
    return readUint16(this.bytes, this.offset + 16);
  }

  get urgent(): number {
    return readUint16(this.bytes, this.offset + 18);
  }

  /** For {@link parseTcpOptions}; padding and all. */
  get optionBytes(): Uint8Array {
    return this.bytes.subarray(this.offset + TCP_HEADER, this.payloadOffset);
  }

  /** Where the payload starts in `bytes`. */
  get payloadOffset(): number {
    return this.offset + this.headerLength;
  }

  get payloadLength(): number {
    return this.end - this.payloadOffset;
  }

  get payload(): Uint8Array {
    return this.bytes.subarray(this.payloadOffset, this.end);
  }
}

/** A TCP segment as plain values. */
export interface TcpSegment {
  readonly srcPort: number;
  readonly dstPort: number;
  readonly seq: number;
  readonly ack: number;
  /** Control bits, see {@link FLAG}. */
  readonly flags: number;
  /** The three reserved bits; absent for 0. */
  readonly reserved?: number;
  /** As it stands in the header, not scaled. */
  readonly window: number;
  readonly urgent: number;
  readonly options: readonly TcpOption[];
  readonly payload: Uint8Array;
}

/** Looks at the segment in `bytes[offset..end)` (RFC 9293 §3.1): Data Offset is checked, checksum and options are not. */
export function viewTcp(bytes: Uint8Array, offset = 0, end = bytes.length): TcpView | WireError {
  const given = end - offset;
  if (given < TCP_HEADER) return truncated('tcp', TCP_HEADER, given);
  const headerLength = (readUint8(bytes, offset + 12) >>> 4) * 4;
  if (headerLength < TCP_HEADER) {
    return new WireError('tcp', 'dataOffset', 12, `a header of ${headerLength} bytes; ${TCP_HEADER} is the least`);
  }
  if (headerLength > given) {
    return new WireError('tcp', 'dataOffset', 12, `a header of ${headerLength} bytes, and ${given} are there`);
  }
  return new TcpView(bytes, offset, end);
}

/**
 * The segment as plain values. Of malformed options those before the first bad one are kept; what is wrong with that one,
 * {@link parseTcpOptions} tells. The payload is a slice of what was given, not a copy.
 */
export function parseTcp(segment: Uint8Array | TcpView): TcpSegment | WireError {
  const view = segment instanceof Uint8Array ? viewTcp(segment) : segment;
  if (view instanceof WireError) return view;
  const { reserved } = view;
  const parsed = {
    srcPort: view.srcPort,
    dstPort: view.dstPort,
    seq: view.seq,
    ack: view.ack,
    flags: view.flags,
    window: view.window,
    urgent: view.urgent,
    options: parseTcpOptions(view.optionBytes).options,
    payload: view.payload,
  };
  return reserved === 0 ? parsed : { ...parsed, reserved };
}

/**
 * The segment's bytes. With `pseudo` (the two addresses) the checksum is filled in, without it is 0.
 * @throws RangeError for a value out of its field's range, or more than 40 bytes of options
 */
export function emitTcp(segment: TcpSegment, pseudo?: PseudoHeader): Uint8Array {
  requireUint('TCP source port', segment.srcPort, 16);
  requireUint('TCP destination port', segment.dstPort, 16);
  requireUint('sequence number', segment.seq, 32);
  requireUint('acknowledgment number', segment.ack, 32);
  requireUint('control bits', segment.flags, 9);
  requireUint('reserved bits', segment.reserved ?? 0, 3);
  requireUint('window', segment.window, 16);
  requireUint('urgent pointer', segment.urgent, 16);

  const optionBytes = emitTcpOptions(segment.options);
  const headerLength = TCP_HEADER + optionBytes.length;
  const bytes = new Uint8Array(headerLength + segment.payload.length);
  writeTcpHeader(bytes, 0, segment, optionBytes);
  bytes.set(segment.payload, headerLength);
  if (pseudo !== undefined) {
    writeUint16(bytes, 16, ~sum(bytes, pseudoHeaderSum(pseudo.src, pseudo.dst, PROTOCOL.TCP, bytes.length)));
  }
  return bytes;
}

/** Whether the checksum of this segment (header and payload) holds between these addresses (RFC 9293 §3.1, MUST-3). */
export function tcpChecksumIsGood(segment: Uint8Array | TcpView, src: Address, dst: Address): boolean {
  if (segment instanceof Uint8Array) {
    return sum(segment, pseudoHeaderSum(src, dst, PROTOCOL.TCP, segment.length)) === 0xffff;
  }
  const { bytes, offset, end } = segment;
  return sum(bytes, pseudoHeaderSum(src, dst, PROTOCOL.TCP, end - offset), offset, end) === 0xffff;
}

/**
 * Writes a header with checksum 0 at `offset`, for the hot path: values are cut to their
 * field's width.
 * @param optionBytes a multiple of 4 bytes, 40 at most, as {@link emitTcpOptions} makes them
 * @returns how many bytes were written: 20 and the options'
 * @throws RangeError when the header does not fit, or for option bytes of another length
 */
export function writeTcpHeader(
  into: Uint8Array,
  offset: number,
  segment: Omit<TcpSegment, 'payload' | 'options'>,
  optionBytes: Uint8Array,
): number {
  if (optionBytes.length % 4 !== 0 || optionBytes.length > MAX_OPTIONS) {
    throw new RangeError(`${optionBytes.length} bytes of TCP options; it must be a multiple of 4 up to ${MAX_OPTIONS}`);
  }
  const headerLength = TCP_HEADER + optionBytes.length;
  requireRoom('a TCP header', into, offset, headerLength);
  writeUint16(into, offset, segment.srcPort);
  writeUint16(into, offset + 2, segment.dstPort);
  writeUint32(into, offset + 4, segment.seq);
  writeUint32(into, offset + 8, segment.ack);
  writeUint16(into, offset + 12, (headerLength << 10) | ((segment.reserved ?? 0) << 9) | segment.flags);
  writeUint16(into, offset + 14, segment.window);
  writeUint16(into, offset + 16, 0);
  writeUint16(into, offset + 18, segment.urgent);
  if (optionBytes.length > 0) into.set(optionBytes, offset + TCP_HEADER);
  return headerLength;
}

const LETTERS: readonly (readonly [bit: number, letter: string])[] = [
  [FLAG.FIN, 'F'],
  [FLAG.SYN, 'S'],
  [FLAG.RST, 'R'],
  [FLAG.PSH, 'P'],
  [FLAG.ACK, '.'],
  [FLAG.URG, 'U'],
  [FLAG.ECE, 'E'],
  [FLAG.CWR, 'W'],
  [FLAG.AE, 'e'],
];

/** The control bits as tcpdump writes them: `S`, `S.`, `.`, `FP.`, and `none` for none. */
export function formatFlags(flags: number): string {
  let text = '';
  for (const [bit, letter] of LETTERS) if ((flags & bit) !== 0) text += letter;
  return text === '' ? 'none' : text;
}

/** What {@link formatFlags} wrote, the letters in any order; `undefined` for anything else. */
export function parseFlags(text: string): number | undefined {
  if (text === 'none') return 0;
  let flags = 0;
  for (const character of text) {
    const bit = LETTERS.find(([, letter]) => letter === character)?.[0];
    if (bit === undefined) return undefined;
    flags |= bit;
  }
  return text === '' ? undefined : flags;
}
