/** A bound on how many connections may be of one kind at a time. */
export class Quota<Holder> {
  private readonly holders = new Set<Holder>();

  constructor(private readonly limit: number) {}

  get size(): number {
    return this.holders.size;
  }

  /** Returns `false` when the bound is reached. */
  take(holder: Holder): boolean {
    if (this.holders.size >= this.limit && !this.holders.has(holder)) return false;
    this.holders.add(holder);
    return true;
  }

  /** Harmless for one that holds nothing. */
  give(holder: Holder): void {
    this.holders.delete(holder);
  }
}
