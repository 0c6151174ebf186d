import { readUint16, readUint8 } from '../../../wire/bytes';
import { ICMP_HEADER, ICMP_TYPE } from '../../../wire/icmp';
import { PROTOCOL } from '../../../wire/ipv4';
import { TCP_HEADER } from '../../../wire/tcp';
import { UDP_HEADER } from '../../../wire/udp';
import { KIND, type Kind } from './session';

/** The two ends of a packet, and what of it matters to translation. One is enough: it is read anew for each packet. */
export class Flow {
  kind: Kind = KIND.TCP;
  src = 0;
  srcPort = 0;
  dst = 0;
  dstPort = 0;
  /** TCP's. */
  flags = 0;
  /** An echo reply. */
  isReply = false;
}

/** ICMP's errors, whose quotation is translated too. Source quench is dead (RFC 6633), and redirects end at the router. */
export function isIcmpError(type: number): boolean {
  return (
    type === ICMP_TYPE.DESTINATION_UNREACHABLE ||
    type === ICMP_TYPE.TIME_EXCEEDED ||
    type === ICMP_TYPE.PARAMETER_PROBLEM
  );
}

/**
 * Reads the ports, or echo's identifier, of a payload. A request's identifier stands for the port of who asks, a reply's for the port of
 * whom it goes to; the other side has 0.
 * @returns `protocol`: nothing that can be translated; `malformed`: it ends within its header
 */
export function readFlow(
  into: Flow,
  protocol: number,
  src: number,
  dst: number,
  bytes: Uint8Array,
  at: number,
  end: number,
): 'good' | 'protocol' | 'malformed' {
  into.src = src;
  into.dst = dst;
  into.isReply = false;
  if (protocol === PROTOCOL.TCP) {
    if (end - at < TCP_HEADER) return 'malformed';
    into.kind = KIND.TCP;
    into.flags = readUint8(bytes, at + 13);
  } else if (protocol === PROTOCOL.UDP) {
    if (end - at < UDP_HEADER) return 'malformed';
    into.kind = KIND.UDP;
  } else if (protocol === PROTOCOL.ICMP) return readEcho(into, bytes, at, end);
  else return 'protocol';
  into.srcPort = readUint16(bytes, at);
  into.dstPort = readUint16(bytes, at + 2);
  return 'good';
}

function readEcho(into: Flow, bytes: Uint8Array, at: number, end: number): 'good' | 'protocol' | 'malformed' {
  if (end - at < ICMP_HEADER) return 'malformed';
  const type = readUint8(bytes, at);
  if (type !== ICMP_TYPE.ECHO_REQUEST && type !== ICMP_TYPE.ECHO_REPLY) return 'protocol';
  into.kind = KIND.ICMP;
  into.isReply = type === ICMP_TYPE.ECHO_REPLY;
  const identifier = readUint16(bytes, at + 4);
  into.srcPort = into.isReply ? 0 : identifier;
  into.dstPort = into.isReply ? identifier : 0;
  return 'good';
}

/** The same of the start of a packet that an ICMP error quotes, 8 bytes of its payload at least. */
export function readQuotedFlow(
  into: Flow,
  protocol: number,
  src: number,
  dst: number,
  bytes: Uint8Array,
  at: number,
  end: number,
): 'good' | 'protocol' | 'malformed' {
  if (protocol === PROTOCOL.ICMP) {
    into.src = src;
    into.dst = dst;
    return readEcho(into, bytes, at, end);
  }
  if (protocol !== PROTOCOL.TCP && protocol !== PROTOCOL.UDP) return 'protocol';
  into.src = src;
  into.dst = dst;
  into.isReply = false;
  into.kind = protocol === PROTOCOL.TCP ? KIND.TCP : KIND.UDP;
  into.srcPort = readUint16(bytes, at);
  into.dstPort = readUint16(bytes, at + 2);
  return 'good';
}
