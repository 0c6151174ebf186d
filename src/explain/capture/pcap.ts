import { damage, type Damage } from './damage';
import type { CapturedPacket } from './packet';
import type { Format } from './reader';

/** Magic numbers: times in µs, in ns, and Alexey Kuznetzov's variant, whose packet headers are longer. */
const MICROSECONDS = 0xa1b2c3d4;
const NANOSECONDS = 0xa1b23c4d;
const KUZNETZOV = 0xa1b2cd34;

const FILE_HEADER = 24;
const PACKET_HEADER = 16;
const LONG_PACKET_HEADER = 24;
/** No packet is longer than this; a greater length means that the file is damaged. libpcap's own limit is 256 KiB, USB's 128 MiB. */
export const LONGEST_PACKET = 16 * 1024 * 1024;

/** The classic format (draft-ietf-opsawg-pcap). */
export class PcapFormat implements Format {
  readonly name = 'pcap';
  readonly dropped = 0;
  private begun = false;
  private linkType = 0;
  private readonly header: number;
  /** How many of a time's fraction make a µs. */
  private readonly fraction: number;
  private readonly packet: CapturedPacket;

  private constructor(
    magic: number,
    private readonly little: boolean,
  ) {
    this.header = magic === KUZNETZOV ? LONG_PACKET_HEADER : PACKET_HEADER;
    this.fraction = magic === NANOSECONDS ? 1000 : 1;
    this.packet = emptyPacket();
  }

  /** `undefined` when it is not this format's magic number. */
  static of(magic: number, little: boolean): PcapFormat | undefined {
    const known = magic === MICROSECONDS || magic === NANOSECONDS || magic === KUZNETZOV;
    return known ? new PcapFormat(magic, little) : undefined;
  }

  needs(bytes: Uint8Array, at: number): number {
    if (!this.begun) return FILE_HEADER;
    if (bytes.length - at < this.header) return this.header;
    return this.header + this.uint32(bytes, at + 8);
  }

  read(bytes: Uint8Array, at: number, sink: (packet: CapturedPacket) => void): number | Damage {
    const given = bytes.length - at;
    if (!this.begun) {
      if (given < FILE_HEADER) return 0;
      // The upper bits tell of the frame check sequence.
      this.linkType = this.uint32(bytes, at + 20) & 0xffff;
      this.begun = true;
      return FILE_HEADER;
    }
    if (given < this.header) return 0;
    const captured = this.uint32(bytes, at + 8);
    if (captured > LONGEST_PACKET) return damage('packet-length', { bytes: captured });
    if (given < this.header + captured) return 0;
    const { packet } = this;
    packet.frame += 1;
    packet.time = this.uint32(bytes, at) * 1_000_000 + this.uint32(bytes, at + 4) / this.fraction;
    packet.linkType = this.linkType;
    packet.bytes = bytes;
    packet.start = at + this.header;
    packet.end = packet.start + captured;
    packet.length = Math.max(captured, this.uint32(bytes, at + 12));
    sink(packet);
    return this.header + captured;
  }

  private uint32(bytes: Uint8Array, at: number): number {
    return readUint32(bytes, at, this.little);
  }
}

export function readUint32(bytes: Uint8Array, at: number, little: boolean): number {
  const a = bytes[at] ?? 0;
  const b = bytes[at + 1] ?? 0;
  const c = bytes[at + 2] ?? 0;
  const d = bytes[at + 3] ?? 0;
  return (little ? (d << 24) | (c << 16) | (b << 8) | a : (a << 24) | (b << 16) | (c << 8) | d) >>> 0;
}

export function readUint16(bytes: Uint8Array, at: number, little: boolean): number {
  const a = bytes[at] ?? 0;
  const b = bytes[at + 1] ?? 0;
  return little ? (b << 8) | a : (a << 8) | b;
}

export function emptyPacket(): CapturedPacket {
  return { frame: 0, time: 0, linkType: 0, bytes: new Uint8Array(0), start: 0, end: 0, length: 0, comment: undefined };
}
