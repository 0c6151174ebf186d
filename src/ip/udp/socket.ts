import {
  covers,
  formatAddress,
  isLinkLocal6,
  isMulticastAddress,
  isUnspecifiedAddress,
  parseAddress,
  withZone,
  type Address,
} from '../../wire/address';
import { hostAddress } from '../address';
import type { Interface } from '../interface';
import type { Path } from '../paths';
import { UdpError, type UdpErrorCode } from './errors';
import { Memberships } from './memberships';
import { parseInterface, udpSettings, type UdpLimits, type UdpSettings } from './options';
import { ReceiveQueue, type Waiting } from './receive-queue';
import type {
  MembershipOptions,
  UdpEndpoint,
  UdpMessage,
  UdpSocket,
  UdpSocketCounters,
  UdpSocketOptions,
  UdpSoftError,
  UdpUser,
} from './user';

/** What a socket needs of the UDP that it is a part of. */
export interface SocketHost {
  /** A user's call: a turn of the stack. */
  call<T>(work: () => T): T;
  /** Who is connected to `address`, and from where: as `send` finds the way. */
  route(socket: BoundSocket, to: Pick<Destination, 'address' | 'zone'>): Path | UdpErrorCode;
  send(socket: BoundSocket, data: readonly Uint8Array[], to: Destination, port: number): number | UdpErrorCode;
  /** The interface with this address of ours, or that the routes say for this group. */
  groupInterface(group: Address, address: Address): Interface | undefined;
  /** There is an interface of ours that this stands for: an address of it, or `::` with its index as zone. */
  hasInterface(by: Address): boolean;
  /** A link-local address with its zone, as far as it can be told. */
  zoned(address: Address): Address;
  /** The user is to be told before the turn ends. */
  notice(socket: BoundSocket): void;
  closed(socket: BoundSocket): void;
}

/** Where a socket sends to: kept for the next datagram. */
export interface Destination {
  /** As the user wrote it. */
  readonly text: string;
  readonly address: Address;
  /** Of a group of IPv6, the index of the interface by which it is reached; 0 where nobody says. */
  readonly zone: number;
  /** The way there, as long as the routes are as they were. */
  path: Path | undefined;
  routesVersion: number;
}

/** A port as UDP's header has it. */
export function isPort(port: number, least: 0 | 1): boolean {
  return Number.isInteger(port) && port >= least && port <= 65_535;
}

/** 0.0.0.0 and `::` as a destination are this host, as on Linux. */
export function destinationOf(address: Address): Address {
  if (!isUnspecifiedAddress(address)) return address;
  return typeof address === 'number' ? 0x7f000001 : 1n;
}

/** Who else may have what a socket is bound to. */
export interface Binding {
  /** Others that say so, too, may have the same address and port. */
  readonly isShared: boolean;
  /** On `::`: not IPv4's. */
  readonly ipv6Only: boolean;
}

/** A socket in its stack. `0.0.0.0` and `::` are every address. */
export class BoundSocket implements UdpSocket {
  user: UdpUser | undefined = undefined;
  closed = false;
  writable = true;
  softError: UdpSoftError | undefined = undefined;
  readonly counters: UdpSocketCounters = { sent: 0, received: 0, dropped: 0 };

  settings: UdpSettings;
  /** What it is bound to, or where it is connected from. */
  localAddress: Address;
  remoteAddress: Address = 0;
  /** 0: not connected. */
  remotePort = 0;
  /** It waits to tell its user something. */
  noticed = false;

  readonly memberships: Memberships;
  readonly #host: SocketHost;
  readonly #bound: Address;
  readonly isShared: boolean;
  readonly ipv6Only: boolean;
  readonly #queue = new ReceiveQueue();
  #error: UdpErrorCode | undefined;
  #destination: Destination = destination('', { address: 0, zone: 0 });
  #connected: Destination | undefined;
  /** The last addresses as text: mostly the next datagram is from the same. */
  #src: Address = 0;
  #srcText = '0.0.0.0';
  #dst: Address = 0;
  #dstText = '0.0.0.0';

  constructor(
    host: SocketHost,
    readonly id: number,
    address: Address,
    readonly localPort: number,
    { isShared, ipv6Only }: Binding,
    settings: UdpSettings,
    limits: UdpLimits,
  ) {
    this.#host = host;
    this.#bound = this.localAddress = address;
    this.isShared = isShared;
    this.ipv6Only = ipv6Only;
    this.settings = settings;
    this.memberships = new Memberships(limits);
  }

  get local(): UdpEndpoint {
    return { address: formatAddress(this.localAddress), port: this.localPort };
  }

  get remote(): UdpEndpoint | undefined {
    if (this.#connected === undefined) return undefined;
    return { address: formatAddress(this.remoteAddress), port: this.remotePort };
  }

  get boundAddress(): Address {
    return this.localAddress;
  }

  get readable(): boolean {
    return this.#queue.datagrams > 0 || this.#error !== undefined || this.closed;
  }

  get queued(): { datagrams: number; octets: number } {
    return { datagrams: this.#queue.datagrams, octets: this.#queue.octets };
  }

  // ── send and receive ───────────────────────────────────────────────────────────────────────────────────────────────

  send(data: Uint8Array | readonly Uint8Array[], to?: UdpEndpoint): number | UdpErrorCode {
    if (this.closed) return 'EBADF';
    const error = this.#takeError();
    if (error !== undefined) return error;
    const slices = data instanceof Uint8Array ? [data] : data;
    if (to === undefined) {
      if (this.#connected === undefined) return 'EDESTADDRREQ';
      return this.#send(slices, this.#connected, this.remotePort);
    }
    if (!isPort(to.port, 1)) return 'EINVAL';
    if (to.address !== this.#destination.text) {
      const parsed = parseDestination(to.address);
      if (parsed === undefined) return 'EINVAL';
      this.#destination = destination(to.address, { ...parsed, address: this.#host.zoned(parsed.address) });
    }
    return this.#send(slices, this.#destination, to.port);
  }

  #send(slices: readonly Uint8Array[], to: Destination, port: number): number | UdpErrorCode {
    return this.#host.call(() => {
      const sent = this.#host.send(this, slices, to, port);
      if (sent === 'EAGAIN') this.writable = false;
      else if (typeof sent === 'number') this.counters.sent += 1;
      return sent;
    });
  }

  receive(): UdpMessage | UdpErrorCode {
    const next = this.#queue.take();
    if (next === undefined) return this.closed ? 'EBADF' : (this.#takeError() ?? 'EAGAIN');
    const { data, src, srcPort, dst, ttl, tos } = next;
    if (src !== this.#src) {
      this.#src = src;
      this.#srcText = formatAddress(src);
    }
    if (dst !== this.#dst) {
      this.#dst = dst;
      this.#dstText = formatAddress(dst);
    }
    return { data, remote: { address: this.#srcText, port: srcPort }, to: this.#dstText, ttl, tos };
  }

  #takeError(): UdpErrorCode | undefined {
    const error = this.#error;
    this.#error = undefined;
    return error;
  }

  // ── connect ────────────────────────────────────────────────────────────────────────────────────────────────────────

  connect(remote: UdpEndpoint): void {
    const doing = `cannot connect the UDP socket on port ${this.localPort} to ${remote.address}:${remote.port}`;
    this.#requireOpen(doing);
    const parsed = parseDestination(remote.address);
    if (parsed === undefined) throw new UdpError('EINVAL', `${doing}: it is not an IP address`);
    if (!isPort(remote.port, 1)) throw new UdpError('EINVAL', `${doing}: a port is a whole number from 1 to 65535`);
    const address = this.#host.zoned(destinationOf(parsed.address));
    const { zone } = parsed;
    const path = this.#host.route(this, { address, zone });
    if (typeof path === 'string') throw new UdpError(path, `${doing}: ${WHY[path] ?? 'it cannot be reached'}`);
    this.remoteAddress = address;
    this.remotePort = remote.port;
    this.#connected = destination(remote.address, { address, zone });
    this.localAddress = isUnspecifiedAddress(this.#bound) ? path.source : this.#bound;
  }

  disconnect(): void {
    this.#connected = undefined;
    this.remoteAddress = 0;
    this.remotePort = 0;
    this.localAddress = this.#bound;
  }

  get isConnected(): boolean {
    return this.#connected !== undefined;
  }

  // ── options and groups ─────────────────────────────────────────────────────────────────────────────────────────────

  set(options: UdpSocketOptions): void {
    const doing = `cannot set options of the UDP socket on port ${this.localPort}`;
    const settings = udpSettings(this.settings, options, doing);
    this.#checkInterface(settings.multicastInterface, doing);
    this.settings = settings;
    // What was found out goes by what was set.
    this.#destination = destination('', { address: 0, zone: 0 });
    if (this.#connected !== undefined) this.#connected.path = undefined;
  }

  #checkInterface(address: Address, doing: string): void {
    if (isUnspecifiedAddress(address) || this.#host.hasInterface(address)) return;
    throw new UdpError('EADDRNOTAVAIL', `${doing}: this stack does not have the address ${formatAddress(address)}`);
  }

  join(group: string, options: MembershipOptions = {}): void {
    const { address, on, source } = this.#membership('join', group, options);
    if (!isMulticastAddress(address)) {
      throw new UdpError(
        'EINVAL',
        `cannot join ${group}: multicast groups are 224.0.0.0 to 239.255.255.255, and those that begin with ff`,
      );
    }
    this.memberships.join(address, on, source);
  }

  leave(group: string, options: MembershipOptions = {}): void {
    const { address, on, source } = this.#membership('leave', group, options);
    this.memberships.leave(address, on, source);
  }

  #membership(
    what: 'join' | 'leave',
    group: string,
    { interface: by, source }: MembershipOptions,
  ): { address: Address; on: Interface; source: Address | undefined } {
    const doing = `cannot ${what} ${group}`;
    this.#requireOpen(doing);
    const address = parseAddress(group);
    const any = typeof address === 'bigint' ? '::' : '0.0.0.0';
    const ours = parseInterface(by ?? any);
    const from = source === undefined ? undefined : parseAddress(source);
    if (address === undefined || ours === undefined || (source !== undefined && from === undefined)) {
      throw new UdpError('EINVAL', `${doing}: group, interface and source are IP addresses`);
    }
    const on = this.#host.groupInterface(address, this.#host.zoned(ours));
    if (on === undefined) throw new UdpError('ENODEV', `${doing}: there is no interface with the address ${by ?? any}`);
    // The source stands on the wire where the group is heard, and so does its zone.
    const hasZone = typeof from === 'bigint' && isLinkLocal6(from);
    return { address, on, source: hasZone ? withZone(from, on.index) : from };
  }

  close(): void {
    if (this.closed) return;
    this.#host.call(() => {
      this.closed = true;
      this.memberships.leaveAll();
      this.#queue.clear();
      this.#connected = undefined;
      this.#host.closed(this);
      this.#host.notice(this);
    });
  }

  #requireOpen(doing: string): void {
    if (this.closed) throw new UdpError('EBADF', `${doing}: the socket is closed`);
  }

  // ── for the stack ──────────────────────────────────────────────────────────────────────────────────────────────────

  /** How exactly a datagram to one host is what the socket wants; -1: not at all. */
  score(dst: Address, src: Address, srcPort: number): number {
    let score = 0;
    if (!covers(this.localAddress, this.ipv6Only, dst)) return -1;
    if (!isUnspecifiedAddress(this.localAddress)) score += 2;
    // Of two with every address, the one of the datagram's family.
    else if (typeof this.localAddress === typeof dst) score += 1;
    if (this.#connected !== undefined) {
      if (this.remoteAddress !== src || this.remotePort !== srcPort) return -1;
      score += 4;
    }
    return score;
  }

  /** True when the socket wants a datagram to a broadcast address or to a group it is in. */
  wantsFromGroup(dst: Address, on: Interface, src: Address, srcPort: number): boolean {
    const { localAddress } = this;
    if (this.#connected !== undefined) {
      if (this.remoteAddress !== src || this.remotePort !== srcPort) return false;
      if (!covers(this.#bound, this.ipv6Only, dst)) return false;
    } else if (!covers(localAddress, this.ipv6Only, dst)) return false;
    return !isMulticastAddress(dst) || this.memberships.wants(dst, on, src);
  }

  /** `false`: there is no room. */
  enqueue(datagram: Waiting): boolean {
    const { receiveBuffer, receiveQueue } = this.settings;
    if (!this.#queue.add(datagram, receiveBuffer, receiveQueue)) {
      this.counters.dropped += 1;
      return false;
    }
    this.counters.received += 1;
    // A queue that was not empty has been told of.
    if (this.#queue.datagrams === 1) this.#host.notice(this);
    return true;
  }

  /** Something was heard of a datagram that was sent. Only a connected socket takes it for its own fate (RFC 1122 §4.1.3.3). */
  reported(code: UdpErrorCode, isHard: boolean, detail: string): void {
    this.softError = { code, detail };
    if (isHard && this.#connected !== undefined) this.#error = code;
    this.#host.notice(this);
  }

  /** The link has room again. */
  drained(): void {
    this.writable = true;
    this.#host.notice(this);
  }

  tellUser(): void {
    this.user?.socketChanged();
  }
}

const WHY: Readonly<Partial<Record<UdpErrorCode, string>>> = {
  EACCES: 'it is a broadcast address; set `broadcast` first',
  ENETUNREACH: 'no route to it; attach an interface in its network, or give one a gateway',
  EINVAL: 'it cannot be reached from the address that the socket is bound to',
};

function destination(text: string, { address, zone }: Pick<Destination, 'address' | 'zone'>): Destination {
  return { text, address: destinationOf(address), zone, path: undefined, routesVersion: -1 };
}

const GROUP_WITH_ZONE = /^(ff[0-9a-f:]*)%([1-9][0-9]{0,9})$/i;

/** One host's address, a broadcast address or a group's, which in IPv6 may have a zone (RFC 4007 §11). */
function parseDestination(text: string): Pick<Destination, 'address' | 'zone'> | undefined {
  const [, group = text, zone = '0'] = GROUP_WITH_ZONE.exec(text) ?? [];
  const address = hostAddress(group);
  return address === undefined ? undefined : { address, zone: Number(zone) };
}
