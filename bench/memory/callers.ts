import { PacketLink } from '../../src/link/packets';
import { parseIpv4Address } from '../../src/wire/address';
import { PROTOCOL } from '../../src/wire/ipv4';
import { FLAG } from '../../src/wire/tcp';

/** Where the stack is, and the port on which it listens. */
export const STACK = { address: '10.0.0.1', network: '10.0.0.1/8', port: 80 };

const PORTS_OF_ONE = 50_000;
const FIRST_PORT = 10_000;
const ISS = 3_000_000_000;
/** Where in a packet TCP's header begins, and its options. */
const TCP = 20;
const OPTIONS = 40;
const NO_BYTES = new Uint8Array(0);

/** One peer's end of a connection, as little of it as a well-behaved exchange needs. */
export interface Caller {
  readonly address: number;
  readonly port: number;
  /** SND.NXT and RCV.NXT. */
  seq: number;
  ack: number;
  /** What to echo in timestamps. */
  echo: number;
}

/** Any number of peers behind a link without a wire: packets are made here, and what the stack answers is read here. */
export class Callers {
  readonly link = new PacketLink();
  /** Spent inside the stack, ms. */
  busy = 0;
  private readonly stack = parseIpv4Address(STACK.address) ?? 0;
  private readonly callers = new Map<number, Caller>();
  private answers: Uint8Array[] = [];

  constructor() {
    this.link.onPacket = (packet) => {
      this.answers.push(packet);
    };
  }

  /** The `index`-th caller. */
  caller(index: number): Caller {
    const address = (this.stack + 1 + Math.floor(index / PORTS_OF_ONE)) >>> 0;
    const port = FIRST_PORT + (index % PORTS_OF_ONE);
    const caller = { address, port, seq: ISS, ack: 0, echo: 0 };
    this.callers.set(address * 65_536 + port, caller);
    return caller;
  }

  /** Has the stack work, and takes its time. What it has sent is taken in by the callers. */
  run(work: () => void): void {
    const start = process.hrtime.bigint();
    work();
    this.busy += Number(process.hrtime.bigint() - start) / 1e6;
    const { answers } = this;
    this.answers = [];
    for (const packet of answers) this.takeIn(packet);
  }

  inject(packets: readonly Uint8Array[]): void {
    this.run(() => {
      this.link.inject(packets);
    });
  }

  /** A SYN with the options that everybody sends: MSS, SACK, timestamps, window scale. */
  syn(caller: Caller, now: number): Uint8Array {
    const packet = this.packet(caller, FLAG.SYN, 20, NO_BYTES);
    packet.setUint32(OPTIONS, 0x020405b4);
    packet.setUint32(OPTIONS + 4, 0x0402080a);
    packet.setUint32(OPTIONS + 8, now);
    packet.setUint32(OPTIONS + 16, 0x01030307);
    caller.seq = (caller.seq + 1) >>> 0;
    return this.finished(packet);
  }

  segment(caller: Caller, flags: number, now: number, payload: Uint8Array = NO_BYTES): Uint8Array {
    const packet = this.packet(caller, flags | FLAG.ACK, 12, payload);
    packet.setUint32(OPTIONS, 0x0101080a);
    packet.setUint32(OPTIONS + 4, now);
    packet.setUint32(OPTIONS + 8, caller.echo);
    caller.seq = (caller.seq + payload.length + (flags & FLAG.FIN ? 1 : 0)) >>> 0;
    return this.finished(packet);
  }

  forget({ address, port }: Caller): void {
    this.callers.delete(address * 65_536 + port);
  }

  private packet(caller: Caller, flags: number, options: number, payload: Uint8Array): DataView {
    const bytes = new Uint8Array(OPTIONS + options + payload.length);
    bytes.set(payload, OPTIONS + options);
    const packet = new DataView(bytes.buffer);
    packet.setUint16(0, 0x4500);
    packet.setUint16(2, bytes.length);
    packet.setUint32(4, 0x4000);
    packet.setUint16(8, 0x4006);
    packet.setUint32(12, caller.address);
    packet.setUint32(16, this.stack);
    packet.setUint16(TCP, caller.port);
    packet.setUint16(TCP + 2, STACK.port);
    packet.setUint32(TCP + 4, caller.seq);
    packet.setUint32(TCP + 8, caller.ack);
    packet.setUint16(TCP + 12, ((20 + options) << 10) | flags);
    packet.setUint16(TCP + 14, 65_535);
    return packet;
  }

  /** Both checksums are put in (RFC 9293 §3.1): the pseudo-header is the addresses, the protocol and the length. */
  private finished(packet: DataView): Uint8Array {
    const length = packet.byteLength;
    packet.setUint16(10, checksum(packet, 0, TCP, 0));
    packet.setUint16(TCP + 16, checksum(packet, 12, length, PROTOCOL.TCP + length - TCP));
    return new Uint8Array(packet.buffer);
  }

  private takeIn(packet: Uint8Array): void {
    const view = new DataView(packet.buffer, packet.byteOffset, packet.byteLength);
    const caller = this.callers.get(view.getUint32(16) * 65_536 + view.getUint16(TCP + 2));
    if (caller === undefined) return;
    const flags = view.getUint8(TCP + 13);
    const header = (view.getUint8(TCP + 12) >> 4) * 4;
    const occupies = packet.length - TCP - header + (flags & FLAG.SYN ? 1 : 0) + (flags & FLAG.FIN ? 1 : 0);
    caller.ack = (view.getUint32(TCP + 4) + occupies) >>> 0;
    // The SYN,ACK's stands behind MSS and SACK-permitted, every other segment's behind two NOPs.
    if (header > 20) caller.echo = view.getUint32(TCP + (flags & FLAG.SYN ? 28 : 24));
  }
}

/** The checksum (RFC 1071) of an even number of octets. */
function checksum(packet: DataView, from: number, to: number, initial: number): number {
  let sum = initial;
  for (let at = from; at < to; at += 2) sum += packet.getUint16(at);
  sum = (sum & 0xffff) + (sum >>> 16);
  return ~(sum + (sum >>> 16)) & 0xffff;
}
