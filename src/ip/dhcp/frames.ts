import { CHECKED, type FrameInfo } from '../../link/link';
import { parseIpv4Address } from '../../wire/address';
import {
  DHCP_CLIENT_PORT,
  DHCP_SERVER_PORT,
  emitDhcp,
  viewDhcp,
  type DhcpMessage,
  type DhcpView,
} from '../../wire/dhcp';
import { readUint16 } from '../../wire/bytes';
import { WireError } from '../../wire/error';
import { ETHERNET_HEADER, ETHERTYPE, writeEthernetHeader } from '../../wire/ethernet';
import { emitIpv4, PROTOCOL, type Ipv4View } from '../../wire/ipv4';
import { emitUdp, udpChecksumIsGood, viewUdp } from '../../wire/udp';

const TTL = 64;

/** True for a packet to a DHCP client, whatever address it is for: a whole datagram to port 68. */
export function isForClient(packet: Ipv4View): boolean {
  return (
    packet.protocol === PROTOCOL.UDP &&
    packet.fragmentOffset === 0 &&
    !packet.moreFragments &&
    readUint16(packet.bytes, packet.payloadOffset + 2) === DHCP_CLIENT_PORT
  );
}

/** The message in a packet to a client; `info`: what the link says of the packet. */
export function messageIn(packet: Ipv4View, info: FrameInfo): DhcpView | WireError {
  const datagram = viewUdp(packet.bytes, packet.payloadOffset, packet.end);
  if (datagram instanceof WireError) return datagram;
  if ((info & CHECKED) === 0 && !udpChecksumIsGood(datagram, packet.src, packet.dst)) {
    return new WireError('udp', 'checksum', 6, "the datagram's checksum is wrong");
  }
  if (datagram.srcPort !== DHCP_SERVER_PORT) {
    return new WireError('udp', 'srcPort', 0, `${datagram.srcPort}; a server's is ${DHCP_SERVER_PORT}`);
  }
  return viewDhcp(datagram.bytes, datagram.offset + 8, datagram.end);
}

/** A datagram from a client to a server, between two addresses as text. */
export function datagramOf(message: DhcpMessage, src: string, dst: string): Uint8Array {
  const pseudo = { src: parseIpv4Address(src) ?? 0, dst: parseIpv4Address(dst) ?? 0 };
  return emitUdp({ srcPort: DHCP_CLIENT_PORT, dstPort: DHCP_SERVER_PORT, payload: emitDhcp(message) }, pseudo);
}

/** A whole frame with that: for who has no address yet that a route could lead from. */
export function frameOf(
  message: DhcpMessage,
  ends: { readonly src: string; readonly dst: string; readonly from: Uint8Array; readonly to: Uint8Array },
  identification: number,
): Uint8Array[] {
  const { src, dst, from, to } = ends;
  const header = new Uint8Array(ETHERNET_HEADER);
  writeEthernetHeader(header, 0, to, from, ETHERTYPE.IPV4);
  const packet = emitIpv4({
    dscp: 0,
    ecn: 0,
    identification,
    dontFragment: false,
    moreFragments: false,
    fragmentOffset: 0,
    ttl: TTL,
    protocol: PROTOCOL.UDP,
    src,
    dst,
    options: new Uint8Array(0),
    payload: datagramOf(message, src, dst),
  });
  return [header, packet];
}
