import { formatIpv4Address, requireIpv4Address } from './address';
import { readUint16, readUint32, readUint8, requireRoom, requireUint, writeUint16, writeUint32 } from './bytes';
import { sum } from './checksum';
import { truncated, WireError } from './error';
import { MAX_IPV4_OPTIONS } from './ipv4-options';

/** What a packet carries (RFC 791 §3.1, RFC 8200 §3, IANA's protocol numbers). */
export const PROTOCOL = { ICMP: 1, IGMP: 2, TCP: 6, UDP: 17, ICMPV6: 58 } as const;

/** Bytes of an IPv4 header without options. */
export const IPV4_HEADER = 20;

const DONT_FRAGMENT = 0x4000;
const MORE_FRAGMENTS = 0x2000;
const NO_OPTIONS = new Uint8Array(0);

/** An IPv4 packet in `bytes`, not copied. Made by {@link viewIpv4}. */
export class Ipv4View {
  readonly version = 4;

  constructor(
    readonly bytes: Uint8Array,
    readonly offset: number,
    /** Where the packet ends in `bytes`: total length counts, not the padding behind it. */
    readonly end: number,
  ) {}

  /** In bytes, 20 to 60. */
  get headerLength(): number {
    return (readUint8(this.bytes, this.offset) & 0xf) * 4;
  }

  /** Differentiated services code point, 6 bits (RFC 2474 §3). */
  get dscp(): number {
    return readUint8(this.bytes, this.offset + 1) >>> 2;
  }

  /** Explicit congestion notification, 2 bits (RFC 3168 §5). */
  get ecn(): number {
    return readUint8(this.bytes, this.offset + 1) & 3;
  }

  /** Header and payload, in bytes. */
  get totalLength(): number {
    return readUint16(this.bytes, this.offset + 2);
  }

  get identification(): number {
    return readUint16(this.bytes, this.offset + 4);
  }

  get dontFragment(): boolean {
    return (readUint16(this.bytes, this.offset + 6) & DONT_FRAGMENT) !== 0;
  }

  get moreFragments(): boolean {
    return (readUint16(this.bytes, this.offset + 6) & MORE_FRAGMENTS) !== 0;
  }

  /** In bytes, a multiple of 8. */
  get fragmentOffset(): number {
    return (readUint16(this.bytes, this.offset + 6) & 0x1fff) * 8;
  }

  get ttl(): number {
    return readUint8(this.bytes, this.offset + 8);
  }

  get protocol(): number {
    return readUint8(this.bytes, this.offset + 9);
  }

  get checksum(): number {
    return readUint16(this.bytes, this.offset + 10);
  }

  get src(): number {
    return readUint32(this.bytes, this.offset + 12);
  }

  get dst(): number {
    return readUint32(this.bytes, this.offset + 16);
  }

  /** As they are, padding and all; `parseIpv4Options` reads them. */
  get options(): Uint8Array {
    return this.bytes.subarray(this.offset + IPV4_HEADER, this.payloadOffset);
  }

  /** The header's bytes, options included: what an ICMP error quotes. */
  get header(): Uint8Array {
    return this.bytes.subarray(this.offset, this.payloadOffset);
  }

  /** Where the payload starts in `bytes`. */
  get payloadOffset(): number {
    return this.offset + this.headerLength;
  }

  /** The payload, without what pads the frame behind it. */
  get payload(): Uint8Array {
    return this.bytes.subarray(this.payloadOffset, this.end);
  }

  /** Whether the header's checksum holds (RFC 1122 §3.2.1.2). */
  checksumIsGood(): boolean {
    return sum(this.bytes, 0, this.offset, this.payloadOffset) === 0xffff;
  }
}

/** An IPv4 packet as plain values. */
export interface Ipv4Packet {
  readonly dscp: number;
  readonly ecn: number;
  readonly identification: number;
  readonly dontFragment: boolean;
  readonly moreFragments: boolean;
  /** In bytes, a multiple of 8. */
  readonly fragmentOffset: number;
  readonly ttl: number;
  readonly protocol: number;
  readonly src: string;
  readonly dst: string;
  readonly options: Uint8Array;
  readonly payload: Uint8Array;
}

/** What {@link writeIpv4Header} writes: a packet that is not a fragment. */
export interface Ipv4HeaderFields {
  readonly dscp: number;
  readonly ecn: number;
  readonly identification: number;
  readonly dontFragment: boolean;
  readonly ttl: number;
  readonly protocol: number;
  readonly src: number;
  readonly dst: number;
  /** Bytes that follow the header. */
  readonly payloadLength: number;
}

/**
 * Looks at the packet in `bytes[offset..end)` (RFC 791 §3.1): version, header length and total length are checked, the checksum
 * is not. What comes behind the total length is Ethernet's padding.
 */
export function viewIpv4(bytes: Uint8Array, offset = 0, end = bytes.length): Ipv4View | WireError {
  const given = end - offset;
  if (given < IPV4_HEADER) return truncated('ipv4', IPV4_HEADER, given);
  const wrong = checkVersionAndIhl(bytes, offset, given);
  if (wrong !== undefined) return wrong;
  const headerLength = (readUint8(bytes, offset) & 0xf) * 4;
  const totalLength = readUint16(bytes, offset + 2);
  if (totalLength < headerLength) {
    return new WireError('ipv4', 'totalLength', 2, `${totalLength} bytes, fewer than the header's ${headerLength}`);
  }
  if (totalLength > given) {
    return new WireError('ipv4', 'totalLength', 2, `${totalLength} bytes, and ${given} are there`);
  }
  return new Ipv4View(bytes, offset, offset + totalLength);
}

/** The packet as plain values. Options and payload are slices of what was given, not copies. */
export function parseIpv4(packet: Uint8Array | Ipv4View): Ipv4Packet | WireError {
  const view = packet instanceof Uint8Array ? viewIpv4(packet) : packet;
  if (view instanceof WireError) return view;
  return {
    dscp: view.dscp,
    ecn: view.ecn,
    identification: view.identification,
    dontFragment: view.dontFragment,
    moreFragments: view.moreFragments,
    fragmentOffset: view.fragmentOffset,
    ttl: view.ttl,
    protocol: view.protocol,
    src: formatIpv4Address(view.src),
    dst: formatIpv4Address(view.dst),
    options: view.options,
    payload: view.payload,
  };
}

/**
 * The packet's bytes, with the header's checksum. Options are padded to a multiple of 4 with zeros (End of Option List).
 * @throws RangeError for a value out of its field's range, options over 40 bytes, a packet over 65,535
 */
export function emitIpv4(packet: Ipv4Packet): Uint8Array {
  const { options, payload, fragmentOffset } = packet;
  if (options.length > MAX_IPV4_OPTIONS) {
    throw new RangeError(`${options.length} bytes of IPv4 options; ${MAX_IPV4_OPTIONS} is the most`);
  }
  const headerLength = IPV4_HEADER + Math.ceil(options.length / 4) * 4;
  const totalLength = headerLength + payload.length;
  requireUint('IPv4 total length', totalLength, 16);
  requireUint('DSCP', packet.dscp, 6);
  requireUint('ECN', packet.ecn, 2);
  requireUint('IPv4 identification', packet.identification, 16);
  requireUint('IPv4 fragment offset in units of 8 bytes', fragmentOffset / 8, 13);
  requireUint('TTL', packet.ttl, 8);
  requireUint('IPv4 protocol', packet.protocol, 8);

  const bytes = new Uint8Array(totalLength);
  writeIpv4Header(bytes, 0, {
    ...packet,
    src: requireIpv4Address(packet.src),
    dst: requireIpv4Address(packet.dst),
    payloadLength: totalLength - IPV4_HEADER,
  });
  bytes[0] = 0x40 | (headerLength / 4);
  const flags = (packet.dontFragment ? DONT_FRAGMENT : 0) | (packet.moreFragments ? MORE_FRAGMENTS : 0);
  writeUint16(bytes, 6, flags | (fragmentOffset / 8));
  bytes.set(options, IPV4_HEADER);
  bytes.set(payload, headerLength);
  writeUint16(bytes, 10, 0);
  writeUint16(bytes, 10, ~sum(bytes, 0, 0, headerLength));
  return bytes;
}

/**
 * Writes a header, checksum filled in, at `offset`, for the hot path: only the room is checked, values are cut to their field's width.
 * @param options as they stand on the wire, a multiple of 4 bytes; default: none
 * @returns how many bytes were written: 20, and the options
 * @throws RangeError when the header does not fit
 */
export function writeIpv4Header(
  into: Uint8Array,
  offset: number,
  fields: Ipv4HeaderFields,
  options: Uint8Array = NO_OPTIONS,
): number {
  const headerLength = IPV4_HEADER + options.length;
  requireRoom('an IPv4 header', into, offset, headerLength);
  into[offset] = 0x40 | (headerLength >>> 2);
  into[offset + 1] = (fields.dscp << 2) | fields.ecn;
  writeUint16(into, offset + 2, headerLength + fields.payloadLength);
  writeUint16(into, offset + 4, fields.identification);
  writeUint16(into, offset + 6, fields.dontFragment ? DONT_FRAGMENT : 0);
  into[offset + 8] = fields.ttl;
  into[offset + 9] = fields.protocol;
  writeUint16(into, offset + 10, 0);
  writeUint32(into, offset + 12, fields.src);
  writeUint32(into, offset + 16, fields.dst);
  if (options.length > 0) into.set(options, offset + IPV4_HEADER);
  writeUint16(into, offset + 10, ~sum(into, 0, offset, offset + headerLength));
  return headerLength;
}

/** What {@link viewIpv4} and ICMP's quotation have in common: `given` bytes, 20 at least, start a whole IPv4 header. */
export function checkVersionAndIhl(bytes: Uint8Array, offset: number, given: number): WireError | undefined {
  const first = readUint8(bytes, offset);
  if (first >>> 4 !== 4) return new WireError('ipv4', 'version', 0, `${first >>> 4}, not 4`);
  const headerLength = (first & 0xf) * 4;
  if (headerLength < IPV4_HEADER) {
    return new WireError('ipv4', 'ihl', 0, `a header of ${headerLength} bytes; ${IPV4_HEADER} is the least`);
  }
  return headerLength > given ? truncated('ipv4', headerLength, given) : undefined;
}
