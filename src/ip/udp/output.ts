import { frameLength } from '../../link/frames';
import { joinFrame } from '../../link/link';
import {
  formatAddress,
  isLoopbackAddress,
  isMulticastAddress,
  isUnspecifiedAddress,
  type Address,
} from '../../wire/address';
import { writeUint16 } from '../../wire/bytes';
import { sum, sumSlices } from '../../wire/checksum';
import { PROTOCOL } from '../../wire/ipv4';
import { pseudoHeaderSum } from '../../wire/pseudo-header';
import { UDP_HEADER } from '../../wire/udp';
import type { IpHost } from '../host';
import type { Interface } from '../interface';
import type { SendOptions } from '../output';
import type { Path, Paths } from '../paths';
import type { UdpErrorCode } from './errors';
import { indexOf, type UdpSettings } from './options';
import type { BoundSocket, Destination } from './socket';
import type { UdpGround } from './udp';

/** Where the checksum stands in UDP's header. */
const CHECKSUM = 6;

/** Takes what this host's own sockets get of what one of them has sent to a group or to all. */
export type Loopback = (
  dst: Address,
  on: Interface,
  src: Address,
  srcPort: number,
  dstPort: number,
  data: Uint8Array,
  ttl: number,
  tos: number,
) => void;

/** Used again for each datagram: nobody keeps it. */
const SENDING: { -readonly [Option in keyof SendOptions]: SendOptions[Option] } = {
  ttl: undefined,
  dscp: 0,
  ecn: 0,
  fragment: true,
  checksumOffset: 0,
};

/** What is everybody on this wire. */
const LIMITED_BROADCAST = 0xffffffff;

/** Sends datagrams. */
export class UdpOutput {
  readonly #host: IpHost;
  readonly #ground: UdpGround;
  readonly #loopback: Loopback;
  /** Sockets of which a link has refused something. */
  #refused = new Set<BoundSocket>();

  constructor(host: IpHost, ground: UdpGround, loopback: Loopback) {
    this.#host = host;
    this.#ground = ground;
    this.#loopback = loopback;
  }

  /** The way of a socket's datagrams to `address`, or why there is none. */
  route(socket: BoundSocket, { address, zone }: Pick<Destination, 'address' | 'zone'>): Path | UdpErrorCode {
    const { paths } = this.#ground;
    const { settings, localAddress } = socket;
    // Who is bound to a group, or to a broadcast address, sends from the address that the way has.
    if (typeof localAddress === 'number' && typeof address === 'bigint') return 'EINVAL';
    const isBound = !isUnspecifiedAddress(localAddress) && paths.isLocal(localAddress);
    const local = isBound ? localAddress : undefined;
    // Who has an IPv6 address of his own does not send from one of IPv4.
    if ((typeof local === 'bigint' || socket.ipv6Only) && typeof address === 'number') return 'ENETUNREACH';
    const toAll = paths.isBroadcast(address);
    if (toAll && !settings.broadcast) return 'EACCES';
    if (isMulticastAddress(address) || address === LIMITED_BROADCAST) {
      const by = settings.multicastInterface;
      const isSet = !isUnspecifiedAddress(by) && typeof by === typeof address;
      const through = zone !== 0 ? paths.interfaceAt(zone) : !isSet || toAll ? undefined : interfaceBy(paths, by);
      if (zone !== 0 && through === undefined) return 'ENETUNREACH';
      // With IPv6 what was set is an interface and no more (RFC 3493 §5.2).
      const own = local ?? (isSet && through !== undefined && typeof by === 'number' ? by : undefined);
      return paths.toGroup(address, own, through) ?? 'ENETUNREACH';
    }
    const path = paths.find(address, local);
    if (path !== 'EADDRNOTAVAIL') return path;
    return local !== undefined && isLoopbackAddress(local) ? 'EINVAL' : 'ENETUNREACH';
  }

  /** See `UdpSocket.send`. */
  send(socket: BoundSocket, data: readonly Uint8Array[], to: Destination, port: number): number | UdpErrorCode {
    const path = this.#pathTo(socket, to);
    if (typeof path === 'string') return path;
    const length = frameLength(data);
    // What is larger than the path's MTU goes in fragments.
    if (UDP_HEADER + length > largestPayload(path)) return 'EMSGSIZE';
    const { settings } = socket;
    const toGroup = isMulticastAddress(to.address);
    SENDING.ttl = toGroup ? settings.multicastTtl : settings.ttl;
    SENDING.dscp = settings.tos >>> 2;
    SENDING.ecn = settings.tos & 3;
    if (this.#host.trace !== undefined) this.#trace(path, socket.localPort, port, length);
    // A time to live of 0 keeps it in this host (RFC 1112 §6.1).
    if (SENDING.ttl !== 0 && !this.#transmit(path, socket.localPort, port, data, length)) {
      this.#refused.add(socket);
      return 'EAGAIN';
    }
    if (toGroup ? settings.multicastLoop : path.interface.isBroadcast(to.address)) {
      this.#loop(path, settings, socket.localPort, port, data);
    }
    return length;
  }

  #pathTo(socket: BoundSocket, to: Destination): Path | UdpErrorCode {
    const { version } = this.#ground.routes;
    if (to.path !== undefined && to.routesVersion === version) return to.path;
    const path = this.route(socket, to);
    if (typeof path === 'string') return path;
    to.path = path;
    to.routesVersion = version;
    return path;
  }

  #transmit(path: Path, srcPort: number, dstPort: number, data: readonly Uint8Array[], length: number): boolean {
    const { output } = this.#ground;
    const { link } = path.interface;
    const room = output.room(path);
    const { bytes, transport } = room;
    const total = UDP_HEADER + length;
    writeUint16(bytes, transport, srcPort);
    writeUint16(bytes, transport + 2, dstPort);
    writeUint16(bytes, transport + 4, total);
    writeUint16(bytes, transport + CHECKSUM, 0);
    const pseudo = pseudoHeaderSum(path.source, path.destination, PROTOCOL.UDP, total);
    if (link.offload.checksum) {
      writeUint16(bytes, transport + CHECKSUM, pseudo);
      SENDING.checksumOffset = CHECKSUM;
    } else {
      const checksum = ~sumSlices(data, sum(bytes, pseudo, transport, transport + UDP_HEADER)) & 0xffff;
      // RFC 768: a checksum that comes out as zero is sent as all ones; zero says that there is none.
      writeUint16(bytes, transport + CHECKSUM, checksum === 0 ? 0xffff : checksum);
      SENDING.checksumOffset = 0;
    }
    // A link that gathers frames may look at the slices after the call, when they are the caller's again.
    const payload = link.flush === undefined || length === 0 ? data : [copyOf(data)];
    return output.sendBehind(room, UDP_HEADER, path, PROTOCOL.UDP, payload, SENDING);
  }

  /** What goes to a group or to all is for this host, too. A loopback interface brings it by itself. */
  #loop(
    path: Path,
    { multicastTtl, ttl = 64, tos }: UdpSettings,
    from: number,
    port: number,
    data: readonly Uint8Array[],
  ): void {
    const { interface: on, destination, source } = path;
    if (on.loopback) return;
    const hops = isMulticastAddress(destination) ? multicastTtl : ttl;
    this.#loopback(destination, on, source, from, port, copyOf(data), hops, tos);
  }

  #trace({ source, destination }: Path, srcPort: number, dstPort: number, length: number): void {
    this.#host.trace?.({
      type: 'udp',
      time: this.#host.clock.now(),
      direction: 'out',
      local: { address: formatAddress(source), port: srcPort },
      remote: { address: formatAddress(destination), port: dstPort },
      length,
    });
  }

  /** A link has room again. */
  linkDrained(): void {
    if (this.#refused.size === 0) return;
    const refused = this.#refused;
    this.#refused = new Set();
    for (const socket of refused) socket.drained();
  }

  forget(socket: BoundSocket): void {
    if (this.#refused.size > 0) this.#refused.delete(socket);
  }
}

/** The interface that this stands for: an address of it, or `::` with its index as zone. */
export function interfaceBy(paths: Paths, by: Address): Interface | undefined {
  const index = indexOf(by);
  return index === 0 ? paths.interfaceOf(by) : paths.interfaceAt(index);
}

/** The most that IP carries, as UDP's own length field: IPv4 counts its header (RFC 791 §3.1), IPv6 does not (RFC 8200 §3). */
function largestPayload({ version, headerLength }: Path): number {
  return version === 4 ? 0xffff - headerLength : 0xffff;
}

/** The slices in one piece, in memory of their own. */
function copyOf(data: readonly Uint8Array[]): Uint8Array {
  return data.length === 1 ? new Uint8Array(data[0] ?? []) : joinFrame(data);
}
