import { readUint16, readUint32, readUint8, requireUint, writeUint16, writeUint32 } from './bytes';
import { truncated, WireError } from './error';
import { fillIcmpv6Checksum, ICMPV6_TYPE, viewIcmpv6, type Icmpv6View } from './icmpv6';
import { formatIpv6Address, isLinkLocal6, isMulticast6, solicitedNode } from './ipv6-address';
import { readIpv6Address, writeIpv6Address } from './ipv6-bytes';
import { emitNdpOptions, parseNdpOptions, type NdpOption } from './ndp-options';
import type { PseudoHeader } from './pseudo-header';

/** Neighbor Discovery (RFC 4861): who is on the link, who its routers are, and which prefixes it has. */

/** The hop limit that every message is sent with: who is not on the link cannot fake it (RFC 4861 §3.1). */
export const NDP_HOP_LIMIT = 255;

/** Which bit each flag is, in its byte. */
const MANAGED = 0x80;
const OTHER = 0x40;
const ROUTER = 0x80;
const SOLICITED = 0x40;
const OVERRIDE = 0x20;

/** Bytes before the options. */
const LENGTHS: Readonly<Record<number, number>> = {
  [ICMPV6_TYPE.ROUTER_SOLICITATION]: 8,
  [ICMPV6_TYPE.ROUTER_ADVERTISEMENT]: 16,
  [ICMPV6_TYPE.NEIGHBOR_SOLICITATION]: 24,
  [ICMPV6_TYPE.NEIGHBOR_ADVERTISEMENT]: 24,
  [ICMPV6_TYPE.REDIRECT]: 40,
};

/** RFC 4191 §2.2: two bits; the fourth value counts as the middle one. */
const PREFERENCES = ['medium', 'high', 'medium', 'low'] as const;

export interface RouterSolicitation {
  readonly type: 'router-solicitation';
  readonly options: readonly NdpOption[];
}

export interface RouterAdvertisement {
  readonly type: 'router-advertisement';
  /** What hosts are to send with; 0: not said. */
  readonly hopLimit: number;
  /** M: addresses are had by DHCPv6. */
  readonly managed: boolean;
  /** O: other things are had by DHCPv6. */
  readonly other: boolean;
  /** Among default routers (RFC 4191 §2.2). */
  readonly preference: (typeof PREFERENCES)[number];
  /** In seconds; 0: no default router. */
  readonly routerLifetime: number;
  /** In milliseconds; 0: not said. */
  readonly reachableTime: number;
  /** In milliseconds; 0: not said. */
  readonly retransTimer: number;
  readonly options: readonly NdpOption[];
}

export interface NeighborSolicitation {
  readonly type: 'neighbor-solicitation';
  /** Whose link-layer address is wanted. Without a zone. */
  readonly target: bigint;
  readonly options: readonly NdpOption[];
}

export interface NeighborAdvertisement {
  readonly type: 'neighbor-advertisement';
  /** R: the sender is a router. */
  readonly router: boolean;
  /** S: in answer to a solicitation. */
  readonly solicited: boolean;
  /** O: takes the place of what is known. */
  readonly override: boolean;
  /** Whose link-layer address this is. Without a zone. */
  readonly target: bigint;
  readonly options: readonly NdpOption[];
}

export interface Redirect {
  readonly type: 'redirect';
  /** The better first hop; the same as the destination when that is on the link itself. Without a zone. */
  readonly target: bigint;
  readonly destination: bigint;
  readonly options: readonly NdpOption[];
}

/** A message as plain values. */
export type NdpMessage =
  RouterSolicitation | RouterAdvertisement | NeighborSolicitation | NeighborAdvertisement | Redirect;

/** What of the packet around a message its checks need; an `Ipv6View` has it. */
export interface NdpEnvelope {
  /** Without a zone. */
  readonly src: bigint;
  readonly dst: bigint;
  readonly ttl: number;
}

/** Whether an ICMPv6 message of this type is one of Neighbor Discovery's. */
export function isNdp(type: number): boolean {
  return LENGTHS[type] !== undefined;
}

/**
 * Reads a message, with all checks of RFC 4861 §6.1, §7.1 and §8.1 that need nothing but the packet; the ICMPv6 checksum is the
 * caller's to check, and whether a redirect comes from the router in use. Options are slices of what was given, not copies.
 */
export function parseNdp(message: Uint8Array | Icmpv6View, packet: NdpEnvelope): NdpMessage | WireError {
  const view = message instanceof Uint8Array ? viewIcmpv6(message) : message;
  if (view instanceof WireError) return view;
  const { bytes, offset, end, type } = view;
  const length = LENGTHS[type];
  if (length === undefined) return new WireError('ndp', 'type', 0, `${type}, which is not Neighbor Discovery's`);
  if (packet.ttl !== NDP_HOP_LIMIT) {
    return new WireError('ndp', 'hopLimit', 0, `${packet.ttl}, not ${NDP_HOP_LIMIT}: it came from beyond the link`);
  }
  if (view.code !== 0) return new WireError('ndp', 'code', 1, `${view.code}, not 0`);
  if (end - offset < length) return truncated('ndp', length, end - offset);
  const options = parseNdpOptions(bytes, offset + length, end, offset);
  if (options instanceof WireError) return options;
  const read = readMessage(view, options);
  return check(read, packet) ?? read;
}

function readMessage({ bytes, offset, type }: Icmpv6View, options: readonly NdpOption[]): NdpMessage {
  const flags = readUint8(bytes, offset + 4);
  switch (type) {
    case ICMPV6_TYPE.ROUTER_SOLICITATION:
      return { type: 'router-solicitation', options };
    case ICMPV6_TYPE.ROUTER_ADVERTISEMENT: {
      const bits = readUint8(bytes, offset + 5);
      return {
        type: 'router-advertisement',
        hopLimit: flags,
        managed: (bits & MANAGED) !== 0,
        other: (bits & OTHER) !== 0,
        preference: PREFERENCES[(bits >>> 3) & 3] ?? 'medium',
        routerLifetime: readUint16(bytes, offset + 6),
        reachableTime: readUint32(bytes, offset + 8),
        retransTimer: readUint32(bytes, offset + 12),
        options,
      };
    }
    case ICMPV6_TYPE.NEIGHBOR_SOLICITATION:
      return { type: 'neighbor-solicitation', target: readIpv6Address(bytes, offset + 8), options };
    case ICMPV6_TYPE.NEIGHBOR_ADVERTISEMENT:
      return {
        type: 'neighbor-advertisement',
        router: (flags & ROUTER) !== 0,
        solicited: (flags & SOLICITED) !== 0,
        override: (flags & OVERRIDE) !== 0,
        target: readIpv6Address(bytes, offset + 8),
        options,
      };
    default:
      return {
        type: 'redirect',
        target: readIpv6Address(bytes, offset + 8),
        destination: readIpv6Address(bytes, offset + 24),
        options,
      };
  }
}

function check(message: NdpMessage, { src, dst }: NdpEnvelope): WireError | undefined {
  const wrong = (field: string, offset: number, detail: string) => new WireError('ndp', field, offset, detail);
  const text = formatIpv6Address;
  const hasSource = message.options.some(({ kind }) => kind === 'source-link-layer-address');
  switch (message.type) {
    case 'router-solicitation':
      if (src === 0n && hasSource) return wrong('source', 0, ':: with a source link-layer address');
      return undefined;
    case 'router-advertisement':
      if (!isLinkLocal6(src)) return wrong('source', 0, `${text(src)} is not link-local`);
      return undefined;
    case 'neighbor-solicitation':
      if (isMulticast6(message.target)) return wrong('target', 8, `${text(message.target)} is a group`);
      if (src !== 0n) return undefined;
      if (hasSource) return wrong('source', 0, ':: with a source link-layer address');
      if (dst >> 24n !== solicitedNode(dst) >> 24n) {
        return wrong('destination', 0, `:: asks ${text(dst)}, which is no solicited-node address`);
      }
      return undefined;
    case 'neighbor-advertisement':
      if (isMulticast6(message.target)) return wrong('target', 8, `${text(message.target)} is a group`);
      if (message.solicited && isMulticast6(dst)) return wrong('solicited', 4, `set, and sent to ${text(dst)}`);
      return undefined;
    case 'redirect': {
      const { target, destination } = message;
      if (!isLinkLocal6(src)) return wrong('source', 0, `${text(src)} is not link-local`);
      if (isMulticast6(destination)) return wrong('destination', 24, `${text(destination)} is a group`);
      if (!isLinkLocal6(target) && target !== destination) {
        return wrong('target', 8, `${text(target)} is neither link-local nor the destination`);
      }
      return undefined;
    }
  }
}

/**
 * The message's bytes, with the checksum. They have to go out with the hop limit {@link NDP_HOP_LIMIT}.
 * @throws RangeError for a value out of its field's range
 */
export function emitNdp(message: NdpMessage, pseudo: PseudoHeader): Uint8Array {
  const type = TYPES[message.type];
  const length = LENGTHS[type] ?? 0;
  const options = emitNdpOptions(message.options);
  const bytes = new Uint8Array(length + options.length);
  bytes[0] = type;
  bytes.set(options, length);
  writeMessage(bytes, message);
  return fillIcmpv6Checksum(bytes, pseudo);
}

const TYPES = {
  'router-solicitation': ICMPV6_TYPE.ROUTER_SOLICITATION,
  'router-advertisement': ICMPV6_TYPE.ROUTER_ADVERTISEMENT,
  'neighbor-solicitation': ICMPV6_TYPE.NEIGHBOR_SOLICITATION,
  'neighbor-advertisement': ICMPV6_TYPE.NEIGHBOR_ADVERTISEMENT,
  redirect: ICMPV6_TYPE.REDIRECT,
} as const;

function writeMessage(bytes: Uint8Array, message: NdpMessage): void {
  switch (message.type) {
    case 'router-solicitation':
      return;
    case 'router-advertisement':
      requireUint('hop limit', message.hopLimit, 8);
      requireUint('router lifetime', message.routerLifetime, 16);
      requireUint('reachable time', message.reachableTime, 32);
      requireUint('retransmission timer', message.retransTimer, 32);
      bytes[4] = message.hopLimit;
      bytes[5] =
        bit(message.managed, MANAGED) | bit(message.other, OTHER) | (PREFERENCES.indexOf(message.preference) << 3);
      writeUint16(bytes, 6, message.routerLifetime);
      writeUint32(bytes, 8, message.reachableTime);
      writeUint32(bytes, 12, message.retransTimer);
      return;
    case 'neighbor-solicitation':
      writeIpv6Address(bytes, 8, message.target);
      return;
    case 'neighbor-advertisement':
      bytes[4] = bit(message.router, ROUTER) | bit(message.solicited, SOLICITED) | bit(message.override, OVERRIDE);
      writeIpv6Address(bytes, 8, message.target);
      return;
    case 'redirect':
      writeIpv6Address(bytes, 8, message.target);
      writeIpv6Address(bytes, 24, message.destination);
  }
}

function bit(set: boolean, mask: number): number {
  return set ? mask : 0;
}
