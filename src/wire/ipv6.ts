import { readUint16, readUint32, readUint8, requireRoom, requireUint, writeUint16, writeUint32 } from './bytes';
import { truncated, WireError } from './error';
import { formatIpv6Address, requireIpv6Address, withZone } from './ipv6-address';
import { readIpv6Address, writeIpv6Address } from './ipv6-bytes';
import {
  EXTENSION,
  extensionLength,
  IPV6_HEADER,
  isExtension,
  walkExtensions,
  type ExtensionChain,
  type Ipv6Problem,
} from './ipv6-extensions';

/** An IPv6 packet in `bytes`, not copied. Made by {@link viewIpv6}. It shows what `Ipv4View` shows, by the same names. */
export class Ipv6View {
  readonly version = 6;

  constructor(
    readonly bytes: Uint8Array,
    readonly offset: number,
    /** Where the packet ends in `bytes`: the payload length counts, not the padding behind it. */
    readonly end: number,
    /** What was found between the header and the payload; absent when nothing is there. */
    readonly chain: ExtensionChain | undefined,
  ) {}

  /** Of the interface that it came in by, for the addresses that mean something there only (RFC 4007 §6); 0: none. */
  zone = 0;

  /** In bytes: 40, and the extension headers that were walked. */
  get headerLength(): number {
    return this.payloadOffset - this.offset;
  }

  /** Differentiated services code point, 6 bits (RFC 2474 §3). */
  get dscp(): number {
    return (readUint16(this.bytes, this.offset) >>> 6) & 0x3f;
  }

  /** Explicit congestion notification, 2 bits (RFC 3168 §5). */
  get ecn(): number {
    return (readUint8(this.bytes, this.offset + 1) >>> 4) & 3;
  }

  /** 20 bits (RFC 6437). */
  get flowLabel(): number {
    return readUint32(this.bytes, this.offset) & 0xfffff;
  }

  /** Headers and payload, in bytes. */
  get totalLength(): number {
    return this.end - this.offset;
  }

  /** The hop limit. */
  get ttl(): number {
    return readUint8(this.bytes, this.offset + 7);
  }

  /** The upper layer's, behind all extension headers; a fragment header's next header in a fragment. */
  get protocol(): number {
    return this.chain === undefined ? readUint8(this.bytes, this.offset + 6) : this.chain.protocol;
  }

  /** Which byte of the packet says the protocol: what a Parameter Problem points to when there is no such protocol here. */
  get protocolPointer(): number {
    return this.chain === undefined ? 6 : this.chain.protocolOffset - this.offset;
  }

  /** In `zone`, if it is link-local. */
  get src(): bigint {
    return readInZone(this.bytes, this.offset + 8, this.zone);
  }

  /** In `zone`, if it is link-local. */
  get dst(): bigint {
    return readInZone(this.bytes, this.offset + 24, this.zone);
  }

  /** Where the fragment header is in `bytes` (RFC 8200 §4.5), 0 when there is none. A packet with one may still be whole (RFC 6946). */
  get fragment(): number {
    return this.chain === undefined ? 0 : this.chain.fragment;
  }

  get moreFragments(): boolean {
    const { fragment } = this;
    return fragment !== 0 && (readUint8(this.bytes, fragment + 3) & 1) !== 0;
  }

  /** In bytes, a multiple of 8. */
  get fragmentOffset(): number {
    const { fragment } = this;
    return fragment === 0 ? 0 : readUint16(this.bytes, fragment + 2) & 0xfff8;
  }

  /** The fragment header's, 32 bits; 0 without one. */
  get identification(): number {
    const { fragment } = this;
    return fragment === 0 ? 0 : readUint32(this.bytes, fragment + 4);
  }

  /** Why the packet must not be taken as it is, and what its sender is to be told; `undefined` when all is well. */
  get problem(): Ipv6Problem | undefined {
    return this.chain?.problem;
  }

  /** Value of the router alert in the hop-by-hop options (RFC 2711 §2.1: 0 for MLD), `undefined` without one. */
  get routerAlert(): number | undefined {
    return this.chain?.routerAlert;
  }

  /** The header's bytes with the extension headers that were walked. */
  get header(): Uint8Array {
    return this.bytes.subarray(this.offset, this.payloadOffset);
  }

  /** Where the payload starts in `bytes`; behind the fragment header in a fragment. */
  get payloadOffset(): number {
    return this.chain === undefined ? this.offset + IPV6_HEADER : this.chain.payloadOffset;
  }

  /** The payload, without what pads the frame behind it. */
  get payload(): Uint8Array {
    return this.bytes.subarray(this.payloadOffset, this.end);
  }
}

/** The address at `offset`; a link-local one is in `zone`. */
export function readInZone(bytes: Uint8Array, offset: number, zone: number): bigint {
  const address = readIpv6Address(bytes, offset);
  // fe80::/10, told from the bytes: nothing is made for all others.
  return zone !== 0 && (readUint16(bytes, offset) & 0xffc0) === 0xfe80 ? withZone(address, zone) : address;
}

/** An extension header as plain values. */
export interface Ipv6Extension {
  /** One of `EXTENSION`. */
  readonly type: number;
  /** Everything behind the header's first two bytes (next header, and the length or a reserved byte). */
  readonly data: Uint8Array;
}

/** An IPv6 packet as plain values. */
export interface Ipv6Packet {
  readonly dscp: number;
  readonly ecn: number;
  readonly flowLabel: number;
  /** The hop limit. */
  readonly ttl: number;
  /** In their order. */
  readonly extensions: readonly Ipv6Extension[];
  /** What the payload is. */
  readonly protocol: number;
  readonly src: string;
  readonly dst: string;
  readonly payload: Uint8Array;
}

/** What {@link writeIpv6Header} writes. */
export interface Ipv6HeaderFields {
  readonly dscp: number;
  readonly ecn: number;
  readonly flowLabel: number;
  /** The hop limit. */
  readonly ttl: number;
  /** What follows the header: the first extension header's number, if there is one. */
  readonly protocol: number;
  /** A zone is left out. */
  readonly src: bigint;
  /** A zone is left out. */
  readonly dst: bigint;
  /** Bytes that follow the header, extension headers included. */
  readonly payloadLength: number;
}

/**
 * Looks at the packet in `bytes[offset..end)` (RFC 8200 §3): version, payload length and the bounds of the extension headers are checked.
 * What comes behind the payload length is Ethernet's padding. A packet can be read and still have a {@link Ipv6View.problem}.
 */
export function viewIpv6(bytes: Uint8Array, offset = 0, end = bytes.length): Ipv6View | WireError {
  const given = end - offset;
  if (given < IPV6_HEADER) return truncated('ipv6', IPV6_HEADER, given);
  const version = readUint8(bytes, offset) >>> 4;
  if (version !== 6) return new WireError('ipv6', 'version', 0, `${version}, not 6`);
  const payloadLength = readUint16(bytes, offset + 4);
  const packetEnd = offset + IPV6_HEADER + payloadLength;
  if (packetEnd > end) {
    const detail = `${payloadLength} bytes, and ${given - IPV6_HEADER} are there`;
    return new WireError('ipv6', 'payloadLength', 4, detail);
  }
  const nextHeader = readUint8(bytes, offset + 6);
  if (!isExtension(nextHeader)) return new Ipv6View(bytes, offset, packetEnd, undefined);
  if (payloadLength === 0 && nextHeader === EXTENSION.HOP_BY_HOP) {
    return new WireError('ipv6', 'payloadLength', 4, '0: a jumbogram (RFC 2675), which is not supported');
  }
  const chain = walkExtensions(bytes, offset, packetEnd);
  return chain instanceof WireError ? chain : new Ipv6View(bytes, offset, packetEnd, chain);
}

/** The packet as plain values. Extensions and payload are slices of what was given, not copies. */
export function parseIpv6(packet: Uint8Array | Ipv6View): Ipv6Packet | WireError {
  const view = packet instanceof Uint8Array ? viewIpv6(packet) : packet;
  if (view instanceof WireError) return view;
  const { bytes, offset, end, payloadOffset } = view;
  const extensions: Ipv6Extension[] = [];
  let type = readUint8(bytes, offset + 6);
  for (let at = offset + IPV6_HEADER; at < payloadOffset;) {
    const length = extensionLength(bytes, type, at, end);
    extensions.push({ type, data: bytes.subarray(at + 2, at + length) });
    type = readUint8(bytes, at);
    at += length;
  }
  return {
    dscp: view.dscp,
    ecn: view.ecn,
    flowLabel: view.flowLabel,
    ttl: view.ttl,
    extensions,
    protocol: view.protocol,
    src: formatIpv6Address(view.src),
    dst: formatIpv6Address(view.dst),
    payload: view.payload,
  };
}

/**
 * The packet's bytes.
 * @throws RangeError for a value out of its field's range, an extension header that is no multiple of 8 bytes or over its length field,
 *   a payload over 65,535 bytes
 */
export function emitIpv6(packet: Ipv6Packet): Uint8Array {
  const { extensions, payload } = packet;
  const extensionsLength = extensions.reduce((length, { data }) => length + 2 + data.length, 0);
  const payloadLength = extensionsLength + payload.length;
  requireUint('IPv6 payload length', payloadLength, 16);
  requireUint('DSCP', packet.dscp, 6);
  requireUint('ECN', packet.ecn, 2);
  requireUint('flow label', packet.flowLabel, 20);
  requireUint('hop limit', packet.ttl, 8);
  requireUint('IPv6 next header', packet.protocol, 8);
  const bytes = new Uint8Array(IPV6_HEADER + payloadLength);
  writeIpv6Header(bytes, 0, {
    ...packet,
    protocol: extensions[0]?.type ?? packet.protocol,
    src: requireIpv6Address(packet.src),
    dst: requireIpv6Address(packet.dst),
    payloadLength,
  });
  let at = IPV6_HEADER;
  for (const [index, { type, data }] of extensions.entries()) {
    const units = (data.length + 2) / 8 - 1;
    requireUint('extension header', type, 8);
    requireUint(
      "an extension header's length in units of 8 bytes, less one",
      units,
      type === EXTENSION.FRAGMENT ? 0 : 8,
    );
    bytes[at] = extensions[index + 1]?.type ?? packet.protocol;
    bytes[at + 1] = units;
    bytes.set(data, at + 2);
    at += 2 + data.length;
  }
  bytes.set(payload, at);
  return bytes;
}

/**
 * Writes a header at `offset`, for the hot path: only the room is checked, values are cut to their field's width.
 * @returns how many bytes were written: 40
 * @throws RangeError when the header does not fit
 */
export function writeIpv6Header(into: Uint8Array, offset: number, fields: Ipv6HeaderFields): number {
  requireRoom('an IPv6 header', into, offset, IPV6_HEADER);
  writeUint32(into, offset, 0x60000000 | (fields.dscp << 22) | (fields.ecn << 20) | fields.flowLabel);
  writeUint16(into, offset + 4, fields.payloadLength);
  into[offset + 6] = fields.protocol;
  into[offset + 7] = fields.ttl;
  writeIpv6Address(into, offset + 8, fields.src);
  writeIpv6Address(into, offset + 24, fields.dst);
  return IPV6_HEADER;
}
