/** Rows that go to paper at most: some 80 pages. */
export const MOST_PRINTED = 1000;

/** Which entries go to paper: all, or those from the first in sight on. From one up to, not including, the other. */
export function printed(length: number, inSight: number): { readonly from: number; readonly to: number } {
  const from = Math.max(0, Math.min(inSight, length - MOST_PRINTED));
  return { from, to: Math.min(length, from + MOST_PRINTED) };
}
