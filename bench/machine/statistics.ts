/** The middle value; of an even number the mean of the middle two. RangeError of none. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((one, other) => one - other);
  const [low, high] = [sorted[(sorted.length - 1) >> 1], sorted[sorted.length >> 1]];
  if (low === undefined || high === undefined) throw new RangeError('there is no median of no values');
  return (low + high) / 2;
}

/** Two figures that were measured one right after the other, so that what disturbs one disturbs the other. */
export interface Pair {
  readonly ours: number;
  readonly other: number;
}

/** The medians of both, and of the pairs' ratios. */
export function ofPairs(pairs: readonly Pair[]): { ours: number; other: number; ratio: number } {
  return {
    ours: median(pairs.map(({ ours }) => ours)),
    other: median(pairs.map(({ other }) => other)),
    ratio: median(pairs.map(({ ours, other }) => ours / other)),
  };
}

/** With so many digits after the point at most, for what is printed. */
export function rounded(value: number, digits = 2): number {
  return Number(value.toFixed(digits));
}
