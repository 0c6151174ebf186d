import { ETHERTYPE } from '../../wire/ethernet';
import { PROTOCOL } from '../../wire/ipv4';
import type { Dissection } from './field';
import { ipv4Fields, ipv6Fields, type Carried } from './ip';
import { arpFields, linkFields } from './link';
import { hex, Scope } from './scope';
import { tcpFields, type TcpContext } from './tcp';
import { icmpFields, udpFields } from './upper';

export interface FrameContext {
  /** What is known of the conversation, if it is TCP; the addresses are the packet's own. */
  readonly tcp?: Omit<TcpContext, 'src' | 'dst' | 'length'>;
}

/** Looks at the octets of a TCP segment, header and data. Never throws. */
export function dissectTcp(bytes: Uint8Array, context: TcpContext = {}): Dissection {
  const scope = new Scope(bytes, 0, bytes.length * 8);
  tcpPart(scope, context);
  return { bytes, fields: scope.fields };
}

/**
 * Looks at a packet as a capture has it. Never throws: what cannot be understood becomes a field that says so.
 * @param linkType what the packet begins with, see `LINK_TYPE`
 */
export function dissectFrame(bytes: Uint8Array, linkType: number, context: FrameContext = {}): Dissection {
  const scope = new Scope(bytes, 0, bytes.length * 8);
  const type = linkFields(scope, linkType);
  if (type === ETHERTYPE.ARP)
    scope.group({ id: 'arp', name: 'ARP', meaning: 'arp.operation', rfc: 'RFC 826' }, arpFields);
  else if (type === ETHERTYPE.IPV4) carriedPart(scope, ipv4Fields(scope), 4, context);
  else if (type === ETHERTYPE.IPV6) carriedPart(scope, ipv6Fields(scope), 6, context);
  scope.rest({ id: 'trailing', name: 'Trailing', meaning: 'trailing' }, hex);
  return { bytes, fields: scope.fields };
}

function carriedPart(scope: Scope, carried: Carried | undefined, version: 4 | 6, { tcp }: FrameContext): void {
  if (carried === undefined) return;
  const { protocol, src, dst, end, laterFragment, length } = carried;
  const octets = end - scope.offset;
  if (octets <= 0) return;
  const between = { src, dst, whole: length === octets };
  if (laterFragment) scope.take(octets, { id: 'fragment', name: 'Fragment', meaning: 'data' }, hex);
  else if (protocol === PROTOCOL.TCP) {
    const header = ((scope.bytes[scope.offset + 12] ?? 0) >>> 4) * 4;
    // A fragment's checksum is the whole packet's: it cannot be checked here.
    const addresses = length === undefined ? {} : { src, dst };
    const data = length === undefined ? {} : { length: Math.max(0, length - header) };
    tcpPart(scope, { ...tcp, ...addresses, ...data }, octets);
  } else if (protocol === PROTOCOL.UDP)
    scope.group(
      { id: 'udp', name: 'UDP', meaning: 'udp.port', rfc: 'RFC 768' },
      (inner) => udpFields(inner, between),
      octets,
    );
  else if (protocol === PROTOCOL.ICMP && version === 4)
    scope.group(
      { id: 'icmp', name: 'ICMP', meaning: 'icmp.type', rfc: 'RFC 792' },
      (inner) => icmpFields(inner, 4, between),
      octets,
    );
  else if (protocol === PROTOCOL.ICMPV6 && version === 6)
    scope.group(
      { id: 'icmpv6', name: 'ICMPv6', meaning: 'icmp.type', rfc: 'RFC 4443' },
      (inner) => icmpFields(inner, 6, between),
      octets,
    );
  else scope.take(octets, { id: 'payload', name: 'Payload', meaning: 'data' }, hex);
}

function tcpPart(scope: Scope, context: TcpContext, octets = scope.octets): void {
  scope.group(
    { id: 'tcp', name: 'TCP', meaning: 'tcp', rfc: 'RFC 9293 §3.1' },
    (inner) => tcpFields(inner, context),
    octets,
  );
}
