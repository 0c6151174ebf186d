import { readUint16, readUint32, readUint8, requireUint, writeUint16, writeUint32 } from './bytes';
import { sum } from './checksum';
import { truncated, WireError } from './error';
import type { QuotedIpv4 } from './icmp';
import { PROTOCOL } from './ipv4';
import { readInZone } from './ipv6';
import { EXTENSION, IPV6_HEADER, skipExtensions, type UpperLayer } from './ipv6-extensions';
import { pseudoHeaderSum, type PseudoHeader } from './pseudo-header';

/** Message types (RFC 4443, RFC 2710, RFC 4861, RFC 3810). Below 128 are errors. */
export const ICMPV6_TYPE = {
  DESTINATION_UNREACHABLE: 1,
  PACKET_TOO_BIG: 2,
  TIME_EXCEEDED: 3,
  PARAMETER_PROBLEM: 4,
  ECHO_REQUEST: 128,
  ECHO_REPLY: 129,
  MLD_QUERY: 130,
  MLD_REPORT: 131,
  MLD_DONE: 132,
  ROUTER_SOLICITATION: 133,
  ROUTER_ADVERTISEMENT: 134,
  NEIGHBOR_SOLICITATION: 135,
  NEIGHBOR_ADVERTISEMENT: 136,
  REDIRECT: 137,
  MLDV2_REPORT: 143,
} as const;

/** Codes of "destination unreachable" (RFC 4443 §3.1). */
export const UNREACHABLE6 = {
  NO_ROUTE: 0,
  PROHIBITED: 1,
  BEYOND_SCOPE: 2,
  ADDRESS: 3,
  PORT: 4,
  SOURCE_POLICY: 5,
  REJECT_ROUTE: 6,
} as const;

/** Every message that is defined has at least this many bytes. */
export const ICMPV6_HEADER = 8;

/** How much of the offending packet's upper layer an error must quote to be of use: the ports, and TCP's sequence number. */
const QUOTED_PAYLOAD = 8;

export interface Icmpv6Echo {
  readonly type: 'echo-request' | 'echo-reply';
  readonly identifier: number;
  readonly sequence: number;
  readonly data: Uint8Array;
}

export interface Icmpv6DestinationUnreachable {
  readonly type: 'destination-unreachable';
  /** One of {@link UNREACHABLE6}. */
  readonly code: number;
  readonly quoted: Uint8Array;
}

export interface Icmpv6PacketTooBig {
  readonly type: 'packet-too-big';
  /** The largest packet in bytes that the next hop takes, 32 bits. It may be less than IPv6's least, 1280 (RFC 8201 §4). */
  readonly mtu: number;
  readonly quoted: Uint8Array;
}

export interface Icmpv6TimeExceeded {
  readonly type: 'time-exceeded';
  /** 0: the hop limit ran out in transit. 1: fragments did not arrive in time. */
  readonly code: number;
  readonly quoted: Uint8Array;
}

export interface Icmpv6ParameterProblem {
  readonly type: 'parameter-problem';
  /** One of `PARAMETER_PROBLEM`. */
  readonly code: number;
  /** Which byte of the packet is at fault, 32 bits; it may lie beyond what is quoted. */
  readonly pointer: number;
  readonly quoted: Uint8Array;
}

/** Any other type (NDP's and MLD's too: `parseNdp` and `parseMld` read them), and an echo with a code. */
export interface Icmpv6Unknown {
  readonly type: 'unknown';
  readonly icmpType: number;
  readonly code: number;
  /** Everything behind the checksum, at least 4 bytes. */
  readonly body: Uint8Array;
}

/** An ICMPv6 message as plain values. `quoted` is the start of the packet that caused an error: see {@link viewQuotedIpv6}. */
export type Icmpv6Message =
  | Icmpv6Echo
  | Icmpv6DestinationUnreachable
  | Icmpv6PacketTooBig
  | Icmpv6TimeExceeded
  | Icmpv6ParameterProblem
  | Icmpv6Unknown;

/** An ICMPv6 message in `bytes`, not copied. Made by {@link viewIcmpv6}. */
export class Icmpv6View {
  constructor(
    readonly bytes: Uint8Array,
    readonly offset: number,
    readonly end: number,
  ) {}

  get type(): number {
    return readUint8(this.bytes, this.offset);
  }

  get code(): number {
    return readUint8(this.bytes, this.offset + 1);
  }

  get checksum(): number {
    return readUint16(this.bytes, this.offset + 2);
  }

  /** Whether the message reports an error: those are never answered with an error (RFC 4443 §2.4 (e)). */
  get isError(): boolean {
    return this.type < 128;
  }

  /** Everything behind the checksum, at least 4 bytes. */
  get body(): Uint8Array {
    return this.bytes.subarray(this.offset + 4, this.end);
  }
}

/** Looks at the message in `bytes[offset..end)` (RFC 4443 §2.1); the checksum is not checked. */
export function viewIcmpv6(bytes: Uint8Array, offset = 0, end = bytes.length): Icmpv6View | WireError {
  if (end - offset < ICMPV6_HEADER) return truncated('icmpv6', ICMPV6_HEADER, end - offset);
  return new Icmpv6View(bytes, offset, end);
}

/** Whether the message's checksum holds between these addresses (RFC 4443 §2.3). */
export function icmpv6ChecksumIsGood(view: Icmpv6View, src: bigint, dst: bigint): boolean {
  const { bytes, offset, end } = view;
  return sum(bytes, pseudoHeaderSum(src, dst, PROTOCOL.ICMPV6, end - offset), offset, end) === 0xffff;
}

/** The message as plain values. Data and quotations are slices of what was given, not copies. */
export function parseIcmpv6(message: Uint8Array | Icmpv6View): Icmpv6Message | WireError {
  const view = message instanceof Uint8Array ? viewIcmpv6(message) : message;
  if (view instanceof WireError) return view;
  const { bytes, offset, code } = view;
  const rest = bytes.subarray(offset + ICMPV6_HEADER, view.end);
  switch (view.type) {
    case ICMPV6_TYPE.ECHO_REQUEST:
    case ICMPV6_TYPE.ECHO_REPLY: {
      if (code !== 0) break;
      const type = view.type === ICMPV6_TYPE.ECHO_REQUEST ? 'echo-request' : 'echo-reply';
      return { type, identifier: readUint16(bytes, offset + 4), sequence: readUint16(bytes, offset + 6), data: rest };
    }
    case ICMPV6_TYPE.DESTINATION_UNREACHABLE:
      return { type: 'destination-unreachable', code, quoted: rest };
    case ICMPV6_TYPE.PACKET_TOO_BIG:
      // RFC 4443 §3.2: receivers ignore the code.
      return { type: 'packet-too-big', mtu: readUint32(bytes, offset + 4), quoted: rest };
    case ICMPV6_TYPE.TIME_EXCEEDED:
      return { type: 'time-exceeded', code, quoted: rest };
    case ICMPV6_TYPE.PARAMETER_PROBLEM:
      return { type: 'parameter-problem', code, pointer: readUint32(bytes, offset + 4), quoted: rest };
  }
  return { type: 'unknown', icmpType: view.type, code, body: view.body };
}

/**
 * The message's bytes, with the checksum.
 * @throws RangeError for a value out of its field's range, or an unknown message's body under 4 bytes
 */
export function emitIcmpv6(message: Icmpv6Message, pseudo: PseudoHeader): Uint8Array {
  return fillIcmpv6Checksum(layOut(message), pseudo);
}

/** Fills in the checksum of the message that `bytes` is, whatever its type, and gives `bytes` back. */
export function fillIcmpv6Checksum(bytes: Uint8Array, { src, dst }: PseudoHeader): Uint8Array {
  writeUint16(bytes, 2, 0);
  writeUint16(bytes, 2, ~sum(bytes, pseudoHeaderSum(src, dst, PROTOCOL.ICMPV6, bytes.length)));
  return bytes;
}

function layOut(message: Icmpv6Message): Uint8Array {
  switch (message.type) {
    case 'echo-request':
    case 'echo-reply': {
      const type = message.type === 'echo-request' ? ICMPV6_TYPE.ECHO_REQUEST : ICMPV6_TYPE.ECHO_REPLY;
      requireUint('ICMPv6 identifier', message.identifier, 16);
      requireUint('ICMPv6 sequence number', message.sequence, 16);
      return start(type, 0, message.identifier * 0x10000 + message.sequence, message.data);
    }
    case 'destination-unreachable':
      return start(ICMPV6_TYPE.DESTINATION_UNREACHABLE, message.code, 0, message.quoted);
    case 'packet-too-big':
      return start(ICMPV6_TYPE.PACKET_TOO_BIG, 0, message.mtu, message.quoted);
    case 'time-exceeded':
      return start(ICMPV6_TYPE.TIME_EXCEEDED, message.code, 0, message.quoted);
    case 'parameter-problem':
      return start(ICMPV6_TYPE.PARAMETER_PROBLEM, message.code, message.pointer, message.quoted);
    case 'unknown': {
      const { icmpType, code, body } = message;
      if (body.length < 4) throw new RangeError(`an ICMPv6 body of ${body.length} bytes; 4 is the least`);
      return start(icmpType, code, readUint32(body, 0), body.subarray(4));
    }
  }
}

/** Type, code, two bytes of zeros, the word that each message has there, and what follows it. */
function start(type: number, code: number, word: number, rest: Uint8Array): Uint8Array {
  requireUint('ICMPv6 type', type, 8);
  requireUint('ICMPv6 code', code, 8);
  requireUint('ICMPv6 MTU or pointer', word, 32);
  const bytes = new Uint8Array(ICMPV6_HEADER + rest.length);
  bytes[0] = type;
  bytes[1] = code;
  writeUint32(bytes, 4, word);
  bytes.set(rest, ICMPV6_HEADER);
  return bytes;
}

/** The packet that an ICMPv6 error quotes, as far as it does, not copied. Made by {@link viewQuotedIpv6}. */
export class QuotedIpv6 {
  readonly version = 6;

  constructor(
    readonly bytes: Uint8Array,
    readonly offset: number,
    readonly end: number,
    private readonly upper: UpperLayer,
  ) {}

  /** Of the interface that the packet left by, for its link-local addresses; 0: none. */
  zone = 0;

  /** Of the packet that is quoted, its header included, in bytes. */
  get totalLength(): number {
    return IPV6_HEADER + readUint16(this.bytes, this.offset + 4);
  }

  /** The fragment header's; 0 without one. */
  get identification(): number {
    const { fragment } = this.upper;
    return fragment === 0 ? 0 : readUint32(this.bytes, fragment + 4);
  }

  /** In bytes. Only at 0 does the payload start with a transport header. */
  get fragmentOffset(): number {
    const { fragment } = this.upper;
    return fragment === 0 ? 0 : readUint16(this.bytes, fragment + 2) & 0xfff8;
  }

  /** The upper layer's, behind all extension headers. */
  get protocol(): number {
    return this.upper.protocol;
  }

  /** In `zone`, if it is link-local. */
  get src(): bigint {
    return readInZone(this.bytes, this.offset + 8, this.zone);
  }

  /** In `zone`, if it is link-local. */
  get dst(): bigint {
    return readInZone(this.bytes, this.offset + 24, this.zone);
  }

  /** The first bytes of what the packet carried: 8 at least. */
  get payload(): Uint8Array {
    return this.bytes.subarray(this.upper.payloadOffset, this.end);
  }
}

/** What an error of either family quotes; `version` tells which. */
export type QuotedIp = QuotedIpv4 | QuotedIpv6;

/**
 * Looks at what an ICMPv6 error quotes: an IPv6 header, extension headers, and at least 8 bytes behind them. The payload length is not
 * believed: it counts bytes that were not quoted (an error ends at 1280 bytes, RFC 4443 §2.4 (c)).
 */
export function viewQuotedIpv6(bytes: Uint8Array, offset = 0, end = bytes.length): QuotedIpv6 | WireError {
  const given = end - offset;
  if (given < IPV6_HEADER) return truncated('ipv6', IPV6_HEADER, given);
  const version = readUint8(bytes, offset) >>> 4;
  if (version !== 6) return new WireError('ipv6', 'version', 0, `${version}, not 6`);
  const upper = skipExtensions(bytes, offset + 6, offset + IPV6_HEADER, end);
  const quoted = Math.max(0, end - upper.payloadOffset);
  if (quoted < QUOTED_PAYLOAD && upper.protocol !== EXTENSION.NO_NEXT_HEADER) {
    const detail = `${quoted} bytes are quoted; ${QUOTED_PAYLOAD} is the least`;
    return new WireError('ipv6', 'payload', given - quoted, detail);
  }
  return new QuotedIpv6(bytes, offset, end, upper);
}
