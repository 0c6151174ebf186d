import { damage, type Damage } from './damage';
import type { CapturedPacket, CaptureProblem } from './packet';
import { PcapFormat } from './pcap';
import { PcapngFormat } from './pcapng';

/** A format's reader: takes records from the front of what is there. */
export interface Format {
  readonly name: 'pcap' | 'pcapng';
  /**
   * Reads one record at `at`.
   * @returns how many bytes it took, 0 when more of them are needed, or why it cannot be read
   */
  read(bytes: Uint8Array, at: number, sink: (packet: CapturedPacket) => void): number | Damage;
  /** Bytes that the record at `at` has at least, for who waits for more. */
  needs(bytes: Uint8Array, at: number): number;
  /** Packets that the capturing program says it lost. */
  readonly dropped: number;
}

const MAGIC_LENGTH = 4;
const SECTION_HEADER = 0x0a0d0d0a;

/** What files of other kinds begin with. */
const OTHERS: readonly (readonly [magic: string, damage: Damage])[] = [
  ['snoop\0', damage('other-format', { name: 'snoop' })],
  ['GMBU', damage('other-format', { name: 'Network Monitor' })],
  ['\x28\xb5\x2f\xfd', damage('packed', { name: 'zstd' })],
  ['\x04\x22\x4d\x18', damage('packed', { name: 'lz4' })],
  ['BZh', damage('packed', { name: 'bzip2' })],
  ['\xfd7zXZ', damage('packed', { name: 'xz' })],
  ['PK\x03\x04', damage('zip')],
];

/**
 * Reads a capture, pcap or pcapng of either byte order, piece by piece as it comes; what it keeps is one record at most. Nothing in
 * the file makes it throw: it stops where it cannot go on, see `problem`.
 */
export class CaptureReader {
  /** Why and where the reading has ended before the file. */
  problem: CaptureProblem | undefined;
  /** Bytes that were taken in. */
  offset = 0;
  private format: Format | undefined;
  /** What of `buffer` was not read yet. */
  private rest = 0;
  private buffer: Uint8Array = new Uint8Array(0);

  /** @param sink takes each packet; the object is used again for the next one */
  constructor(private readonly sink: (packet: CapturedPacket) => void) {}

  get formatName(): 'pcap' | 'pcapng' | undefined {
    return this.format?.name;
  }

  get dropped(): number {
    return this.format?.dropped ?? 0;
  }

  push(chunk: Uint8Array): void {
    if (this.problem !== undefined || chunk.length === 0) return;
    // A record that goes on in the next chunk waits in a buffer of ours, which is used again and again.
    const length = this.rest + chunk.length;
    if (this.buffer.length < length) {
      const larger = new Uint8Array(Math.max(length, 2 * this.buffer.length));
      larger.set(this.buffer.subarray(0, this.rest));
      this.buffer = larger;
    }
    this.buffer.set(chunk, this.rest);
    const used = this.take(this.buffer.subarray(0, length));
    this.offset += used;
    this.buffer.copyWithin(0, used, length);
    this.rest = length - used;
  }

  /** What the capture was packed in can be unpacked no further. */
  unpackingFailed(): void {
    const kind = this.format === undefined ? 'not-a-capture' : 'broken';
    this.problem ??= { offset: this.offset, kind, damage: damage('gzip') };
  }

  /** The file ends here. */
  end(): void {
    if (this.problem !== undefined) return;
    if (this.format === undefined) {
      const why = this.rest === 0 ? damage('empty') : damage('too-short');
      this.problem = { offset: 0, kind: 'not-a-capture', damage: why };
    } else if (this.rest > 0) {
      const missing = this.format.needs(this.buffer.subarray(0, this.rest), 0) - this.rest;
      this.problem = {
        offset: this.offset,
        kind: 'cut-off',
        damage: damage('cut-off', { bytes: Math.max(1, missing) }),
      };
    }
  }

  private take(bytes: Uint8Array): number {
    if (this.format === undefined) {
      if (bytes.length < MAGIC_LENGTH) return 0;
      this.format = recognize(bytes);
      if (this.format === undefined) {
        this.problem = { offset: 0, kind: 'not-a-capture', damage: whatElse(bytes) };
        return 0;
      }
    }
    const { format, sink } = this;
    let at = 0;
    while (at < bytes.length) {
      const used = format.read(bytes, at, sink);
      if (typeof used !== 'number') {
        this.problem = { offset: this.offset + at, kind: 'broken', damage: used };
        break;
      }
      if (used === 0) break;
      at += used;
    }
    return at;
  }
}

function recognize(bytes: Uint8Array): Format | undefined {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  if (view.getUint32(0) === SECTION_HEADER) return new PcapngFormat();
  return PcapFormat.of(view.getUint32(0, true), true) ?? PcapFormat.of(view.getUint32(0), false);
}

function whatElse(bytes: Uint8Array): Damage {
  const head = String.fromCharCode(...bytes.subarray(0, 8));
  const known = OTHERS.find(([magic]) => head.startsWith(magic));
  if (known !== undefined) return known[1];
  const magic = [...bytes.subarray(0, 4)].map((byte) => byte.toString(16).padStart(2, '0')).join(' ');
  return damage('unknown-format', { magic });
}
