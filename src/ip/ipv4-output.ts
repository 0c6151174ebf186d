import { frameLength } from '../link/frames';
import type { Frame } from '../link/link';
import { formatIpv4Address } from '../wire/address';
import { IPV4_HEADER, writeIpv4Header } from '../wire/ipv4';
import { emitIpv4Options, stampTimestamp, type Ipv4Option, type TimestampOption } from '../wire/ipv4-options';
import { wholePayload, type FragmentOutput } from './fragment-output';
import { fragmentIpv4 } from './fragmentation';
import { HeaderRoom, IP_PLACE } from './header-room';
import type { IpHost, IpSettings } from './host';
import { Identification } from './identification';
import { interfaceGone, Output, tooBig, type SendOptions } from './output';
import type { Path } from './paths';
import { firstHop, sourceRouteOption } from './source-route';

const LARGEST_PACKET = 65_535;

/**
 * A time (µs) as a timestamp option has it. Our clock knows no midnight, and the top bit says so (RFC 791 §3.1, RFC 1122 §3.2.2.8).
 */
export function timestamp(now: number): number {
  return 0x80000000 + (Math.floor(now / 1000) % 0x80000000);
}

/** Puts IPv4 headers on payloads and sends them (RFC 1122 §3.2.1). Its paths are of IPv4. */
export class Ipv4Output extends Output {
  readonly #host: IpHost;
  readonly #settings: IpSettings;
  readonly #identification: Identification;
  readonly #fragments: FragmentOutput;
  /** The present packet's header: used again, since nobody keeps it. */
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
    super(4);
    this.#host = host;
    this.#settings = settings;
    this.#fragments = fragments;
    this.#identification = new Identification(host);
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
    if (typeof source === 'bigint' || typeof destination === 'bigint') throw new Error('IPv4 is asked to send IPv6');
    const payloadLength = transport + frameLength(payload);
    if (!out.attached) return interfaceGone(path);
    const optionBytes = this.#optionBytes(path, options);
    const headerLength = IPV4_HEADER + (optionBytes?.length ?? 0);
    const size = headerLength + payloadLength;
    const { segmentSize = 0, checksumOffset = 0 } = options;
    const { fragment = false } = options;
    const isCut = fragment && options.dontFragment !== true && size > path.mtu;
    const largest = isCut ? LARGEST_PACKET : out.mtu;
    if ((segmentSize > 0 ? headerLength + transport + segmentSize : size) > largest) return tooBig(path, size, out.mtu);
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
    return this.hand(path, used, transport, payload, headerLength, options);
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

/** The same transport header, behind an IPv4 header of `headerLength` bytes. */
function widened(room: HeaderRoom, transport: number, headerLength: number): HeaderRoom {
  const wide = new HeaderRoom(headerLength);
  wide.bytes.set(room.bytes.subarray(room.transport, room.transport + transport), wide.transport);
  return wide;
}
