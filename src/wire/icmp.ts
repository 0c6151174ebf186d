import { readUint16, readUint32, readUint8, requireUint, writeUint16 } from './bytes';
import { sum } from './checksum';
import { truncated, WireError } from './error';
import { checkVersionAndIhl, IPV4_HEADER } from './ipv4';

/** Message types (RFC 792). */
export const ICMP_TYPE = {
  ECHO_REPLY: 0,
  DESTINATION_UNREACHABLE: 3,
  SOURCE_QUENCH: 4,
  ECHO_REQUEST: 8,
  TIME_EXCEEDED: 11,
  PARAMETER_PROBLEM: 12,
} as const;

/** Codes of "destination unreachable" that hosts make or act on (RFC 792, RFC 1122 §3.2.2.1). */
export const UNREACHABLE = { NET: 0, HOST: 1, PROTOCOL: 2, PORT: 3, FRAGMENTATION_NEEDED: 4 } as const;

/** Every message of RFC 792 has at least this many bytes. */
export const ICMP_HEADER = 8;

/** How much of the offending packet's payload an error quotes at least (RFC 792). */
const QUOTED_PAYLOAD = 8;

export interface IcmpEcho {
  readonly type: 'echo-request' | 'echo-reply';
  readonly identifier: number;
  readonly sequence: number;
  readonly data: Uint8Array;
}

export interface IcmpDestinationUnreachable {
  readonly type: 'destination-unreachable';
  readonly code: number;
  /** With code 4, the largest packet in bytes that the next hop takes (RFC 1191 §4); 0 otherwise, and from old routers. */
  readonly nextHopMtu: number;
  readonly quoted: Uint8Array;
}

export interface IcmpTimeExceeded {
  readonly type: 'time-exceeded';
  /** 0: the TTL ran out in transit. 1: fragments did not arrive in time. */
  readonly code: number;
  readonly quoted: Uint8Array;
}

export interface IcmpParameterProblem {
  readonly type: 'parameter-problem';
  readonly code: number;
  /** With code 0, which byte of the quoted packet is at fault. */
  readonly pointer: number;
  readonly quoted: Uint8Array;
}

/** Obsolete (RFC 6633): read, so that it can be told apart and ignored. */
export interface IcmpSourceQuench {
  readonly type: 'source-quench';
  /** Absent for 0, the only code that RFC 792 has. */
  readonly code?: number;
  readonly quoted: Uint8Array;
}

/** Any other type, and an echo with a code. */
export interface IcmpUnknown {
  readonly type: 'unknown';
  readonly icmpType: number;
  readonly code: number;
  /** Everything behind the checksum, at least 4 bytes. */
  readonly body: Uint8Array;
}

/** An ICMP message as plain values. `quoted` is the start of the packet that caused an error: see {@link viewQuoted}. */
export type IcmpMessage =
  IcmpEcho | IcmpDestinationUnreachable | IcmpTimeExceeded | IcmpParameterProblem | IcmpSourceQuench | IcmpUnknown;

/** An ICMP message in `bytes`, not copied. Made by {@link viewIcmp}. */
export class IcmpView {
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

  /** Everything behind the checksum, at least 4 bytes. */
  get body(): Uint8Array {
    return this.bytes.subarray(this.offset + 4, this.end);
  }

  checksumIsGood(): boolean {
    return sum(this.bytes, 0, this.offset, this.end) === 0xffff;
  }
}

/** Looks at the message in `bytes[offset..end)` (RFC 792); the checksum is not checked. */
export function viewIcmp(bytes: Uint8Array, offset = 0, end = bytes.length): IcmpView | WireError {
  if (end - offset < ICMP_HEADER) return truncated('icmp', ICMP_HEADER, end - offset);
  return new IcmpView(bytes, offset, end);
}

/** The message as plain values. Data and quotations are slices of what was given, not copies. */
export function parseIcmp(message: Uint8Array | IcmpView): IcmpMessage | WireError {
  const view = message instanceof Uint8Array ? viewIcmp(message) : message;
  if (view instanceof WireError) return view;
  const { bytes, offset, code } = view;
  const rest = bytes.subarray(offset + ICMP_HEADER, view.end);
  switch (view.type) {
    case ICMP_TYPE.ECHO_REQUEST:
    case ICMP_TYPE.ECHO_REPLY: {
      if (code !== 0) break;
      const type = view.type === ICMP_TYPE.ECHO_REQUEST ? 'echo-request' : 'echo-reply';
      return { type, identifier: readUint16(bytes, offset + 4), sequence: readUint16(bytes, offset + 6), data: rest };
    }
    case ICMP_TYPE.DESTINATION_UNREACHABLE:
      return {
        type: 'destination-unreachable',
        code,
        nextHopMtu: readUint16(bytes, offset + 6),
        quoted: rest,
      };
    case ICMP_TYPE.TIME_EXCEEDED:
      return { type: 'time-exceeded', code, quoted: rest };
    case ICMP_TYPE.PARAMETER_PROBLEM:
      return { type: 'parameter-problem', code, pointer: readUint8(bytes, offset + 4), quoted: rest };
    case ICMP_TYPE.SOURCE_QUENCH:
      return code === 0 ? { type: 'source-quench', quoted: rest } : { type: 'source-quench', code, quoted: rest };
  }
  return { type: 'unknown', icmpType: view.type, code, body: view.body };
}

/**
 * The message's bytes, with the checksum.
 * @throws RangeError for a value out of its field's range, or an unknown message's body under 4 bytes
 */
export function emitIcmp(message: IcmpMessage): Uint8Array {
  const bytes = layOut(message);
  writeUint16(bytes, 2, ~sum(bytes));
  return bytes;
}

function layOut(message: IcmpMessage): Uint8Array {
  switch (message.type) {
    case 'echo-request':
    case 'echo-reply': {
      const type = message.type === 'echo-request' ? ICMP_TYPE.ECHO_REQUEST : ICMP_TYPE.ECHO_REPLY;
      requireUint('ICMP identifier', message.identifier, 16);
      requireUint('ICMP sequence number', message.sequence, 16);
      const bytes = start(type, 0, message.data);
      writeUint16(bytes, 4, message.identifier);
      writeUint16(bytes, 6, message.sequence);
      return bytes;
    }
    case 'destination-unreachable': {
      requireUint('ICMP next-hop MTU', message.nextHopMtu, 16);
      const bytes = start(ICMP_TYPE.DESTINATION_UNREACHABLE, message.code, message.quoted);
      writeUint16(bytes, 6, message.nextHopMtu);
      return bytes;
    }
    case 'time-exceeded':
      return start(ICMP_TYPE.TIME_EXCEEDED, message.code, message.quoted);
    case 'parameter-problem': {
      requireUint('ICMP pointer', message.pointer, 8);
      const bytes = start(ICMP_TYPE.PARAMETER_PROBLEM, message.code, message.quoted);
      bytes[4] = message.pointer;
      return bytes;
    }
    case 'source-quench':
      return start(ICMP_TYPE.SOURCE_QUENCH, message.code ?? 0, message.quoted);
    case 'unknown': {
      const { icmpType, code, body } = message;
      if (body.length < 4) throw new RangeError(`an ICMP body of ${body.length} bytes; 4 is the least`);
      const bytes = start(icmpType, code, body.subarray(4));
      bytes.set(body.subarray(0, 4), 4);
      return bytes;
    }
  }
}

/** Type, code, six bytes of zeros, and what follows them. */
function start(type: number, code: number, rest: Uint8Array): Uint8Array {
  requireUint('ICMP type', type, 8);
  requireUint('ICMP code', code, 8);
  const bytes = new Uint8Array(ICMP_HEADER + rest.length);
  bytes[0] = type;
  bytes[1] = code;
  bytes.set(rest, ICMP_HEADER);
  return bytes;
}

/** The packet that an ICMP error quotes, as far as it does, not copied. Made by {@link viewQuoted}. */
export class QuotedIpv4 {
  readonly version = 4;

  constructor(
    readonly bytes: Uint8Array,
    readonly offset: number,
    readonly end: number,
  ) {}

  /** Of the packet that is quoted, its header included, in bytes. */
  get totalLength(): number {
    return readUint16(this.bytes, this.offset + 2);
  }

  get identification(): number {
    return readUint16(this.bytes, this.offset + 4);
  }

  /** In bytes. Only at 0 does the payload start with a transport header. */
  get fragmentOffset(): number {
    return (readUint16(this.bytes, this.offset + 6) & 0x1fff) * 8;
  }

  get protocol(): number {
    return readUint8(this.bytes, this.offset + 9);
  }

  get src(): number {
    return readUint32(this.bytes, this.offset + 12);
  }

  get dst(): number {
    return readUint32(this.bytes, this.offset + 16);
  }

  /** The first bytes of what the packet carried: 8 at least, enough for the ports and TCP's sequence number. */
  get payload(): Uint8Array {
    return this.bytes.subarray(this.offset + (readUint8(this.bytes, this.offset) & 0xf) * 4, this.end);
  }
}

/**
 * Looks at what an ICMP error quotes: an IPv4 header and at least 8 bytes behind it (RFC 792, RFC 1122 §3.2.2). The total length
 * in it is not believed: it counts bytes that were not quoted, and some routers change it on the way.
 */
export function viewQuoted(bytes: Uint8Array, offset = 0, end = bytes.length): QuotedIpv4 | WireError {
  const given = end - offset;
  if (given < IPV4_HEADER) return truncated('ipv4', IPV4_HEADER, given);
  const wrong = checkVersionAndIhl(bytes, offset, given);
  if (wrong !== undefined) return wrong;
  const quoted = given - (readUint8(bytes, offset) & 0xf) * 4;
  if (quoted < QUOTED_PAYLOAD) {
    return new WireError(
      'ipv4',
      'payload',
      given - quoted,
      `${quoted} bytes are quoted; ${QUOTED_PAYLOAD} is the least`,
    );
  }
  return new QuotedIpv4(bytes, offset, end);
}
