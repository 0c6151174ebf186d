import { readUint16, readUint32, readUint8, requireUint, writeUint16, writeUint32 } from './bytes';
import { WireError } from './error';

/** Option kinds (RFC 9293 §3.2; IANA's "TCP Option Kind Numbers"). */
const KIND = {
  END: 0,
  NOP: 1,
  MSS: 2,
  WINDOW_SCALE: 3,
  SACK_PERMITTED: 4,
  SACK: 5,
  TIMESTAMPS: 8,
  USER_TIMEOUT: 28,
  FAST_OPEN: 34,
} as const;

/** The most that fits behind a TCP header: its length is at most 60 bytes (RFC 9293 §3.1, Data Offset). */
export const MAX_OPTIONS = 40;

/** A range of sequence numbers that has arrived: `left` is its first, `right` the one after its last (RFC 2018 §3). */
export interface SackBlock {
  readonly left: number;
  readonly right: number;
}

/**
 * One TCP option: RFC 9293 §3.2 (nop, mss), RFC 7323 §2.2 and §3.2 (window-scale, timestamps), RFC 2018 §2 and §3
 * (sack-permitted, sack), RFC 5482 §3 (user-timeout, in seconds or minutes), RFC 7413 §4.1.1 (fast-open; an empty cookie asks for
 * one).
 */
export type TcpOption =
  | { readonly kind: 'nop' }
  | { readonly kind: 'mss'; readonly mss: number }
  | { readonly kind: 'window-scale'; readonly shift: number }
  | { readonly kind: 'sack-permitted' }
  | { readonly kind: 'sack'; readonly blocks: readonly SackBlock[] }
  | { readonly kind: 'timestamps'; readonly value: number; readonly echo: number }
  | { readonly kind: 'user-timeout'; readonly value: number; readonly unit: 's' | 'min' }
  | { readonly kind: 'fast-open'; readonly cookie: Uint8Array }
  | { readonly kind: 'unknown'; readonly code: number; readonly data: Uint8Array };

/** What could be read, and what ended the reading early. */
export interface ParsedTcpOptions {
  readonly options: TcpOption[];
  readonly error?: WireError;
}

const NOP: TcpOption = Object.freeze({ kind: 'nop' });
const SACK_PERMITTED: TcpOption = Object.freeze({ kind: 'sack-permitted' });

/**
 * Reads options up to the end of their list, or up to the first that is malformed: one whose length is below 2, reaches beyond
 * the bytes, or is not its kind's. Those before it are kept (RFC 9293 §3.1, MUST-7). Kinds that are not known are skipped by
 * their length (MUST-6), and so is a Fast Open cookie of a size that RFC 7413 §4.1.1 has ignored: both come out as `unknown`.
 */
export function parseTcpOptions(bytes: Uint8Array): ParsedTcpOptions {
  const options: TcpOption[] = [];
  let at = 0;
  while (at < bytes.length) {
    const code = readUint8(bytes, at);
    if (code === KIND.END) break;
    if (code === KIND.NOP) {
      options.push(NOP);
      at += 1;
      continue;
    }
    const length = readUint8(bytes, at + 1);
    const given = bytes.length - at;
    if (given < 2) return { options, error: malformed('length', at, `option ${code} ends before its length`) };
    if (length < 2)
      return { options, error: malformed('length', at + 1, `option ${code} of ${length} bytes; 2 is the least`) };
    if (length > given) {
      return {
        options,
        error: malformed('length', at + 1, `option ${code} of ${length} bytes, and ${given} are there`),
      };
    }
    const option = parseOption(code, bytes, at, length);
    if (option === undefined) {
      return { options, error: malformed('length', at + 1, `option ${code} cannot have ${length} bytes`) };
    }
    options.push(option);
    at += length;
  }
  return { options };
}

/** The option at `at`, `length` bytes with its kind and length; `undefined` when a known kind cannot have that length. */
function parseOption(code: number, bytes: Uint8Array, at: number, length: number): TcpOption | undefined {
  switch (code) {
    case KIND.MSS:
      return length === 4 ? { kind: 'mss', mss: readUint16(bytes, at + 2) } : undefined;
    case KIND.WINDOW_SCALE:
      return length === 3 ? { kind: 'window-scale', shift: readUint8(bytes, at + 2) } : undefined;
    case KIND.SACK_PERMITTED:
      return length === 2 ? SACK_PERMITTED : undefined;
    case KIND.SACK:
      return length >= 10 && length % 8 === 2
        ? { kind: 'sack', blocks: parseBlocks(bytes, at + 2, at + length) }
        : undefined;
    case KIND.TIMESTAMPS:
      return length === 10
        ? { kind: 'timestamps', value: readUint32(bytes, at + 2), echo: readUint32(bytes, at + 6) }
        : undefined;
    case KIND.USER_TIMEOUT: {
      if (length !== 4) return undefined;
      const field = readUint16(bytes, at + 2);
      return { kind: 'user-timeout', value: field & 0x7fff, unit: field >= 0x8000 ? 'min' : 's' };
    }
  }
  const data = bytes.subarray(at + 2, at + length);
  if (code === KIND.FAST_OPEN && isCookieLength(data.length)) return { kind: 'fast-open', cookie: data };
  return { kind: 'unknown', code, data };
}

function parseBlocks(bytes: Uint8Array, start: number, end: number): SackBlock[] {
  const blocks: SackBlock[] = [];
  for (let at = start; at < end; at += 8) {
    blocks.push({ left: readUint32(bytes, at), right: readUint32(bytes, at + 4) });
  }
  return blocks;
}

/**
 * The options' bytes, padded with zeros, which also end the list, to a multiple of 4 (RFC 9293 §3.1, MUST-69). Nothing is
 * reordered and no NOP is added: alignment is the caller's.
 * @throws RangeError for a value out of its field's range, or more than 40 bytes
 */
export function emitTcpOptions(options: readonly TcpOption[]): Uint8Array {
  const length = tcpOptionsLength(options);
  if (length > MAX_OPTIONS) throw new RangeError(`${length} bytes of TCP options; ${MAX_OPTIONS} is the most`);
  const bytes = new Uint8Array(length);
  let at = 0;
  for (const option of options) at += emitOption(option, bytes, at);
  return bytes;
}

/** How many bytes {@link emitTcpOptions} makes of these options, padding included. */
export function tcpOptionsLength(options: readonly TcpOption[]): number {
  let length = 0;
  for (const option of options) length += optionLength(option);
  return Math.ceil(length / 4) * 4;
}

function optionLength(option: TcpOption): number {
  switch (option.kind) {
    case 'nop':
      return 1;
    case 'mss':
      return 4;
    case 'window-scale':
      return 3;
    case 'sack-permitted':
      return 2;
    case 'sack':
      return 2 + 8 * option.blocks.length;
    case 'timestamps':
      return 10;
    case 'user-timeout':
      return 4;
    case 'fast-open':
      return 2 + option.cookie.length;
    case 'unknown':
      return 2 + option.data.length;
  }
}

/** Writes one option at `at` and returns its length. */
function emitOption(option: TcpOption, into: Uint8Array, at: number): number {
  const length = optionLength(option);
  // MUST-68: every option but NOP and the end of the list says its length.
  if (option.kind !== 'nop') into[at + 1] = length;
  switch (option.kind) {
    case 'nop':
      into[at] = KIND.NOP;
      break;
    case 'mss':
      requireUint('MSS', option.mss, 16);
      into[at] = KIND.MSS;
      writeUint16(into, at + 2, option.mss);
      break;
    case 'window-scale':
      requireUint('window scale', option.shift, 8);
      into[at] = KIND.WINDOW_SCALE;
      into[at + 2] = option.shift;
      break;
    case 'sack-permitted':
      into[at] = KIND.SACK_PERMITTED;
      break;
    case 'sack':
      if (option.blocks.length === 0) throw new RangeError('a SACK option without blocks; 1 is the least');
      into[at] = KIND.SACK;
      for (const [index, { left, right }] of option.blocks.entries()) {
        requireUint('left edge of a SACK block', left, 32);
        requireUint('right edge of a SACK block', right, 32);
        writeUint32(into, at + 2 + 8 * index, left);
        writeUint32(into, at + 6 + 8 * index, right);
      }
      break;
    case 'timestamps':
      requireUint('TSval', option.value, 32);
      requireUint('TSecr', option.echo, 32);
      into[at] = KIND.TIMESTAMPS;
      writeUint32(into, at + 2, option.value);
      writeUint32(into, at + 6, option.echo);
      break;
    case 'user-timeout':
      requireUint('user timeout', option.value, 15);
      into[at] = KIND.USER_TIMEOUT;
      writeUint16(into, at + 2, (option.unit === 'min' ? 0x8000 : 0) | option.value);
      break;
    case 'fast-open':
      if (!isCookieLength(option.cookie.length)) {
        throw new RangeError(
          `a Fast Open cookie of ${option.cookie.length} bytes; it has 4 to 16 and an even number, or none`,
        );
      }
      into[at] = KIND.FAST_OPEN;
      into.set(option.cookie, at + 2);
      break;
    case 'unknown':
      requireUint('option kind', option.code, 8);
      if (option.code <= KIND.NOP) throw new RangeError(`option kind ${option.code} has no length and no data`);
      into[at] = option.code;
      into.set(option.data, at + 2);
      break;
  }
  return length;
}

/** RFC 7413 §4.1.1: nothing, or 4 to 16 bytes and an even number of them. */
function isCookieLength(length: number): boolean {
  return length === 0 || (length >= 4 && length <= 16 && length % 2 === 0);
}

function malformed(field: string, offset: number, detail: string): WireError {
  return new WireError('tcp-options', field, offset, detail);
}
