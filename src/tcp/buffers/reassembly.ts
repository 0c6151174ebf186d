import { own } from './receive-queue';

interface Piece {
  /** Distance of the first octet from the start of the stream, which does not wrap. */
  start: number;
  data: Uint8Array;
}

/**
 * Data that came ahead of its turn (RFC 9293 SHLD-31): pieces sorted by position that neither overlap nor are empty. Where
 * two segments disagree about an octet, the first to arrive is kept. Positions are octets from the start of the stream.
 */
export class Reassembly {
  private pieces: Piece[] = [];
  private bytes = 0;

  /** @param limit the most pieces held at once */
  constructor(private readonly limit: number) {}

  /** How many octets are held. */
  get length(): number {
    return this.bytes;
  }

  get isEmpty(): boolean {
    return this.pieces.length === 0;
  }

  /** Where the first piece starts; `undefined` when none is held. */
  get start(): number | undefined {
    return this.pieces[0]?.start;
  }

  /** Keeps what of `data` is not held yet. Returns `false`, and keeps nothing more, when the limit is reached. */
  insert(start: number, data: Uint8Array): boolean {
    let at = start;
    const end = start + data.length;
    let index = this.firstEndingAfter(at);
    while (at < end) {
      const next = this.pieces[index];
      if (next !== undefined && next.start <= at) {
        at = Math.max(at, next.start + next.data.length);
        index += 1;
        continue;
      }
      const stop = next === undefined ? end : Math.min(end, next.start);
      if (this.pieces.length >= this.limit) return false;
      this.pieces.splice(index, 0, { start: at, data: own(data.subarray(at - start, stop - start)) });
      this.bytes += stop - at;
      at = stop;
      index += 1;
    }
    return true;
  }

  /** Takes the piece that holds the octet at `position`, less what lies before it; `undefined` when none does. */
  takeAt(position: number): Uint8Array | undefined {
    for (;;) {
      const piece = this.pieces[0];
      if (piece === undefined || piece.start > position) return undefined;
      this.pieces.shift();
      this.bytes -= piece.data.length;
      const skip = position - piece.start;
      if (skip < piece.data.length) return skip === 0 ? piece.data : piece.data.subarray(skip);
    }
  }

  clear(): void {
    this.pieces = [];
    this.bytes = 0;
  }

  private firstEndingAfter(position: number): number {
    let low = 0;
    let high = this.pieces.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      const piece = this.pieces[middle];
      if (piece !== undefined && piece.start + piece.data.length <= position) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
