import { PacketLink } from '../../src/link/packets';
import { formatIpv4Address, parseIpv4Address } from '../../src/wire/address';
import { emitIpv4, IPV4_HEADER, PROTOCOL } from '../../src/wire/ipv4';
import { emitTcp, FLAG } from '../../src/wire/tcp';
import type { TcpOption } from '../../src/wire/tcp-options';

/** Where the stack is, and the port on which it listens. */
export const STACK = { address: '10.0.0.1', network: '10.0.0.1/8', port: 80 };

const PORTS_OF_ONE = 50_000;
const FIRST_PORT = 10_000;
const ISS = 3_000_000_000;
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

  syn(caller: Caller, now: number): Uint8Array {
    const options: TcpOption[] = [
      { kind: 'mss', mss: 1460 },
      { kind: 'sack-permitted' },
      { kind: 'timestamps', value: now, echo: 0 },
      { kind: 'nop' },
      { kind: 'window-scale', shift: 7 },
    ];
    const packet = this.packet(caller, FLAG.SYN, options, NO_BYTES);
    caller.seq = (caller.seq + 1) >>> 0;
    return packet;
  }

  segment(caller: Caller, flags: number, now: number, payload: Uint8Array = NO_BYTES): Uint8Array {
    const nop: TcpOption = { kind: 'nop' };
    const stamp: TcpOption = { kind: 'timestamps', value: now, echo: caller.echo };
    const packet = this.packet(caller, flags | FLAG.ACK, [nop, nop, stamp], payload);
    caller.seq = (caller.seq + payload.length + (flags & FLAG.FIN ? 1 : 0)) >>> 0;
    return packet;
  }

  forget({ address, port }: Caller): void {
    this.callers.delete(address * 65_536 + port);
  }

  private packet(caller: Caller, flags: number, options: readonly TcpOption[], payload: Uint8Array): Uint8Array {
    const { address: src, port: srcPort, seq, ack } = caller;
    const fields = { srcPort, dstPort: STACK.port, seq, ack, flags, window: 65_535, urgent: 0, options, payload };
    return emitIpv4({
      dscp: 0,
      ecn: 0,
      identification: 0,
      dontFragment: true,
      moreFragments: false,
      fragmentOffset: 0,
      ttl: 64,
      options: NO_BYTES,
      protocol: PROTOCOL.TCP,
      src: formatIpv4Address(src),
      dst: STACK.address,
      payload: emitTcp(fields, { src, dst: this.stack }),
    });
  }

  private takeIn(packet: Uint8Array): void {
    const view = new DataView(packet.buffer, packet.byteOffset, packet.byteLength);
    const caller = this.callers.get(view.getUint32(16) * 65_536 + view.getUint16(IPV4_HEADER + 2));
    if (caller === undefined) return;
    const flags = view.getUint8(IPV4_HEADER + 13);
    const header = (view.getUint8(IPV4_HEADER + 12) >> 4) * 4;
    const occupies = packet.length - IPV4_HEADER - header + (flags & FLAG.SYN ? 1 : 0) + (flags & FLAG.FIN ? 1 : 0);
    caller.ack = (view.getUint32(IPV4_HEADER + 4) + occupies) >>> 0;
    // The SYN,ACK's stands behind MSS and SACK-permitted, every other segment's behind two NOPs.
    if (header > 20) caller.echo = view.getUint32(IPV4_HEADER + (flags & FLAG.SYN ? 28 : 24));
  }
}
