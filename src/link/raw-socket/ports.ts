/** The first and the last port of a range; the same for one. */
export interface PortRange {
  readonly first: number;
  readonly last: number;
}

const RANGE = /^([0-9]{1,5})(?:-([0-9]{1,5}))?$/;

/** Ports of a host, as ranges that neither touch nor overlap, in ascending order. */
export class PortSet {
  readonly ranges: readonly PortRange[];
  /** A bit for each port. */
  readonly #bits = new Uint8Array(8192);

  constructor(ranges: Iterable<PortRange>) {
    this.ranges = joined([...ranges]);
    for (const { first, last } of this.ranges) {
      for (let port = first; port <= last; port++) this.#bits[port >>> 3] = this.#byte(port) | (1 << (port & 7));
    }
  }

  /**
   * Reads ports and ranges with commas between them: `80,443,20000-29999`. Spaces do not matter.
   * @returns `undefined` when the text is anything else, or a port is not between 1 and 65535
   */
  static parse(text: string): PortSet | undefined {
    const ranges: PortRange[] = [];
    for (const word of text.split(',')) {
      const [, from, to = from] = RANGE.exec(word.trim()) ?? [];
      const [first, last] = [Number(from), Number(to)];
      if (!(first >= 1 && first <= last && last <= 65535)) return undefined;
      ranges.push({ first, last });
    }
    return new PortSet(ranges);
  }

  has(port: number): boolean {
    return ((this.#byte(port) >>> (port & 7)) & 1) === 1;
  }

  /** Those of this set and these. */
  with(ranges: Iterable<PortRange>): PortSet {
    return new PortSet([...this.ranges, ...ranges]);
  }

  /** Those that are in both. */
  and({ ranges }: PortSet): PortSet {
    return new PortSet(
      this.ranges.flatMap((ours) =>
        ranges
          .map((theirs) => ({ first: Math.max(ours.first, theirs.first), last: Math.min(ours.last, theirs.last) }))
          .filter(({ first, last }) => first <= last),
      ),
    );
  }

  /** Those of this set that are not among the others. */
  without({ ranges }: PortSet): PortSet {
    let left: PortRange[] = [...this.ranges];
    for (const hole of ranges) {
      left = left.flatMap(({ first, last }) =>
        [
          { first, last: Math.min(last, hole.first - 1) },
          { first: Math.max(first, hole.last + 1), last },
        ].filter((part) => part.first <= part.last),
      );
    }
    return new PortSet(left);
  }

  /** The widest range, the first of equals; `undefined` of an empty set. */
  get widest(): PortRange | undefined {
    let widest: PortRange | undefined;
    for (const range of this.ranges) {
      if (widest === undefined || range.last - range.first > widest.last - widest.first) widest = range;
    }
    return widest;
  }

  get isEmpty(): boolean {
    return this.ranges.length === 0;
  }

  /** `80,443,20000-29999`. */
  toString(): string {
    return this.ranges.map(({ first, last }) => (first === last ? `${first}` : `${first}-${last}`)).join(',');
  }

  #byte(port: number): number {
    return this.#bits[port >>> 3] ?? 0;
  }
}

function joined(ranges: readonly PortRange[]): PortRange[] {
  const result: PortRange[] = [];
  for (const range of [...ranges].sort((a, b) => a.first - b.first)) {
    const before = result.at(-1);
    if (before !== undefined && range.first <= before.last + 1) {
      result[result.length - 1] = { first: before.first, last: Math.max(before.last, range.last) };
    } else result.push(range);
  }
  return result;
}
