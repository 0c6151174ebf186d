import type { RefObject } from 'preact';
import { useLayoutEffect, useState } from 'preact/hooks';
import { usePrinting } from '../printing';
import type { Sight } from './window';

/** Until a row has been measured. */
const UNKNOWN: Sight = { top: 0, height: 0, rowHeight: 0 };
/** What is seen moves in steps of so many rows: the table need not be drawn with each pixel. */
const STEP = 4;

/**
 * What is seen of a table in whatever scrolls it, and how high its rows are on average.
 * @param active false: nobody asks
 */
export function useSight(table: RefObject<HTMLTableElement | null>, active: boolean): Sight {
  const [sight, setSight] = useState(UNKNOWN);
  useLayoutEffect(() => {
    const { current } = table;
    if (!active || current === null) return undefined;
    const look = (): void => {
      setSight((known) => seenOf(current, known));
    };
    look();
    // What scrolls may be any of those around it: scrolling is heard on its way down.
    document.addEventListener('scroll', look, { capture: true, passive: true });
    const observer = new ResizeObserver(look);
    observer.observe(document.documentElement);
    if (current.parentElement !== null) observer.observe(current.parentElement);
    return () => {
      document.removeEventListener('scroll', look, { capture: true });
      observer.disconnect();
    };
  }, [table, active]);
  const printing = usePrinting();
  return printing ? { ...sight, top: 0, height: Infinity } : sight;
}

function seenOf(table: HTMLTableElement, known: Sight): Sight {
  const body = table.tBodies[0];
  const rows = body?.querySelectorAll<HTMLElement>('tr:not(.table-room)');
  const first = rows?.[0];
  if (body === undefined || rows === undefined || first === undefined) return known;
  // The average of those that are there; it stays as it is for small changes, or all below would move with each of them.
  let sum = 0;
  for (const row of rows) sum += row.offsetHeight;
  const average = sum / rows.length;
  const rowHeight = Math.abs(average - known.rowHeight) > 4 || known.rowHeight === 0 ? average : known.rowHeight;
  if (rowHeight === 0) return known;
  const frame = table.parentElement?.getBoundingClientRect();
  const above = Math.max(0, frame?.top ?? 0);
  const below = Math.min(innerHeight, frame?.bottom ?? innerHeight);
  const step = rowHeight * STEP;
  const top = Math.max(0, Math.floor((above - body.getBoundingClientRect().top) / step) * step);
  const height = Math.ceil(Math.max(0, below - above) / step + 1) * step;
  return known.top === top && known.height === height && known.rowHeight === rowHeight
    ? known
    : { top, height, rowHeight };
}
