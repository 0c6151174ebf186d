import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** One row of docs/rfc9293-requirements.tsv: a requirement as RFC 9293's appendix B numbers it. */
export interface Requirement {
  readonly id: string;
  readonly level: Level;
  readonly area: string;
  readonly text: string;
}

export const LEVELS = ['MUST', 'MUST NOT', 'SHOULD', 'SHOULD NOT', 'MAY'] as const;
export type Level = (typeof LEVELS)[number];

const ID = /\b(?:MUST|SHLD|MAY|REC)-\d+\b/g;

/** The ids that a text names. */
export function idsIn(text: string): string[] {
  return text.match(ID) ?? [];
}

/** @throws Error when a row has not four columns, or a level that is none */
export function parseRequirements(tsv: string): Requirement[] {
  const ids = new Set<string>();
  return rows(tsv, 'rfc9293-requirements.tsv', 4).map(([id = '', level = '', area = '', text = '']) => {
    const name = level.toUpperCase().replace('-', ' ');
    const known = LEVELS.find((each) => each === name);
    if (known === undefined) throw new Error(`rfc9293-requirements.tsv: ${id} has the level '${level}', which is none`);
    if (ids.has(id)) throw new Error(`rfc9293-requirements.tsv: ${id} stands there twice`);
    ids.add(id);
    return { id, level: known, area, text };
  });
}

/** What is deliberately not done, and why: id → reason. */
export function parseNotDone(tsv: string): Map<string, string> {
  return new Map(rows(tsv, 'conformance-not-done.tsv', 2).map(([id = '', reason = '']) => [id, reason]));
}

export function readRequirements(root: string): Requirement[] {
  return parseRequirements(readFileSync(join(root, 'docs/rfc9293-requirements.tsv'), 'utf8'));
}

export function readNotDone(root: string): Map<string, string> {
  return parseNotDone(readFileSync(join(root, 'docs/conformance-not-done.tsv'), 'utf8'));
}

/** The rows below the heading. */
function rows(tsv: string, name: string, columns: number): string[][] {
  const [, ...lines] = tsv.trimEnd().split('\n');
  return lines.map((line) => {
    const cells = line.split('\t');
    if (cells.length !== columns || cells.some((cell) => cell.trim() === '')) {
      throw new Error(`${name}: '${line}' should have ${columns} columns with tabs between them, none of them empty`);
    }
    return cells;
  });
}
