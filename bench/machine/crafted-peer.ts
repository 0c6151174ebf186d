import { joinFrame, NO_OFFLOAD, type Frame, type FrameBatch, type Link } from '../../src/link/link';
import { writeUint16, writeUint32 } from '../../src/wire/bytes';
import { sum } from '../../src/wire/checksum';
import { WireError } from '../../src/wire/error';
import { IPV4_HEADER, parseIpv4, PROTOCOL } from '../../src/wire/ipv4';
import { pseudoHeaderSum } from '../../src/wire/pseudo-header';
import { emitTcp, FLAG, parseTcp, TCP_HEADER, type TcpSegment } from '../../src/wire/tcp';
import type { TcpOption } from '../../src/wire/tcp-options';

/** Timestamps and the two NOPs before them. */
const TIMESTAMPS = 12;
const HEADERS = IPV4_HEADER + TCP_HEADER + TIMESTAMPS;
/** 10.9.0.2, and the first of the peers, 10.10.0.0. */
export const LOCAL = 0x0a09_0002;
const FIRST_REMOTE = 0x0a0a_0000;
export const PORT = 80;
const PORTS_A_HOST = 100;
const ISS = 1000;
/** What the peers offer: 2048 << 7 octets. */
const WINDOW = 2048;
const SHIFT = 7;

/** A link that only counts what the stack sends. The last frame can be had. */
export class CountingLink implements Link {
  readonly name = 'counting';
  readonly medium = 'ip';
  readonly mtu = 1500;
  readonly offload = NO_OFFLOAD;
  onReceive: (batch: FrameBatch) => void = () => undefined;
  onDrain: () => void = () => undefined;
  sent = 0;
  /** While set, takes a copy of each frame. */
  take: ((packet: Uint8Array) => void) | undefined;
  private readonly batch: Uint8Array[] = [];

  inject(packet: Uint8Array): void {
    this.batch[0] = packet;
    this.onReceive(this.batch);
  }

  send(frame: Frame): boolean {
    this.sent += 1;
    if (this.take !== undefined) this.take(joinFrame(frame).slice());
    return true;
  }

  close(): Promise<void> {
    return Promise.resolve();
  }
}

/** Peers by the thousand, a few numbers each: they shake hands, and their segments are made ahead of the time that is measured. */
export class CraftedPeers {
  private readonly seq: Uint32Array;
  private readonly ack: Uint32Array;
  private readonly echo: Uint32Array;

  /** @param now the stack's time, µs: its clock and ours tick alike */
  constructor(
    readonly count: number,
    private readonly link: CountingLink,
    private readonly now: () => number,
  ) {
    this.seq = new Uint32Array(count);
    this.ack = new Uint32Array(count);
    this.echo = new Uint32Array(count);
  }

  /** The handshake with a stack that listens on `PORT`. */
  open(peer: number): void {
    let answer: TcpSegment | undefined;
    this.link.take = (packet) => {
      answer = segmentIn(packet);
    };
    this.link.inject(this.syn(peer));
    this.link.take = undefined;
    const stamp = answer?.options.find((option) => option.kind === 'timestamps');
    if (answer?.flags !== (FLAG.SYN | FLAG.ACK) || stamp?.kind !== 'timestamps')
      throw new Error('no SYN,ACK with timestamps came back');
    this.seq[peer] = ISS + 1;
    this.ack[peer] = answer.seq + 1;
    this.echo[peer] = stamp.value - this.ticks();
    this.link.inject(this.segment(peer, 0, 0));
  }

  /**
   * The next segment in order: so many octets of zeros, and an ACK that is so much further than the last.
   * @param bytes an earlier one that nobody reads any more: they are filled anew
   */
  segment(
    peer: number,
    length: number,
    acknowledges: number,
    bytes: Uint8Array = new Uint8Array(HEADERS + length),
  ): Uint8Array {
    const seq = this.seq[peer] ?? 0;
    const ack = ((this.ack[peer] ?? 0) + acknowledges) >>> 0;
    this.seq[peer] = seq + length;
    this.ack[peer] = ack;
    writeUint16(bytes, IPV4_HEADER, portOf(peer));
    writeUint16(bytes, IPV4_HEADER + 2, PORT);
    writeUint32(bytes, IPV4_HEADER + 4, seq);
    writeUint32(bytes, IPV4_HEADER + 8, ack);
    const flags = FLAG.ACK | (length > 0 ? FLAG.PSH : 0);
    writeUint16(bytes, IPV4_HEADER + 12, ((TCP_HEADER + TIMESTAMPS) << 10) | flags);
    writeUint16(bytes, IPV4_HEADER + 14, WINDOW);
    const options = IPV4_HEADER + TCP_HEADER;
    writeUint32(bytes, options, 0x0101080a);
    writeUint32(bytes, options + 4, this.ticks());
    writeUint32(bytes, options + 8, ((this.echo[peer] ?? 0) + this.ticks()) >>> 0);
    finish(bytes, peer);
    return bytes;
  }

  /** The stack will have sent so much more when the next segment comes. */
  willAnswer(peer: number, length: number): void {
    this.ack[peer] = (this.ack[peer] ?? 0) + length;
  }

  private syn(peer: number): Uint8Array {
    const options: readonly TcpOption[] = [
      { kind: 'mss', mss: 1460 },
      { kind: 'sack-permitted' },
      { kind: 'timestamps', value: this.ticks(), echo: 0 },
      { kind: 'nop' },
      { kind: 'window-scale', shift: SHIFT },
    ];
    const segment = emitTcp({
      srcPort: portOf(peer),
      dstPort: PORT,
      seq: ISS,
      ack: 0,
      flags: FLAG.SYN,
      window: 65_535,
      urgent: 0,
      options,
      payload: new Uint8Array(0),
    });
    const bytes = new Uint8Array(IPV4_HEADER + segment.length);
    bytes.set(segment, IPV4_HEADER);
    finish(bytes, peer);
    return bytes;
  }

  /** Milliseconds, from one on: 0 would be no timestamp. */
  private ticks(): number {
    return 1 + Math.floor(this.now() / 1000);
  }
}

function segmentIn(packet: Uint8Array): TcpSegment | undefined {
  const ip = parseIpv4(packet);
  const segment = ip instanceof WireError ? ip : parseTcp(ip.payload);
  return segment instanceof WireError ? undefined : segment;
}

function portOf(peer: number): number {
  return 1024 + (peer % PORTS_A_HOST);
}

/** The IP header around what is there, and both checksums. */
function finish(bytes: Uint8Array, peer: number): void {
  const remote = FIRST_REMOTE + Math.floor(peer / PORTS_A_HOST);
  writeUint16(bytes, 0, 0x4500);
  writeUint16(bytes, 2, bytes.length);
  writeUint16(bytes, 6, 0x4000);
  writeUint16(bytes, 8, (64 << 8) | PROTOCOL.TCP);
  writeUint32(bytes, 12, remote);
  writeUint32(bytes, 16, LOCAL);
  writeUint16(bytes, 10, 0);
  writeUint16(bytes, 10, ~sum(bytes, 0, 0, IPV4_HEADER));
  const pseudo = pseudoHeaderSum(remote, LOCAL, PROTOCOL.TCP, bytes.length - IPV4_HEADER);
  writeUint16(bytes, IPV4_HEADER + 16, 0);
  writeUint16(bytes, IPV4_HEADER + 16, ~sum(bytes, pseudo, IPV4_HEADER));
}
