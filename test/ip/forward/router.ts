import type { IpOptions } from '../../../src/ip/host';
import type { Interface, InterfaceConfig } from '../../../src/ip/interface';
import { Ip } from '../../../src/ip/ip';
import { copyFrame } from '../../../src/link/frames';
import {
  NO_OFFLOAD,
  type Frame,
  type FrameBatch,
  type FrameInfo,
  type FrameWork,
  type Link,
  type Offload,
} from '../../../src/link/link';
import { formatIpv4Address, requireIpv4Address } from '../../../src/wire/address';
import { sum } from '../../../src/wire/checksum';
import { emitIcmp, parseIcmp, type IcmpMessage } from '../../../src/wire/icmp';
import { emitIpv4, PROTOCOL, viewIpv4, type Ipv4Packet, type Ipv4View } from '../../../src/wire/ipv4';
import { emitTcp, FLAG, formatFlags, tcpChecksumIsGood, viewTcp } from '../../../src/wire/tcp';
import { emitUdp, udpChecksumIsGood, viewUdp } from '../../../src/wire/udp';
import { ordinaryPacket } from '../../support/packets';
import { good, TestHost } from '../harness';

/** A frame that left, and what the link was to do with it. */
export interface Sent {
  readonly link: string;
  readonly packet: Uint8Array;
  readonly work: FrameWork | undefined;
}

/** A link of IP packets that keeps what is sent, and may do a network card's work. */
class TestLink implements Link {
  readonly medium = 'ip';
  onReceive: (batch: FrameBatch, info?: ArrayLike<FrameInfo>) => void = () => undefined;
  onDrain: () => void = () => undefined;

  constructor(
    readonly name: string,
    readonly mtu: number,
    readonly offload: Offload,
    readonly sent: Sent[],
  ) {}

  send(frame: Frame, work?: FrameWork): boolean {
    this.sent.push({ link: this.name, packet: copyFrame(frame), work: work && { ...work } });
    return true;
  }

  close(): Promise<void> {
    return Promise.resolve();
  }
}

/** A router whose every wire the test plays. */
export class Router {
  readonly host = new TestHost();
  readonly clock = this.host.clock;
  readonly ip: Ip;
  readonly #links = new Map<string, TestLink>();
  #sent: Sent[] = [];

  constructor(options: IpOptions = {}) {
    this.ip = new Ip(this.host, { forward: true, ...options });
  }

  attach(name: string, config: InterfaceConfig, mtu = 1500, offload: Offload = NO_OFFLOAD): Interface {
    const link = new TestLink(name, mtu, offload, this.#sent);
    this.#links.set(name, link);
    return this.ip.attach(link, config);
  }

  get forwarding(): NonNullable<Ip['forwarding']> {
    return good(this.ip.forwarding);
  }

  /** A packet comes in; returns what went out. */
  receive(link: string, packet: Uint8Array, info: FrameInfo = 0): Sent[] {
    this.#sent.length = 0;
    this.#links.get(link)?.onReceive([new Uint8Array(packet)], [info]);
    return [...this.#sent];
  }

  /** What went out since the last packet came in, by timers too. */
  sentSince(): Sent[] {
    return [...this.#sent];
  }

  /** What goes out when a packet comes in, in words. */
  told(link: string, packet: Uint8Array, info: FrameInfo = 0): string[] {
    return this.receive(link, packet, info).map(describeSent);
  }
}

/** An inner network on `in`, another one on `dmz`, and the world on `out`, where our address stands for all. */
export function natRouter(options: IpOptions = {}, config: Partial<InterfaceConfig> = {}): Router {
  const router = new Router(options);
  router.attach('in', { address: '10.0.0.1/24' });
  router.attach('out', { address: '192.0.2.1/24', gateway: '192.0.2.254', masquerade: true, ...config });
  return router;
}

type PacketFields = Partial<Ipv4Packet>;

export function udp(from: string, to: string, text = 'datagram', fields: PacketFields = {}): Uint8Array {
  const [src, srcPort] = split(from);
  const [dst, dstPort] = split(to);
  const pseudo = { src: requireIpv4Address(src), dst: requireIpv4Address(dst) };
  const payload = emitUdp({ srcPort, dstPort, payload: new TextEncoder().encode(text) }, pseudo);
  return packet({ protocol: PROTOCOL.UDP, src, dst, payload, ...fields });
}

export function tcp(
  from: string,
  to: string,
  flags: keyof typeof FLAG | readonly (keyof typeof FLAG)[],
  length = 0,
  fields: PacketFields = {},
): Uint8Array {
  const [src, srcPort] = split(from);
  const [dst, dstPort] = split(to);
  const pseudo = { src: requireIpv4Address(src), dst: requireIpv4Address(dst) };
  const all = typeof flags === 'string' ? [flags] : flags;
  const bits = all.reduce((sum, flag) => sum | FLAG[flag], 0);
  const data = { payload: new Uint8Array(length).fill(7), options: [] };
  const payload = emitTcp(
    { srcPort, dstPort, seq: 1000, ack: 2000, flags: bits, window: 500, urgent: 0, ...data },
    pseudo,
  );
  return packet({ protocol: PROTOCOL.TCP, src, dst, payload, ...fields });
}

export function icmp(src: string, dst: string, message: IcmpMessage, fields: PacketFields = {}): Uint8Array {
  return packet({ protocol: PROTOCOL.ICMP, src, dst, payload: emitIcmp(message), ...fields });
}

export function echo(src: string, dst: string, identifier: number, fields: PacketFields = {}): Uint8Array {
  return icmp(src, dst, { type: 'echo-request', identifier, sequence: 1, data: new Uint8Array(8) }, fields);
}

export function echoReply(src: string, dst: string, identifier: number): Uint8Array {
  return icmp(src, dst, { type: 'echo-reply', identifier, sequence: 1, data: new Uint8Array(8) });
}

export function packet(fields: Parameters<typeof ordinaryPacket>[0]): Uint8Array {
  return emitIpv4(ordinaryPacket(fields));
}

function split(end: string): [string, number] {
  const [address = '', port = '0'] = end.split(':');
  return [address, Number(port)];
}

function describeSent({ link, packet: bytes, work }: Sent): string {
  return `${link}: ${describe(bytes, work === undefined)}`;
}

/** `10.0.0.2:5000 > 192.0.2.9:53 udp ttl 63`, and what is wrong with it. */
export function describe(bytes: Uint8Array, filled = true): string {
  const view = good(viewIpv4(bytes));
  const wrong = view.checksumIsGood() ? '' : ' bad IP checksum';
  const [what, src, dst] = transport(view, filled);
  return `${formatIpv4Address(view.src)}${src} > ${formatIpv4Address(view.dst)}${dst} ${what} ttl ${view.ttl}${wrong}`;
}

function transport(view: Ipv4View, filled: boolean): [string, string, string] {
  const { src, dst, payload } = view;
  if (view.moreFragments || view.fragmentOffset > 0)
    return [`fragment ${view.fragmentOffset}+${payload.length}`, '', ''];
  if (view.protocol === PROTOCOL.UDP) {
    const datagram = good(viewUdp(payload));
    const wrong = !filled || udpChecksumIsGood(datagram, src, dst) ? '' : ' bad UDP checksum';
    return [`udp${wrong}`, `:${datagram.srcPort}`, `:${datagram.dstPort}`];
  }
  if (view.protocol === PROTOCOL.TCP) {
    const segment = good(viewTcp(payload));
    const wrong = !filled || tcpChecksumIsGood(segment, src, dst) ? '' : ' bad TCP checksum';
    const ports = [`:${segment.srcPort}`, `:${segment.dstPort}`] as const;
    return [`tcp ${formatFlags(segment.flags)}${wrong}`, ...ports];
  }
  if (view.protocol !== PROTOCOL.ICMP) return [`protocol ${view.protocol}`, '', ''];
  const message = good(parseIcmp(payload));
  const wrong = sum(payload) === 0xffff ? '' : ' bad ICMP checksum';
  if (message.type === 'unknown') return [`icmp ${message.icmpType}${wrong}`, '', ''];
  if ('identifier' in message) return [`${message.type} ${message.identifier}${wrong}`, '', ''];
  const code = 'code' in message ? ` ${message.code}` : '';
  const mtu = 'nextHopMtu' in message && message.nextHopMtu > 0 ? ` mtu ${message.nextHopMtu}` : '';
  return [`${message.type}${code}${mtu}${wrong} about (${quoted(message.quoted)})`, '', ''];
}

function quoted(bytes: Uint8Array): string {
  const view = new Uint8Array(bytes);
  const length = ((view[2] ?? 0) << 8) | (view[3] ?? 0);
  // What was cut off does not matter to what is shown, but for the checksum, which is not looked at then.
  if (view.length >= length) return describe(view);
  const whole = new Uint8Array(length);
  whole.set(view);
  if (view[9] === PROTOCOL.TCP) whole[32] = 0x50;
  return describe(whole, false).replace(' bad ICMP checksum', '');
}
