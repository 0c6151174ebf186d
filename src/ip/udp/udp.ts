import { CHECKED, type Frame } from '../../link/link';
import { formatAddress, isMulticastAddress, isUnspecifiedAddress, type Address } from '../../wire/address';
import { readUint16 } from '../../wire/bytes';
import { WireError } from '../../wire/error';
import { UNREACHABLE } from '../../wire/icmp';
import { UDP_HEADER, udpChecksumIsGood, viewUdp, type UdpView } from '../../wire/udp';
import type { IpHost } from '../host';
import { hostAddress } from '../address';
import type { HeaderRoom } from '../header-room';
import type { Interface } from '../interface';
import type { SendOptions } from '../output';
import { nextLowerPlateau, type PathMtus } from '../path-mtu';
import type { Path, Paths } from '../paths';
import type { Datagram, IcmpReport, ProtocolHandler } from '../protocol';
import type { Routes } from '../routes';
import { finalDestination } from '../source-route';
import { UdpError, type UdpErrorCode } from './errors';
import {
  indexOf,
  UDP_DEFAULTS,
  udpLimits,
  udpSettings,
  type UdpLimits,
  type UdpOptions,
  type UdpSettings,
} from './options';
import { interfaceBy, UdpOutput } from './output';
import { BoundSocket, isPort } from './socket';
import { UdpTable } from './table';
import type { UdpApi, UdpEndpoint, UdpOpen, UdpSocket } from './user';

/** What UDP stands on. */
export interface UdpGround {
  readonly paths: Paths;
  readonly routes: Routes;
  readonly pathMtus: PathMtus;
  readonly output: UdpCarrier;
}

/** What carries datagrams: `Ip`, whose calls these are. */
export interface UdpCarrier {
  room(path: Path): HeaderRoom;
  sendBehind(
    room: HeaderRoom,
    transport: number,
    path: Path,
    protocol: number,
    payload: Frame,
    options: SendOptions,
  ): boolean;
  unreachable(datagram: Datagram, code: number): void;
}

/** ICMP's "destination unreachable", by code, as a socket's error, and whether it ends what a connected socket does (RFC 1122 §4.1.3.3). */
const UNREACHABLE_ERRORS: Readonly<Partial<Record<number, readonly [UdpErrorCode, isHard: boolean]>>> = {
  0: ['ENETUNREACH', false],
  [UNREACHABLE.PROTOCOL]: ['ENOPROTOOPT', true],
  [UNREACHABLE.PORT]: ['ECONNREFUSED', true],
  [UNREACHABLE.FRAGMENTATION_NEEDED]: ['EMSGSIZE', true],
};

/** UDP (RFC 768, RFC 1122 §4.1): finds the sockets for each datagram, and tells the sender where there is none. */
export class Udp implements ProtocolHandler, UdpApi {
  readonly #host: IpHost;
  readonly #ground: UdpGround;
  readonly #table = new UdpTable();
  readonly #defaults: UdpSettings;
  readonly #limits: UdpLimits;
  readonly #output: UdpOutput;
  #lastId = 0;
  #noticed: BoundSocket[] = [];

  /** @throws UdpError EINVAL for an option out of range */
  constructor(host: IpHost, ground: UdpGround, options: UdpOptions = {}) {
    this.#host = host;
    this.#ground = ground;
    this.#limits = udpLimits(options);
    this.#defaults = udpSettings(UDP_DEFAULTS, options, 'cannot make a stack');
    this.#output = new UdpOutput(host, ground, (dst, on, src, srcPort, dstPort, data, ttl, tos) => {
      this.#toGroup(dst, on, src, srcPort, dstPort, data, ttl, tos);
    });
  }

  // ── open ───────────────────────────────────────────────────────────────────────────────────────────────────────────

  open(options: UdpOpen = {}): UdpSocket {
    const { local = {}, remote, reuseAddress = false, ipv6Only = false } = options;
    const { address = '0.0.0.0', port = 0 } = local;
    const doing = `cannot open a UDP socket on ${address}:${port}`;
    const settings = udpSettings(this.#defaults, options, doing);
    if (!isPort(port, 0)) throw new UdpError('EINVAL', `${doing}: a port is a whole number from 0 to 65535`);
    const ours = this.#localAddress(address, doing);
    if (this.#table.size >= this.#limits.maxSockets) {
      throw new UdpError('ENOBUFS', `${doing}: all ${this.#limits.maxSockets} sockets (maxSockets) are in use`);
    }
    const chosen = port === 0 ? this.#freePort(ours, ipv6Only, doing) : port;
    if (port !== 0 && this.#table.isTaken(ours, port, reuseAddress, ipv6Only)) {
      throw new UdpError('EADDRINUSE', `${doing}: another socket has the port, and not both share it (reuseAddress)`);
    }
    this.#lastId += 1;
    const socket = new BoundSocket(
      this,
      this.#lastId,
      ours,
      chosen,
      { isShared: reuseAddress, ipv6Only },
      settings,
      this.#limits,
    );
    if (!isUnspecifiedAddress(settings.multicastInterface)) socket.set({});
    if (remote !== undefined) socket.connect(remote);
    this.#table.add(socket);
    return socket;
  }

  sockets(): UdpSocket[] {
    return [...this.#table.all()].sort((one, other) => one.id - other.id);
  }

  /** A socket may be bound to a broadcast address or to a group, too: it gets nothing else then. */
  #localAddress(text: string, doing: string): Address {
    const parsed = hostAddress(text);
    if (parsed === undefined) throw new UdpError('EINVAL', `${doing}: ${text} is not an IP address`);
    const { paths } = this.#ground;
    const address = typeof parsed === 'bigint' ? (paths.zoned(parsed) ?? parsed) : parsed;
    if (
      isUnspecifiedAddress(address) ||
      paths.isLocal(address) ||
      paths.isBroadcast(address) ||
      isMulticastAddress(address)
    )
      return address;
    throw new UdpError('EADDRNOTAVAIL', `${doing}: this stack does not have the address ${text}`);
  }

  #freePort(address: Address, ipv6Only: boolean, doing: string): number {
    const port = this.#table.choose(address, ipv6Only, this.#limits.ephemeralPorts, () => this.#host.random32());
    if (port === undefined) throw new UdpError('EADDRINUSE', `${doing}: no ephemeral port is left`);
    return port;
  }

  // ── for the sockets ────────────────────────────────────────────────────────────────────────────────────────────────

  call<T>(work: () => T): T {
    return this.#host.clock.turn(work);
  }

  route(...args: Parameters<UdpOutput['route']>): ReturnType<UdpOutput['route']> {
    return this.#output.route(...args);
  }

  send(...args: Parameters<UdpOutput['send']>): ReturnType<UdpOutput['send']> {
    return this.#output.send(...args);
  }

  groupInterface(group: Address, address: Address): Interface | undefined {
    const { paths } = this.#ground;
    return isUnspecifiedAddress(address) ? paths.groupInterface(group) : interfaceBy(paths, address);
  }

  hasInterface(by: Address): boolean {
    const { paths } = this.#ground;
    return indexOf(by) === 0 ? paths.isLocal(by) : interfaceBy(paths, by) !== undefined;
  }

  zoned(address: Address): Address {
    return typeof address === 'bigint' ? (this.#ground.paths.zoned(address) ?? address) : address;
  }

  notice(socket: BoundSocket): void {
    if (socket.noticed) return;
    socket.noticed = true;
    this.#noticed.push(socket);
  }

  closed(socket: BoundSocket): void {
    this.#table.remove(socket);
    this.#output.forget(socket);
  }

  // ── turns ──────────────────────────────────────────────────────────────────────────────────────────────────────────

  /** Nobody waits for news. */
  get isSettled(): boolean {
    return this.#noticed.length === 0;
  }

  /** Everybody who waits for news is told. What a user's function throws comes out when all were told. */
  tellUsers(): void {
    if (this.#noticed.length === 0) return;
    const noticed = this.#noticed;
    this.#noticed = [];
    const failures: unknown[] = [];
    for (const socket of noticed) {
      socket.noticed = false;
      try {
        socket.tellUser();
      } catch (error) {
        failures.push(error);
      }
    }
    if (failures.length > 0) throw failures[0];
  }

  linkDrained(): void {
    this.#output.linkDrained();
  }

  // ── in ─────────────────────────────────────────────────────────────────────────────────────────────────────────────

  owns(local: Address, port: number): boolean {
    return this.#table.isTaken(local, port, false);
  }

  receive(datagram: Datagram): void {
    const { packet, interface: on, info } = datagram;
    const view = viewUdp(packet.bytes, packet.payloadOffset, packet.end);
    if (view instanceof WireError) {
      malformed(on, view);
      return;
    }
    const { src, dst } = packet;
    // RFC 8200 §8.1: over IPv6 there is no doing without.
    const isMissing = packet.version === 6 && view.checksum === 0;
    if ((info & CHECKED) === 0 && (isMissing || !udpChecksumIsGood(view, src, dst))) {
      damaged(on, view, src);
      return;
    }
    if (this.#host.trace !== undefined) this.#trace(datagram, view);
    const { srcPort, dstPort } = view;
    const tos = (packet.dscp << 2) | packet.ecn;
    if (isMulticastAddress(dst) || on.isBroadcast(dst)) {
      const count = this.#toGroup(dst, on, src, srcPort, dstPort, view.payload, packet.ttl, tos);
      if (count === 0) noListener(on, view, src);
      return;
    }
    const socket = this.#table.find(dst, dstPort, src, srcPort);
    if (socket === undefined) {
      noListener(on, view, src);
      this.#ground.output.unreachable(datagram, UNREACHABLE.PORT);
    } else if (!socket.enqueue({ data: view.payload, src, srcPort, dst, ttl: packet.ttl, tos })) {
      queueFull(on, dstPort, src);
    }
  }

  /** Every socket that wants it gets it; `data` is the first one's, the others get copies. Returns how many they are. */
  #toGroup(
    dst: Address,
    on: Interface,
    src: Address,
    srcPort: number,
    dstPort: number,
    data: Uint8Array,
    ttl: number,
    tos: number,
  ): number {
    let count = 0;
    for (const socket of this.#table.at(dstPort) ?? []) {
      if (!socket.wantsFromGroup(dst, on, src, srcPort)) continue;
      const own = count === 0 ? data : new Uint8Array(data);
      count += 1;
      if (!socket.enqueue({ data: own, src, srcPort, dst, ttl, tos })) queueFull(on, dstPort, src);
    }
    return count;
  }

  /** An error about a datagram of ours. Its sender's word: it counts where a socket has what it quotes. */
  error(report: IcmpReport): void {
    const { quoted, kind, code, from } = report;
    const remote = finalDestination(quoted);
    const remotePort = readUint16(quoted.payload, 2);
    const socket = this.#table.find(quoted.src, readUint16(quoted.payload, 0), remote, remotePort);
    if (socket === undefined || kind === 'source-quench') {
      this.#host.count('udp.icmp-for-no-socket');
      return;
    }
    const isUnreachable = kind === 'destination-unreachable';
    if (isUnreachable && code === UNREACHABLE.FRAGMENTATION_NEEDED) this.#tooBig(report, remote);
    const [error, isHard] = (isUnreachable ? UNREACHABLE_ERRORS[code] : undefined) ?? ['EHOSTUNREACH', false];
    socket.reported(error, isHard, `${kind}, code ${code}, from ${from}, about ${formatAddress(remote)}:${remotePort}`);
  }

  /** RFC 1191 §5: a router that says 0 leaves us to guess. */
  #tooBig({ nextHopMtu = 0, quoted }: IcmpReport, remote: Address): void {
    const path = this.#ground.paths.find(remote, quoted.src);
    if (typeof path === 'string') return;
    const mtu = nextHopMtu === 0 ? nextLowerPlateau(Math.min(quoted.totalLength, path.mtu)) : nextHopMtu;
    this.#ground.pathMtus.lower(remote, path.interface.mtu, mtu);
  }

  #trace({ packet }: Datagram, view: UdpView): void {
    this.#host.trace?.({
      type: 'udp',
      time: this.#host.clock.now(),
      direction: 'in',
      local: endpoint(packet.dst, view.dstPort),
      remote: endpoint(packet.src, view.srcPort),
      length: view.length - UDP_HEADER,
    });
  }
}

function endpoint(address: Address, port: number): UdpEndpoint {
  return { address: formatAddress(address), port };
}

// What is dropped is told from functions of their own: one that makes a closure somewhere makes room for it each time it is called.

function malformed(on: Interface, error: WireError): void {
  on.dropIn('udp.malformed', () => error.message);
}

function damaged(on: Interface, { srcPort }: UdpView, src: Address): void {
  on.dropIn('udp.bad-checksum', () => `from ${formatAddress(src)} port ${srcPort}`);
}

function noListener(on: Interface, { dstPort }: UdpView, src: Address): void {
  on.dropIn('udp.no-listener', () => `port ${dstPort}, from ${formatAddress(src)}`);
}

function queueFull(on: Interface, port: number, src: Address): void {
  on.dropIn('udp.queue-full', () => `port ${port}, from ${formatAddress(src)}`);
}
