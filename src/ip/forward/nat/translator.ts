import { writeUint16, readUint8 } from '../../../wire/bytes';
import { sum } from '../../../wire/checksum';
import { WireError } from '../../../wire/error';
import { ICMP_HEADER, viewQuoted, type QuotedIpv4 } from '../../../wire/icmp';
import { PROTOCOL, type Ipv4View } from '../../../wire/ipv4';
import { formatIpv4Address } from '../../../wire/address';
import { drop, type Drop } from '../../drops';
import type { IpHost } from '../../host';
import { Flow, isIcmpError, readFlow, readQuotedFlow } from './flow';
import type { Nat } from './nat';
import { rewrite, rewriteAddress, type Side } from './rewrite';
import type { Mapping } from './session';

/** Changes packets as `Nat` decides: whole ones, no fragments, whose bytes are ours to change. */
export class Translator {
  readonly #nat: Nat;
  readonly #host: IpHost;
  readonly #flow = new Flow();

  constructor(nat: Nat, host: IpHost) {
    this.#nat = nat;
    this.#host = host;
  }

  /**
   * A packet from inside gets the source under which it is known outside.
   * @param external our address there
   * @param filled the transport's checksum is in it
   * @returns false when it cannot go, which was counted
   */
  outbound(packet: Ipv4View, external: number, filled: boolean): boolean {
    if (isError(packet)) return this.#outboundError(packet, external);
    if (!this.#read(packet)) return false;
    const mapping = this.#nat.outbound(this.#flow, external);
    if (mapping === undefined) return false;
    change(packet, 'source', mapping.kind, mapping.external, mapping.externalPort, filled);
    return true;
  }

  /**
   * Whose a packet is that came to an external address of ours. It is not changed: `deliver` does that.
   * @returns `local`: the host's own; `refused`: nobody's, which was counted
   */
  inbound(packet: Ipv4View): Mapping | 'local' | 'refused' {
    if (isError(packet)) return this.#inboundError(packet) ?? 'local';
    // What cannot be read is the host's to complain about.
    if (!isKnown(this.#readInto(packet))) return 'local';
    return this.#nat.inbound(this.#flow, this.#nat.pool(packet.dst));
  }

  /** Gives a packet for which `inbound` has found a mapping its inner destination. */
  deliver(packet: Ipv4View, mapping: Mapping, filled: boolean): void {
    if (!isError(packet)) {
      change(packet, 'destination', mapping.kind, mapping.inner, mapping.innerPort, filled);
      return;
    }
    const quoted = quotedIn(packet);
    if (quoted === undefined) return;
    changeQuoted(packet, quoted, 'source', mapping.kind, mapping.inner, mapping.innerPort);
    rewriteAddress(packet.bytes, packet.offset, 'destination', mapping.inner);
  }

  /**
   * For whom inside a packet from inside to an external address of ours is; `error`: an ICMP error about such a packet, which `inbound`
   * knows once `outbound` has changed it. `undefined`: for nobody; it is ours.
   */
  turnsBack(packet: Ipv4View): Mapping | 'error' | undefined {
    if (!isError(packet)) return isKnown(this.#readInto(packet)) ? this.#nat.turnsBack(this.#flow) : undefined;
    const quoted = quotedIn(packet);
    return quoted !== undefined && this.#quotedInside(quoted, packet.dst) !== undefined ? 'error' : undefined;
  }

  /**
   * Gives a packet that went outside the source back that it had inside.
   * @returns false: it is none of ours
   */
  restore(packet: Ipv4View): boolean {
    if (!isKnown(this.#readInto(packet))) return false;
    const mapping = this.#nat.quotedOutside(this.#flow);
    if (mapping === undefined) return false;
    change(packet, 'source', mapping.kind, mapping.inner, mapping.innerPort, true);
    return true;
  }

  /** RFC 5508 REQ-5: the quoted packet gets the destination that it had outside, the error comes from our address. */
  #outboundError(packet: Ipv4View, external: number): boolean {
    const quoted = quotedIn(packet);
    const mapping = quoted && this.#quotedInside(quoted, external);
    if (quoted === undefined || mapping === undefined) {
      refuse(this.#host, quoted === undefined ? 'nat.malformed' : 'nat.no-session', packet);
      return false;
    }
    changeQuoted(packet, quoted, 'destination', mapping.kind, mapping.external, mapping.externalPort);
    rewriteAddress(packet.bytes, packet.offset, 'source', external);
    return true;
  }

  /** RFC 5508 REQ-4: by the packet that it quotes, which came from our external address. */
  #inboundError(packet: Ipv4View): Mapping | undefined {
    const quoted = quotedIn(packet);
    if (quoted?.src !== packet.dst || this.#readQuoted(quoted) !== 'good') return undefined;
    return this.#nat.quotedOutside(this.#flow);
  }

  #quotedInside(quoted: QuotedIpv4, external: number): Mapping | undefined {
    return this.#readQuoted(quoted) === 'good' ? this.#nat.quotedInside(this.#flow, external) : undefined;
  }

  #read(packet: Ipv4View): boolean {
    const read = this.#readInto(packet);
    if (isKnown(read)) return true;
    refuse(this.#host, read === 'protocol' ? 'nat.protocol' : 'nat.malformed', packet);
    return false;
  }

  #readInto({ bytes, payloadOffset, end, protocol, src, dst }: Ipv4View): ReturnType<typeof readFlow> {
    return readFlow(this.#flow, protocol, src, dst, bytes, payloadOffset, end);
  }

  #readQuoted(quoted: QuotedIpv4): ReturnType<typeof readFlow> {
    const { bytes, end, protocol, src, dst, fragmentOffset } = quoted;
    if (fragmentOffset > 0) return 'protocol';
    return readQuotedFlow(this.#flow, protocol, src, dst, bytes, payloadOf(quoted), end);
  }
}

function isKnown(read: ReturnType<typeof readFlow>): boolean {
  return read === 'good';
}

function isError(packet: Ipv4View): boolean {
  return packet.protocol === PROTOCOL.ICMP && isIcmpError(readUint8(packet.bytes, packet.payloadOffset));
}

/** The packet that an ICMP error quotes; `undefined` when it cannot be read, or the error's checksum is wrong (RFC 5508 REQ-3). */
function quotedIn({ bytes, payloadOffset, end }: Ipv4View): QuotedIpv4 | undefined {
  if (end - payloadOffset < ICMP_HEADER || sum(bytes, 0, payloadOffset, end) !== 0xffff) return undefined;
  const quoted = viewQuoted(bytes, payloadOffset + ICMP_HEADER, end);
  return quoted instanceof WireError ? undefined : quoted;
}

function payloadOf(quoted: QuotedIpv4): number {
  return quoted.offset + (readUint8(quoted.bytes, quoted.offset) & 0xf) * 4;
}

function change(
  { bytes, offset, payloadOffset, end }: Ipv4View,
  side: Side,
  kind: Mapping['kind'],
  address: number,
  port: number,
  filled: boolean,
): void {
  rewrite(bytes, offset, payloadOffset, end, kind, side, address, port, filled);
}

/** Changes the quoted packet, and the error's checksum with it. */
function changeQuoted(
  { bytes, payloadOffset, end }: Ipv4View,
  quoted: QuotedIpv4,
  side: Side,
  kind: Mapping['kind'],
  address: number,
  port: number,
): void {
  rewrite(bytes, quoted.offset, payloadOf(quoted), quoted.end, kind, side, address, port, true);
  writeUint16(bytes, payloadOffset + 2, 0);
  writeUint16(bytes, payloadOffset + 2, ~sum(bytes, 0, payloadOffset, end) & 0xffff);
}

function refuse(host: IpHost, name: Drop, { protocol, src, dst }: Ipv4View): void {
  drop(host, name, () => `protocol ${protocol}, ${formatIpv4Address(src)} to ${formatIpv4Address(dst)}`);
}
