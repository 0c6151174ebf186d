import { readFileSync } from 'node:fs';
import { join } from 'node:path';

const ROOT = join(__dirname, '../..');

/** A row of a document's tables: a member of a module, and the test that proves it. */
export interface MemberRow {
  readonly member: string;
  /** From the document. */
  readonly file: string;
  readonly title: string;
}

/** The rows of all tables of a document that name a member, a file as a link, and the title of a test in it. */
export function memberRows(document: string): MemberRow[] {
  return readFileSync(join(ROOT, 'docs', document), 'utf8')
    .split('\n')
    .map((line) => line.split(' | ').map((cell) => cell.replace(/^\| | \|$/g, '').trim()))
    .filter((cells) => cells.length === 3 && cells[1]?.startsWith('['))
    .map(([member = '', link = '', title = '']) => ({ member, file: /\]\((.*)\)/.exec(link)?.[1] ?? '', title }));
}

/** The rows whose test is not there. */
export function rowsWithoutTest(rows: readonly MemberRow[]): MemberRow[] {
  return rows.filter(({ file, title }) => {
    const source = readFileSync(join(ROOT, 'docs', file), 'utf8');
    return !["'", '"', '`'].some((quote) => source.includes(`${quote}${title}${quote}`));
  });
}
