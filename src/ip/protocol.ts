import type { FrameInfo } from '../link/link';
import type { QuotedIpv4 } from '../wire/icmp';
import type { Ipv4View } from '../wire/ipv4';
import type { Interface } from './interface';

/** An IPv4 packet for us, checked: header sound, checksum good, source possible, not a fragment. */
export interface Datagram {
  readonly packet: Ipv4View;
  readonly interface: Interface;
  /** Sent to a broadcast or multicast address, by IP or by the link. */
  readonly broadcast: boolean;
  /** What the link says of it. */
  readonly info: FrameInfo;
}

/**
 * An ICMP error about a packet of ours, or the same news from our own host: `destination-unreachable` with code 1
 * and our own address in `from` says that the neighbour did not answer.
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
  readonly quoted: QuotedIpv4;
}

/** What stands on IP: TCP, UDP, ICMP itself. */
export interface ProtocolHandler {
  receive(datagram: Datagram): void;
  /** An error about a packet of this protocol, which we sent. */
  error?(report: IcmpReport): void;
}
