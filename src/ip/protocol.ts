import type { Address } from '../wire/address';
import type { FrameInfo } from '../link/link';
import type { QuotedIp } from '../wire/icmpv6';
import type { Ipv4View } from '../wire/ipv4';
import type { Ipv6View } from '../wire/ipv6';
import type { Interface } from './interface';

/** An IP packet as the layers above see it: `version` tells which, and all else that they look at has the same name in both. */
export type IpView = Ipv4View | Ipv6View;

/** A packet for us, checked: header sound, checksum good, source possible, whole. */
export interface Datagram<Packet extends IpView = IpView> {
  readonly packet: Packet;
  readonly interface: Interface;
  /** Sent to a broadcast or multicast address, by IP or by the link. */
  readonly broadcast: boolean;
  /** What the link says of it. */
  readonly info: FrameInfo;
}

/** Where a part of a packet came in. */
export type FragmentOf = Pick<Datagram, 'interface' | 'broadcast'>;

/**
 * An ICMP error about a packet of ours, or the same news from our own host: `destination-unreachable` with code 1
 * and our own address in `from` says that the neighbour did not answer.
 *
 * ICMPv6's errors come in the terms of IPv4: "packet too big" as code 4, "port unreachable" as code 3, and so on.
 *
 * The quotation is the sender's word: a protocol checks it against what it has in flight (RFC 5927).
 */
export interface IcmpReport {
  /** `source-quench` is never delivered (RFC 9293 MUST-55). */
  readonly kind: 'destination-unreachable' | 'time-exceeded' | 'parameter-problem' | 'source-quench';
  readonly code: number;
  /** In bytes; with `destination-unreachable` code 4 only. 0 when the router did not say (RFC 1191 §4). */
  readonly nextHopMtu?: number;
  /** Who says so. */
  readonly from: string;
  readonly quoted: QuotedIp;
}

/** What stands on IP: TCP, UDP, ICMP itself. */
export interface ProtocolHandler {
  receive(datagram: Datagram): void;
  /** An error about a packet of this protocol, which we sent. */
  error?(report: IcmpReport): void;
  /**
   * True when we ourselves use `port` of our address `local` with this remote endpoint, so that address translation must not. For ICMP a
   * port is an identifier.
   */
  owns?(local: Address, port: number, remote: Address, remotePort: number): boolean;
}

export function isIpv4(datagram: Datagram): datagram is Datagram<Ipv4View> {
  return datagram.packet.version === 4;
}

export function isIpv6(datagram: Datagram): datagram is Datagram<Ipv6View> {
  return datagram.packet.version === 6;
}
