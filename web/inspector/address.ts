/** What the page shows, as it stands behind the `#` of its address: `#c=3&row=120&view=plots`. */

export const VIEWS = ['ladder', 'segment', 'states', 'windows', 'plots', 'timers'] as const;
export type View = (typeof VIEWS)[number];

export const PAGES = ['connections', 'host', 'events'] as const;
export type Page = (typeof PAGES)[number];

export interface Address {
  /** Without a connection: which of the pages. */
  readonly page: Page;
  /** The key of a connection, see `items.ts`. */
  readonly connection: string | undefined;
  /** The index of the row that is selected. */
  readonly row: number | undefined;
  readonly view: View;
}

export const START: Address = { page: 'connections', connection: undefined, row: undefined, view: 'ladder' };

/** Whatever is not understood is as at the start. */
export function parseAddress(hash: string): Address {
  const parts = new URLSearchParams(hash.replace(/^#/, ''));
  const row = parts.get('row');
  return {
    page: PAGES.find((each) => each === parts.get('page')) ?? START.page,
    connection: /^n?\d{1,10}$/.exec(parts.get('c') ?? '')?.[0],
    row: row !== null && /^\d{1,10}$/.test(row) ? Number(row) : undefined,
    view: VIEWS.find((each) => each === parts.get('view')) ?? START.view,
  };
}

export function formatAddress({ page, connection, row, view }: Address): string {
  const parts = new URLSearchParams();
  if (connection === undefined) {
    if (page !== START.page) parts.set('page', page);
  } else {
    parts.set('c', connection);
    if (row !== undefined) parts.set('row', String(row));
    if (view !== START.view) parts.set('view', view);
  }
  return `#${parts.toString()}`;
}
