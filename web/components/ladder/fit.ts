import type { Part } from '../../../src/inspect/layout';
import { displayWidth } from '../../../src/inspect/display-width';

/** Of the parts on an arrow those that have room in so many columns, in their order; what has the highest rank goes first. */
export function fitParts(parts: readonly Part[], columns: number): Part[] {
  const kept = [...parts];
  const width = (): number => kept.reduce((sum, { text }) => sum + displayWidth(text) + 2, -2);
  while (kept.length > 1 && width() > columns) {
    const highest = Math.max(...kept.map(({ rank }) => rank));
    // The flags and the numbers stay, whatever the room: they are cut at the end.
    if (highest === 0) break;
    kept.splice(kept.map(({ rank }) => rank).lastIndexOf(highest), 1);
  }
  return kept;
}
