import { frameLength } from '../link/frames';
import type { Frame } from '../link/link';
import { writeIpv6Header } from '../wire/ipv6';
import { IPV6_HEADER } from '../wire/ipv6-extensions';
import { wholePayload, type FragmentOutput } from './fragment-output';
import { fragmentIpv6 } from './fragmentation';
import { IP_PLACE, type HeaderRoom } from './header-room';
import type { IpHost, IpSettings } from './host';
import { interfaceGone, Output, tooBig, type SendOptions } from './output';
import type { Path } from './paths';

/** Header and payload together (RFC 8200 §3). */
const LARGEST_PACKET = IPV6_HEADER + 65_535;

/** Puts IPv6 headers on payloads and sends them (RFC 8200). Its paths are of IPv6. */
export class Ipv6Output extends Output {
  readonly #host: Pick<IpHost, 'random32'>;
  readonly #settings: IpSettings;
  readonly #fragments: FragmentOutput;
  /** The present packet's header: used again, since nobody keeps it. */
  readonly #fields = { dscp: 0, ecn: 0, flowLabel: 0, payloadLength: 0, protocol: 0, ttl: 0, src: 0n, dst: 0n };

  constructor(host: Pick<IpHost, 'random32'>, settings: IpSettings, fragments: FragmentOutput) {
    super(6);
    this.#host = host;
    this.#settings = settings;
    this.#fragments = fragments;
  }

  protected put(
    room: HeaderRoom,
    transport: number,
    path: Path,
    protocol: number,
    payload: Frame,
    options: SendOptions,
  ): boolean {
    const { interface: out, source, destination, nextHop } = path;
    if (typeof source === 'number' || typeof destination === 'number') throw new Error('IPv6 is asked to send IPv4');
    const payloadLength = transport + frameLength(payload);
    if (!out.attached) return interfaceGone(path);
    const { segmentSize = 0, checksumOffset = 0 } = options;
    const size = IPV6_HEADER + (segmentSize > 0 ? transport + segmentSize : payloadLength);
    const isCut = options.fragment === true && options.dontFragment !== true && size > path.mtu;
    if (size > (isCut ? LARGEST_PACKET : out.mtu6)) return tooBig(path, size, out.mtu6);
    const { ttl = out.hopLimit ?? this.#settings.ttl, dscp = 0, ecn = 0 } = options;
    const fields = this.#fields;
    fields.dscp = dscp;
    fields.ecn = ecn;
    fields.payloadLength = payloadLength;
    fields.protocol = protocol;
    fields.ttl = ttl;
    fields.src = source;
    fields.dst = destination;
    if (isCut) {
      const header = new Uint8Array(IPV6_HEADER);
      writeIpv6Header(header, 0, fields);
      const whole = wholePayload(room, transport, payload, protocol, checksumOffset);
      // RFC 7739: nobody else is to know the next one.
      const cut = fragmentIpv6(header, whole, path.mtu, this.#host.random32());
      return this.#fragments.send(out, nextHop, cut);
    }
    writeIpv6Header(room.bytes, IP_PLACE, fields);
    return this.hand(path, room, transport, payload, IPV6_HEADER, options);
  }
}
