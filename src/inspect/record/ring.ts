/** The last so many of a growing list, each under the number that it had from the start. */
export class Ring<T> {
  private readonly items: T[] = [];
  /** The number of the first that is still there. */
  first = 0;

  /** @param limit how many are kept, 1 or more */
  constructor(readonly limit: number) {}

  /** The number that the next one will have. */
  get end(): number {
    return this.first + this.items.length;
  }

  get length(): number {
    return this.items.length;
  }

  /** By its number; `undefined` when it is forgotten, or has not come yet. */
  at(index: number): T | undefined {
    return this.items[index - this.first];
  }

  get last(): T | undefined {
    return this.items.at(-1);
  }

  push(item: T): void {
    this.items.push(item);
    // Many at a time: taking one off the front of a long array costs as much as taking a thousand.
    if (this.items.length < this.limit + Math.min(1024, this.limit)) return;
    const extra = this.items.length - this.limit;
    this.items.splice(0, extra);
    this.first += extra;
  }

  /** Forgets so many of the oldest. */
  drop(count: number): void {
    const extra = Math.min(count, this.items.length);
    this.items.splice(0, extra);
    this.first += extra;
  }

  /** Those with numbers from `from` up to, not including, `to`. */
  slice(from = this.first, to = this.end): T[] {
    return this.items.slice(Math.max(0, from - this.first), Math.max(0, to - this.first));
  }

  [Symbol.iterator](): IterableIterator<T> {
    return this.items[Symbol.iterator]();
  }
}
