import { readUint16, readUint8, writeUint16, writeUint32 } from '../wire/bytes';
import { sum } from '../wire/checksum';
import { IPV4_HEADER } from '../wire/ipv4';
import { EXTENSION, FRAGMENT_HEADER, IPV6_HEADER } from '../wire/ipv6-extensions';

const MORE_FRAGMENTS = 0x2000;
/** Flags and offset but for DF, which a packet that is cut does not have. */
const FRAGMENT_BITS = 0x3fff;

const END_OF_OPTIONS = 0;
const NO_OPERATION = 1;
/** RFC 791 §3.1: an option with this bit goes into all fragments, the others into the first only. */
const COPIED = 0x80;

/** A part of a packet: headers of its own, and a slice of the payload. */
export interface FragmentSent {
  readonly header: Uint8Array;
  readonly payload: Uint8Array;
}

/**
 * Cuts a packet of IPv4 into as few fragments as go into `mtu` (RFC 791 §3.2). It may be a fragment itself.
 * @param header with options, 20 to 60 bytes; its total length and checksum do not matter
 * @param payload as it is; its slices are the fragments'
 * @param mtu in bytes, 68 at least
 */
export function fragmentIpv4(header: Uint8Array, payload: Uint8Array, mtu: number): FragmentSent[] {
  const bits = readUint16(header, 6) & FRAGMENT_BITS;
  const later = withoutUncopied(header);
  const fragments: FragmentSent[] = [];
  for (let from = 0; from < payload.length || from === 0;) {
    const own = new Uint8Array(from === 0 ? header : later);
    const to = Math.min(payload.length, from + wholeEights(mtu - own.length));
    const more = to < payload.length ? MORE_FRAGMENTS : 0;
    writeUint16(own, 2, own.length + to - from);
    writeUint16(own, 6, (bits | more) + from / 8);
    writeUint16(own, 10, 0);
    writeUint16(own, 10, ~sum(own));
    fragments.push({ header: own, payload: payload.subarray(from, to) });
    from = to;
    if (more === 0) break;
  }
  return fragments;
}

/**
 * Cuts a packet of IPv6 that we send: nobody else may (RFC 8200 §4.5).
 * @param header the 40 bytes of a packet without extension headers; its payload length does not matter
 * @param identification 32 bits
 * @param mtu in bytes, 1280 at least
 */
export function fragmentIpv6(
  header: Uint8Array,
  payload: Uint8Array,
  mtu: number,
  identification: number,
): FragmentSent[] {
  const most = wholeEights(mtu - IPV6_HEADER - FRAGMENT_HEADER);
  const fragments: FragmentSent[] = [];
  for (let from = 0; from < payload.length; from += most) {
    const to = Math.min(payload.length, from + most);
    const own = new Uint8Array(IPV6_HEADER + FRAGMENT_HEADER);
    own.set(header);
    writeUint16(own, 4, FRAGMENT_HEADER + to - from);
    own[6] = EXTENSION.FRAGMENT;
    own[IPV6_HEADER] = readUint8(header, 6);
    writeUint16(own, IPV6_HEADER + 2, from | (to < payload.length ? 1 : 0));
    writeUint32(own, IPV6_HEADER + 4, identification);
    fragments.push({ header: own, payload: payload.subarray(from, to) });
  }
  return fragments;
}

/** What is left of a header in the fragments behind the first. */
function withoutUncopied(header: Uint8Array): Uint8Array {
  const copied: number[] = [];
  for (let at = IPV4_HEADER; at < header.length;) {
    const type = readUint8(header, at);
    if (type === END_OF_OPTIONS) break;
    const length = type === NO_OPERATION ? 1 : Math.max(2, readUint8(header, at + 1));
    if ((type & COPIED) !== 0) copied.push(...header.subarray(at, at + length));
    at += length;
  }
  const later = new Uint8Array(IPV4_HEADER + Math.ceil(copied.length / 4) * 4);
  later.set(header.subarray(0, IPV4_HEADER));
  later.set(copied, IPV4_HEADER);
  later[0] = 0x40 | (later.length / 4);
  return later;
}

function wholeEights(bytes: number): number {
  return bytes & ~7;
}
