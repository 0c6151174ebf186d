import type { ComponentChild, RefObject } from 'preact';
import { useLayoutEffect, useRef, useState } from 'preact/hooks';
import type { Texts } from '../../lang';
import { useTexts } from '../../lang';
import { count } from '../../lang/quantities';
import { tip } from '../shell';
import { nextOrder, sortRows, type Order, type SortKey } from './model';
import { useSight } from './use-sight';
import { MANY_ROWS, partsOf } from './window';
import './table.css';

export interface Column<T> {
  readonly id: string;
  readonly label: string;
  /** What its values mean. */
  readonly explain?: string;
  /** Figures stand at the right, and the largest come first when it is sorted. */
  readonly numeric?: boolean;
  readonly cell: (row: T) => ComponentChild;
  /** What it is sorted by; without it the column cannot be. */
  readonly sort?: (row: T) => SortKey;
}

interface TableProps<T> {
  readonly label: string;
  readonly columns: readonly Column<T>[];
  readonly rows: readonly T[];
  readonly keyOf: (row: T) => string;
  /** How a row is opened; without it rows cannot be. */
  readonly onOpen?: (row: T) => void;
  readonly openable?: (row: T) => boolean;
  readonly faded?: (row: T) => boolean;
  /** What a row is to be found by, for tests and style sheets. */
  readonly hook?: (row: T) => Readonly<Record<`data-${string}`, string>>;
  /** At most so many rows are drawn. Default 1,000. */
  readonly limit?: number;
}

const TEXTS: Texts<{ readonly hidden: (count: number) => string }> = {
  en: { hidden: (hidden) => `${count(hidden)} more are not shown: narrow the search.` },
  ko: { hidden: (hidden) => `${count(hidden)}개가 더 있습니다. 검색을 좁혀 보세요.` },
};

/** A table that can be sorted by its columns; rows open on click and Enter. Of many rows those in sight are drawn. */
export function Table<T>({ label, columns, rows, keyOf, onOpen, openable, faded, hook, limit = 1000 }: TableProps<T>) {
  const texts = useTexts(TEXTS);
  const [order, setOrder] = useState<Order | undefined>(undefined);
  const by = columns.find(({ id }) => id === order?.column)?.sort;
  const sorted = by === undefined || order === undefined ? rows : sortRows(rows, by, order.descending);
  const hidden = rows.length - limit;
  const drawn = hidden > 0 ? sorted.slice(0, limit) : sorted;
  const many = drawn.length > MANY_ROWS;
  const table = useRef<HTMLTableElement>(null);
  const sight = useSight(table, many);
  const [focused, setFocused] = useState<string | undefined>(undefined);
  const held = many && focused !== undefined ? drawn.findIndex((row) => keyOf(row) === focused) : -1;
  useKeptWidths(table, many);
  return (
    <div class="table-frame" {...(onOpen === undefined && { tabIndex: 0, role: 'group', 'aria-label': label })}>
      <table ref={table} class="table" aria-label={label} aria-rowcount={many ? drawn.length + 1 : undefined}>
        <thead>
          <tr>
            {columns.map(({ id, label: text, explain, numeric = false, sort }) => {
              const sortedNow = order?.column === id;
              const direction = sortedNow ? (order.descending ? 'descending' : 'ascending') : 'none';
              return (
                <th
                  key={id}
                  scope="col"
                  class={numeric ? 'numeric' : ''}
                  aria-sort={sort === undefined ? undefined : direction}
                >
                  {sort === undefined ? (
                    <span {...(explain === undefined ? {} : tip(explain))}>{text}</span>
                  ) : (
                    <button
                      type="button"
                      class="table-sort"
                      {...(explain === undefined ? {} : tip(explain))}
                      onClick={() => {
                        setOrder(nextOrder(order, id, numeric));
                      }}
                    >
                      {text}
                      <span class="table-arrow" aria-hidden="true">
                        {sortedNow ? (order.descending ? '▼' : '▲') : ''}
                      </span>
                    </button>
                  )}
                </th>
              );
            })}
          </tr>
        </thead>
        <tbody>
          {partsOf(drawn.length, sight, held).map((part) => {
            if (part.kind === 'room') {
              const height = `${part.rows * sight.rowHeight}px`;
              return (
                <tr key={`room ${part.from}`} class="table-room" aria-hidden="true" style={{ height }}>
                  <td colSpan={columns.length} />
                </tr>
              );
            }
            const row = drawn[part.at];
            if (row === undefined) return null;
            const key = keyOf(row);
            const opens = onOpen !== undefined && (openable?.(row) ?? true);
            return (
              <tr
                key={key}
                class={`${opens ? 'opens' : ''} ${faded?.(row) === true ? 'faded' : ''}`}
                aria-rowindex={many ? part.at + 2 : undefined}
                {...hook?.(row)}
                {...(opens && {
                  tabIndex: 0,
                  onFocus: () => {
                    setFocused(key);
                  },
                  onClick: () => {
                    onOpen(row);
                  },
                  onKeyDown: (event: KeyboardEvent) => {
                    if (event.key === 'Enter') onOpen(row);
                    const next = event.key === 'ArrowDown' || event.key === 'j';
                    if (!next && event.key !== 'ArrowUp' && event.key !== 'k') return;
                    event.preventDefault();
                    focusBeside(event.currentTarget, next);
                  },
                })}
              >
                {columns.map(({ id, label: text, numeric = false, cell }) => (
                  <td key={id} class={numeric ? 'numeric' : ''} data-label={text}>
                    {cell(row)}
                  </td>
                ))}
              </tr>
            );
          })}
        </tbody>
      </table>
      {hidden > 0 && <p class="table-hidden">{texts.hidden(hidden)}</p>}
    </div>
  );
}

function focusBeside(row: EventTarget | null, next: boolean): void {
  let beside = row instanceof Element ? row : null;
  do beside = (next ? beside?.nextElementSibling : beside?.previousElementSibling) ?? null;
  while (beside !== null && !beside.classList.contains('opens'));
  if (beside instanceof HTMLElement) beside.focus();
}

/** While other rows come into sight, columns only grow: else they would jump to and fro as one scrolls. */
function useKeptWidths(table: RefObject<HTMLTableElement | null>, many: boolean): void {
  const widths = useRef<{ readonly outer: number; readonly inner: number[] }>({ outer: 0, inner: [] });
  useLayoutEffect(() => {
    const { current } = table;
    if (current === null) return;
    const heads = [...(current.tHead?.rows[0]?.cells ?? [])];
    const outer = current.parentElement?.clientWidth ?? 0;
    const known = widths.current;
    if (!many || known.outer !== outer || known.inner.length !== heads.length) {
      for (const head of heads) head.style.minWidth = '';
      widths.current = { outer, inner: many ? heads.map((head) => head.offsetWidth) : [] };
      if (!many) return;
    }
    for (const [at, head] of heads.entries()) {
      const width = Math.max(widths.current.inner[at] ?? 0, head.offsetWidth);
      widths.current.inner[at] = width;
      const style = `${width}px`;
      if (head.style.minWidth !== style) head.style.minWidth = style;
    }
    // What was kept for others leaves no room for what is here: begin anew.
    if (current.offsetWidth <= outer) return;
    for (const head of heads) head.style.minWidth = '';
    widths.current = { outer, inner: heads.map((head) => head.offsetWidth) };
  });
}
