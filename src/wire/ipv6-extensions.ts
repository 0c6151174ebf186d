import { readUint16, readUint8, requireRoom, writeUint16, writeUint32 } from './bytes';
import { truncated, WireError } from './error';

/** The headers between IPv6's own and the upper layer's (RFC 8200 §4), walked with bounds. */

/** Numbers in "next header" that are not an upper-layer protocol's (RFC 8200 §4, IANA). */
export const EXTENSION = {
  HOP_BY_HOP: 0,
  ROUTING: 43,
  FRAGMENT: 44,
  ESP: 50,
  AH: 51,
  NO_NEXT_HEADER: 59,
  DESTINATION_OPTIONS: 60,
} as const;

/** Bytes of an IPv6 header. */
export const IPV6_HEADER = 40;

/** Bytes of a fragment header (RFC 8200 §4.5). */
export const FRAGMENT_HEADER = 8;

/** Codes of ICMPv6's Parameter Problem (RFC 4443 §3.4, RFC 7112 §5). */
export const PARAMETER_PROBLEM = {
  ERRONEOUS_FIELD: 0,
  UNKNOWN_NEXT_HEADER: 1,
  UNKNOWN_OPTION: 2,
  INCOMPLETE_CHAIN: 3,
} as const;

/** The router alert's value for MLD (RFC 2711 §2.1). */
export const ROUTER_ALERT_MLD = 0;

/**
 * Each kind of header comes once, destination options twice (RFC 8200 §4.1): seven in all. More are a waste of the receiver's time
 * (RFC 8504 §5.3 lets a host set a limit).
 */
const MOST_HEADERS = 8;

/** The headers' share of what a first fragment must hold: its upper layer's header too (RFC 7112 §5). Others: a byte. */
const UPPER_HEADER: Readonly<Record<number, number>> = { 6: 20, 17: 8, 58: 8 };

const PAD1 = 0;
const PADN = 1;
const ROUTER_ALERT = 5;

/** Why a packet must not be taken as it is, and what its sender is told (ICMPv6 Parameter Problem, RFC 4443 §3.4). */
export interface Ipv6Problem {
  /** One of {@link PARAMETER_PROBLEM}. */
  readonly code: number;
  /** Which byte of the packet is at fault. */
  readonly pointer: number;
  /** Whether to tell: never; unless the packet came by multicast; or even then (RFC 8200 §4.2, RFC 4443 §2.4 (e.3)). */
  readonly report: 'never' | 'unicast' | 'always';
  /** It stands in the hop-by-hop options, which every node on the path reads; the rest concerns the destination alone. */
  readonly everyNode: boolean;
  /** For a person. */
  readonly reason: string;
}

/** What stands between IPv6's header and the upper layer's. Offsets are from the start of the array. */
export interface ExtensionChain {
  /** The upper layer's number, or a fragment header's next header. */
  readonly protocol: number;
  /** Where that number stands. */
  readonly protocolOffset: number;
  readonly payloadOffset: number;
  /** Where the fragment header is, 0 when there is none. */
  readonly fragment: number;
  /** Value of the router alert option (RFC 2711). */
  readonly routerAlert: number | undefined;
  readonly problem: Ipv6Problem | undefined;
}

/** Whether a walk has to go on behind a header of this number. */
export function isExtension(nextHeader: number): boolean {
  return (
    nextHeader === EXTENSION.HOP_BY_HOP ||
    nextHeader === EXTENSION.ROUTING ||
    nextHeader === EXTENSION.FRAGMENT ||
    nextHeader === EXTENSION.DESTINATION_OPTIONS
  );
}

/**
 * Walks the extension headers of the packet in `bytes[offset..end)`, whose own header is whole. It stops at the first header that is no
 * extension (ESP and AH, which are not understood, among them), at the first problem, and behind a fragment header: what
 * follows that is the reassembled packet's. Only where the fragment header says that the packet is whole it goes on (RFC 6946).
 */
export function walkExtensions(bytes: Uint8Array, offset: number, end: number): ExtensionChain | WireError {
  let protocolOffset = offset + 6;
  let at = offset + IPV6_HEADER;
  let fragment = 0;
  let problem: Ipv6Problem | undefined;
  let routerAlert: number | undefined;
  for (let count = 0; problem === undefined; count++) {
    const type = readUint8(bytes, protocolOffset);
    if (!isExtension(type)) break;
    if (type === EXTENSION.HOP_BY_HOP && count > 0) {
      problem = atFault(
        PARAMETER_PROBLEM.UNKNOWN_NEXT_HEADER,
        protocolOffset - offset,
        'hop-by-hop options not at first',
      );
      break;
    }
    if (count === MOST_HEADERS) {
      return new WireError('ipv6', 'extensions', at - offset, `more than ${MOST_HEADERS} extension headers`);
    }
    const length = extensionLength(bytes, type, at, end);
    if (at + length > end) return truncated('ipv6', at + length - offset, end - offset);
    if (type === EXTENSION.ROUTING) {
      problem = checkRouting(bytes, offset, at);
    } else if (type === EXTENSION.FRAGMENT) {
      fragment = at;
      if (isRealFragment(bytes, at)) {
        problem = checkFragment(bytes, offset, at, end);
        protocolOffset = at;
        at += length;
        break;
      }
    } else {
      const found = walkOptions(bytes, offset, at, at + length, type === EXTENSION.HOP_BY_HOP);
      if (found instanceof WireError) return found;
      problem = found.problem;
      routerAlert ??= found.routerAlert;
    }
    protocolOffset = at;
    at += length;
  }
  const protocol = readUint8(bytes, protocolOffset);
  return { protocol, protocolOffset, payloadOffset: at, fragment, routerAlert, problem };
}

/** Bytes of the extension header of this type at `at`; the least there can be when its length is not there. */
export function extensionLength(bytes: Uint8Array, type: number, at: number, end: number): number {
  return type === EXTENSION.FRAGMENT || at + 1 >= end ? 8 : 8 + 8 * readUint8(bytes, at + 1);
}

/** Whether the fragment header says that there is more of the packet elsewhere. */
export function isRealFragment(bytes: Uint8Array, fragment: number): boolean {
  return (readUint16(bytes, fragment + 2) & 0xfff9) !== 0;
}

/** A type that is not understood is passed over once all its segments were visited. Type 0 is one of these (RFC 5095 §3). */
function checkRouting(bytes: Uint8Array, offset: number, at: number): Ipv6Problem | undefined {
  const [type, left] = [readUint8(bytes, at + 2), readUint8(bytes, at + 3)];
  if (left === 0) return undefined;
  return atFault(PARAMETER_PROBLEM.ERRONEOUS_FIELD, at + 2 - offset, `a routing header of type ${type}`);
}

/** What RFC 8200 §4.5 and RFC 7112 §5 have a receiver check in each fragment alone. */
function checkFragment(bytes: Uint8Array, offset: number, at: number, end: number): Ipv6Problem | undefined {
  const field = readUint16(bytes, at + 2);
  const [from, more] = [field & 0xfff8, (field & 1) !== 0];
  const length = end - at - FRAGMENT_HEADER;
  if (more && length % 8 !== 0) {
    return atFault(PARAMETER_PROBLEM.ERRONEOUS_FIELD, 4, `a fragment of ${length} bytes, no multiple of 8`);
  }
  // What stands before the fragment header counts in the reassembled packet's payload length, too.
  if (at - offset - IPV6_HEADER + from + length > 0xffff) {
    return atFault(PARAMETER_PROBLEM.ERRONEOUS_FIELD, at + 2 - offset, 'a fragment beyond 65,535 bytes');
  }
  return from === 0 && !holdsWholeChain(bytes, at, end)
    ? atFault(PARAMETER_PROBLEM.INCOMPLETE_CHAIN, 0, "a first fragment without its upper layer's header")
    : undefined;
}

/** Whether all headers up to the upper layer's are in the fragment whose header is at `at`. */
function holdsWholeChain(bytes: Uint8Array, at: number, end: number): boolean {
  const { protocol, payloadOffset } = skipExtensions(bytes, at, at + FRAGMENT_HEADER, end);
  return protocol === EXTENSION.NO_NEXT_HEADER || payloadOffset + (UPPER_HEADER[protocol] ?? 1) <= end;
}

/** Where the upper layer starts, as far as the bytes tell. */
export interface UpperLayer {
  readonly protocol: number;
  /** Beyond the end when the bytes end before. */
  readonly payloadOffset: number;
  /** Where a fragment header is, 0 when there is none. */
  readonly fragment: number;
}

/**
 * Passes over extension headers without a look at what they want, for packets that are not taken: quotations, and first fragments.
 * @param field where the number of the header at `at` stands
 */
export function skipExtensions(bytes: Uint8Array, field: number, at: number, end: number): UpperLayer {
  let fragment = 0;
  let payloadOffset = at;
  let protocol = readUint8(bytes, field);
  for (let count = 0; count < MOST_HEADERS && isExtension(protocol); count++) {
    const start = payloadOffset;
    payloadOffset += extensionLength(bytes, protocol, start, end);
    if (payloadOffset > end) break;
    if (protocol === EXTENSION.FRAGMENT) fragment = start;
    protocol = readUint8(bytes, start);
    if (fragment === start && (readUint16(bytes, start + 2) & 0xfff8) !== 0) break;
  }
  return { protocol, payloadOffset, fragment };
}

/** Options of a hop-by-hop or a destination options header (RFC 8200 §4.2). */
function walkOptions(
  bytes: Uint8Array,
  offset: number,
  header: number,
  end: number,
  everyNode: boolean,
): { problem?: Ipv6Problem; routerAlert?: number } | WireError {
  let routerAlert: number | undefined;
  for (let at = header + 2; at < end;) {
    const type = readUint8(bytes, at);
    if (type === PAD1) {
      at++;
      continue;
    }
    const length = 2 + readUint8(bytes, at + 1);
    if (at + 1 >= end || at + length > end) {
      return new WireError('ipv6', 'option', at - offset, `option ${type} reaches beyond its header`);
    }
    if (type === ROUTER_ALERT && everyNode && length === 4) {
      routerAlert ??= readUint16(bytes, at + 2);
    } else if (type !== PADN) {
      const problem = unknownOption(type, at - offset, everyNode);
      if (problem !== undefined) return { problem };
    }
    at += length;
  }
  return routerAlert === undefined ? {} : { routerAlert };
}

/** What the two highest bits of an option's type want of a node that does not know it. */
function unknownOption(type: number, pointer: number, everyNode: boolean): Ipv6Problem | undefined {
  const action = type >>> 6;
  if (action === 0) return undefined;
  const report = action === 1 ? 'never' : action === 2 ? 'always' : 'unicast';
  return { code: PARAMETER_PROBLEM.UNKNOWN_OPTION, pointer, report, everyNode, reason: `option ${type}` };
}

function atFault(code: number, pointer: number, reason: string): Ipv6Problem {
  return { code, pointer, report: 'unicast', everyNode: false, reason };
}

/** What {@link writeFragmentHeader} writes. */
export interface FragmentFields {
  /** What the fragmentable part starts with: an extension header's number, or the upper layer's. */
  readonly protocol: number;
  /** In bytes, a multiple of 8. */
  readonly fragmentOffset: number;
  readonly moreFragments: boolean;
  /** 32 bits. */
  readonly identification: number;
}

/**
 * Writes a fragment header (RFC 8200 §4.5) at `offset`; values are cut to their field's width.
 * @returns how many bytes were written: 8
 * @throws RangeError when the header does not fit
 */
export function writeFragmentHeader(into: Uint8Array, offset: number, fields: FragmentFields): number {
  requireRoom('a fragment header', into, offset, FRAGMENT_HEADER);
  into[offset] = fields.protocol;
  into[offset + 1] = 0;
  writeUint16(into, offset + 2, (fields.fragmentOffset & 0xfff8) | (fields.moreFragments ? 1 : 0));
  writeUint32(into, offset + 4, fields.identification);
  return FRAGMENT_HEADER;
}

/** Bytes of hop-by-hop options that hold a router alert alone. */
export const ROUTER_ALERT_HEADER = 8;

/**
 * Writes a hop-by-hop options header with a router alert for MLD (RFC 2711 §2.1), padded, at `offset`.
 * @param protocol what follows it
 * @returns how many bytes were written: 8
 * @throws RangeError when the header does not fit
 */
export function writeRouterAlert(into: Uint8Array, offset: number, protocol: number): number {
  requireRoom('a router alert', into, offset, ROUTER_ALERT_HEADER);
  into.set([protocol, 0, ROUTER_ALERT, 2, ROUTER_ALERT_MLD >>> 8, ROUTER_ALERT_MLD, PADN, 0], offset);
  return ROUTER_ALERT_HEADER;
}
