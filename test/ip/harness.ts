import { VirtualClock } from '../../src/clock/virtual-clock';
import type { IpHost, IpOptions } from '../../src/ip/host';
import type { Interface, InterfaceConfig } from '../../src/ip/interface';
import { Ip } from '../../src/ip/ip';
import type { Path } from '../../src/ip/paths';
import type { Datagram, IcmpReport, ProtocolHandler } from '../../src/ip/protocol';
import type { IpTraceEvent } from '../../src/ip/trace';
import { PacketLink } from '../../src/link/packets';
import { requireIpv4Address } from '../../src/wire/address';
import { ARP_REPLY, ARP_REQUEST, emitArp, parseArp, type ArpPacket } from '../../src/wire/arp';
import { WireError } from '../../src/wire/error';
import { emitEthernet, ETHERTYPE, parseEthernet } from '../../src/wire/ethernet';
import { emitIcmp, parseIcmp, type IcmpMessage } from '../../src/wire/icmp';
import { emitIpv4, parseIpv4, PROTOCOL, type Ipv4Packet } from '../../src/wire/ipv4';
import { parseIpv6 } from '../../src/wire/ipv6';
import { ordinaryPacket } from '../support/packets';

export const OUR_MAC = '02:00:00:00:00:02';
export const PEER_MAC = '02:00:00:00:00:01';
export const BROADCAST = 'ff:ff:ff:ff:ff:ff';
export const NO_MAC = '00:00:00:00:00:00';
export const US = '10.9.0.2';
export const PEER = '10.9.0.1';

/** A protocol number of our own, so that nothing else answers. */
export const TEST_PROTOCOL = 253;

/** Unwraps what a test knows to be good. */
export function good<T>(value: T | WireError | string | undefined): T {
  if (value === undefined || typeof value === 'string' || value instanceof WireError) {
    throw new Error(`not good: ${String(value)}`);
  }
  return value;
}

/** A stack's host for the IP layer alone: virtual time, counters, a small seeded generator, and every event. */
export class TestHost implements IpHost {
  readonly clock: VirtualClock;
  readonly counters: Record<string, number> = {};
  readonly events: IpTraceEvent[] = [];
  trace: IpHost['trace'] = (event) => {
    this.events.push(event);
  };
  #random: number;

  constructor(clock = new VirtualClock(), seed = 1) {
    this.clock = clock;
    this.#random = seed;
  }

  random32(): number {
    this.#random = (Math.imul(this.#random, 1664525) + 1013904223) >>> 0;
    return this.#random;
  }

  count(counter: string): void {
    this.counters[counter] = (this.counters[counter] ?? 0) + 1;
  }
}

/** Remembers what a protocol was told. */
export class Recorder implements ProtocolHandler {
  readonly received: Datagram[] = [];
  readonly reports: IcmpReport[] = [];

  receive(datagram: Datagram): void {
    this.received.push(datagram);
  }

  error(report: IcmpReport): void {
    this.reports.push(report);
  }
}

/** One host on one wire, which the test plays: frames that go out are written down as text with their times in ms. */
export class Wire {
  readonly host = new TestHost();
  readonly clock = this.host.clock;
  readonly ip: Ip;
  readonly link: PacketLink;
  readonly interface: Interface;
  readonly protocol = new Recorder();
  /** Every frame that went out, and the same as text. */
  readonly sent: Uint8Array[] = [];
  #log: string[] = [];

  constructor(medium: 'ethernet' | 'ip' = 'ethernet', config: Partial<InterfaceConfig> = {}, options: IpOptions = {}) {
    this.ip = new Ip(this.host, options);
    this.link = new PacketLink({ medium, name: 'wire' });
    this.link.onPacket = (packet) => {
      this.sent.push(packet);
      this.#log.push(`${this.clock.now() / 1000} ${this.#describe(packet)}`);
    };
    const mac = medium === 'ethernet' ? { mac: OUR_MAC, announce: false } : {};
    this.interface = this.ip.attach(this.link, { address: `${US}/24`, ...mac, ...config });
    this.ip.protocol(TEST_PROTOCOL, this.protocol);
  }

  /** What went out since the last call. */
  log(): string[] {
    const log = this.#log;
    this.#log = [];
    return log;
  }

  path(remote: string, local?: string): Path {
    return good<Path>(
      this.ip.path(requireIpv4Address(remote), local === undefined ? local : requireIpv4Address(local)),
    );
  }

  /** Sends eight bytes or more of our own protocol. */
  send(remote: string, text = 'datagram'): boolean {
    return this.ip.send(this.path(remote), TEST_PROTOCOL, [new TextEncoder().encode(text)]);
  }

  /** The peer sends an IP packet. */
  receive(packet: Partial<Ipv4Packet>, to = OUR_MAC): void {
    this.receiveBytes(ipv4(packet), to);
  }

  receiveBytes(packet: Uint8Array, to = OUR_MAC): void {
    this.link.inject(this.link.medium === 'ip' ? packet : ethernet(ETHERTYPE.IPV4, packet, to));
  }

  receiveIcmp(message: IcmpMessage, packet: Partial<Ipv4Packet> = {}, to = OUR_MAC): void {
    this.receive({ protocol: PROTOCOL.ICMP, payload: emitIcmp(message), ...packet }, to);
  }

  /** The peer sends an ARP packet. */
  receiveArp(packet: Partial<ArpPacket>, to = BROADCAST): void {
    this.link.inject(ethernet(ETHERTYPE.ARP, arp(packet), to));
  }

  /** The peer answers our question. */
  isAt(address = PEER, mac = PEER_MAC): void {
    const target = { targetMac: OUR_MAC, targetAddress: US };
    this.receiveArp({ operation: ARP_REPLY, senderMac: mac, senderAddress: address, ...target }, OUR_MAC);
  }

  /** The states that a neighbour went through, as the trace has them. */
  neighbourStates(address = PEER): string[] {
    return this.host.events.flatMap((event) =>
      event.type === 'neighbour' && event.address === address ? [`${event.time / 1000} ${event.state}`] : [],
    );
  }

  #describe(bytes: Uint8Array): string {
    if (this.link.medium === 'ip') return describeIpv4(bytes);
    const { dst, type, payload } = good(parseEthernet(bytes));
    const to = dst === BROADCAST ? 'everybody' : dst;
    return `${type === ETHERTYPE.ARP ? describeArp(payload) : describeIpv4(payload)} → ${to}`;
  }
}

export function arp(packet: Partial<ArpPacket>): Uint8Array {
  return emitArp({
    operation: ARP_REQUEST,
    senderMac: PEER_MAC,
    senderAddress: PEER,
    targetMac: NO_MAC,
    targetAddress: US,
    ...packet,
  });
}

export function ethernet(type: number, payload: Uint8Array, dst = OUR_MAC, tags: number[] = []): Uint8Array {
  return emitEthernet({ dst, src: PEER_MAC, type, tags, payload });
}

export function ipv4(packet: Partial<Ipv4Packet>): Uint8Array {
  return emitIpv4(
    ordinaryPacket({
      identification: 7,
      dontFragment: false,
      protocol: TEST_PROTOCOL,
      src: PEER,
      dst: US,
      payload: new TextEncoder().encode('datagram'),
      ...packet,
    }),
  );
}

/** The ICMP message in a frame of an Ethernet. */
export function icmpIn(frame: Uint8Array | undefined): IcmpMessage {
  const { payload } = good(parseEthernet(good(frame)));
  return good(parseIcmp(good(parseIpv4(payload)).payload));
}

function describeArp(bytes: Uint8Array): string {
  const packet = good(parseArp(bytes));
  if (packet.operation === ARP_REQUEST) return `who-has ${packet.targetAddress} tell ${packet.senderAddress}`;
  return `${packet.senderAddress} is-at ${packet.senderMac}`;
}

function describeIpv4(bytes: Uint8Array): string {
  if ((bytes[0] ?? 0) >>> 4 === 6) {
    const { src, dst, protocol } = good(parseIpv6(bytes));
    return `${src} > ${dst} protocol ${protocol}`;
  }
  const { src, dst, protocol, payload } = good(parseIpv4(bytes));
  if (protocol !== PROTOCOL.ICMP) return `${src} > ${dst} ${new TextDecoder().decode(payload)}`;
  const message = good(parseIcmp(payload));
  const code = 'code' in message ? ` ${message.code}` : '';
  return `${src} > ${dst} ${message.type}${code}`;
}
