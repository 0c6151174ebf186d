import { formatIpv4Address, requireIpv4Address } from './address';
import { readUint16, readUint32, readUint8, requireUint, writeUint16, writeUint32 } from './bytes';
import { checksum, sum } from './checksum';
import { truncated, WireError } from './error';

/** Messages of the three versions of IGMP (RFC 1112 appendix I, RFC 2236 §2, RFC 3376 §4). */
const TYPE = { QUERY: 0x11, REPORT_1: 0x12, REPORT_2: 0x16, LEAVE: 0x17, REPORT_3: 0x22 } as const;

/** Bytes of a message of the first two versions. */
const LENGTH = 8;
/** Bytes of a query of version 3 without sources. */
const QUERY_3 = 12;
/** Bytes of a group record without sources. */
const RECORD = 8;

/** A router asks who is in a group, or in any. */
export interface IgmpQuery {
  readonly type: 'query';
  /** Told by length and the time to answer (RFC 3376 §7.1). */
  readonly version: 1 | 2 | 3;
  /** The longest time until the answer, in tenths of a second; 0 in version 1. Beyond 127 not all numbers can be said (RFC 3376 §4.1.1). */
  readonly maxResponse: number;
  /** `0.0.0.0`: any. */
  readonly group: string;
  /** In version 3 only, as what follows. Routers are not to change their timers. */
  readonly suppress: boolean;
  readonly robustness: number;
  /** In seconds. */
  readonly interval: number;
  readonly sources: readonly string[];
}

/** A host is in a group. */
export interface IgmpReport {
  readonly type: 'report';
  readonly version: 1 | 2;
  readonly group: string;
}

/** The last host that said it was in a group is so no more. */
export interface IgmpLeave {
  readonly type: 'leave';
  readonly group: string;
}

/** What a record says, by number from 1 on (RFC 3376 §4.2.12). */
export const GROUP_RECORDS = [
  'is-include',
  'is-exclude',
  'to-include',
  'to-exclude',
  'allow-sources',
  'block-sources',
] as const;

export type GroupRecordKind = (typeof GROUP_RECORDS)[number];

export interface IgmpGroupRecord {
  readonly kind: GroupRecordKind;
  readonly group: string;
  readonly sources: readonly string[];
}

/** The groups that a host is in, and whose packets it wants in each. Records of unknown kinds are passed over (RFC 3376 §4.2.12). */
export interface IgmpReport3 {
  readonly type: 'report-3';
  readonly records: readonly IgmpGroupRecord[];
}

export interface IgmpUnknown {
  readonly type: 'unknown';
  readonly igmpType: number;
}

export type IgmpMessage = IgmpQuery | IgmpReport | IgmpLeave | IgmpReport3 | IgmpUnknown;

/** Whether the checksum over `bytes[offset..end)` holds. */
export function igmpChecksumIsGood(bytes: Uint8Array, offset = 0, end = bytes.length): boolean {
  return sum(bytes, 0, offset, end) === 0xffff;
}

/** Reads the message in `bytes[offset..end)`; the checksum is not checked. What follows it is left alone (RFC 3376 §4.1.10). */
export function parseIgmp(bytes: Uint8Array, offset = 0, end = bytes.length): IgmpMessage | WireError {
  if (end - offset < LENGTH) return truncated('igmp', LENGTH, end - offset);
  const igmpType = readUint8(bytes, offset);
  const group = formatIpv4Address(readUint32(bytes, offset + 4));
  switch (igmpType) {
    case TYPE.QUERY:
      return parseQuery(bytes, offset, end, group);
    case TYPE.REPORT_1:
      return { type: 'report', version: 1, group };
    case TYPE.REPORT_2:
      return { type: 'report', version: 2, group };
    case TYPE.LEAVE:
      return { type: 'leave', group };
    case TYPE.REPORT_3:
      return parseReport3(bytes, offset, end);
  }
  return { type: 'unknown', igmpType };
}

function parseQuery(bytes: Uint8Array, offset: number, end: number, group: string): IgmpQuery | WireError {
  const length = end - offset;
  const code = readUint8(bytes, offset + 1);
  const older = { type: 'query', group, suppress: false, robustness: 0, interval: 0, sources: [] } as const;
  if (length === LENGTH) return { ...older, version: code === 0 ? 1 : 2, maxResponse: code };
  // RFC 3376 §7.1: any other length is no query.
  if (length < QUERY_3) return truncated('igmp', QUERY_3, length);
  const sources = addresses(bytes, offset + QUERY_3, readUint16(bytes, offset + 10), end);
  if (sources === undefined) return new WireError('igmp', 'numberOfSources', 10, 'more sources than the message has');
  const flags = readUint8(bytes, offset + 8);
  return {
    type: 'query',
    version: 3,
    maxResponse: decode(code),
    group,
    suppress: (flags & 8) !== 0,
    robustness: flags & 7,
    interval: decode(readUint8(bytes, offset + 9)),
    sources,
  };
}

function parseReport3(bytes: Uint8Array, offset: number, end: number): IgmpReport3 | WireError {
  const records: IgmpGroupRecord[] = [];
  let at = offset + LENGTH;
  for (let left = readUint16(bytes, offset + 6); left > 0; left--) {
    if (at + RECORD > end) return new WireError('igmp', 'numberOfGroupRecords', 6, 'more records than the message has');
    const count = readUint16(bytes, at + 2);
    const sources = addresses(bytes, at + RECORD, count, end);
    const next = at + RECORD + 4 * count + 4 * readUint8(bytes, at + 1);
    if (sources === undefined || next > end) {
      return new WireError(
        'igmp',
        'groupRecord',
        at - offset,
        `a record of ${next - at} bytes, and ${end - at} are there`,
      );
    }
    const kind = GROUP_RECORDS[readUint8(bytes, at) - 1];
    if (kind !== undefined) records.push({ kind, group: formatIpv4Address(readUint32(bytes, at + 4)), sources });
    at = next;
  }
  return { type: 'report-3', records };
}

/**
 * The message's bytes, with its checksum.
 * @throws RangeError for a value out of its field's range, or an address that is none
 */
export function emitIgmp(message: Exclude<IgmpMessage, IgmpUnknown>): Uint8Array {
  const bytes = message.type === 'report-3' ? emitReport3(message) : emitOlder(message);
  writeUint16(bytes, 2, checksum(bytes));
  return bytes;
}

function emitOlder(message: IgmpQuery | IgmpReport | IgmpLeave): Uint8Array {
  const isQuery3 = message.type === 'query' && message.version === 3;
  const bytes = new Uint8Array(isQuery3 ? QUERY_3 + 4 * message.sources.length : LENGTH);
  if (message.type === 'leave') bytes[0] = TYPE.LEAVE;
  else if (message.type === 'report') bytes[0] = message.version === 1 ? TYPE.REPORT_1 : TYPE.REPORT_2;
  else {
    bytes[0] = TYPE.QUERY;
    if (message.version < 3) requireUint('the time to answer in tenths of a second', message.maxResponse, 8);
    bytes[1] = message.version === 3 ? encode(message.maxResponse) : message.maxResponse;
  }
  writeUint32(bytes, 4, requireIpv4Address(message.group));
  if (isQuery3) {
    requireUint("the querier's robustness", message.robustness, 3);
    requireUint('the number of sources', message.sources.length, 16);
    bytes[8] = (message.suppress ? 8 : 0) | message.robustness;
    bytes[9] = encode(message.interval);
    writeUint16(bytes, 10, message.sources.length);
    writeAddresses(bytes, QUERY_3, message.sources);
  }
  return bytes;
}

function emitReport3({ records }: IgmpReport3): Uint8Array {
  requireUint('the number of group records', records.length, 16);
  const bytes = new Uint8Array(records.reduce((length, { sources }) => length + RECORD + 4 * sources.length, LENGTH));
  bytes[0] = TYPE.REPORT_3;
  writeUint16(bytes, 6, records.length);
  let at = LENGTH;
  for (const { kind, group, sources } of records) {
    requireUint('the number of sources', sources.length, 16);
    bytes[at] = GROUP_RECORDS.indexOf(kind) + 1;
    writeUint16(bytes, at + 2, sources.length);
    writeUint32(bytes, at + 4, requireIpv4Address(group));
    writeAddresses(bytes, at + RECORD, sources);
    at += RECORD + 4 * sources.length;
  }
  return bytes;
}

/** RFC 3376 §4.1.1, §4.1.7: from 128 on a code has four bits of a number behind its first one, and three of how often it is doubled. */
function decode(code: number): number {
  return code < 128 ? code : ((code & 0xf) | 0x10) << (((code >>> 4) & 7) + 3);
}

/** The code of the largest number that is not above `value`. */
function encode(value: number): number {
  if (value < 128) {
    requireUint('a time', value, 7);
    return value;
  }
  let shift = 3;
  while (shift < 10 && value >>> shift >= 0x20) shift++;
  return 0x80 | ((shift - 3) << 4) | (Math.min(value >>> shift, 0x1f) & 0xf);
}

function addresses(bytes: Uint8Array, at: number, count: number, end: number): string[] | undefined {
  if (at + 4 * count > end) return undefined;
  return Array.from({ length: count }, (_, index) => formatIpv4Address(readUint32(bytes, at + 4 * index)));
}

function writeAddresses(bytes: Uint8Array, at: number, all: readonly string[]): void {
  for (const [index, text] of all.entries()) writeUint32(bytes, at + 4 * index, requireIpv4Address(text));
}
