/**
 * Points of a plot: a typed array for each of their numbers, which grow together. Beyond a limit the oldest quarter is forgotten.
 */
export class Track<Name extends string> {
  /** How many points there are. */
  length = 0;
  /** How many were forgotten. */
  forgotten = 0;
  private columns: Record<Name, Float64Array>;
  private room: number;

  /** @param limit how many points are kept, 4 or more */
  constructor(
    private readonly names: readonly Name[],
    private readonly limit: number,
  ) {
    this.room = Math.min(64, limit);
    this.columns = this.make();
  }

  /** The numbers of all points, in the order in which they came. It is a view: valid until the next `add`. */
  values(name: Name): Float64Array {
    return this.columns[name].subarray(0, this.length);
  }

  get(name: Name, index: number): number | undefined {
    return index < this.length ? this.columns[name][index] : undefined;
  }

  add(point: Readonly<Record<Name, number>>): void {
    if (this.length === this.room) this.makeRoom();
    for (const name of this.names) this.columns[name][this.length] = point[name];
    this.length += 1;
  }

  set(name: Name, index: number, value: number): void {
    if (index >= 0 && index < this.length) this.columns[name][index] = value;
  }

  /** The index of the point whose number is this one, where they ascend; -1: there is none. */
  find(name: Name, value: number): number {
    const column = this.columns[name];
    let low = 0;
    let high = this.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((column[middle] ?? 0) < value) low = middle + 1;
      else high = middle;
    }
    return low < this.length && column[low] === value ? low : -1;
  }

  private makeRoom(): void {
    if (this.room < this.limit) {
      this.room = Math.min(this.room * 2, this.limit);
      const { columns } = this;
      this.columns = this.make();
      for (const name of this.names) this.columns[name].set(columns[name]);
      return;
    }
    const gone = Math.max(1, this.limit >>> 2);
    for (const name of this.names) this.columns[name].copyWithin(0, gone);
    this.length -= gone;
    this.forgotten += gone;
  }

  private make(): Record<Name, Float64Array> {
    return Object.fromEntries(this.names.map((name) => [name, new Float64Array(this.room)])) as Record<
      Name,
      Float64Array
    >;
  }
}
