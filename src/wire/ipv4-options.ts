import { formatIpv4Address, requireIpv4Address } from './address';
import { readUint32, readUint8, requireUint, writeUint32 } from './bytes';
import { WireError } from './error';

/** Option types: copied flag, class and number in one octet (RFC 791 §3.1; IANA's "IP Option Numbers"). */
const TYPE = {
  END: 0,
  NOP: 1,
  RECORD_ROUTE: 7,
  TIMESTAMP: 68,
  LOOSE_SOURCE_ROUTE: 131,
  STRICT_SOURCE_ROUTE: 137,
} as const;

/** The most that fits behind an IPv4 header: its length is at most 60 bytes (RFC 791 §3.1, IHL). */
export const MAX_IPV4_OPTIONS = 40;

/** Octets of an option before its data: type and length; with a pointer; with a pointer, the overflow and the flag. */
const UNKNOWN_HEAD = 2;
const ROUTE_HEAD = 3;
const TIMESTAMP_HEAD = 4;

const NO_ADDRESS = '0.0.0.0';

/**
 * A list of addresses with a pointer: the octet, counted from 1 in the option, of the next one to be used. Beyond the option's length
 * all are used up.
 */
interface RouteData {
  readonly pointer: number;
  readonly route: readonly string[];
}

/** Routers write their addresses into it, from the pointer on. */
export interface RecordRouteOption extends RouteData {
  readonly kind: 'record-route';
}

/**
 * Where the packet goes from the header's destination on, from the pointer on; before the pointer, where it has been. Loose: other routers
 * may lie between two of them.
 */
export interface SourceRouteOption extends RouteData {
  readonly kind: 'loose-source-route' | 'strict-source-route';
}

/** One entry of a timestamp option. */
export interface TimestampEntry {
  /** Whose time it is; absent with flag 0. */
  readonly address?: string;
  /** Milliseconds since midnight UT; with the top bit set, a time of another kind. 0 until somebody writes it. */
  readonly time: number;
}

/** Routers write the time into it, from the pointer on. */
export interface TimestampOption {
  readonly kind: 'timestamp';
  readonly pointer: number;
  /** How many hosts found no room, 0 to 15. */
  readonly overflow: number;
  /** 0: times only. 1: each with the address of who wrote it. 3: the sender said whose times it wants. */
  readonly flag: 0 | 1 | 3;
  readonly entries: readonly TimestampEntry[];
}

/** An option of IPv4 (RFC 791 §3.1). */
export type Ipv4Option =
  | { readonly kind: 'nop' }
  | RecordRouteOption
  | SourceRouteOption
  | TimestampOption
  | { readonly kind: 'unknown'; readonly type: number; readonly data: Uint8Array };

const NOP: Ipv4Option = Object.freeze({ kind: 'nop' });

/**
 * Reads options up to the end of their list. Types that are not known come out as `unknown`, by their length (RFC 1122 §3.2.1.8), and so
 * does a timestamp option with a flag that RFC 791 does not have.
 * @returns a `WireError` for a length below 2 or beyond the bytes, one that its type cannot have, or a pointer to no entry
 */
export function parseIpv4Options(bytes: Uint8Array): Ipv4Option[] | WireError {
  const options: Ipv4Option[] = [];
  let at = 0;
  while (at < bytes.length) {
    const type = readUint8(bytes, at);
    if (type === TYPE.END) break;
    if (type === TYPE.NOP) {
      options.push(NOP);
      at += 1;
      continue;
    }
    const given = bytes.length - at;
    if (given < 2) return malformed('length', at, `option ${type} ends before its length`);
    const length = readUint8(bytes, at + 1);
    if (length < 2) return malformed('length', at + 1, `option ${type} of ${length} bytes; 2 is the least`);
    if (length > given) {
      return malformed('length', at + 1, `option ${type} of ${length} bytes, and ${given} are there`);
    }
    const option = parseOption(type, bytes, at, length);
    if (option instanceof WireError) return option;
    options.push(option);
    at += length;
  }
  return options;
}

/** The option at `at`, `length` bytes with its type and length. */
function parseOption(type: number, bytes: Uint8Array, at: number, length: number): Ipv4Option | WireError {
  switch (type) {
    case TYPE.RECORD_ROUTE:
      return parseRoute('record-route', bytes, at, length);
    case TYPE.LOOSE_SOURCE_ROUTE:
      return parseRoute('loose-source-route', bytes, at, length);
    case TYPE.STRICT_SOURCE_ROUTE:
      return parseRoute('strict-source-route', bytes, at, length);
    case TYPE.TIMESTAMP:
      return parseTimestamp(bytes, at, length);
  }
  return unknown(type, bytes, at, length);
}

function unknown(type: number, bytes: Uint8Array, at: number, length: number): Ipv4Option {
  return { kind: 'unknown', type, data: bytes.subarray(at + UNKNOWN_HEAD, at + length) };
}

function parseRoute(
  kind: 'record-route' | SourceRouteOption['kind'],
  bytes: Uint8Array,
  at: number,
  length: number,
): Ipv4Option | WireError {
  const wrong = checkEntries(bytes, at, length, ROUTE_HEAD, 4);
  if (wrong !== undefined) return wrong;
  const route: string[] = [];
  for (let entry = at + ROUTE_HEAD; entry < at + length; entry += 4) {
    route.push(formatIpv4Address(readUint32(bytes, entry)));
  }
  return { kind, pointer: readUint8(bytes, at + 2), route };
}

function parseTimestamp(bytes: Uint8Array, at: number, length: number): Ipv4Option | WireError {
  if (length < TIMESTAMP_HEAD) {
    return malformed('length', at + 1, `option ${TYPE.TIMESTAMP} of ${length} bytes; ${TIMESTAMP_HEAD} is the least`);
  }
  const overflow = readUint8(bytes, at + 3) >>> 4;
  const flag = readUint8(bytes, at + 3) & 0xf;
  if (flag !== 0 && flag !== 1 && flag !== 3) return unknown(TYPE.TIMESTAMP, bytes, at, length);
  const size = timestampEntryLength(flag);
  const wrong = checkEntries(bytes, at, length, TIMESTAMP_HEAD, size);
  if (wrong !== undefined) return wrong;
  const entries: TimestampEntry[] = [];
  for (let entry = at + TIMESTAMP_HEAD; entry < at + length; entry += size) {
    const time = readUint32(bytes, entry + size - 4);
    entries.push(flag === 0 ? { time } : { address: formatIpv4Address(readUint32(bytes, entry)), time });
  }
  return { kind: 'timestamp', pointer: readUint8(bytes, at + 2), overflow, flag, entries };
}

/** What is behind the option's `head` octets must be whole entries, and the pointer at the start of one, or behind the last. */
function checkEntries(
  bytes: Uint8Array,
  at: number,
  length: number,
  head: number,
  size: number,
): WireError | undefined {
  const type = readUint8(bytes, at);
  if (length < head || (length - head) % size !== 0) {
    return malformed('length', at + 1, `option ${type} cannot have ${length} bytes`);
  }
  const pointer = readUint8(bytes, at + 2);
  const first = head + 1;
  if (pointer < first || (pointer <= length && (pointer - first) % size !== 0)) {
    return malformed('pointer', at + 2, `${pointer} in option ${type}: no entry begins there`);
  }
  return undefined;
}

/**
 * The options' bytes, padded with zeros, which also end the list, to a multiple of 4 (RFC 791 §3.1, Padding). Nothing is reordered and no
 * NOP is added: alignment is the caller's.
 * @throws RangeError for a value out of its field's range, or more than 40 bytes
 */
export function emitIpv4Options(options: readonly Ipv4Option[]): Uint8Array {
  const length = ipv4OptionsLength(options);
  if (length > MAX_IPV4_OPTIONS) {
    throw new RangeError(`${length} bytes of IPv4 options; ${MAX_IPV4_OPTIONS} is the most`);
  }
  const bytes = new Uint8Array(length);
  let at = 0;
  for (const option of options) at += emitOption(option, bytes, at);
  return bytes;
}

/** How many bytes {@link emitIpv4Options} makes of these options, padding included: what they take from the MTU. */
export function ipv4OptionsLength(options: readonly Ipv4Option[]): number {
  let length = 0;
  for (const option of options) length += optionLength(option);
  return Math.ceil(length / 4) * 4;
}

function optionLength(option: Ipv4Option): number {
  switch (option.kind) {
    case 'nop':
      return 1;
    case 'record-route':
    case 'loose-source-route':
    case 'strict-source-route':
      return ROUTE_HEAD + 4 * option.route.length;
    case 'timestamp':
      return TIMESTAMP_HEAD + timestampEntryLength(option.flag) * option.entries.length;
    case 'unknown':
      return UNKNOWN_HEAD + option.data.length;
  }
}

/** Writes one option at `at` and returns its length. */
function emitOption(option: Ipv4Option, into: Uint8Array, at: number): number {
  const length = optionLength(option);
  if (option.kind !== 'nop') into[at + 1] = length;
  switch (option.kind) {
    case 'nop':
      into[at] = TYPE.NOP;
      break;
    case 'record-route':
      into[at] = TYPE.RECORD_ROUTE;
      emitRoute(option, into, at);
      break;
    case 'loose-source-route':
      into[at] = TYPE.LOOSE_SOURCE_ROUTE;
      emitRoute(option, into, at);
      break;
    case 'strict-source-route':
      into[at] = TYPE.STRICT_SOURCE_ROUTE;
      emitRoute(option, into, at);
      break;
    case 'timestamp':
      emitTimestamp(option, into, at);
      break;
    case 'unknown':
      requireUint('IPv4 option type', option.type, 8);
      if (option.type <= TYPE.NOP) throw new RangeError(`IPv4 option type ${option.type} has no length and no data`);
      into[at] = option.type;
      into.set(option.data, at + UNKNOWN_HEAD);
      break;
  }
  return length;
}

function emitRoute({ pointer, route }: RouteData, into: Uint8Array, at: number): void {
  requireUint('pointer of an IPv4 option', pointer, 8);
  into[at + 2] = pointer;
  for (const [index, address] of route.entries()) {
    writeUint32(into, at + ROUTE_HEAD + 4 * index, requireIpv4Address(address));
  }
}

function emitTimestamp({ pointer, overflow, flag, entries }: TimestampOption, into: Uint8Array, at: number): void {
  requireUint('pointer of an IPv4 option', pointer, 8);
  requireUint('overflow of an IPv4 timestamp option', overflow, 4);
  into[at] = TYPE.TIMESTAMP;
  into[at + 2] = pointer;
  into[at + 3] = (overflow << 4) | flag;
  const size = timestampEntryLength(flag);
  for (const [index, { address = NO_ADDRESS, time }] of entries.entries()) {
    const entry = at + TIMESTAMP_HEAD + size * index;
    requireUint('IPv4 timestamp', time, 32);
    if (flag !== 0) writeUint32(into, entry, requireIpv4Address(address));
    writeUint32(into, entry + size - 4, time);
  }
}

function timestampEntryLength(flag: TimestampOption['flag']): number {
  return flag === 0 ? 4 : 8;
}

/** A record route option for the next `hops` routers to write into, 1 to 9. */
export function emptyRecordRoute(hops: number): RecordRouteOption {
  return { kind: 'record-route', pointer: ROUTE_HEAD + 1, route: new Array<string>(hops).fill(NO_ADDRESS) };
}

/** A timestamp option for the next `hosts` that see it to write into: 1 to 9, or 1 to 4 with their addresses (flag 1). */
export function emptyTimestamp(hosts: number, flag: 0 | 1): TimestampOption {
  const entry: TimestampEntry = flag === 0 ? { time: 0 } : { address: NO_ADDRESS, time: 0 };
  const entries = new Array<TimestampEntry>(hosts).fill(entry);
  return { kind: 'timestamp', pointer: TIMESTAMP_HEAD + 1, overflow: 0, flag, entries };
}

/**
 * The option as it is when one more host has written into it: into the entry at the pointer, or, without room, into the overflow count.
 * With flag 3 only who is named there writes (RFC 791 §3.1).
 * @param address ours, on the way that the packet came or goes
 * @param time what to write, 32 bits
 */
export function stampTimestamp(option: TimestampOption, address: string, time: number): TimestampOption {
  const { flag, pointer, overflow } = option;
  const size = timestampEntryLength(flag);
  const index = (pointer - TIMESTAMP_HEAD - 1) / size;
  const entry = option.entries[index];
  if (entry === undefined) return flag === 3 ? option : { ...option, overflow: Math.min(overflow + 1, 15) };
  if (flag === 3 && entry.address !== address) return option;
  const written: TimestampEntry = flag === 0 ? { time } : { address, time };
  const entries = option.entries.map((each, at) => (at === index ? written : each));
  return { ...option, pointer: pointer + size, entries };
}

/** The addresses that the packet has been at, in their order: those before the pointer. */
export function recordedRoute({ pointer, route }: RecordRouteOption | SourceRouteOption): readonly string[] {
  return route.slice(0, Math.floor((pointer - ROUTE_HEAD - 1) / 4));
}

export function isSourceRoute(option: Ipv4Option): option is SourceRouteOption {
  return option.kind === 'loose-source-route' || option.kind === 'strict-source-route';
}

function malformed(field: string, offset: number, detail: string): WireError {
  return new WireError('ipv4-options', field, offset, detail);
}
