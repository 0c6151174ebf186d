import { own } from './receive-queue';

/** Octets that came ahead of their turn, without a gap: from `start` up to `end`, in the pieces that brought them. */
interface Block {
  start: number;
  end: number;
  pieces: Uint8Array[];
}

/** RFC 2018 §3: four blocks at most fit into the options. */
const MOST_RECENT = 4;

/**
 * Data that came ahead of its turn (RFC 9293 SHLD-31): blocks sorted by position that neither overlap nor touch. Where two segments
 * disagree about an octet, the first to arrive is kept. Positions are octets from the start of the stream, which do not wrap.
 */
export class Reassembly {
  private blocks: Block[] = [];
  private bytes = 0;
  private held = 0;
  /** Where something has arrived last, the latest first: RFC 2018 §4 wants blocks reported in that order. */
  private recent: number[] = [];

  /** @param limit the most pieces held at once */
  constructor(private readonly limit: number) {}

  /** How many octets are held. */
  get length(): number {
    return this.bytes;
  }

  get isEmpty(): boolean {
    return this.blocks.length === 0;
  }

  /** How many blocks are held. */
  get size(): number {
    return this.blocks.length;
  }

  /** Where the first block starts; `undefined` when none is held. */
  get start(): number | undefined {
    return this.blocks[0]?.start;
  }

  /** Keeps what of `data` is not held yet. Returns `false`, and keeps nothing more, when the limit is reached. */
  insert(start: number, data: Uint8Array): boolean {
    const taken = this.place(start, data);
    this.noteRecent(start);
    return taken;
  }

  private place(start: number, data: Uint8Array): boolean {
    const end = start + data.length;
    let at = start;
    const index = this.firstEndingFrom(at);
    while (at < end) {
      const next = this.blocks[index];
      if (next !== undefined && next.start <= at && at < next.end) {
        at = next.end;
        continue;
      }
      const touching = next?.end === at;
      const after = touching ? this.blocks[index + 1] : next;
      const stop = after === undefined ? end : Math.min(end, after.start);
      if (stop === at) {
        // `after` starts here: go on behind it.
        this.join(index);
        continue;
      }
      if (this.held >= this.limit) return false;
      const piece = own(data.subarray(at - start, stop - start));
      this.held += 1;
      this.bytes += stop - at;
      if (touching) {
        next.pieces.push(piece);
        next.end = stop;
      } else this.blocks.splice(index, 0, { start: at, end: stop, pieces: [piece] });
      this.join(index);
      at = stop;
    }
    return true;
  }

  /** The block around `position`, as its first and one after its last octet. */
  around(position: number): { readonly start: number; readonly end: number } | undefined {
    const block = this.blocks[this.firstEndingFrom(position + 1)];
    return block !== undefined && block.start <= position ? block : undefined;
  }

  /** At most `count` blocks as RFC 2018 §4 reports them: the one that was added to last comes first. */
  report(count: number): { readonly start: number; readonly end: number }[] {
    const blocks: { readonly start: number; readonly end: number }[] = [];
    for (const position of this.recent) {
      const block = this.around(position);
      if (block !== undefined && !blocks.includes(block)) blocks.push(block);
      if (blocks.length >= count) return blocks;
    }
    for (const block of this.blocks) {
      if (blocks.length >= count) break;
      if (!blocks.includes(block)) blocks.push(block);
    }
    return blocks;
  }

  /** Takes the block that holds the octet at `position`, less what lies before it, in its pieces; `undefined` when none does. */
  takeAt(position: number): Uint8Array[] | undefined {
    for (;;) {
      const block = this.blocks[0];
      if (block === undefined || block.start > position) return undefined;
      this.blocks.shift();
      this.bytes -= block.end - block.start;
      this.held -= block.pieces.length;
      if (block.end > position) return from(block.pieces, position - block.start);
    }
  }

  clear(): void {
    this.blocks = [];
    this.recent = [];
    this.bytes = 0;
    this.held = 0;
  }

  /** Makes one of the block at `index` and the one that follows, where they touch. */
  private join(index: number): void {
    const block = this.blocks[index];
    const next = this.blocks[index + 1];
    if (block === undefined || next?.start !== block.end) return;
    if (block.pieces.length < next.pieces.length) {
      next.pieces = block.pieces.concat(next.pieces);
      next.start = block.start;
      this.blocks.splice(index, 1);
    } else {
      for (const piece of next.pieces) block.pieces.push(piece);
      block.end = next.end;
      this.blocks.splice(index + 1, 1);
    }
  }

  private noteRecent(position: number): void {
    const block = this.around(position);
    if (block === undefined) return;
    // One place stands for each block.
    this.recent = this.recent.filter((each) => this.around(each) !== block);
    this.recent.unshift(position);
    if (this.recent.length > MOST_RECENT) this.recent.length = MOST_RECENT;
  }

  /** The index of the first block that ends at `position` or beyond. */
  private firstEndingFrom(position: number): number {
    let low = 0;
    let high = this.blocks.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      const block = this.blocks[middle];
      if (block !== undefined && block.end < position) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}

/** The pieces without their first `skip` octets. */
function from(pieces: Uint8Array[], skip: number): Uint8Array[] {
  let rest = skip;
  let index = 0;
  for (let piece = pieces[index]; piece !== undefined && piece.length <= rest; piece = pieces[index]) {
    rest -= piece.length;
    index += 1;
  }
  const kept = index === 0 ? pieces : pieces.slice(index);
  const [first] = kept;
  if (first !== undefined && rest > 0) kept[0] = first.subarray(rest);
  return kept;
}
