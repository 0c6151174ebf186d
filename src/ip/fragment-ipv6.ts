import { readUint8, writeUint16 } from '../wire/bytes';
import { EXTENSION, extensionLength, IPV6_HEADER } from '../wire/ipv6-extensions';
import { viewIpv6, type Ipv6View } from '../wire/ipv6';
import { WireError } from '../wire/error';
import type { Fragment, FragmentArrival, Reassembly } from './reassembly';

/** Where the last of the headers in every fragment says what follows it: "a fragment header", until the packet is whole. */
const NEXT_HEADER = 6;

/**
 * Takes a packet of IPv6 with a fragment header (RFC 8200 §4.5), of which `problem` has been seen to.
 * @param src with its zone, as `dst`
 * @returns the packet in memory of its own and without that header, when this was what it lacked; at once for one that is alone (RFC 6946);
 *   a `WireError` when what came together cannot be read
 */
export function reassembleIpv6<Arrival extends FragmentArrival>(
  reassembly: Reassembly<Arrival>,
  packet: Ipv6View,
  src: bigint,
  dst: bigint,
  arrival: Arrival,
): Ipv6View | WireError | undefined {
  const whole = reassembly.add(fragmentOf(packet, src, dst), arrival);
  if (whole === undefined) return undefined;
  const { bytes, payload, first, ecn } = whole;
  bytes[1] = (readUint8(bytes, 1) & ~0x30) | (ecn << 4);
  writeUint16(bytes, 4, bytes.length - IPV6_HEADER);
  bytes[lastNextHeader(bytes, payload)] = readUint8(first, payload);
  return viewIpv6(bytes);
}

function fragmentOf(packet: Ipv6View, src: bigint, dst: bigint): Fragment {
  const { identification, fragmentOffset, moreFragments, ecn, bytes, offset, end, fragment } = packet;
  const protocol = readUint8(bytes, fragment);
  const place = { bytes, offset, headersEnd: fragment, payload: fragment + 8, end };
  return { src, dst, protocol, identification, fragmentOffset, moreFragments, ecn, ...place };
}

/** Where the header before the one at `end` has its next header. The headers were walked before. */
function lastNextHeader(bytes: Uint8Array, end: number): number {
  let place = NEXT_HEADER;
  for (let at = IPV6_HEADER; at < end && readUint8(bytes, place) !== EXTENSION.FRAGMENT;) {
    const type = readUint8(bytes, place);
    place = at;
    at += extensionLength(bytes, type, at, end);
  }
  return place;
}
