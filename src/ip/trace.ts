import type { DhcpEvent, DhcpStateEvent } from './dhcp/trace';
import type { ArpPacket } from '../wire/arp';
import type { GroupRecordKind } from '../wire/igmp';
import type { IcmpMessage } from '../wire/icmp';
import type { Icmpv6Message } from '../wire/icmpv6';
import type { NdpMessage } from '../wire/ndp';

/** An ARP packet that came in or went out on `link`. `time` is in µs on the stack's clock. */
export interface ArpEvent {
  readonly type: 'arp';
  readonly time: number;
  readonly direction: 'in' | 'out';
  readonly link: string;
  readonly packet: ArpPacket;
}

/** A message of Neighbor Discovery that came in or went out. */
export interface NdpEvent {
  readonly type: 'ndp';
  readonly time: number;
  readonly direction: 'in' | 'out';
  readonly link: string;
  readonly src: string;
  readonly dst: string;
  readonly message: NdpMessage;
}

/** An ICMP message that came in or went out. */
export interface IcmpEvent {
  readonly type: 'icmp';
  readonly time: number;
  readonly direction: 'in' | 'out';
  readonly link: string;
  readonly src: string;
  readonly dst: string;
  readonly message: IcmpMessage | Icmpv6Message;
  /** IP's: the messages of ICMP and ICMPv6 are numbered differently. */
  readonly version: 4 | 6;
}

/** What is wanted of a multicast group, or has changed of that; `to-exclude` without sources: all, from now on (RFC 3376 §4.2.12). */
export interface GroupTold {
  readonly kind: GroupRecordKind;
  readonly group: string;
  readonly sources: readonly string[];
}

/**
 * A message about multicast groups that came in or went out: of IGMP (IPv4) or MLD (IPv6). A router asks who wants packets to a group, or
 * without `group` to which ones; hosts report what they want, and leave. A report of the versions without sources is one record,
 * `is-exclude` without sources.
 */
export interface GroupEvent {
  readonly type: 'group';
  readonly time: number;
  readonly direction: 'in' | 'out';
  readonly link: string;
  readonly src: string;
  readonly dst: string;
  readonly protocol: 'IGMP' | 'MLD';
  /** Of the protocol: 1 to 3 of IGMP, 1 or 2 of MLD. */
  readonly version: 1 | 2 | 3;
  readonly message:
    | { readonly type: 'query'; readonly group?: string; readonly sources: readonly string[] }
    | { readonly type: 'report'; readonly records: readonly GroupTold[] }
    | { readonly type: 'leave'; readonly group: string };
}

/** A UDP datagram that came in or went out. */
export interface UdpEvent {
  readonly type: 'udp';
  readonly time: number;
  readonly direction: 'in' | 'out';
  readonly local: { readonly address: string; readonly port: number };
  readonly remote: { readonly address: string; readonly port: number };
  /** Of the data, without the header, in bytes. */
  readonly length: number;
}

/** A neighbour's entry was made, changed or dropped: who has `address`, and at which MAC. */
export interface NeighbourEvent {
  readonly type: 'neighbour';
  readonly time: number;
  readonly link: string;
  readonly address: string;
  readonly state: 'incomplete' | 'reachable' | 'stale' | 'failed' | 'conflict';
  readonly mac?: string;
}

/** A frame or packet that was dropped below TCP, and why. */
export interface IpDropEvent {
  readonly type: 'drop';
  readonly time: number;
  readonly layer: 'ethernet' | 'arp' | 'ndp' | 'ip' | 'nat' | 'icmp' | 'igmp' | 'mld' | 'udp' | 'dhcp';
  /** A short fixed word for counters, e.g. `bad-checksum`, `not-ours`. */
  readonly reason: string;
  /** The reason with its particulars, for a person. */
  readonly detail: string;
}

/** A packet for others was passed on. Addresses are as it left, after translation. */
export interface ForwardEvent {
  readonly type: 'forward';
  readonly time: number;
  /** The link that it came by. */
  readonly from: string;
  /** The link that it left by. */
  readonly to: string;
  readonly src: string;
  readonly dst: string;
  /** The upper layer's number. */
  readonly protocol: number;
  /** What is left of its time to live, or hop limit. */
  readonly ttl: number;
  /** Of the packet, in bytes; more than a link's MTU where segments travel together. */
  readonly length: number;
}

export type { DhcpEvent, DhcpStateEvent } from './dhcp/trace';

export type IpTraceEvent =
  | ArpEvent
  | IcmpEvent
  | GroupEvent
  | UdpEvent
  | NdpEvent
  | ForwardEvent
  | NeighbourEvent
  | IpDropEvent
  | DhcpEvent
  | DhcpStateEvent;
