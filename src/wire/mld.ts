import { readUint16, readUint8, requireUint, writeUint16 } from './bytes';
import { truncated, WireError } from './error';
import { fillIcmpv6Checksum, ICMPV6_TYPE, viewIcmpv6, type Icmpv6View } from './icmpv6';
import { formatIpv6Address, isLinkLocal6, isMulticast6 } from './ipv6-address';
import { readIpv6Address, writeIpv6Address } from './ipv6-bytes';
import { ROUTER_ALERT_MLD } from './ipv6-extensions';
import type { PseudoHeader } from './pseudo-header';

/** Multicast Listener Discovery: which groups are listened to on a link (RFC 2710 is version 1, RFC 3810 version 2). */

/** Every message is sent with this hop limit, and with a router alert (`writeRouterAlert`). */
export const MLD_HOP_LIMIT = 1;

/** Kinds of records in a report of version 2 (RFC 3810 §5.2.12). */
export const MLD_RECORD = {
  MODE_IS_INCLUDE: 1,
  MODE_IS_EXCLUDE: 2,
  CHANGE_TO_INCLUDE: 3,
  CHANGE_TO_EXCLUDE: 4,
  ALLOW_NEW_SOURCES: 5,
  BLOCK_OLD_SOURCES: 6,
} as const;

/** Bytes of a message of version 1. */
const VERSION_1 = 24;
/** Bytes of a query of version 2 without sources. */
const QUERY_2 = 28;
const REPORT_2 = 8;
const RECORD = 20;
const SUPPRESS = 8;

/** Codes from here on are floating point numbers: a 1, `mantissa` bits, and behind those 3 bits of exponent before them. */
const RESPONSE = { bits: 16, mantissa: 12 } as const;
const INTERVAL = { bits: 8, mantissa: 4 } as const;

/** What queries of both versions say. */
export interface MldQuery {
  readonly type: 'query';
  readonly version: 1;
  /** Answers come at random within this time, in milliseconds. */
  readonly maxResponseDelay: number;
  /** :: asks for all groups. */
  readonly group: bigint;
}

export interface MldQuery2 extends Omit<MldQuery, 'version'> {
  readonly version: 2;
  /** S: other routers are not to act on it. */
  readonly suppress: boolean;
  /** QRV, 0 to 7. */
  readonly robustness: number;
  /** QQIC: how often the querier asks, in seconds. */
  readonly interval: number;
  /** Asked for in particular; none for all. */
  readonly sources: readonly bigint[];
}

/** Version 1: the group is listened to (`report`), no longer (`done`). */
export interface MldReport {
  readonly type: 'report' | 'done';
  readonly version: 1;
  readonly group: bigint;
}

export interface MldRecord {
  /** One of {@link MLD_RECORD}; others are to be ignored. */
  readonly kind: number;
  readonly group: bigint;
  readonly sources: readonly bigint[];
}

export interface MldReport2 {
  readonly type: 'report';
  readonly version: 2;
  readonly records: readonly MldRecord[];
}

/** A message as plain values. Addresses are without a zone. */
export type MldMessage = MldQuery | MldQuery2 | MldReport | MldReport2;

/** What of the packet around a message its checks need; an `Ipv6View` has it. */
export interface MldEnvelope {
  readonly src: bigint;
  readonly ttl: number;
  readonly routerAlert: number | undefined;
}

/** Whether an ICMPv6 message of this type is one of MLD's. */
export function isMld(type: number): boolean {
  return (type >= ICMPV6_TYPE.MLD_QUERY && type <= ICMPV6_TYPE.MLD_DONE) || type === ICMPV6_TYPE.MLDV2_REPORT;
}

/**
 * Reads a message, with the checks of RFC 3810 §6.2 for queries and §7.4 for reports: from a link-local address (reports also from ::,
 * RFC 3590 §4), with hop limit 1 and a router alert. The ICMPv6 checksum is the caller's to check.
 */
export function parseMld(message: Uint8Array | Icmpv6View, packet: MldEnvelope): MldMessage | WireError {
  const view = message instanceof Uint8Array ? viewIcmpv6(message) : message;
  if (view instanceof WireError) return view;
  const { type } = view;
  if (!isMld(type)) return new WireError('mld', 'type', 0, `${type}, which is not Multicast Listener Discovery's`);
  const isQuery = type === ICMPV6_TYPE.MLD_QUERY;
  const wrong = checkEnvelope(packet, isQuery);
  if (wrong !== undefined) return wrong;
  if (type === ICMPV6_TYPE.MLDV2_REPORT) return parseReport2(view);
  const given = view.end - view.offset;
  if (given < VERSION_1) return truncated('mld', VERSION_1, given);
  const group = readIpv6Address(view.bytes, view.offset + 8);
  if (!isMulticast6(group) && !(isQuery && group === 0n)) {
    return new WireError('mld', 'group', 8, `${formatIpv6Address(group)} is no group`);
  }
  if (isQuery) return parseQuery(view, group, given);
  return { type: type === ICMPV6_TYPE.MLD_REPORT ? 'report' : 'done', version: 1, group };
}

function checkEnvelope({ src, ttl, routerAlert }: MldEnvelope, isQuery: boolean): WireError | undefined {
  const wrong = (field: string, detail: string) => new WireError('mld', field, 0, detail);
  if (ttl !== MLD_HOP_LIMIT) return wrong('hopLimit', `${ttl}, not ${MLD_HOP_LIMIT}: it came from beyond the link`);
  if (routerAlert !== ROUTER_ALERT_MLD) return wrong('routerAlert', 'missing from the hop-by-hop options');
  if (!isLinkLocal6(src) && (isQuery || src !== 0n))
    return wrong('source', `${formatIpv6Address(src)} is not link-local`);
  return undefined;
}

/** The length tells the version (RFC 3810 §8.1). */
function parseQuery({ bytes, offset }: Icmpv6View, group: bigint, given: number): MldMessage | WireError {
  const code = readUint16(bytes, offset + 4);
  if (given === VERSION_1) return { type: 'query', version: 1, maxResponseDelay: code, group };
  if (given < QUERY_2) return new WireError('mld', 'length', given, `a query of ${given} bytes, which no version has`);
  const count = readUint16(bytes, offset + 26);
  const needed = QUERY_2 + 16 * count;
  if (given < needed) return truncated('mld', needed, given);
  const flags = readUint8(bytes, offset + 24);
  return {
    type: 'query',
    version: 2,
    maxResponseDelay: decode(code, RESPONSE),
    group,
    suppress: (flags & SUPPRESS) !== 0,
    robustness: flags & 7,
    interval: decode(readUint8(bytes, offset + 25), INTERVAL),
    sources: readAddresses(bytes, offset + QUERY_2, count),
  };
}

function parseReport2({ bytes, offset, end }: Icmpv6View): MldReport2 | WireError {
  const records: MldRecord[] = [];
  const count = readUint16(bytes, offset + 6);
  let at = offset + REPORT_2;
  for (let index = 0; index < count; index++) {
    const sources = readUint16(bytes, at + 2);
    // Auxiliary data, counted in words, is for nobody (RFC 3810 §5.2.11).
    const length = RECORD + 16 * sources + 4 * readUint8(bytes, at + 1);
    if (at + RECORD > end) return truncated('mld', at + RECORD - offset, end - offset);
    if (at + length > end) return truncated('mld', at + length - offset, end - offset);
    const group = readIpv6Address(bytes, at + 4);
    if (!isMulticast6(group)) {
      return new WireError('mld', 'group', at + 4 - offset, `${formatIpv6Address(group)} is no group`);
    }
    records.push({ kind: readUint8(bytes, at), group, sources: readAddresses(bytes, at + RECORD, sources) });
    at += length;
  }
  return { type: 'report', version: 2, records };
}

function readAddresses(bytes: Uint8Array, offset: number, count: number): bigint[] {
  return Array.from({ length: count }, (_, index) => readIpv6Address(bytes, offset + 16 * index));
}

/**
 * The message's bytes, with the checksum. They have to go out behind a router alert, with the hop limit {@link MLD_HOP_LIMIT}. A query
 * of version 2 has codes for some times only: a time between two is cut to the one below.
 * @throws RangeError for a value out of its field's range
 */
export function emitMld(message: MldMessage, pseudo: PseudoHeader): Uint8Array {
  return fillIcmpv6Checksum(layOut(message), pseudo);
}

function layOut(message: MldMessage): Uint8Array {
  if (message.type !== 'query') return message.version === 2 ? layOutReport2(message) : layOutReport(message);
  const { version, maxResponseDelay, group } = message;
  const bytes = new Uint8Array(version === 1 ? VERSION_1 : QUERY_2 + 16 * message.sources.length);
  bytes[0] = ICMPV6_TYPE.MLD_QUERY;
  writeIpv6Address(bytes, 8, group);
  if (version === 1) requireUint('MLD maximum response delay', maxResponseDelay, 16);
  writeUint16(
    bytes,
    4,
    version === 1 ? maxResponseDelay : encode('MLD maximum response delay', maxResponseDelay, RESPONSE),
  );
  if (version === 2) {
    requireUint("MLD querier's robustness", message.robustness, 3);
    requireUint('number of MLD sources', message.sources.length, 16);
    bytes[24] = (message.suppress ? SUPPRESS : 0) | message.robustness;
    bytes[25] = encode("MLD querier's interval", message.interval, INTERVAL);
    writeUint16(bytes, 26, message.sources.length);
    writeAddresses(bytes, QUERY_2, message.sources);
  }
  return bytes;
}

function layOutReport({ type, group }: MldReport): Uint8Array {
  const bytes = new Uint8Array(VERSION_1);
  bytes[0] = type === 'report' ? ICMPV6_TYPE.MLD_REPORT : ICMPV6_TYPE.MLD_DONE;
  writeIpv6Address(bytes, 8, group);
  return bytes;
}

function layOutReport2({ records }: MldReport2): Uint8Array {
  requireUint('number of MLD records', records.length, 16);
  const length = records.reduce((sum, { sources }) => sum + RECORD + 16 * sources.length, REPORT_2);
  const bytes = new Uint8Array(length);
  bytes[0] = ICMPV6_TYPE.MLDV2_REPORT;
  writeUint16(bytes, 6, records.length);
  let at = REPORT_2;
  for (const { kind, group, sources } of records) {
    requireUint("an MLD record's kind", kind, 8);
    requireUint('number of MLD sources', sources.length, 16);
    bytes[at] = kind;
    writeUint16(bytes, at + 2, sources.length);
    writeIpv6Address(bytes, at + 4, group);
    writeAddresses(bytes, at + RECORD, sources);
    at += RECORD + 16 * sources.length;
  }
  return bytes;
}

function writeAddresses(into: Uint8Array, offset: number, addresses: readonly bigint[]): void {
  for (const [index, address] of addresses.entries()) writeIpv6Address(into, offset + 16 * index, address);
}

/** RFC 3810 §5.1.3 and §5.1.9: a code under half of the range is the value, another (1 mantissa) · 2^(exponent + 3). */
function decode(code: number, { bits, mantissa }: typeof RESPONSE | typeof INTERVAL): number {
  if (code < 2 ** (bits - 1)) return code;
  const exponent = (code >>> mantissa) & 7;
  return ((code & (2 ** mantissa - 1)) | (2 ** mantissa)) * 2 ** (exponent + 3);
}

function encode(what: string, value: number, format: typeof RESPONSE | typeof INTERVAL): number {
  const { bits, mantissa } = format;
  if (Number.isInteger(value) && value >= 0 && value < 2 ** (bits - 1)) return value;
  const exponent = Math.floor(Math.log2(value)) - mantissa - 3;
  if (!(exponent >= 0 && exponent <= 7)) {
    throw new RangeError(`${what} is ${value}; it must be a whole number from 0 to ${decode(2 ** bits - 1, format)}`);
  }
  const digits = Math.floor(value / 2 ** (exponent + 3)) - 2 ** mantissa;
  return 2 ** (bits - 1) + exponent * 2 ** mantissa + digits;
}
