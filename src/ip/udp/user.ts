import type { UdpErrorCode } from './errors';

/** One end: an IP address in its usual text form, and a port. */
export interface UdpEndpoint {
  readonly address: string;
  readonly port: number;
}

/** What can be changed at any time. */
export interface UdpSocketOptions {
  /** May send to broadcast addresses: without it `send` answers `EACCES`. Default `false`. */
  readonly broadcast?: boolean;
  /** Time to live of what goes to one host or to all, 1 to 255. Default: the IP layer's. */
  readonly ttl?: number;
  /** Time to live of what goes to a group, 0 to 255; with 0 it stays in this host (RFC 1112 §6.1). Default 1. */
  readonly multicastTtl?: number;
  /** This host's members of the group get what is sent to it, too. Default `true`. */
  readonly multicastLoop?: boolean;
  /** Our address on the interface by which what goes to a group leaves; `0.0.0.0`, the default: the one that the routes say. */
  readonly multicastInterface?: string;
  /** The Type of Service octet, 0 to 255: DSCP and ECN (RFC 2474, RFC 3168). Default 0. */
  readonly tos?: number;
  /** The most octets of data that wait to be received. Default 212,992. At least one datagram always has room. */
  readonly receiveBuffer?: number;
  /** The most datagrams that wait to be received. Default 1024. */
  readonly receiveQueue?: number;
}

export interface UdpOpen extends UdpSocketOptions {
  /** No address, `0.0.0.0`: every address of the stack. No port, 0: an ephemeral port (RFC 6056). */
  readonly local?: Partial<UdpEndpoint>;
  /** On `::`: datagrams over IPv4 are for others (RFC 3493 §5.3). Default `false`: they come, too. */
  readonly ipv6Only?: boolean;
  /** As `connect` with this. */
  readonly remote?: UdpEndpoint;
  /** Share address and port with others that say so, too. What goes to one host is the newest one's, what goes to a group everyone's. */
  readonly reuseAddress?: boolean;
}

/** One datagram. */
export interface UdpMessage {
  /** A slice of the packet, or a copy where others got it, too: the receiver's to keep. */
  readonly data: Uint8Array;
  /** Who sent it. The port is 0 where the sender wants no answer (RFC 768). */
  readonly remote: UdpEndpoint;
  /** The address that it was sent to: ours, a broadcast address or a group (RFC 1122 §4.1.3.5). */
  readonly to: string;
  readonly ttl: number;
  /** The Type of Service octet. */
  readonly tos: number;
}

/** Something to know of a datagram that was sent: an ICMP message, or that a neighbour does not answer (RFC 1122 §4.1.3.3). */
export interface UdpSoftError {
  readonly code: UdpErrorCode;
  readonly detail: string;
}

/** What a socket counts. */
export interface UdpSocketCounters {
  /** Datagrams that were sent, and that were queued to be received. */
  sent: number;
  received: number;
  /** Datagrams that found no room in the queue: what Linux calls RcvbufErrors. */
  dropped: number;
}

/** Who is told that something of a socket has changed. Called after the stack has done its work, so any call may be made from inside. */
export interface UdpUser {
  socketChanged(): void;
}

/** Who is in a group, and on which of our interfaces. */
export interface MembershipOptions {
  /** Our address on the interface. Default, and `0.0.0.0`: the one that the routes say, or the first one. */
  readonly interface?: string;
  /** Only what this host sends to the group (RFC 4607). Several are added one by one. */
  readonly source?: string;
}

/** One UDP socket (RFC 768, RFC 1122 §4.1). No call blocks. A result that is a string is a refusal. */
export interface UdpSocket {
  /** Unique in its stack, never 0. */
  readonly id: number;
  /** `address` is `0.0.0.0` while it has every address of the stack. */
  readonly local: UdpEndpoint;
  /** Who it is connected to. */
  readonly remote: UdpEndpoint | undefined;
  readonly closed: boolean;
  /** True when `receive` would not answer `EAGAIN`. */
  readonly readable: boolean;
  /** False after `send` answered `EAGAIN`, until there is room again. */
  readonly writable: boolean;
  /** How many datagrams wait to be received, and their octets. */
  readonly queued: { readonly datagrams: number; readonly octets: number };
  /** What was last heard of datagrams that did not get through. It ends nothing. */
  readonly softError: UdpSoftError | undefined;
  readonly counters: Readonly<UdpSocketCounters>;
  /** Told of every change. */
  user: UdpUser | undefined;

  /**
   * Sends one datagram. The bytes are the caller's again when the call returns.
   * @param data the data, or slices that make it up
   * @param to default: who the socket is connected to
   * @returns how many octets went; `EAGAIN` (the link has no room: `writable` tells when it has), `EMSGSIZE` (more than a packet on
   *   this path takes, since it would have to be fragmented), `EACCES` (a broadcast, and `broadcast` is not set), `ENETUNREACH` (no
   *   route), `EDESTADDRREQ` (no `to`), `EINVAL` (an address or a port that cannot be), `EBADF` (closed), or, on a connected
   *   socket, what an earlier datagram met: `ECONNREFUSED`, `ENOPROTOOPT`, `EMSGSIZE`
   */
  send(data: Uint8Array | readonly Uint8Array[], to?: UdpEndpoint): number | UdpErrorCode;

  /**
   * Takes the oldest datagram.
   * @returns `EAGAIN` when there is none, `EBADF` when the socket is closed, or what an earlier datagram met, as `send`; that is told once
   */
  receive(): UdpMessage | UdpErrorCode;

  /**
   * Receives only from this end from now on, sends to it, and hears of its errors.
   * @throws UdpError EINVAL, ENETUNREACH, EACCES (a broadcast address, and `broadcast` is not set)
   */
  connect(remote: UdpEndpoint): void;
  /** The reverse of it. Harmless for one that is not connected. */
  disconnect(): void;

  /** @throws UdpError EINVAL for a value out of range, EADDRNOTAVAIL for a `multicastInterface` that is not ours */
  set(options: UdpSocketOptions): void;

  /**
   * Joins a multicast group on an interface (RFC 1112 §7.1). Other hosts and routers are not told yet (IGMP).
   * @throws UdpError EINVAL (not a group), ENODEV (no such interface), EADDRINUSE (is in it already), EADDRNOTAVAIL (has the source
   *   already), ENOBUFS (too many groups or sources)
   */
  join(group: string, options?: MembershipOptions): void;
  /** @throws UdpError EADDRNOTAVAIL (is not in it, or does not have the source), ENODEV, EINVAL */
  leave(group: string, options?: MembershipOptions): void;

  /** Leaves all groups, forgets what was not received, and gives the port free. */
  close(): void;
}

/** `stack.udp`. */
export interface UdpApi {
  /**
   * Makes a socket that is bound.
   * @throws UdpError EADDRINUSE, EADDRNOTAVAIL (no such local address, or no ephemeral port left), EINVAL, ENOBUFS (too many sockets), and
   *   as `connect` does where `remote` is given
   */
  open(options?: UdpOpen): UdpSocket;
  /** All that are open, oldest first. */
  sockets(): UdpSocket[];
}
