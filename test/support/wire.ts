import { VirtualClock } from '../../src/clock/virtual-clock';
import { CHECKED } from '../../src/link/link';
import { PacketLink } from '../../src/link/packets';
import { Stack } from '../../src/stack';
import type { IpOptions } from '../../src/ip/host';
import type { TcpOptions } from '../../src/stack/tcp-options';
import type { Endpoint } from '../../src/tcp/user';
import type { TraceEvent } from '../../src/trace';
import { WireError } from '../../src/wire/error';
import { emitIcmp, type IcmpMessage } from '../../src/wire/icmp';
import { emitIpv4, parseIpv4, PROTOCOL, type Ipv4Packet } from '../../src/wire/ipv4';
import { isSourceRoute, parseIpv4Options } from '../../src/wire/ipv4-options';
import { parseTcp } from '../../src/wire/tcp';
import { OffloadLink } from './offload-link';
import { ordinaryPacket } from './packets';
import { Watch } from './simulation-watch';

export interface WireOptions {
  readonly local: Endpoint;
  readonly remote: Endpoint;
  /** Our initial sequence number towards `remote`, if the test cares. */
  readonly isn: number | undefined;
  readonly tcp: TcpOptions;
  readonly ip: IpOptions | undefined;
  readonly mtu: number | undefined;
  readonly offload: boolean | undefined;
}

/** A packet that the stack sent, and when (µs from the start). */
interface Sent {
  readonly time: number;
  readonly packet: Ipv4Packet;
  /** For people. */
  readonly text: string;
}

const SEED = 9293;
const PREFIX = 24;
/** How many packets a failure shows. */
const SHOWN = 40;

/** A stack in virtual time whose one link the test holds, and all that has gone over that link. */
export class Wire {
  readonly stack: Stack;
  readonly clock: VirtualClock;
  readonly link: PacketLink;
  readonly trace: TraceEvent[] = [];
  /** The last packet that went out. */
  last: Ipv4Packet | undefined;
  /** The peers see every packet that goes by, the last one first. One whose connection it belongs to describes it. */
  readonly peers: { sees(packet: Ipv4Packet): string | undefined }[] = [];
  /** The clock's time when the script starts. */
  readonly start: number;
  private readonly log: string[] = [];
  private pending: Sent[] = [];

  constructor(private readonly options: WireOptions) {
    this.start = options.isn === undefined ? 0 : startFor(options, options.isn);
    const { stack, clock, link } = build(options, this.start);
    this.stack = stack;
    this.clock = clock;
    this.link = link;
    const watch = new Watch('us');
    stack.observe((event) => {
      this.trace.push(event);
      watch.event(event);
    });
    link.onPacket = (bytes) => {
      this.take(bytes);
    };
  }

  get now(): number {
    return this.clock.now() - this.start;
  }

  advanceTo(time: number): void {
    this.clock.advanceTo(this.start + time);
  }

  /** Packets with these payloads arrive together. */
  inject(...packets: (Partial<Ipv4Packet> & { readonly payload: Uint8Array })[]): void {
    this.link.inject(this.coming(packets));
  }

  /** The same, each put together by our device from segments of `segmentSize`. */
  injectJoined(segmentSize: number, ...packets: (Partial<Ipv4Packet> & { readonly payload: Uint8Array })[]): void {
    if (!(this.link instanceof OffloadLink)) throw new Error('a script with a device that joins needs `offload`');
    this.link.injectJoined(this.coming(packets), CHECKED | segmentSize);
  }

  private coming(packets: readonly (Partial<Ipv4Packet> & { readonly payload: Uint8Array })[]): Uint8Array[] {
    return packets.map((fields) => {
      const packet = this.packet(fields);
      this.note('<', this.describe(packet));
      return emitIpv4(packet);
    });
  }

  /** What our device is to cut the packet into that goes by; 0: it is whole. */
  get segmentSize(): number {
    return this.link instanceof OffloadLink ? this.link.segmentSize : 0;
  }

  injectIcmp(message: IcmpMessage, from: string): void {
    this.inject({ protocol: PROTOCOL.ICMP, src: from, payload: emitIcmp(message) });
  }

  /** The next packet that went out, which must be from just now. */
  next(expected: string): Ipv4Packet {
    const sent = this.pending.shift();
    if (sent === undefined) return this.fail(`expected  ${expected}`, 'but nothing was sent');
    if (sent.time !== this.now) {
      this.fail(`expected  ${expected}  now`, `but sent  ${sent.text}  at ${seconds(sent.time)}`);
    }
    return sent.packet;
  }

  expectNothing(): void {
    const [sent] = this.pending;
    if (sent === undefined) return;
    this.pending = [];
    this.fail('expected nothing more', `but sent  ${sent.text}  at ${seconds(sent.time)}`);
  }

  skip(): void {
    this.pending = [];
  }

  /** Ends the test with what was expected, what happened, and the script so far. */
  fail(expected: string, actual: string): never {
    const error = new Error(`at ${seconds(this.now)}\n  ${expected}\n  ${actual}${this.transcript}`);
    // The line of the test is what counts.
    error.stack = error.stack?.replace(/\n.*\/test\/support\/.*/g, '');
    throw error;
  }

  /** What has gone over the link, for people. */
  get transcript(): string {
    const last = this.log.slice(-SHOWN);
    const before = this.log.length > SHOWN ? `… ${this.log.length - SHOWN} before\n` : '';
    return `\n\nthe script so far (< came in, > went out):\n${before}${last.join('\n')}`;
  }

  private packet(fields: Partial<Ipv4Packet> & { readonly payload: Uint8Array }): Ipv4Packet {
    const { local, remote } = this.options;
    return ordinaryPacket({ protocol: PROTOCOL.TCP, src: remote.address, dst: local.address, ...fields });
  }

  private take(bytes: Uint8Array): void {
    const packet = parseIpv4(bytes);
    if (packet instanceof WireError) throw new Error(`the stack sent a packet that is none: ${packet.message}`);
    this.last = packet;
    // The peers care for where it goes in the end.
    const seen = { ...packet, dst: finalDestination(packet) };
    const text = this.describe(seen);
    this.note('>', text);
    this.pending.push({ time: this.now, packet: seen, text });
  }

  private describe(packet: Ipv4Packet): string {
    for (const peer of this.peers) {
      const text = peer.sees(packet);
      if (text !== undefined) return text;
    }
    return `protocol ${packet.protocol}, ${packet.payload.length} octets from ${packet.src} to ${packet.dst}`;
  }

  private note(direction: '<' | '>', text: string): void {
    this.log.push(`${seconds(this.now).padStart(14)}  ${direction} ${text}`);
  }
}

/**
 * The time at which our ISN towards the peer is `isn`: ISN = M + F(…), M goes up by one every 4 µs, and F is the same for the same
 * seed. So a stack that starts at 0 tells how long to wait.
 */
function startFor(options: WireOptions, isn: number): number {
  const { stack, link } = build(options, 0);
  let first = 0;
  link.onPacket = (bytes) => {
    const packet = parseIpv4(bytes);
    const syn = packet instanceof WireError ? packet : parseTcp(packet.payload);
    if (!(syn instanceof WireError)) first = syn.seq;
  };
  stack.tcp.open({ local: options.local, remote: options.remote });
  return ((isn - first) >>> 0) * 4;
}

function build(
  { local, tcp, ip = {}, mtu, offload = false }: WireOptions,
  start: number,
): { stack: Stack; clock: VirtualClock; link: PacketLink } {
  const clock = new VirtualClock(start);
  const stack = new Stack({ clock, seed: SEED, tcp, ip });
  const link = new (offload ? OffloadLink : PacketLink)(mtu === undefined ? {} : { mtu });
  stack.attach(link, { address: `${local.address}/${PREFIX}`, gateway: '10.9.0.254' });
  return { stack, clock, link };
}

/** With a source route a packet's header names only the next hop. */
function finalDestination({ dst, options }: Ipv4Packet): string {
  const parsed = parseIpv4Options(options);
  const route = parsed instanceof WireError ? undefined : parsed.find(isSourceRoute);
  return route?.route.at(-1) ?? dst;
}

/** 1_500_000 as `1.500000 s`. */
function seconds(time: number): string {
  return `${(time / 1_000_000).toFixed(6)} s`;
}
