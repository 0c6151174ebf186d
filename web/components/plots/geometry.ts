/** From values to pixels, both ways linear. */
export interface Frame {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
  readonly x: readonly [min: number, max: number];
  readonly y: readonly [min: number, max: number];
}

export function toX({ left, width, x: [min, max] }: Frame, value: number): number {
  return left + ((value - min) / (max - min || 1)) * width;
}

export function toY({ top, height, y: [min, max] }: Frame, value: number): number {
  return top + height - ((value - min) / (max - min || 1)) * height;
}

/** The first index whose value is not below `value`, in numbers that ascend. */
export function firstAt(values: ArrayLike<number>, value: number): number {
  let low = 0;
  let high = values.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((values[middle] ?? 0) < value) low = middle + 1;
    else high = middle;
  }
  return low;
}

export interface Bars {
  readonly t: ArrayLike<number>;
  readonly from: ArrayLike<number>;
  readonly to: ArrayLike<number>;
  readonly kind?: ArrayLike<number>;
}

/**
 * Upright bars inside a frame as x, top and bottom in pixels, one after the other; those of `kind` alone, where that is given. Bars of one
 * pixel column that touch are joined: no more are drawn than can be seen.
 */
export function barsOf({ t, from, to, kind }: Bars, frame: Frame, wanted?: number): number[] {
  const bars: number[] = [];
  let lastX = NaN;
  for (let index = firstAt(t, frame.x[0]); index < t.length && (t[index] ?? 0) <= frame.x[1]; index++) {
    if (wanted !== undefined && kind?.[index] !== wanted) continue;
    const x = Math.round(toX(frame, t[index] ?? 0));
    const top = toY(frame, to[index] ?? 0);
    const bottom = toY(frame, from[index] ?? 0);
    const last = bars.length - 3;
    if (x === lastX && bottom <= (bars[last + 2] ?? 0) + 1 && bottom >= (bars[last + 1] ?? 0) - 1) {
      bars[last + 1] = Math.min(bars[last + 1] ?? top, top);
      bars[last + 2] = Math.max(bars[last + 2] ?? bottom, bottom);
    } else {
      bars.push(x, top, bottom);
      lastX = x;
    }
  }
  return bars;
}

/** The bar nearest to a point in pixels, at most `reach` away; its index, or `undefined`. */
export function nearest(
  { t, from, to }: Bars,
  frame: Frame,
  point: { x: number; y: number },
  reach: number,
): number | undefined {
  const perPixel = (frame.x[1] - frame.x[0]) / (frame.width || 1);
  const time = frame.x[0] + (point.x - frame.left) * perPixel;
  const end = firstAt(t, time + reach * perPixel);
  let best: number | undefined;
  let least = reach;
  for (let index = firstAt(t, time - reach * perPixel); index < end; index++) {
    const dx = toX(frame, t[index] ?? 0) - point.x;
    const top = toY(frame, to[index] ?? 0);
    const bottom = toY(frame, from[index] ?? 0);
    const dy = point.y < top ? top - point.y : point.y > bottom ? point.y - bottom : 0;
    const distance = Math.hypot(dx, dy);
    if (distance > least) continue;
    least = distance;
    best = index;
  }
  return best;
}

/** The least and the largest of numbers whose times lie in a range, `undefined` where there is none. */
export function extent(
  t: ArrayLike<number>,
  values: ArrayLike<number>,
  [min, max]: readonly [number, number],
): [number, number] | undefined {
  let low = Infinity;
  let high = -Infinity;
  // A line goes on from the point before the range.
  for (let index = Math.max(0, firstAt(t, min) - 1); index < t.length && (t[index] ?? 0) <= max; index++) {
    const value = values[index] ?? NaN;
    if (value < low) low = value;
    if (value > high) high = value;
  }
  return low <= high ? [low, high] : undefined;
}

/** A range of sequence numbers that shows the data; the window's edge only where it is not far from it. */
export function sequenceRange(
  data: [number, number] | undefined,
  ack: [number, number] | undefined,
  edge: [number, number] | undefined,
): [number, number] {
  const low = Math.min(data?.[0] ?? Infinity, ack?.[0] ?? Infinity);
  const high = Math.max(data?.[1] ?? -Infinity, ack?.[1] ?? -Infinity);
  if (!(high >= low)) return [0, 1];
  const size = Math.max(high - low, 1);
  const top = edge !== undefined && edge[1] - high <= size * 0.8 ? Math.max(high, edge[1]) : high;
  // Not so near that a byte has fractions.
  const end = Math.max(top, low + 10);
  const margin = (end - low) * 0.06;
  return [low - margin, end + margin];
}

/** From nothing to a bit above the largest value. */
export function upFromZero(largest: number | undefined): [number, number] {
  return [0, largest !== undefined && largest > 0 ? largest * 1.12 : 1];
}

/** A part of `whole`, `factor` times as long as `shown`, around the same middle, and inside `whole`. `undefined`: all of it. */
export function zoomed(
  shown: readonly [number, number],
  whole: readonly [number, number],
  factor: number,
): [number, number] | undefined {
  const size = Math.max((shown[1] - shown[0]) * factor, 1e-5);
  if (size >= whole[1] - whole[0]) return undefined;
  return within((shown[0] + shown[1]) / 2 - size / 2, size, whole);
}

/** The same part, moved by a share of its length. */
export function moved(
  shown: readonly [number, number],
  whole: readonly [number, number],
  share: number,
): [number, number] {
  const size = shown[1] - shown[0];
  return within(shown[0] + size * share, size, whole);
}

function within(from: number, size: number, whole: readonly [number, number]): [number, number] {
  const start = Math.max(whole[0], Math.min(from, whole[1] - size));
  return [start, start + size];
}

/** Each so many points become one: their mean, in their middle. */
export function coarser<Name extends string>(
  columns: Readonly<Record<Name, Float64Array>>,
  joined: number,
): Readonly<Record<Name, Float64Array>> {
  if (joined <= 1) return columns;
  const mean = (values: Float64Array): Float64Array =>
    Float64Array.from({ length: Math.ceil(values.length / joined) }, (_, index) => {
      const part = values.subarray(index * joined, (index + 1) * joined);
      return part.reduce((sum, value) => sum + value, 0) / part.length;
    });
  const all = (Object.entries(columns) as [Name, Float64Array][]).map(
    ([name, values]) => [name, mean(values)] as const,
  );
  return Object.fromEntries(all) as Record<Name, Float64Array>;
}

/** How many decimals a step needs so that each multiple of it is written as what it is: 2 for 0.25. At most 6. */
export function decimals(step: number): number {
  let digits = 0;
  for (; digits < 6; digits++) {
    const scaled = step * 10 ** digits;
    if (Math.abs(scaled - Math.round(scaled)) < 1e-6 * Math.max(1, scaled)) break;
  }
  return digits;
}
