import { ARP_REQUEST } from '../wire/arp';
import { FLAG, type TcpSegment } from '../wire/tcp';
import { UNREACHABLE } from '../wire/icmp';
import { UNREACHABLE6 } from '../wire/icmpv6';
import { macOf } from '../ip/ndp/ndp';
import type { ArpEvent, IcmpEvent, NdpEvent } from '../ip/trace';
import { formatAddress, formatMac } from '../wire/address';
import type { Reading } from './conversation';
import type { Glyphs } from './drawing';
import type { Words } from './lang';
import type { Part } from './layout';

const NAMES = ['SYN', 'FIN', 'RST', 'PSH', 'URG', 'ACK', 'ECE', 'CWR', 'AE'] as const;

/** The control bits by their names: `SYN-ACK`. */
export function flagNames(flags: number): string {
  const names = NAMES.filter((name) => flags & FLAG[name]);
  return names.length === 0 ? 'no flags' : names.join('-');
}

/** What is written on a segment's arrow. */
export function partsOfSegment(segment: TcpSegment, reading: Reading, glyphs: Glyphs): Part[] {
  const { flags } = segment;
  const { length } = reading;
  const parts: Part[] = [];
  if (reading.again) parts.push({ text: glyphs.again, rank: 2 });
  parts.push({ text: flagNames(flags), rank: 0 });
  // A bare ACK has a sequence number too, but says nothing by it.
  const numbered = length > 0 || (flags & (FLAG.SYN | FLAG.FIN | FLAG.RST)) !== 0 || isProbe(reading);
  if (numbered) parts.push({ text: `seq ${reading.seq}`, rank: 1 });
  if (length > 0) parts.push({ text: `len ${length}`, rank: 1 });
  if (reading.ack !== undefined) parts.push({ text: `ack ${reading.ack}`, rank: 1 });
  if (windowMatters(reading)) parts.push({ text: `win ${reading.window}`, rank: 1 });
  if (reading.urgent) parts.push({ text: `urg ${segment.urgent}`, rank: 2 });
  return [...parts, ...partsOfOptions(segment, reading)];
}

function isProbe({ purpose }: Reading): boolean {
  return purpose === 'keep-alive' || purpose === 'window-probe';
}

function windowMatters({ purpose }: Reading): boolean {
  return purpose === 'zero-window' || purpose === 'window-update';
}

function partsOfOptions({ flags, options }: TcpSegment, { sack }: Reading): Part[] {
  const parts: Part[] = [];
  if (sack.length > 0)
    parts.push({ text: `sack ${sack.map(([left, right]) => `${left}:${right}`).join(' ')}`, rank: 3 });
  for (const option of options) {
    if (option.kind === 'user-timeout') parts.push({ text: `uto ${option.value}${option.unit}`, rank: 4 });
    // Nearly every segment has timestamps: after the handshake they tell nothing.
    if (!(flags & FLAG.SYN)) continue;
    if (option.kind === 'mss') parts.push({ text: `mss ${option.mss}`, rank: 3 });
    if (option.kind === 'window-scale') parts.push({ text: `wscale ${option.shift}`, rank: 4 });
    if (option.kind === 'sack-permitted') parts.push({ text: 'sackOK', rank: 5 });
    if (option.kind === 'timestamps') parts.push({ text: 'TS', rank: 6 });
    if (option.kind === 'fast-open') parts.push({ text: 'TFO', rank: 4 });
  }
  // The options in the order of their rank, whatever order they were sent in.
  return parts.sort((a, b) => a.rank - b.rank);
}

/** What is written on the arrow of something that is no segment, and what it says. */
export interface Short {
  readonly parts: readonly Part[];
  readonly words: string;
}

export function shortOfArp({ packet }: ArpEvent, words: Words): Short {
  const asks = packet.operation === ARP_REQUEST;
  // A request for one's own address asks nobody (RFC 5227 §2.3).
  if (packet.senderAddress === packet.targetAddress) {
    return { parts: [{ text: 'ARP announcement', rank: 0 }], words: words.iAm(packet.senderAddress) };
  }
  return {
    parts: [{ text: asks ? 'ARP request' : 'ARP reply', rank: 0 }],
    words: asks ? words.whoHas(packet.targetAddress) : words.iHave(packet.senderMac),
  };
}

/** `undefined` for messages of which nobody in a conversation would speak. */
export function shortOfNdp({ message, src }: NdpEvent, words: Words): Short | undefined {
  const on = (text: string, said: string): Short => ({ parts: [{ text: `NDP ${text}`, rank: 0 }], words: said });
  switch (message.type) {
    case 'neighbor-solicitation':
      return on('solicitation', words.whoHas(formatAddress(message.target)));
    case 'neighbor-advertisement': {
      const mac = macOf(message.options, 'target-link-layer-address');
      const said =
        message.solicited && mac !== undefined ? words.iHave(formatMac(mac)) : words.iAm(formatAddress(message.target));
      return on('advertisement', said);
    }
    case 'router-advertisement':
      return on('router advertisement', words.iAm(src));
    case 'router-solicitation':
    case 'redirect':
      return undefined;
  }
}

/** `undefined` for messages of which nobody in a conversation would speak. */
export function shortOfIcmp({ message, version }: IcmpEvent, words: Words): Short | undefined {
  const name = version === 4 ? 'ICMP' : 'ICMPv6';
  const on = (text: string, said: string): Short => ({ parts: [{ text: `${name} ${text}`, rank: 0 }], words: said });
  switch (message.type) {
    case 'echo-request':
      return on(`echo request  seq ${message.sequence}`, words.ping(message.sequence));
    case 'echo-reply':
      return on(`echo reply  seq ${message.sequence}`, words.pong(message.sequence));
    case 'destination-unreachable':
      return on('destination unreachable', words.cannotReach(whatCannotBeReached(message.code, version)));
    case 'packet-too-big':
      return on(`packet too big  mtu ${message.mtu}`, words.cannotReach('fragmentation'));
    case 'time-exceeded':
      return on('time exceeded', words.tookTooLong);
    case 'parameter-problem':
      return on('parameter problem', words.badHeader);
    case 'source-quench':
    case 'unknown':
      return undefined;
  }
}

function whatCannotBeReached(code: number, version: 4 | 6): Parameters<Words['cannotReach']>[0] {
  if (version === 6) {
    if (code === UNREACHABLE6.NO_ROUTE) return 'network';
    if (code === UNREACHABLE6.ADDRESS) return 'host';
    return code === UNREACHABLE6.PORT ? 'port' : 'other';
  }
  switch (code) {
    case UNREACHABLE.NET:
      return 'network';
    case UNREACHABLE.HOST:
      return 'host';
    case UNREACHABLE.PROTOCOL:
      return 'protocol';
    case UNREACHABLE.PORT:
      return 'port';
    case UNREACHABLE.FRAGMENTATION_NEEDED:
      return 'fragmentation';
    default:
      return 'other';
  }
}
