import { linkHeader } from '../link/finish';
import { frameLength } from '../link/frames';
import type { Frame } from '../link/link';
import { formatAddress, formatIpv4Address } from '../wire/address';
import { IPV4_HEADER, writeIpv4Header } from '../wire/ipv4';
import {
  emitIpv4Options,
  stampTimestamp,
  type Ipv4Option,
  type SourceRouteOption,
  type TimestampOption,
} from '../wire/ipv4-options';
import { wholePayload, type FragmentOutput } from './fragment-output';
import { fragmentIpv4 } from './fragmentation';
import { HeaderRoom, HeaderRooms, IP_PLACE } from './header-room';
import type { IpHost, IpSettings } from './host';
import { Identification } from './identification';
import type { Interface } from './interface';
import type { Path } from './paths';
import { firstHop, sourceRouteOption } from './source-route';

const LARGEST_PACKET = 65_535;

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

/**
 * A time (µs) as a timestamp option has it. Our clock knows no midnight, and the top bit says so (RFC 791 §3.1, RFC 1122 §3.2.2.8).
 */
export function timestamp(now: number): number {
  return 0x80000000 + (Math.floor(now / 1000) % 0x80000000);
}

/** Puts IPv4 headers on payloads and sends them (RFC 1122 §3.2.1). Its paths are of IPv4. */
export class Ipv4Output {
  readonly #host: IpHost;
  readonly #settings: IpSettings;
  readonly #identification: Identification;
  readonly #fragments: FragmentOutput;
  readonly #rooms = new HeaderRooms(4);
  /** What the link is to do with the present packet, and its header: used again, since nobody keeps them. */
  readonly #work = { segmentSize: 0, checksumStart: 0, checksumOffset: 0 };
  readonly #fields = {
    dscp: 0,
    ecn: 0,
    identification: 0,
    dontFragment: true,
    ttl: 0,
    protocol: 0,
    src: 0,
    dst: 0,
    payloadLength: 0,
  };

  constructor(host: IpHost, settings: IpSettings, fragments: FragmentOutput) {
    this.#host = host;
    this.#settings = settings;
    this.#fragments = fragments;
    this.#identification = new Identification(host);
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
    const sent = this.#send(room, transport, path, protocol, payload, options);
    this.#rooms.give(room);
    return sent;
  }

  #send(
    room: HeaderRoom,
    transport: number,
    path: Path,
    protocol: number,
    payload: Frame,
    options: SendOptions,
  ): boolean {
    const { interface: out, source, destination, nextHop } = path;
    if (typeof source === 'bigint' || typeof destination === 'bigint') throw new Error('IPv4 is asked to send IPv6');
    const payloadLength = transport + frameLength(payload);
    if (!out.attached) return interfaceGone(out);
    const optionBytes = this.#optionBytes(path, options);
    const headerLength = IPV4_HEADER + (optionBytes?.length ?? 0);
    const size = headerLength + payloadLength;
    const { segmentSize = 0, checksumOffset = 0 } = options;
    const { fragment = false } = options;
    const isCut = fragment && options.dontFragment !== true && size > path.mtu;
    const largest = isCut ? LARGEST_PACKET : out.mtu;
    if ((segmentSize > 0 ? headerLength + transport + segmentSize : size) > largest) return tooBig(path, size);
    const { ttl = this.#settings.ttl, dscp = 0, ecn = 0 } = options;
    const { dontFragment = path.dontFragment && !isCut } = options;
    const { sourceRoute } = path;
    const fields = this.#fields;
    fields.dscp = dscp;
    fields.ecn = ecn;
    fields.identification = this.#identification.next(destination, protocol, dontFragment);
    fields.dontFragment = dontFragment;
    fields.ttl = ttl;
    fields.protocol = protocol;
    fields.src = source;
    fields.dst = (sourceRoute && firstHop(sourceRoute)) ?? destination;
    fields.payloadLength = payloadLength;
    if (isCut) {
      const header = new Uint8Array(headerLength);
      writeIpv4Header(header, 0, fields, optionBytes);
      const whole = wholePayload(room, transport, payload, protocol, checksumOffset);
      return this.#fragments.send(out, nextHop, fragmentIpv4(header, whole, path.mtu));
    }
    const used = optionBytes === undefined ? room : widened(room, transport, headerLength);
    writeIpv4Header(used.bytes, IP_PLACE, fields, optionBytes);
    if (checksumOffset === 0) return out.send(nextHop, used, transport, payload);
    const work = this.#work;
    work.segmentSize = segmentSize;
    work.checksumStart = linkHeader(out.link.medium) + headerLength;
    work.checksumOffset = checksumOffset;
    return out.send(nextHop, used, transport, payload, work);
  }

  /** The packet's options with the path's source route before them; `undefined` when there are none. */
  #optionBytes(path: Path, { options }: SendOptions): Uint8Array | undefined {
    const { sourceRoute, source, destination } = path;
    if (typeof source === 'bigint' || typeof destination === 'bigint') return undefined;
    if (sourceRoute === undefined && (options === undefined || options.length === 0)) return undefined;
    // RFC 1122 §3.2.1.8 (e): who sends a timestamp option writes the first time into it.
    const stamped = (options ?? []).map((option) => this.#stamp(option, source));
    const route = sourceRoute && sourceRouteOption(sourceRoute, destination);
    return emitIpv4Options(route === undefined ? stamped : [route, ...stamped]);
  }

  #stamp<Option extends Ipv4Option>(option: Option, source: number): Option | TimestampOption {
    if (option.kind !== 'timestamp') return option;
    return stampTimestamp(option, formatIpv4Address(source), timestamp(this.#host.clock.now()));
  }
}

// What is dropped is told from functions of their own: one that makes a closure somewhere makes room for it each time it is called.

function interfaceGone(out: Interface): false {
  out.dropOut('ip.interface-gone', () => out.name);
  return false;
}

function tooBig({ interface: out, destination }: Path, size: number): false {
  out.dropOut('ip.too-big', () => `${size} bytes to ${formatAddress(destination)}, MTU ${out.mtu}`);
  return false;
}

/** The same transport header, behind an IPv4 header of `headerLength` bytes. */
function widened(room: HeaderRoom, transport: number, headerLength: number): HeaderRoom {
  const wide = new HeaderRoom(headerLength);
  wide.bytes.set(room.bytes.subarray(room.transport, room.transport + transport), wide.transport);
  return wide;
}
