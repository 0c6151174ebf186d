import type { ConversationReport, NumberedRow, Report } from '../../src/explain';
import type { Lang } from '../../src/inspect';
import { Ring, type Row } from '../../src/inspect/record';
import { decode } from '../../src/inspector/encoding';
import { withPort } from '../../src/wire/address';

export interface PageData {
  readonly name: string;
  /** Of the page, at first. */
  readonly lang?: Lang;
  readonly report: Report;
  /** Rows whose packets are not in the page, to keep it small. */
  readonly packetsLeftOut?: number;
  readonly conversationsLeftOut?: number;
}

/** @param text what `synack explain --html` put into the page; `undefined` when there is nothing in it */
export function readData(text: string | undefined): PageData | undefined {
  if (text === undefined) return undefined;
  try {
    // It comes from the program that made the page.
    return withSets(decode(text) as PageData);
  } catch {
    return undefined;
  }
}

/** In a page sets are lists. */
function withSets(data: PageData): PageData {
  const { report } = data;
  const conversations = report.conversations.map((each) => ({
    ...each,
    rows: each.rows.map((numbered) => {
      const { row } = numbered;
      return row.kind === 'segment' ? { ...numbered, row: { ...row, marks: new Set(row.marks) } } : numbered;
    }),
  }));
  return { ...data, report: { ...report, conversations } };
}

const rings = new WeakMap<ConversationReport, Ring<Row>>();

/** The rows of a conversation as the ladder takes them. */
export function ringOf(conversation: ConversationReport): Ring<Row> {
  const known = rings.get(conversation);
  if (known !== undefined) return known;
  const ring = new Ring<Row>(Math.max(1, conversation.rows.length));
  for (const { row } of conversation.rows) ring.push(row);
  rings.set(conversation, ring);
  return ring;
}

/** The row of a packet, or the one before it where the packet is only counted. */
export function rowOfFrame(rows: readonly NumberedRow[], frame: number): number | undefined {
  let found: number | undefined;
  for (const { frame: number, row } of rows) {
    if (number === undefined) continue;
    if (number > frame) break;
    found = row.index;
  }
  return found ?? rows[0]?.row.index;
}

/** An end as people write it. */
export function endOf({ address, port }: ConversationReport['client']): string {
  return withPort(address, port);
}
