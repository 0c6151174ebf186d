/** What can be counted: `counted` has a bit for each quota that counts it. */
export interface Counted {
  counted: number;
}

/**
 * A bound on how many connections may be of one kind at a time.
 *
 * It is no Set of them: as members come and go V8 makes new tables for one, the old pointing to the new, and of those that have grown
 * old each keeps all later ones, with what was in them, alive until the next major garbage collection.
 */
export class Quota {
  size = 0;

  /** @param bit which of the bits in `counted` it uses */
  constructor(
    private readonly limit: number,
    private readonly bit: number,
  ) {}

  /** Returns `false` when the bound is reached. */
  take(holder: Counted): boolean {
    if ((holder.counted & this.bit) !== 0) return true;
    if (this.size >= this.limit) return false;
    holder.counted |= this.bit;
    this.size += 1;
    return true;
  }

  /** Harmless for one that is not counted. */
  give(holder: Counted): void {
    if ((holder.counted & this.bit) === 0) return;
    holder.counted &= ~this.bit;
    this.size -= 1;
  }
}
