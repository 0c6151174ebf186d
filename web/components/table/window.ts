/** Rows that are drawn, and room in the place of others: so many rows. In order. */
export type Part =
  | { readonly kind: 'row'; readonly at: number }
  | { readonly kind: 'room'; readonly from: number; readonly rows: number };

/** From so many rows on only those in sight are drawn. */
export const MANY_ROWS = 100;
/** Rows drawn above and below those in sight, so that a step by keyboard or wheel finds them there. */
const OVERSCAN = 8;

/** What is seen of a table, px from the top of its first row, and how high a row is. */
export interface Sight {
  readonly top: number;
  readonly height: number;
  readonly rowHeight: number;
}

/**
 * Which of `count` rows are drawn.
 * @param held a row that stays, wherever it is, with those beside it: the one with the focus, which would be lost otherwise
 */
export function partsOf(count: number, { top, height, rowHeight }: Sight, held = -1): readonly Part[] {
  const whole = count <= MANY_ROWS || !(rowHeight > 0);
  const first = whole ? 0 : clamp(Math.floor(top / rowHeight) - OVERSCAN, count);
  const end = whole ? Math.min(count, MANY_ROWS) : clamp(Math.ceil((top + height) / rowHeight) + OVERSCAN, count);
  const seen = { from: first, to: end };
  const around = held < 0 ? seen : { from: clamp(held - 1, count), to: clamp(held + 2, count) };
  const parts: Part[] = [];
  let next = 0;
  const room = (to: number): void => {
    if (to > next) parts.push({ kind: 'room', from: next, rows: to - next });
    next = Math.max(next, to);
  };
  for (const { from, to } of around.from < seen.from ? [around, seen] : [seen, around]) {
    if (to <= next) continue;
    room(from);
    for (; next < to; next++) parts.push({ kind: 'row', at: next });
  }
  room(count);
  return parts;
}

function clamp(value: number, count: number): number {
  return Math.max(0, Math.min(count, value));
}
