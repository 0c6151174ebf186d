import { worstFirst, type ConversationReport, type Report } from '../../explain';
import type { Lang } from '../../inspect';
import { encode } from '../../inspector/encoding';
import { readPage } from '../../inspector/page';

/** Where the page looks for what it is to show; see web/explain. */
const PLACE = '<div id="app"></div>';

/** Bytes of packets in a page, for those who open a row. */
const MOST_PACKET_BYTES = 2_000_000;
/** Rows of all ladders in a page: a row is 1 to 2 kB of it. */
const MOST_ROWS = 6000;

/** What the page is given. */
export interface PageData {
  readonly name: string;
  readonly lang: Lang;
  readonly report: Report;
  /** Rows whose packets are not in the page, to keep it small. */
  readonly packetsLeftOut: number;
  /** Conversations that are not in the page for the same reason. */
  readonly conversationsLeftOut: number;
}

/** The page with the report in it, as one self-contained HTML text. */
export function renderHtml(report: Report, name: string, lang: Lang): string {
  const data: PageData = { name, lang, ...withinLimit(report) };
  const page = readPage('explain');
  // Sets do not survive JSON; and nothing in a capture may end the script element, or begin a comment in it.
  const text = encode(withLists(data)).replace(
    /[<>&\u2028\u2029]/g,
    (sign) => `\\u${sign.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
  const script = `<script type="application/json" id="synack-report">${text}</script>`;
  // (A function, since "$&" in a capture would mean something in a replacement text.)
  return page.replace(PLACE, () => `${PLACE}${script}`);
}

/** The worst conversations are in the page, and of these the worst have their packets. */
function withinLimit(report: Report): Omit<PageData, 'name' | 'lang'> {
  let rowsLeft = MOST_ROWS;
  let left = MOST_PACKET_BYTES;
  let packetsLeftOut = 0;
  const limited = new Map<ConversationReport, ConversationReport>();
  for (const each of worstFirst(report.conversations)) {
    rowsLeft -= each.rows.length;
    if (rowsLeft < 0) continue;
    const rows = each.rows.map((row) => {
      const size = row.packet?.bytes.length ?? 0;
      if (size <= left) {
        left -= size;
        return row;
      }
      packetsLeftOut += 1;
      return { ...row, packet: undefined };
    });
    limited.set(each, { ...each, rows });
  }
  const conversations = report.conversations.flatMap((each) => limited.get(each) ?? []);
  const conversationsLeftOut = report.conversations.length - conversations.length;
  return { report: { ...report, conversations }, packetsLeftOut, conversationsLeftOut };
}

function withLists(value: unknown): unknown {
  if (value instanceof Set) return [...(value as Set<unknown>)];
  if (value instanceof Uint8Array || typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map(withLists);
  return Object.fromEntries(Object.entries(value).map(([name, each]) => [name, withLists(each)]));
}
