import { linkHeader } from '../link/finish';
import type { Frame } from '../link/link';
import { formatAddress } from '../wire/address';
import type { Ipv4Option, SourceRouteOption } from '../wire/ipv4-options';
import { HeaderRooms, type HeaderRoom } from './header-room';
import type { Path } from './paths';

/** How a packet is sent. */
export interface SendOptions {
  /** 1 to 255. Default: the IP layer's. */
  readonly ttl?: number;
  /** Six bits (RFC 2474). Default 0. */
  readonly dscp?: number;
  /** Two bits (RFC 3168). Default 0. */
  readonly ecn?: number;
  /** Routers must not fragment the packet (RFC 1191). Default `true`, unless the path takes so little that they must. */
  readonly dontFragment?: boolean;
  /**
   * A packet that is larger than what the path takes, as far as is known, is cut into fragments, and has no DF (as Linux does for UDP and
   * ICMP). Default `false`: it goes in one piece, or not at all.
   */
  readonly fragment?: boolean;
  /** Options of IPv4. A source route is the path's, not the packet's. Default none. */
  readonly options?: readonly Exclude<Ipv4Option, SourceRouteOption>[];
  /**
   * Where the transport's checksum stands in its header, when the link is to fill it in (`Link.offload`): it holds the sum over the
   * pseudo-header. Default 0: it is there.
   */
  readonly checksumOffset?: number;
  /** The TCP payload of the segments that the link is to cut the packet into; it may be larger than the MTU then. Default 0: none. */
  readonly segmentSize?: number;
}

/** Puts IP headers on payloads and sends them. */
export abstract class Output {
  readonly #rooms: HeaderRooms;
  /** What the link is to do with the present packet: used again, since nobody keeps it. */
  readonly #work = { segmentSize: 0, checksumStart: 0, checksumOffset: 0 };

  constructor(version: 4 | 6) {
    this.#rooms = new HeaderRooms(version);
  }

  /**
   * Sends `payload`, whose slices are passed on as they are. What was learned of the path's MTU binds the protocol, which may probe beyond
   * it (RFC 4821 §7); only what the interface takes binds us.
   * @returns false when the packet was dropped (and counted): the link has no room, the packet is larger than it takes, or the
   *   interface is gone
   * @throws RangeError for options that cannot be, or that take more than 40 bytes together
   */
  send(path: Path, protocol: number, payload: Frame, options: SendOptions = {}): boolean {
    return this.sendBehind(this.room(), 0, path, protocol, payload, options);
  }

  /** Room for a packet's headers. The transport writes its own at `room.transport`, and gives it to `sendBehind`. */
  room(): HeaderRoom {
    return this.#rooms.take();
  }

  /** As `send`, with the transport's header in `room`, `transport` bytes of it, and only its data in `payload`. */
  sendBehind(
    room: HeaderRoom,
    transport: number,
    path: Path,
    protocol: number,
    payload: Frame,
    options: SendOptions,
  ): boolean {
    const sent = this.put(room, transport, path, protocol, payload, options);
    this.#rooms.give(room);
    return sent;
  }

  /** Writes the header into `room`, and sends the packet; the room is the caller's again afterwards. */
  protected abstract put(
    room: HeaderRoom,
    transport: number,
    path: Path,
    protocol: number,
    payload: Frame,
    options: SendOptions,
  ): boolean;

  /** Gives a packet whose headers are in `room` to its interface, and says what is left to the link to do. */
  protected hand(
    { interface: out, nextHop }: Path,
    room: HeaderRoom,
    transport: number,
    payload: Frame,
    headerLength: number,
    { segmentSize = 0, checksumOffset = 0 }: SendOptions,
  ): boolean {
    if (checksumOffset === 0) return out.send(nextHop, room, transport, payload);
    const work = this.#work;
    work.segmentSize = segmentSize;
    work.checksumStart = linkHeader(out.link.medium) + headerLength;
    work.checksumOffset = checksumOffset;
    return out.send(nextHop, room, transport, payload, work);
  }
}

// What is dropped is told from functions of their own: one that makes a closure somewhere makes room for it each time it is called.

export function interfaceGone({ interface: out }: Path): false {
  out.dropOut('ip.interface-gone', () => out.name);
  return false;
}

/** @param mtu what the interface takes, bytes */
export function tooBig({ interface: out, destination }: Path, size: number, mtu: number): false {
  out.dropOut('ip.too-big', () => `${size} bytes to ${formatAddress(destination)}, MTU ${mtu}`);
  return false;
}
