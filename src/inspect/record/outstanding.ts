import type { SegmentRow } from './row';

/** Octets that were sent, and are not acknowledged yet. */
export interface Piece {
  readonly from: number;
  readonly to: number;
  /** What carried it last. */
  readonly row: SegmentRow;
  /** How many times it was sent. */
  readonly times: number;
  /** The other end has it, and told so by SACK. */
  readonly sacked: boolean;
}

/** Pieces that are remembered at most; beyond that the oldest are forgotten. */
const MOST_PIECES = 65_536;

/**
 * What one end has sent and the other has not acknowledged, in order of sequence numbers (as positions, see `Flow`): who carried
 * which octets last is found without looking back at all rows. (That of explain keeps segments and times, for round trips.)
 */
export class Outstanding {
  private pieces: Piece[] = [];
  /** Pieces before this one are done with. */
  private head = 0;

  get size(): number {
    return this.pieces.length - this.head;
  }

  *[Symbol.iterator](): Generator<Piece> {
    for (let index = this.head; index < this.pieces.length; index++) {
      const piece = this.pieces[index];
      if (piece !== undefined) yield piece;
    }
  }

  /**
   * A row carries the octets from `from` up to, not including, `to`.
   * @returns who carried some of them before, each once, with whether the other end had all of that by SACK
   */
  send(from: number, to: number, row: SegmentRow): ReadonlyMap<SegmentRow, boolean> {
    const earlier = new Map<SegmentRow, boolean>();
    let at = from;
    if (this.size > 0 && from < this.end) {
      this.split(from);
      this.split(to);
      for (let index = this.find(from); index < this.pieces.length; index++) {
        const piece = this.pieces[index];
        if (piece === undefined || piece.from >= to) break;
        earlier.set(piece.row, piece.sacked && (earlier.get(piece.row) ?? true));
        this.pieces[index] = { ...piece, row, times: piece.times + 1 };
        at = Math.max(at, piece.to);
      }
      at = Math.max(at, Math.min(to, this.end));
    }
    if (at < to) this.pieces.push({ from: at, to, row, times: 1, sacked: false });
    if (this.size > MOST_PIECES) this.head += 1;
    this.tidy();
    return earlier;
  }

  /** All before `position` is acknowledged. */
  acknowledge(position: number): void {
    while (this.head < this.pieces.length) {
      const piece = this.pieces[this.head];
      if (piece === undefined || piece.from >= position) break;
      if (piece.to > position) {
        this.pieces[this.head] = { ...piece, from: position };
        break;
      }
      this.head += 1;
    }
    this.tidy();
  }

  /** The other end has this range. Gives the rows of which it now has everything. */
  sack(from: number, to: number): readonly SegmentRow[] {
    if (this.size === 0) return [];
    this.split(from);
    this.split(to);
    const rows = new Set<SegmentRow>();
    for (let index = this.find(from); index < this.pieces.length; index++) {
      const piece = this.pieces[index];
      if (piece === undefined || piece.from >= to) break;
      if (piece.sacked) continue;
      this.pieces[index] = { ...piece, sacked: true };
      rows.add(piece.row);
    }
    return [...rows].filter((row) => this.isSacked(row, from));
  }

  clear(): void {
    this.pieces = [];
    this.head = 0;
  }

  /** Everything that the row carries around a position is there. */
  private isSacked(row: SegmentRow, near: number): boolean {
    const start = this.find(near);
    for (let index = start; index < this.pieces.length; index++) {
      const piece = this.pieces[index];
      if (piece === undefined || (piece.row !== row && piece.from > near)) break;
      if (piece.row === row && !piece.sacked) return false;
    }
    for (let index = start - 1; index >= this.head; index--) {
      const piece = this.pieces[index];
      if (piece?.row !== row) break;
      if (!piece.sacked) return false;
    }
    return true;
  }

  private get end(): number {
    return this.pieces.at(-1)?.to ?? 0;
  }

  /** The first piece that ends behind `position`. */
  private find(position: number): number {
    let low = this.head;
    let high = this.pieces.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.pieces[middle]?.to ?? 0) <= position) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  /** No piece reaches over `position` any more. */
  private split(position: number): void {
    const index = this.find(position);
    const piece = this.pieces[index];
    if (piece === undefined || piece.from >= position) return;
    this.pieces.splice(index, 1, { ...piece, to: position }, { ...piece, from: position });
  }

  private tidy(): void {
    if (this.head < 1024 || this.head * 2 < this.pieces.length) return;
    this.pieces = this.pieces.slice(this.head);
    this.head = 0;
  }
}
