import { damage, type Damage } from './damage';
import type { CapturedPacket } from './packet';
import { emptyPacket, LONGEST_PACKET, readUint16, readUint32 } from './pcap';
import type { Format } from './reader';

const BLOCK = {
  INTERFACE: 1,
  /** Obsolete, and in old files. */
  PACKET: 2,
  SIMPLE_PACKET: 3,
  INTERFACE_STATISTICS: 5,
  ENHANCED_PACKET: 6,
  SECTION_HEADER: 0x0a0d0d0a,
} as const;
const BYTE_ORDER_MAGIC = 0x1a2b3c4d;
const OPTION = { END: 0, COMMENT: 1, IF_TSRESOL: 9, IF_TSOFFSET: 14, ISB_IFDROP: 5 } as const;
/** Type, two lengths. */
const LEAST_BLOCK = 12;
const LONGEST_BLOCK = LONGEST_PACKET + 1024 * 1024;
const MOST_INTERFACES = 65_536;
const LONGEST_COMMENT = 4096;

interface CaptureInterface {
  readonly linkType: number;
  readonly snapLength: number;
  /** µs from the two halves of a time stamp. */
  readonly time: (high: number, low: number) => number;
}

/** The newer format (draft-ietf-opsawg-pcapng): sections, interfaces, packets, and blocks that are skipped. */
export class PcapngFormat implements Format {
  readonly name = 'pcapng';
  dropped = 0;
  private little = true;
  private interfaces: CaptureInterface[] = [];
  private readonly packet: CapturedPacket = emptyPacket();
  /** Packets that the statistics of a section's interfaces tell of, the latest of each counts. */
  private drops = new Map<number, number>();
  private droppedBefore = 0;

  needs(bytes: Uint8Array, at: number): number {
    return bytes.length - at < 8 ? LEAST_BLOCK : readUint32(bytes, at + 4, this.little);
  }

  read(bytes: Uint8Array, at: number, sink: (packet: CapturedPacket) => void): number | Damage {
    const given = bytes.length - at;
    if (given < LEAST_BLOCK) return 0;
    const type = readUint32(bytes, at, this.little);
    if (type === BLOCK.SECTION_HEADER) {
      const order = readUint32(bytes, at + 8, true);
      if (order === BYTE_ORDER_MAGIC) this.little = true;
      else if (readUint32(bytes, at + 8, false) === BYTE_ORDER_MAGIC) this.little = false;
      else return damage('byte-order');
    }
    const length = readUint32(bytes, at + 4, this.little);
    if (length < LEAST_BLOCK || length % 4 !== 0 || length > LONGEST_BLOCK)
      return damage('block-length', { type, bytes: length });
    if (given < length) return 0;
    const again = readUint32(bytes, at + length - 4, this.little);
    if (again !== length) return damage('block-lengths-differ', { type, bytes: length, again });
    return this.block(type, bytes, at + 8, at + length - 4, sink) ?? length;
  }

  /** Why it cannot be read. */
  private block(
    type: number,
    bytes: Uint8Array,
    at: number,
    end: number,
    sink: (packet: CapturedPacket) => void,
  ): Damage | undefined {
    const u32 = (offset: number): number => readUint32(bytes, at + offset, this.little);
    switch (type) {
      case BLOCK.SECTION_HEADER:
        this.interfaces = [];
        this.droppedBefore = this.dropped;
        this.drops = new Map();
        return undefined;
      case BLOCK.INTERFACE:
        if (end - at < 8) return damage('interface-too-short');
        if (this.interfaces.length >= MOST_INTERFACES) return damage('too-many-interfaces', { most: MOST_INTERFACES });
        this.interfaces.push(this.interface(bytes, at, end));
        return undefined;
      case BLOCK.ENHANCED_PACKET:
        if (end - at < 20) return damage('packet-too-short');
        return this.whole(u32(0), [u32(4), u32(8)], [u32(12), u32(16)], bytes, at + 20, end, sink);
      case BLOCK.PACKET:
        if (end - at < 20) return damage('packet-too-short');
        return this.whole(
          readUint16(bytes, at, this.little),
          [u32(4), u32(8)],
          [u32(12), u32(16)],
          bytes,
          at + 20,
          end,
          sink,
        );
      case BLOCK.SIMPLE_PACKET: {
        if (end - at < 4) return damage('packet-too-short');
        const snap = this.interfaces[0]?.snapLength ?? 0;
        const captured = Math.min(u32(0), end - at - 4, snap === 0 ? Infinity : snap);
        return this.whole(0, undefined, [captured, u32(0)], bytes, at + 4, end, sink);
      }
      case BLOCK.INTERFACE_STATISTICS:
        this.statistics(bytes, at, end);
        return undefined;
      default:
        return undefined;
    }
  }

  private whole(
    number: number,
    time: readonly [number, number] | undefined,
    [captured, length]: readonly [number, number],
    bytes: Uint8Array,
    start: number,
    end: number,
    sink: (packet: CapturedPacket) => void,
  ): Damage | undefined {
    const known = this.interfaces[number];
    if (known === undefined) return damage('unknown-interface', { number });
    if (captured > end - start) return damage('packet-room', { bytes: captured, room: end - start });
    const { packet } = this;
    packet.frame += 1;
    // A simple packet has no time: it keeps the one before it.
    if (time !== undefined) packet.time = known.time(time[0], time[1]);
    packet.linkType = known.linkType;
    packet.bytes = bytes;
    packet.start = start;
    packet.end = start + captured;
    packet.length = Math.max(captured, length);
    packet.comment = undefined;
    const options = start + ((captured + 3) & ~3);
    if (time !== undefined && options < end) {
      for (const { code, from, to } of this.options(bytes, options, end))
        if (code === OPTION.COMMENT && packet.comment === undefined)
          packet.comment = new TextDecoder().decode(bytes.subarray(from, Math.min(to, from + LONGEST_COMMENT)));
    }
    sink(packet);
    return undefined;
  }

  private interface(bytes: Uint8Array, at: number, end: number): CaptureInterface {
    let resolution = 6;
    let offset = 0;
    for (const { code, from, to } of this.options(bytes, at + 8, end)) {
      if (code === OPTION.IF_TSRESOL && to > from) resolution = bytes[from] ?? 6;
      if (code === OPTION.IF_TSOFFSET && to - from >= 8) offset = this.int64(bytes, from) * 1_000_000;
    }
    const linkType = readUint16(bytes, at, this.little);
    return { linkType, snapLength: readUint32(bytes, at + 4, this.little), time: clockOf(resolution, offset) };
  }

  private statistics(bytes: Uint8Array, at: number, end: number): void {
    if (end - at < 12) return;
    const number = readUint32(bytes, at, this.little);
    for (const { code, from, to } of this.options(bytes, at + 12, end)) {
      if (code !== OPTION.ISB_IFDROP || to - from < 8) continue;
      // Some programs write all ones when they do not know.
      const count = this.int64(bytes, from);
      if (count >= 0 && this.interfaces[number] !== undefined) this.drops.set(number, count);
    }
    this.dropped = this.droppedBefore + [...this.drops.values()].reduce((sum, each) => sum + each, 0);
  }

  private int64(bytes: Uint8Array, at: number): number {
    const first = readUint32(bytes, at, this.little);
    const second = readUint32(bytes, at + 4, this.little);
    return this.little ? (second | 0) * 2 ** 32 + first : (first | 0) * 2 ** 32 + second;
  }

  private *options(bytes: Uint8Array, at: number, end: number): Generator<{ code: number; from: number; to: number }> {
    let next = at;
    while (next + 4 <= end) {
      const code = readUint16(bytes, next, this.little);
      const length = readUint16(bytes, next + 2, this.little);
      const from = next + 4;
      if (code === OPTION.END || from + length > end) return;
      yield { code, from, to: from + length };
      next = from + ((length + 3) & ~3);
    }
  }
}

/** if_tsresol: units of 10⁻ⁿ s, or with the highest bit set of 2⁻ⁿ s. */
function clockOf(resolution: number, offset: number): (high: number, low: number) => number {
  if (resolution === 6) return (high, low) => high * 2 ** 32 + low + offset;
  // In nanoseconds 2³² is 4,294,967 µs and 296 ns: so nothing is rounded before it must be.
  if (resolution === 9) return (high, low) => high * 4_294_967 + (high * 296 + low) / 1000 + offset;
  const binary = (resolution & 0x80) !== 0;
  const exponent = BigInt(resolution & 0x7f);
  const unit = (binary ? 2n : 10n) ** exponent;
  return (high, low) => {
    const ticks = (BigInt(high) << 32n) | BigInt(low);
    const seconds = ticks / unit;
    return Number(seconds) * 1_000_000 + (Number(ticks % unit) / Number(unit)) * 1_000_000 + offset;
  };
}
