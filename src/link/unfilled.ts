import { readUint16, readUint8 } from '../wire/bytes';
import { addSums, sum } from '../wire/checksum';
import { ETHERNET_HEADER, ETHERTYPE } from '../wire/ethernet';
import { PROTOCOL } from '../wire/ipv4';
import { TCP_CHECKSUM, TCP_HEADER } from '../wire/tcp';
import { CHECKED, UNFILLED, type FrameInfo } from './link';

const IPV4_HEADER = 20;
const IPV6_HEADER = 40;
const UDP_HEADER = 8;
const UDP_CHECKSUM = 6;

/**
 * What a device that says nothing of its frames would say, as far as the frame itself shows it.
 *
 * Linux leaves a checksum to the last device on a packet's way, and meanwhile its field holds the sum of the pseudo-header
 * alone, not complemented. Where that device hands the packet to a program instead (a peer on this machine, a virtual machine's
 * bridge, segments that the kernel has joined) nobody does the work. A frame whose field holds exactly that sum is taken
 * for one of those: `CHECKED` and `UNFILLED`. One in 65,536 frames with a bad checksum looks the same, which is as many
 * as a checksum lets through anyway.
 *
 * A packet that is longer than the MTU was put together from segments, whose size is taken to be what fits the MTU.
 *
 * @param frame an Ethernet frame
 * @param mtu of the link, bytes
 * @param checksum `auto`: as above; `trust`: every one is good; `verify`: each is to be looked at
 */
export function infoOfFrame(frame: Uint8Array, mtu: number, checksum: 'auto' | 'trust' | 'verify'): FrameInfo {
  const packet = transportOf(frame);
  if (packet === undefined) return checksum === 'trust' ? CHECKED : 0;
  const { start, end, protocol, sumOfAddresses } = packet;
  let info: FrameInfo = 0;
  if (checksum === 'trust') info = CHECKED;
  if (checksum !== 'verify' && end <= frame.length) {
    const pseudoHeader = addSums(sumOfAddresses, addSums(protocol, (end - start) & 0xffff));
    const field = readUint16(frame, start + (protocol === PROTOCOL.TCP ? TCP_CHECKSUM : UDP_CHECKSUM));
    if (field === pseudoHeader) info = CHECKED | UNFILLED;
  }
  if (protocol === PROTOCOL.TCP && end - ETHERNET_HEADER > mtu) {
    const header = (readUint8(frame, start + 12) >>> 4) * 4;
    info |= Math.max(0, mtu - (start - ETHERNET_HEADER) - header);
  }
  return info;
}

interface Transport {
  readonly protocol: number;
  /** Where its header begins in the frame. */
  readonly start: number;
  /** Where the packet ends. */
  readonly end: number;
  readonly sumOfAddresses: number;
}

/** TCP or UDP in a whole IPv4 packet, or straight behind the header of an IPv6 packet: where the kernel leaves checksums undone. */
function transportOf(frame: Uint8Array): Transport | undefined {
  const type = readUint16(frame, ETHERNET_HEADER - 2);
  if (type === ETHERTYPE.IPV4) return inIpv4(frame);
  return type === ETHERTYPE.IPV6 ? inIpv6(frame) : undefined;
}

function inIpv4(frame: Uint8Array): Transport | undefined {
  const at = ETHERNET_HEADER;
  const isFragment = (readUint16(frame, at + 6) & 0x3fff) !== 0;
  const header = (readUint8(frame, at) & 0x0f) * 4;
  if (isFragment || header < IPV4_HEADER) return undefined;
  const end = at + readUint16(frame, at + 2);
  return transport(readUint8(frame, at + 9), at + header, end, sum(frame, 0, at + 12, at + 20));
}

function inIpv6(frame: Uint8Array): Transport | undefined {
  const at = ETHERNET_HEADER;
  const start = at + IPV6_HEADER;
  return transport(readUint8(frame, at + 6), start, start + readUint16(frame, at + 4), sum(frame, 0, at + 8, start));
}

function transport(protocol: number, start: number, end: number, sumOfAddresses: number): Transport | undefined {
  const isTcp = protocol === PROTOCOL.TCP;
  if (!isTcp && protocol !== PROTOCOL.UDP) return undefined;
  return end - start < (isTcp ? TCP_HEADER : UDP_HEADER) ? undefined : { protocol, start, end, sumOfAddresses };
}
