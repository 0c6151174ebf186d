import { formatIpv4Address, isMulticast, isUnspecified, parseIpv4Address } from '../../wire/address';
import type { Interface } from '../interface';
import type { Path } from '../paths';
import { UdpError, type UdpErrorCode } from './errors';
import { Memberships } from './memberships';
import { udpSettings, type UdpLimits, type UdpSettings } from './options';
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

/** What a socket needs of the UDP that it is a part of. Addresses are uint32. */
export interface SocketHost {
  /** A user's call: a turn of the stack. */
  call<T>(work: () => T): T;
  /** Who is connected to `address`, and from where: as `send` finds the way. */
  route(socket: BoundSocket, address: number): Path | UdpErrorCode;
  send(socket: BoundSocket, data: readonly Uint8Array[], to: Destination, port: number): number | UdpErrorCode;
  /** The interface with this address of ours, or that the routes say for this group. */
  groupInterface(group: number, address: number): Interface | undefined;
  isLocal(address: number): boolean;
  /** The user is to be told before the turn ends. */
  notice(socket: BoundSocket): void;
  closed(socket: BoundSocket): void;
}

/** Where a socket sends to: kept for the next datagram. */
export interface Destination {
  /** As the user wrote it. */
  readonly text: string;
  /** uint32 */
  readonly address: number;
  /** The way there, as long as the routes are as they were. */
  path: Path | undefined;
  routesVersion: number;
}

/** A port as UDP's header has it. */
export function isPort(port: number, least: 0 | 1): boolean {
  return Number.isInteger(port) && port >= least && port <= 65_535;
}

/** 0.0.0.0 as a destination is this host, as on Linux. */
export function destinationOf(address: number): number {
  return isUnspecified(address) ? 0x7f000001 : address;
}

/** A socket in its stack. Addresses are uint32; 0 is every address. */
export class BoundSocket implements UdpSocket {
  user: UdpUser | undefined = undefined;
  closed = false;
  writable = true;
  softError: UdpSoftError | undefined = undefined;
  readonly counters: UdpSocketCounters = { sent: 0, received: 0, dropped: 0 };

  settings: UdpSettings;
  /** What it is bound to, or where it is connected from. */
  localAddress: number;
  remoteAddress = 0;
  /** 0: not connected. */
  remotePort = 0;
  /** It waits to tell its user something. */
  noticed = false;

  readonly memberships: Memberships;
  readonly #host: SocketHost;
  readonly #bound: number;
  readonly #queue = new ReceiveQueue();
  #error: UdpErrorCode | undefined;
  #destination: Destination = { text: '', address: 0, path: undefined, routesVersion: -1 };
  #connected: Destination | undefined;
  /** The last addresses as text: mostly the next datagram is from the same. */
  #src = 0;
  #srcText = '0.0.0.0';
  #dst = 0;
  #dstText = '0.0.0.0';

  constructor(
    host: SocketHost,
    readonly id: number,
    address: number,
    readonly localPort: number,
    readonly isShared: boolean,
    settings: UdpSettings,
    limits: UdpLimits,
  ) {
    this.#host = host;
    this.#bound = this.localAddress = address;
    this.settings = settings;
    this.memberships = new Memberships(limits);
  }

  get local(): UdpEndpoint {
    return { address: formatIpv4Address(this.localAddress), port: this.localPort };
  }

  get remote(): UdpEndpoint | undefined {
    if (this.#connected === undefined) return undefined;
    return { address: formatIpv4Address(this.remoteAddress), port: this.remotePort };
  }

  get boundAddress(): number {
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
      const address = parseIpv4Address(to.address);
      if (address === undefined) return 'EINVAL';
      this.#destination = destination(to.address, address);
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
      this.#srcText = formatIpv4Address(src);
    }
    if (dst !== this.#dst) {
      this.#dst = dst;
      this.#dstText = formatIpv4Address(dst);
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
    const parsed = parseIpv4Address(remote.address);
    if (parsed === undefined) throw new UdpError('EINVAL', `${doing}: it is not an IPv4 address`);
    if (!isPort(remote.port, 1)) throw new UdpError('EINVAL', `${doing}: a port is a whole number from 1 to 65535`);
    const address = destinationOf(parsed);
    const path = this.#host.route(this, address);
    if (typeof path === 'string') throw new UdpError(path, `${doing}: ${WHY[path] ?? 'it cannot be reached'}`);
    this.remoteAddress = address;
    this.remotePort = remote.port;
    this.#connected = destination(remote.address, address);
    this.localAddress = this.#bound === 0 ? path.source : this.#bound;
  }

  disconnect(): void {
    this.#connected = undefined;
    this.remoteAddress = this.remotePort = 0;
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
    this.#destination = destination('', 0);
    if (this.#connected !== undefined) this.#connected.path = undefined;
  }

  #checkInterface(address: number, doing: string): void {
    if (address === 0 || this.#host.isLocal(address)) return;
    throw new UdpError('EADDRNOTAVAIL', `${doing}: this stack does not have the address ${formatIpv4Address(address)}`);
  }

  join(group: string, options: MembershipOptions = {}): void {
    const { address, on, source } = this.#membership('join', group, options);
    if (!isMulticast(address)) {
      throw new UdpError('EINVAL', `cannot join ${group}: multicast groups are 224.0.0.0 to 239.255.255.255`);
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
    { interface: by = '0.0.0.0', source }: MembershipOptions,
  ): { address: number; on: Interface; source: number | undefined } {
    const doing = `cannot ${what} ${group}`;
    this.#requireOpen(doing);
    const [address, ours] = [parseIpv4Address(group), parseIpv4Address(by)];
    const from = source === undefined ? undefined : parseIpv4Address(source);
    if (address === undefined || ours === undefined || (source !== undefined && from === undefined)) {
      throw new UdpError('EINVAL', `${doing}: group, interface and source are IPv4 addresses`);
    }
    const on = this.#host.groupInterface(address, ours);
    if (on === undefined) throw new UdpError('ENODEV', `${doing}: there is no interface with the address ${by}`);
    return { address, on, source: from };
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
  score(dst: number, src: number, srcPort: number): number {
    let score = 0;
    if (this.localAddress !== 0) {
      if (this.localAddress !== dst) return -1;
      score += 1;
    }
    if (this.#connected !== undefined) {
      if (this.remoteAddress !== src || this.remotePort !== srcPort) return -1;
      score += 2;
    }
    return score;
  }

  /** True when the socket wants a datagram to a broadcast address or to a group it is in. */
  wantsFromGroup(dst: number, on: Interface, src: number, srcPort: number): boolean {
    const { localAddress } = this;
    if (this.#connected !== undefined) {
      if (this.remoteAddress !== src || this.remotePort !== srcPort) return false;
      if (this.#bound !== 0 && this.#bound !== dst) return false;
    } else if (localAddress !== 0 && localAddress !== dst) return false;
    return !isMulticast(dst) || this.memberships.wants(dst, on, src);
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

function destination(text: string, address: number): Destination {
  return { text, address: destinationOf(address), path: undefined, routesVersion: -1 };
}
