import { add, diff, gt } from '../../src/tcp/sequence';
import type { Endpoint } from '../../src/tcp/user';
import { requireIpv4Address } from '../../src/wire/address';
import { writeUint16 } from '../../src/wire/bytes';
import { sum } from '../../src/wire/checksum';
import { WireError } from '../../src/wire/error';
import { PROTOCOL, type Ipv4Packet } from '../../src/wire/ipv4';
import { formatSegment, parseSegment } from '../../src/wire/notation';
import { pseudoHeaderSum } from '../../src/wire/pseudo-header';
import { emitTcp, FLAG, parseTcp, tcpChecksumIsGood, TCP_HEADER, type TcpSegment } from '../../src/wire/tcp';
import type { TcpOption } from '../../src/wire/tcp-options';
import { octets } from './octets';
import type { Wire } from './wire';

/** IP's ECN codepoints (RFC 3168 §5), as lines write them: `[ce]`. */
const CODEPOINTS: Readonly<Record<string, number>> = { 'not-ect': 0, ect1: 1, ect0: 2, ce: 3 };

/** Options that stand on SYNs alone. */
const OF_SYNS: readonly TcpOption['kind'][] = ['mss', 'window-scale', 'sack-permitted', 'fast-open'];

/** Where each side's numbers start. */
interface Bases {
  readonly seq: number;
  readonly ack: number;
  readonly value: number;
  readonly echo: number;
}

/**
 * The other end of a connection, which the test plays. In its notation sequence numbers, SACK blocks among them, count from each
 * side's ISN, and timestamps from each side's first one.
 */
export class Peer {
  /** Our ISN, once we have sent a SYN; before that our numbers stand as they are on the wire. */
  private isn = 0;
  /** The right edge of the window that we offered, and by how much later windows are shifted. */
  private edge: number | undefined;
  private readonly shift = { ours: undefined as number | undefined, peers: undefined as number | undefined };
  private mss = 536;
  /** Our first TSval, once there was one. */
  private firstTimestamp = 0;
  /** The TSval from which the peer's count. */
  timestampBase = 0x1000_0000;

  constructor(
    private readonly wire: Wire,
    /** Our end. */
    readonly local: Endpoint,
    /** The peer's end. */
    readonly remote: Endpoint,
    /** The peer's ISN. */
    readonly iss: number,
  ) {
    wire.peers.unshift(this);
  }

  /** A packet goes by. If it is a segment of this connection's, it is checked, and described. */
  sees(packet: Ipv4Packet): string | undefined {
    const segment = packet.protocol === PROTOCOL.TCP ? parseTcp(packet.payload) : undefined;
    if (segment === undefined || segment instanceof WireError) return undefined;
    const { local, remote } = this;
    if (segment.srcPort === remote.port && segment.dstPort === local.port) return this.format(segment);
    if (segment.srcPort !== local.port || segment.dstPort !== remote.port) return undefined;
    if (packet.src !== local.address || packet.dst !== remote.address) return undefined;
    this.follow(segment, packet);
    return this.format(segment);
  }

  /**
   * Sends segments that arrive together. `… "text"` gives their content, otherwise it is the usual one; `… [ce]` marks the packet.
   */
  send(...lines: string[]): void {
    this.wire.inject(...lines.map((line) => this.packet(line)));
  }

  /** A packet from the peer, to be sent with others. */
  packet(line: string): Pick<Ipv4Packet, 'src' | 'payload' | 'ecn'> {
    const { ecn = 0 } = takeApart(line);
    return { src: this.remote.address, payload: this.payload(line), ecn };
  }

  /** A segment from the peer as bytes, checksum and all. */
  payload(line: string): Uint8Array {
    const { notation, text } = takeApart(line);
    const { seq, ack, flags, length, window = 65_535, options = [], urgent = 0 } = parseSegment(notation);
    const content =
      text === undefined ? octets(flags & FLAG.SYN ? seq : seq - 1, length) : new TextEncoder().encode(text);
    if (content.length !== length) throw new Error(`'${line}': the text has ${content.length} octets`);
    for (const option of options) if (option.kind === 'mss') this.mss = option.mss;
    if ((flags & FLAG.SYN) !== 0) this.shift.peers = windowScale(options);
    const segment: TcpSegment = {
      srcPort: this.remote.port,
      dstPort: this.local.port,
      seq: add(seq, this.iss),
      ack: ack === undefined ? 0 : add(ack, this.isn),
      flags,
      window,
      urgent,
      options: options.map((option) => shifted(option, this.bases(flags, 'peer'), 1)),
      payload: content,
    };
    return this.withChecksum(emitTcp(segment));
  }

  /** Puts the right checksum into a segment's bytes. */
  withChecksum(bytes: Uint8Array, { src = this.remote.address, dst = this.local.address } = {}): Uint8Array {
    const pseudo = pseudoHeaderSum(requireIpv4Address(src), requireIpv4Address(dst), PROTOCOL.TCP, bytes.length);
    writeUint16(bytes, 16, 0);
    writeUint16(bytes, 16, ~sum(bytes, pseudo));
    return bytes;
  }

  /**
   * The next segment of ours, which went out just now, is this one. What is not written may be any: the window, IP's ECN codepoint
   * (`[ect0]`), the timestamps of a segment without SYN.
   */
  expect(line: string): void {
    const { notation, text, ecn } = takeApart(line);
    const expected = parseSegment(notation);
    const packet = this.wire.next(line);
    if (ecn !== undefined && packet.ecn !== ecn) {
      this.wire.fail(`expected  ${line}`, `but IP's ECN codepoint is ${codepoint(packet.ecn)}`);
    }
    const taken = this.take(line, packet);
    const stamped = expected.options?.some(({ kind }) => kind === 'timestamps') ?? false;
    const segment = stamped || (taken.flags & FLAG.SYN) !== 0 ? taken : withoutTimestamps(taken);
    const { flags, options = [], urgent = 0, window = segment.window } = expected;
    const wanted = formatSegment({
      ...segment,
      flags,
      seq: expected.seq,
      ack: expected.ack ?? 0,
      window,
      urgent,
      options,
      payload: new Uint8Array(expected.length),
    });
    const sent = this.format(segment);
    if (sent !== wanted) this.wire.fail(`expected  ${wanted}`, `but sent  ${sent}`);
    const first = add(segment.seq, -this.isn) - (segment.flags & FLAG.SYN ? 0 : 1);
    const content = Buffer.from(text === undefined ? octets(first, expected.length) : new TextEncoder().encode(text));
    if (!content.equals(segment.payload)) {
      this.wire.fail(`expected  ${JSON.stringify(content.toString('latin1'))}`, `but sent  ${quote(segment.payload)}`);
    }
  }

  private take(line: string, { src, dst, payload }: Ipv4Packet): TcpSegment {
    const segment = parseTcp(payload);
    if (segment instanceof WireError) return this.wire.fail(`expected  ${line}`, `but sent  ${segment.message}`);
    const from = `${src}:${segment.srcPort} → ${dst}:${segment.dstPort}`;
    const { local, remote } = this;
    const ours = `${local.address}:${local.port} → ${remote.address}:${remote.port}`;
    return from === ours ? segment : this.wire.fail(`expected  ${line}  ${ours}`, `but sent one  ${from}`);
  }

  /** What holds for each of our segments, whatever the test is about. */
  private follow(segment: TcpSegment, packet: Ipv4Packet): void {
    const { flags, seq, ack, window, options, payload } = segment;
    if ((flags & FLAG.SYN) !== 0) {
      if (seq !== this.isn) this.edge = undefined;
      if (seq !== this.isn) this.firstTimestamp = timestampOf(options) ?? 0;
      this.isn = seq;
      this.shift.ours = windowScale(options);
    }
    const wrong = (rule: string): never => this.wire.fail(rule, `but sent  ${this.format(segment)}`);
    const between = { src: requireIpv4Address(packet.src), dst: requireIpv4Address(packet.dst) };
    if (!tcpChecksumIsGood(packet.payload, between.src, between.dst)) wrong('MUST-2: the checksum is good');
    const { segmentSize } = this.wire;
    const octets = packet.payload.length - TCP_HEADER;
    const cut = segmentSize === 0 ? octets : octets - payload.length + segmentSize;
    if (payload.length > 0 && cut > this.mss) {
      wrong(`MUST-16: a segment has at most ${this.mss} octets of options and data (MSS)`);
    }
    if (segmentSize > 0 && (payload.length <= segmentSize || (flags & FLAG.URG) !== 0 || packet.options.length > 0)) {
      wrong('what the device cuts is more than one segment, and has neither urgent data nor options of IP');
    }
    if ((flags & FLAG.SYN) === 0 && options.some(({ kind }) => OF_SYNS.includes(kind))) {
      wrong("MUST-65: a SYN's options stand on SYNs");
    }
    if ((flags & FLAG.ACK) === 0 || (flags & FLAG.RST) !== 0) return;

    const { ours, peers } = this.shift;
    const scaled = ours !== undefined && peers !== undefined && (flags & FLAG.SYN) === 0;
    const grain = scaled ? 2 ** ours : 1;
    const edge = add(ack, window * grain);
    // Less than the scale can say is no movement (RFC 7323 §2.4).
    if (this.edge !== undefined && diff(this.edge, edge) >= grain) {
      wrong(`SHLD-14: the window's right edge does not move left of ${add(this.edge, -this.iss)}`);
    }
    if (this.edge === undefined || gt(edge, this.edge)) this.edge = edge;
  }

  private format(segment: TcpSegment): string {
    const bases = this.bases(segment.flags, segment.srcPort === this.local.port ? 'us' : 'peer');
    const options = segment.options.map((option) => shifted(option, bases, -1));
    return formatSegment({ ...segment, options }, bases);
  }

  /** What the numbers of a segment with these control bits count from. A SYN without ACK echoes no timestamp: its zero is a zero. */
  private bases(flags: number, from: 'us' | 'peer'): Bases {
    const us = { number: this.isn, timestamp: this.firstTimestamp };
    const peer = { number: this.iss, timestamp: this.timestampBase };
    const [sender, other] = from === 'us' ? [us, peer] : [peer, us];
    const echo = (flags & FLAG.ACK) === 0 ? 0 : other.timestamp;
    return { seq: sender.number, ack: other.number, value: sender.timestamp, echo };
  }
}

/** A line: the segment's notation, its text, its packet's ECN codepoint. */
function takeApart(line: string): { notation: string; text: string | undefined; ecn: number | undefined } {
  const [, notation = '', text, mark] = /^(.*?)(?: "(.*)")?(?: \[([a-z0-9-]+)\])?$/.exec(line) ?? [];
  const ecn = mark === undefined ? undefined : CODEPOINTS[mark];
  if (mark !== undefined && ecn === undefined) throw new Error(`'${line}': [${mark}] is no ECN codepoint`);
  return { notation, text, ecn };
}

function codepoint(ecn: number): string {
  return Object.keys(CODEPOINTS).find((name) => CODEPOINTS[name] === ecn) ?? '';
}

/** The option with its numbers made absolute (`sign` 1) or relative (-1). */
function shifted(option: TcpOption, { ack, value, echo }: Bases, sign: 1 | -1): TcpOption {
  if (option.kind === 'timestamps') {
    return { ...option, value: add(option.value, sign * value), echo: add(option.echo, sign * echo) };
  }
  if (option.kind !== 'sack') return option;
  // What is acknowledged is the other side's.
  const blocks = option.blocks.map(({ left, right }) => ({
    left: add(left, sign * ack),
    right: add(right, sign * ack),
  }));
  return { ...option, blocks };
}

/** Without the timestamps and the NOPs before them. */
function withoutTimestamps(segment: TcpSegment): TcpSegment {
  const { options } = segment;
  const at = options.findIndex(({ kind }) => kind === 'timestamps');
  if (at < 0) return segment;
  let from = at;
  while (from > 0 && options[from - 1]?.kind === 'nop') from -= 1;
  return { ...segment, options: [...options.slice(0, from), ...options.slice(at + 1)] };
}

function timestampOf(options: TcpSegment['options']): number | undefined {
  for (const option of options) if (option.kind === 'timestamps') return option.value;
  return undefined;
}

function windowScale(options: TcpSegment['options']): number | undefined {
  for (const option of options) if (option.kind === 'window-scale') return option.shift;
  return undefined;
}

function quote(bytes: Uint8Array): string {
  return JSON.stringify(Buffer.from(bytes).toString('latin1'));
}
