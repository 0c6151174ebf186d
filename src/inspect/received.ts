import { diff, gt } from '../tcp/sequence';

/** Pieces beyond a gap that are remembered; more are taken for seen for the first time. */
const MOST_PIECES = 64;

/** How a segment fits to what came before it. */
export interface Fit {
  /** All of it had come before. */
  readonly duplicate: boolean;
  /** The octets before it that have not come yet. */
  readonly missing: number;
  /** It brings the first octets that were missing. */
  readonly fills: boolean;
}

/** Which sequence numbers of one direction have come in, so that gaps and repetitions show. */
export class Received {
  /** Everything before this has come. */
  private next: number | undefined;
  /** What came beyond a gap, in no order; pieces may touch. */
  private pieces: { start: number; end: number }[] = [];

  /**
   * Takes in the octets from `start` up to, not including, `end`.
   * @param expected where the stream begins, if nothing was added before
   */
  add(start: number, end: number, expected: number): Fit {
    this.next ??= expected;
    const next = this.next;
    if (start === end) return { duplicate: false, missing: 0, fills: false };
    const known = this.pieces.some((piece) => diff(piece.start, start) <= 0 && diff(end, piece.end) <= 0);
    if (known || !gt(end, next)) return { duplicate: true, missing: 0, fills: false };
    if (gt(start, next)) {
      if (this.pieces.length < MOST_PIECES) this.pieces.push({ start, end });
      return { duplicate: false, missing: diff(start, next), fills: false };
    }
    const fills = this.pieces.length > 0;
    this.next = end;
    this.join();
    return { duplicate: false, missing: 0, fills };
  }

  /** Moves `next` over the pieces that it has reached. */
  private join(): void {
    for (;;) {
      const next = this.next;
      if (next === undefined) return;
      const reached = this.pieces.find(({ start, end }) => !gt(start, next) && gt(end, next));
      if (reached === undefined) {
        this.pieces = this.pieces.filter(({ end }) => gt(end, next));
        return;
      }
      this.next = reached.end;
    }
  }
}
