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
  read(bytes: Uint8Array, at: number, sink: (packet: CapturedPacket) => void): number | string;
  /** Bytes that the record at `at` has at least, for who waits for more. */
  needs(bytes: Uint8Array, at: number): number;
  /** Packets that the capturing program says it lost. */
  readonly dropped: number;
}

const MAGIC_LENGTH = 4;
const SECTION_HEADER = 0x0a0d0d0a;

/** What files of other kinds begin with. */
const OTHERS: readonly (readonly [magic: string, name: string])[] = [
  ['snoop\0', 'a snoop capture; editcap -F pcapng makes a pcapng of it'],
  ['GMBU', 'a capture of Network Monitor; editcap -F pcapng makes a pcapng of it'],
  ['\x28\xb5\x2f\xfd', 'packed with zstd; unpack it first: zstd -dc FILE | synack explain -'],
  ['\x04\x22\x4d\x18', 'packed with lz4; unpack it first: lz4 -dc FILE | synack explain -'],
  ['BZh', 'packed with bzip2; unpack it first: bzip2 -dc FILE | synack explain -'],
  ['\xfd7zXZ', 'packed with xz; unpack it first: xz -dc FILE | synack explain -'],
  ['PK\x03\x04', 'a zip archive; unpack it first'],
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

  /** The file ends here. */
  end(): void {
    if (this.problem !== undefined) return;
    if (this.format === undefined) {
      const reason = this.rest === 0 ? 'the file is empty' : 'the file is too short for a capture';
      this.problem = { offset: 0, kind: 'not-a-capture', reason };
    } else if (this.rest > 0) {
      const missing = this.format.needs(this.buffer.subarray(0, this.rest), 0) - this.rest;
      this.problem = {
        offset: this.offset,
        kind: 'cut-off',
        reason: `the file ends in the middle of a record: ${Math.max(1, missing)} or more bytes of it are missing`,
      };
    }
  }

  private take(bytes: Uint8Array): number {
    if (this.format === undefined) {
      if (bytes.length < MAGIC_LENGTH) return 0;
      this.format = recognize(bytes);
      if (this.format === undefined) {
        this.problem = { offset: 0, kind: 'not-a-capture', reason: whatElse(bytes) };
        return 0;
      }
    }
    const { format, sink } = this;
    let at = 0;
    while (at < bytes.length) {
      const used = format.read(bytes, at, sink);
      if (typeof used === 'string') {
        this.problem = { offset: this.offset + at, kind: 'broken', reason: used };
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

function whatElse(bytes: Uint8Array): string {
  const head = String.fromCharCode(...bytes.subarray(0, 8));
  const known = OTHERS.find(([magic]) => head.startsWith(magic));
  if (known !== undefined) return `it is ${known[1]}`;
  const magic = [...bytes.subarray(0, 4)].map((byte) => byte.toString(16).padStart(2, '0')).join(' ');
  return `it is neither pcap nor pcapng: it begins with the bytes ${magic}`;
}
