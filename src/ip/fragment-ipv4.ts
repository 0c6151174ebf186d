import { writeUint16 } from '../wire/bytes';
import { sum } from '../wire/checksum';
import { Ipv4View } from '../wire/ipv4';
import type { Fragment, FragmentArrival, Reassembly } from './reassembly';

/** True for a part of a packet. */
export function isIpv4Fragment(packet: Ipv4View): boolean {
  return packet.moreFragments || packet.fragmentOffset > 0;
}

/**
 * Takes a fragment of IPv4.
 * @returns the packet in memory of its own, when this was what it lacked: with the first fragment's header (RFC 791 §3.2: only that has all
 *   options), as if it had never been cut
 */
export function reassembleIpv4<Arrival extends FragmentArrival>(
  reassembly: Reassembly<Arrival>,
  packet: Ipv4View,
  arrival: Arrival,
): Ipv4View | undefined {
  const whole = reassembly.add(fragmentOf(packet), arrival);
  if (whole === undefined) return undefined;
  const { bytes, payload, ecn } = whole;
  bytes[1] = ((bytes[1] ?? 0) & ~3) | ecn;
  writeUint16(bytes, 2, bytes.length);
  writeUint16(bytes, 6, 0);
  writeUint16(bytes, 10, 0);
  writeUint16(bytes, 10, ~sum(bytes, 0, 0, payload));
  return new Ipv4View(bytes, 0, bytes.length);
}

function fragmentOf(packet: Ipv4View): Fragment {
  const { src, dst, protocol, identification, fragmentOffset, moreFragments, ecn } = packet;
  const { bytes, offset, end, payloadOffset } = packet;
  const place = { bytes, offset, headersEnd: payloadOffset, payload: payloadOffset, end };
  return { src, dst, protocol, identification, fragmentOffset, moreFragments, ecn, ...place };
}
