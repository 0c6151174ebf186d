import { emitIpv4, emitIpv6, emitTcp, FLAG, requireAddress, type Address, type TcpOption } from '../../src/wire';
import { CaptureReader, Explainer, type CapturedPacket, type ExplainerOptions, type Report } from '../../src/explain';

/** Files made by hand, in every byte order and format. */
export interface FileOptions {
  readonly little?: boolean;
  readonly linkType?: number;
  /** Units of time in a second: 10⁶ or 10⁹. */
  readonly nanoseconds?: boolean;
  readonly kuznetzov?: boolean;
}

export interface Captured {
  /** µs */
  readonly time: number;
  readonly bytes: Uint8Array;
  /** On the wire, if not all of it is there. */
  readonly length?: number;
}

export function join(...parts: readonly Uint8Array[]): Uint8Array {
  const bytes = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}

/** Fields of 2, 4 or 8 bytes, as `[size, value]`. */
export function fields(little: boolean, ...list: readonly (readonly [2 | 4 | 8, number | bigint])[]): Uint8Array {
  const bytes = new Uint8Array(list.reduce((sum, [size]) => sum + size, 0));
  const view = new DataView(bytes.buffer);
  let at = 0;
  for (const [size, value] of list) {
    if (size === 2) view.setUint16(at, Number(value), little);
    else if (size === 4) view.setUint32(at, Number(value), little);
    else view.setBigInt64(at, BigInt(value), little);
    at += size;
  }
  return bytes;
}

export function pcapFile(records: readonly Captured[], options: FileOptions = {}): Uint8Array {
  const { little = true, linkType = 1, nanoseconds = false, kuznetzov = false } = options;
  const magic = kuznetzov ? 0xa1b2cd34 : nanoseconds ? 0xa1b23c4d : 0xa1b2c3d4;
  const head = fields(little, [4, magic], [2, 2], [2, 4], [4, 0], [4, 0], [4, 65_535], [4, linkType]);
  return join(
    head,
    ...records.flatMap(({ time, bytes, length = bytes.length }) => {
      const rest = time % 1_000_000;
      const fraction = nanoseconds ? Math.round(rest * 1000) : Math.floor(rest);
      const header = fields(little, [4, Math.floor(time / 1_000_000)], [4, fraction], [4, bytes.length], [4, length]);
      return kuznetzov ? [header, fields(little, [4, 1], [2, 0x800], [2, 0]), bytes] : [header, bytes];
    }),
  );
}

/** A pcapng block. */
export function block(little: boolean, type: number, ...parts: readonly Uint8Array[]): Uint8Array {
  const body = join(...parts);
  const padding = new Uint8Array((4 - (body.length % 4)) % 4);
  const length = 12 + body.length + padding.length;
  return join(fields(little, [4, type], [4, length]), body, padding, fields(little, [4, length]));
}

export function option(little: boolean, code: number, value: Uint8Array): Uint8Array {
  return join(fields(little, [2, code], [2, value.length]), value, new Uint8Array((4 - (value.length % 4)) % 4));
}

export function section(little: boolean): Uint8Array {
  return block(little, 0x0a0d0d0a, fields(little, [4, 0x1a2b3c4d], [2, 1], [2, 0], [8, -1]));
}

export interface Segment {
  readonly from: 'client' | 'server';
  /** µs */
  readonly time?: number;
  readonly seq?: number;
  readonly ack?: number;
  readonly flags: number;
  readonly payload?: string | number;
  readonly window?: number;
  readonly options?: readonly TcpOption[];
  readonly id?: number;
}

const CLIENT = { 4: '10.0.0.1', 6: 'fd00::1' } as const;
const SERVER = { 4: '10.0.0.2', 6: 'fd00::2' } as const;

/** An IP packet with a segment between the client's port 5000 and the server's port 80. */
export function ipPacket(segment: Segment, version: 4 | 6 = 4): Uint8Array {
  const { from, seq = 0, ack = 0, flags, payload = '', window = 65_535, options = [], id = 0 } = segment;
  const data = typeof payload === 'string' ? new TextEncoder().encode(payload) : new Uint8Array(payload).fill(120);
  const [src, dst] = from === 'client' ? [CLIENT[version], SERVER[version]] : [SERVER[version], CLIENT[version]];
  const [srcPort, dstPort] = from === 'client' ? [5000, 80] : [80, 5000];
  const addresses: { src: Address; dst: Address } = { src: requireAddress(src), dst: requireAddress(dst) };
  const tcp = emitTcp({ srcPort, dstPort, seq, ack, flags, window, urgent: 0, options, payload: data }, addresses);
  if (version === 6)
    return emitIpv6({ src, dst, ttl: 64, dscp: 0, ecn: 0, flowLabel: 0, extensions: [], protocol: 6, payload: tcp });
  return emitIpv4({
    src,
    dst,
    ttl: 64,
    protocol: 6,
    identification: id,
    dscp: 0,
    ecn: 0,
    dontFragment: true,
    moreFragments: false,
    fragmentOffset: 0,
    options: new Uint8Array(0),
    payload: tcp,
  });
}

/** Hello and goodbye: seven segments, 10 ms apart. */
export const SHORT_TALK: readonly Segment[] = [
  { from: 'client', seq: 100, flags: FLAG.SYN, options: [{ kind: 'mss', mss: 1460 }] },
  { from: 'server', seq: 300, ack: 101, flags: FLAG.SYN | FLAG.ACK, options: [{ kind: 'mss', mss: 1460 }] },
  { from: 'client', seq: 101, ack: 301, flags: FLAG.ACK },
  { from: 'client', seq: 101, ack: 301, flags: FLAG.ACK | FLAG.PSH, payload: 'GET / HTTP/1.1\r\nHost: a\r\n\r\n' },
  { from: 'server', seq: 301, ack: 128, flags: FLAG.ACK | FLAG.PSH, payload: 'HTTP/1.1 204 No Content\r\n\r\n' },
  { from: 'client', seq: 128, ack: 328, flags: FLAG.ACK | FLAG.FIN },
  { from: 'server', seq: 328, ack: 129, flags: FLAG.ACK | FLAG.FIN },
  { from: 'client', seq: 129, ack: 329, flags: FLAG.ACK },
];

export const START = 1_700_000_000_000_000;

/** Segments as records, each behind what `wrap` puts before it. */
export function records(
  segments: readonly Segment[],
  wrap: (ip: Uint8Array) => Uint8Array = ethernet,
  version: 4 | 6 = 4,
): Captured[] {
  return segments.map((segment, index) => ({
    time: START + (segment.time ?? index * 10_000),
    bytes: wrap(ipPacket(segment, version)),
  }));
}

export function ethernet(ip: Uint8Array): Uint8Array {
  const type = (ip[0] ?? 0) >>> 4 === 6 ? 0x86dd : 0x0800;
  return join(new Uint8Array(12), fields(false, [2, type]), ip);
}

export interface Read {
  readonly report: Report;
  readonly packets: readonly CapturedPacket[];
  readonly problem: CaptureReader['problem'];
}

/** Reads a file in pieces of so many bytes, and explains it. */
export function read(
  file: Uint8Array,
  { piece = file.length, ...options }: ExplainerOptions & { readonly piece?: number } = {},
): Read {
  const packets: CapturedPacket[] = [];
  const explainer = new Explainer(options);
  const reader = new CaptureReader((packet) => {
    packets.push({ ...packet, bytes: packet.bytes.slice(packet.start, packet.end) });
    explainer.packet(packet);
  });
  for (let at = 0; at < file.length; at += Math.max(1, piece)) reader.push(file.subarray(at, at + Math.max(1, piece)));
  reader.end();
  const { problem } = reader;
  return {
    packets,
    problem,
    report: explainer.finish({ problem, format: reader.formatName, dropped: reader.dropped }),
  };
}
