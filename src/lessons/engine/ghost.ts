import { requireAddress } from '../../wire/address';
import { emitIcmp, UNREACHABLE } from '../../wire/icmp';
import { emitIpv4, PROTOCOL } from '../../wire/ipv4';
import { emitTcp } from '../../wire/tcp';
import type { TcpOption } from '../../wire/tcp-options';

/** A segment that nobody here has sent. */
export interface Ghost {
  /** Where it says that it comes from, and where it goes. Default: the wire's ends, port 80 at the right. */
  readonly src?: { readonly address?: string; readonly port: number };
  readonly dst?: { readonly address?: string; readonly port: number };
  /** Bits of `FLAG`. */
  readonly flags: number;
  readonly seq: number;
  readonly ack?: number;
  readonly window?: number;
  readonly options?: readonly TcpOption[];
  readonly payload?: Uint8Array;
}

/** Its IP packet, from `from` to `to` if it does not say otherwise. */
export function ghostPacket(ghost: Ghost, from: string, to: string): Uint8Array {
  const src = ghost.src?.address ?? from;
  const dst = ghost.dst?.address ?? to;
  const segment = {
    ...{ srcPort: ghost.src?.port ?? 80, dstPort: ghost.dst?.port ?? 80, flags: ghost.flags },
    ...{ seq: ghost.seq, ack: ghost.ack ?? 0, window: ghost.window ?? 65_535, urgent: 0 },
    ...{ options: ghost.options ?? [], payload: ghost.payload ?? new Uint8Array(0) },
  };
  return emitIpv4({
    ...PLAIN,
    ...{ protocol: PROTOCOL.TCP, src, dst },
    payload: emitTcp(segment, { src: requireAddress(src), dst: requireAddress(dst) }),
  });
}

/** A header of IPv4 in which nothing is special. */
const PLAIN = {
  ...{ dscp: 0, ecn: 0, identification: 0, dontFragment: true, moreFragments: false, fragmentOffset: 0, ttl: 64 },
  options: new Uint8Array(0),
};

/** The router between two wires' ends, from which ICMP comes. */
const ROUTER = '10.255.255.254';
/** How much of the packet an error quotes: its header, and the ports and the sequence number behind it (RFC 792). */
const QUOTED = 28;

/** "Fragmentation needed" (RFC 1191 §4): what a router says of a packet that the next wire does not take. */
export function tooBig(packet: Uint8Array, nextHopMtu: number): Uint8Array {
  const quoted = packet.slice(0, QUOTED);
  return emitIpv4({
    ...PLAIN,
    ...{ protocol: PROTOCOL.ICMP, src: ROUTER, dst: Array.from(packet.subarray(12, 16)).join('.') },
    payload: emitIcmp({ type: 'destination-unreachable', code: UNREACHABLE.FRAGMENTATION_NEEDED, nextHopMtu, quoted }),
  });
}
