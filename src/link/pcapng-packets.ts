import type { Pieces } from './finish';

const ENHANCED_PACKET = 6;
const OPTION = { END: 0, COMMENT: 1, FLAGS: 2 } as const;
const DIRECTION = { in: 1, out: 2 } as const;
/** Bytes of a packet's block before the packet, and of its option with the direction. */
const HEAD = 28;
const FLAGS = 8;
const LONGEST_OPTION = 0xffff;
/** The name of a part is shorter, in bytes. */
const ROOM_FOR_PART = 256;
const WORD = 2 ** 32;
/** Memory that is asked for at a time, bytes. */
const SLAB = 512 * 1024;
const NOTHING: Uint8Array = new Uint8Array(0);
const UTF8 = new TextEncoder();

/** Comments on a packet. Of its pieces all have the same, except for what says which piece it is. */
export interface Comments {
  /** The first comment is the head, what there is to say of the piece with this number (from 0) as UTF-8, and the tail. */
  readonly head: string;
  readonly part?: (piece: number) => Uint8Array;
  readonly tail: string;
  readonly more: readonly string[];
}

/** A packet, besides its bytes. */
export interface PacketInfo {
  /** µs since 1970-01-01 UTC. */
  readonly time: number;
  readonly direction?: 'in' | 'out';
  /** The interface's number. Default 0. */
  readonly interface?: number;
}

/**
 * Writes the blocks of packets, one behind the other in large pieces of memory: to allocate some for each packet takes longer than to
 * fill it.
 */
export class PacketBlocks {
  private bytes = NOTHING;
  private view = new DataView(NOTHING.buffer);
  /** What was added since `sink` was called is `bytes[from..at)`. */
  private from = 0;
  private at = 0;
  private readonly options = new PacketOptions();

  /** @param sink takes whole blocks; their bytes are its own */
  constructor(
    private readonly sink: (blocks: Uint8Array) => void,
    private readonly slab = SLAB,
  ) {}

  /** Adds a block for each of the pieces in which a wire carries the packet. */
  add({ time, direction, interface: on = 0 }: PacketInfo, pieces: Pieces, comments?: Comments): void {
    const { options } = this;
    const part = comments?.part;
    const [high, low] = nanoseconds(time);
    let name = part?.(0) ?? NOTHING;
    options.write(comments, name.length, direction);
    for (let piece = 0; piece < pieces.count; piece++) {
      if (part !== undefined && piece > 0) {
        const before = name.length;
        name = part(piece);
        if (name.length !== before) options.write(comments, name.length, direction);
      }
      const captured = pieces.lengthOf(piece);
      const length = HEAD + padded(captured) + options.length + 4;
      this.room(length);
      const { bytes, view, at } = this;
      view.setUint32(at, ENHANCED_PACKET, true);
      view.setUint32(at + 4, length, true);
      view.setUint32(at + 8, on, true);
      view.setUint32(at + 12, high, true);
      view.setUint32(at + 16, low, true);
      view.setUint32(at + 20, captured, true);
      view.setUint32(at + 24, captured, true);
      pieces.write(piece, bytes, at + HEAD);
      options.copy(bytes, at + HEAD + padded(captured), name);
      view.setUint32(at + length - 4, length, true);
      this.at += length;
    }
  }

  /** Hands over what was added. */
  flush(): void {
    const { from, at } = this;
    if (at === from) return;
    this.from = at;
    this.sink(this.bytes.subarray(from, at));
  }

  private room(length: number): void {
    if (this.at + length <= this.bytes.length) return;
    this.flush();
    this.bytes = new Uint8Array(Math.max(length, this.slab));
    this.view = new DataView(this.bytes.buffer);
    this.from = this.at = 0;
  }
}

/**
 * The options of a packet's block: its comments, and its direction. They are written once for all pieces of a packet, with a gap where the
 * name of the part belongs, and copied behind each piece.
 */
class PacketOptions {
  /** Of what was written, in bytes. */
  length = 0;
  private bytes = new Uint8Array(1024);
  private view = new DataView(this.bytes.buffer);
  private written = this.bytes;
  /** Where the gap begins. */
  private gap = 0;

  /**
   * Writes them in the place of those before.
   * @param name how many bytes the gap has
   */
  write(comments: Comments | undefined, name: number, direction: PacketInfo['direction']): void {
    this.length = 0;
    if (comments !== undefined) {
      const { head, tail, more } = comments;
      this.reserve(head, tail, ...more);
      const most = LONGEST_OPTION - (tail === '' ? 0 : LONGEST_OPTION >>> 1) - (name === 0 ? 0 : ROOM_FOR_PART);
      const start = 4;
      this.gap = this.text(head, start, most);
      this.option(OPTION.COMMENT, 0, this.text(tail, this.gap + name, LONGEST_OPTION >>> 1) - start);
      for (const each of more) {
        const at = this.length;
        this.option(OPTION.COMMENT, at, this.text(each, at + 4, LONGEST_OPTION) - at - 4);
      }
    }
    if (direction !== undefined) {
      this.view.setUint32(this.length + 4, DIRECTION[direction], true);
      this.option(OPTION.FLAGS, this.length, 4);
    }
    if (this.length > 0) this.option(OPTION.END, this.length, 0);
    this.written = this.bytes.subarray(0, this.length);
  }

  /** @param name fills the gap */
  copy(into: Uint8Array, at: number, name: Uint8Array): void {
    into.set(this.written, at);
    if (name.length > 0) into.set(name, at + this.gap);
  }

  /** Around a value that is there already: its code and length, and zeros up to the next multiple of four. */
  private option(code: number, at: number, length: number): void {
    this.view.setUint16(at, code, true);
    this.view.setUint16(at + 2, length, true);
    this.length = at + 4 + padded(length);
    this.bytes.fill(0, at + 4 + length, this.length);
  }

  /** Writes no more than `most` bytes, and no half of a character; where it ends. */
  private text(text: string, at: number, most: number): number {
    return at + UTF8.encodeInto(text, this.bytes.subarray(at, at + most)).written;
  }

  /** Makes room for texts (a UTF-16 unit takes three bytes of UTF-8 at most), and for what stands around them. */
  private reserve(...texts: readonly string[]): void {
    const most = texts.reduce((sum, { length }) => sum + 3 * length + 8, ROOM_FOR_PART + FLAGS + 4);
    if (most <= this.bytes.length) return;
    this.bytes = new Uint8Array(most);
    this.view = new DataView(this.bytes.buffer);
  }
}

/** As two numbers of 32 bits; the whole has more digits than a number holds. */
function nanoseconds(time: number): [high: number, low: number] {
  const µs = Math.round(time);
  const low = (µs % WORD) * 1000;
  return [Math.floor(µs / WORD) * 1000 + Math.floor(low / WORD), low % WORD];
}

function padded(length: number): number {
  return (length + 3) & ~3;
}
