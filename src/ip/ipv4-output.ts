import type { Frame } from '../link/link';
import { formatIpv4Address } from '../wire/address';
import { ETHERNET_HEADER } from '../wire/ethernet';
import { IPV4_HEADER, writeIpv4Header } from '../wire/ipv4';
import type { IpHost, IpSettings } from './host';
import { Identification } from './identification';
import type { Path } from './paths';

/** How a packet is sent. */
export interface SendOptions {
  /** 1 to 255. Default: the IP layer's. */
  readonly ttl?: number;
  /** Six bits (RFC 2474). Default 0. */
  readonly dscp?: number;
  /** Two bits (RFC 3168). Default 0. */
  readonly ecn?: number;
  /** Default `true`: routers must not fragment the packet (RFC 1191). */
  readonly dontFragment?: boolean;
}

/** Room for an IPv4 header, with room for the link's header in one piece before it. */
export class HeaderRoom {
  /** Both headers. */
  readonly frame = new Uint8Array(ETHERNET_HEADER + IPV4_HEADER);
  /** The IPv4 header alone: the same bytes. */
  readonly packet = this.frame.subarray(ETHERNET_HEADER);
}

/** Puts IPv4 headers on payloads and sends them (RFC 1122 §3.2.1). */
export class Ipv4Output {
  readonly #settings: IpSettings;
  readonly #identification: Identification;
  /** Room is used again for every packet. A link that calls back while it sends takes more of it. */
  readonly #rooms = [new HeaderRoom()];

  constructor(host: IpHost, settings: IpSettings) {
    this.#settings = settings;
    this.#identification = new Identification(host);
  }

  /**
   * Sends `payload`, whose slices are passed on as they are.
   * @returns false when the packet was dropped (and counted): the link has no room, the packet is larger than the
   *   path's MTU, or the interface is gone
   */
  send(path: Path, protocol: number, payload: Frame, options: SendOptions = {}): boolean {
    const out = path.interface;
    let payloadLength = 0;
    for (const slice of payload) payloadLength += slice.length;
    if (!out.attached) {
      out.dropOut('ip.interface-gone', () => out.name);
      return false;
    }
    if (IPV4_HEADER + payloadLength > path.mtu) {
      const size = IPV4_HEADER + payloadLength;
      out.dropOut('ip.too-big', () => `${size} bytes to ${formatIpv4Address(path.destination)}, MTU ${path.mtu}`);
      return false;
    }
    const { ttl = this.#settings.ttl, dscp = 0, ecn = 0, dontFragment = true } = options;
    const { source: src, destination: dst } = path;
    const identification = this.#identification.next(dst, protocol, dontFragment);
    const fields = { dscp, ecn, identification, dontFragment, ttl, protocol, src, dst, payloadLength };

    const room = this.#rooms.pop() ?? new HeaderRoom();
    writeIpv4Header(room.packet, 0, fields);
    const sent = out.send(path.nextHop, room, payload);
    this.#rooms.push(room);
    return sent;
  }
}
