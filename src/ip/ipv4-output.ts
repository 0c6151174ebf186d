import type { Frame } from '../link/link';
import { formatIpv4Address } from '../wire/address';
import { ETHERNET_HEADER } from '../wire/ethernet';
import { IPV4_HEADER, writeIpv4Header } from '../wire/ipv4';
import {
  emitIpv4Options,
  stampTimestamp,
  type Ipv4Option,
  type SourceRouteOption,
  type TimestampOption,
} from '../wire/ipv4-options';
import type { IpHost, IpSettings } from './host';
import { Identification } from './identification';
import type { Path } from './paths';
import { firstHop, sourceRouteOption } from './source-route';

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
  /** Options of IPv4. A source route is the path's, not the packet's. Default none. */
  readonly options?: readonly Exclude<Ipv4Option, SourceRouteOption>[];
}

/** Room for an IPv4 header, with room for the link's header in one piece before it. */
export class HeaderRoom {
  /** Both headers. */
  readonly frame: Uint8Array;
  /** The IPv4 header alone: the same bytes. */
  readonly packet: Uint8Array;

  /** @param headerLength the IPv4 header's, in bytes */
  constructor(headerLength = IPV4_HEADER) {
    this.frame = new Uint8Array(ETHERNET_HEADER + headerLength);
    this.packet = this.frame.subarray(ETHERNET_HEADER);
  }
}

/**
 * A time (µs) as a timestamp option has it. Our clock knows no midnight, and the top bit says so (RFC 791 §3.1, RFC 1122 §3.2.2.8).
 */
export function timestamp(now: number): number {
  return 0x80000000 + (Math.floor(now / 1000) % 0x80000000);
}

/** Puts IPv4 headers on payloads and sends them (RFC 1122 §3.2.1). */
export class Ipv4Output {
  readonly #host: IpHost;
  readonly #settings: IpSettings;
  readonly #identification: Identification;
  /** Room is used again for every packet. A link that calls back while it sends takes more of it. */
  readonly #rooms = [new HeaderRoom()];

  constructor(host: IpHost, settings: IpSettings) {
    this.#host = host;
    this.#settings = settings;
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
    const out = path.interface;
    let payloadLength = 0;
    for (const slice of payload) payloadLength += slice.length;
    if (!out.attached) {
      out.dropOut('ip.interface-gone', () => out.name);
      return false;
    }
    const optionBytes = this.#optionBytes(path, options);
    const size = IPV4_HEADER + (optionBytes?.length ?? 0) + payloadLength;
    if (size > out.mtu) {
      out.dropOut('ip.too-big', () => `${size} bytes to ${formatIpv4Address(path.destination)}, MTU ${out.mtu}`);
      return false;
    }
    const { ttl = this.#settings.ttl, dscp = 0, ecn = 0, dontFragment = path.dontFragment } = options;
    const { source: src, sourceRoute } = path;
    const dst = (sourceRoute && firstHop(sourceRoute)) ?? path.destination;
    const identification = this.#identification.next(path.destination, protocol, dontFragment);
    const fields = { dscp, ecn, identification, dontFragment, ttl, protocol, src, dst, payloadLength };

    if (optionBytes !== undefined) {
      const room = new HeaderRoom(IPV4_HEADER + optionBytes.length);
      writeIpv4Header(room.packet, 0, fields, optionBytes);
      return out.send(path.nextHop, room, payload);
    }
    const room = this.#rooms.pop() ?? new HeaderRoom();
    writeIpv4Header(room.packet, 0, fields);
    const sent = out.send(path.nextHop, room, payload);
    this.#rooms.push(room);
    return sent;
  }

  /** The packet's options with the path's source route before them; `undefined` when there are none. */
  #optionBytes(path: Path, { options }: SendOptions): Uint8Array | undefined {
    const { sourceRoute, source, destination } = path;
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
