import type { ConversationReport } from '../../src/explain';

/** Rows of ladders on paper: a hundred pages or so. */
export const MOST_ROWS = 4000;

/** What stands around a ladder, in rows. */
const AROUND = 12;

/** Those of `listed` that are printed: as many as there is room for, in their order, and one at least. */
export function onPaper(listed: readonly ConversationReport[], most: number): ConversationReport[] {
  let left = most;
  return listed.filter(({ rows }, index) => {
    const size = rows.length + AROUND;
    if (index > 0 && size > left) return false;
    left -= size;
    return true;
  });
}
