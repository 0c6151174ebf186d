/** In which order rows stand: by which column, and whether the largest comes first. */
export interface Order {
  readonly column: string;
  readonly descending: boolean;
}

export type SortKey = string | number | undefined;

/**
 * The rows in that order; those with equal keys stay as they were, those without one come last either way.
 * @param keyOf what a row is sorted by
 */
export function sortRows<T>(rows: readonly T[], keyOf: (row: T) => SortKey, descending: boolean): T[] {
  const keyed = rows.map((row) => ({ row, key: keyOf(row) }));
  const sign = descending ? -1 : 1;
  keyed.sort((a, b) => {
    if (a.key === undefined || b.key === undefined) return Number(a.key === undefined) - Number(b.key === undefined);
    return sign * compare(a.key, b.key);
  });
  return keyed.map(({ row }) => row);
}

/** A column's first click sorts ascending for text and descending for figures; the next turns it, the third undoes it. */
export function nextOrder(order: Order | undefined, column: string, numeric: boolean): Order | undefined {
  if (order?.column !== column) return { column, descending: numeric };
  return order.descending === numeric ? { column, descending: !numeric } : undefined;
}

/**
 * True when every word of `search` is in one of the texts: as a part, whatever the case. A word with `:` before it and digits behind is a
 * port, and must be all of it: `:80` does not find 8080.
 */
export function matches(search: string, texts: readonly string[]): boolean {
  const all = texts.join('\n').toLowerCase();
  return search
    .toLowerCase()
    .split(/\s+/)
    .filter((word) => word !== '')
    .every((word) => (/^:\d+$/.test(word) ? new RegExp(`${word}(?!\\d)`).test(all) : all.includes(word)));
}

function compare(a: string | number, b: string | number): number {
  if (typeof a === 'number' && typeof b === 'number') return a - b;
  return String(a).localeCompare(String(b), 'en', { numeric: true });
}
