import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { thisMachine, type Machine } from '../loss/results';
import { chartOf } from './chart';
import { WORKS } from './registry';
import type { Row, Work } from './row';
import { versions } from './versions';

const ROOT = resolve(__dirname, '../..');
const FILE = resolve(ROOT, 'bench/results/latest.json');
const CHART = resolve(ROOT, 'docs/bench-speed.svg');

export interface Results {
  readonly machine: Machine;
  readonly versions: Readonly<Record<string, string>>;
  /** When each work was measured. */
  readonly dates: Readonly<Partial<Record<Work, string>>>;
  /** What was left out, and why; each begins with the work that it is about. */
  readonly notes: readonly string[];
  readonly rows: readonly Row[];
}

export function resultsOf(rows: readonly Row[], notes: readonly string[]): Results {
  const machine = thisMachine();
  const dates = Object.fromEntries(rows.map(({ work }) => [work, machine.date]));
  return { machine, versions: versions(), dates, notes, rows };
}

/**
 * Keeps results in bench/results/latest.json, and draws the chart anew. What was measured earlier, of works that are not
 * among them, stays as it is.
 */
export function save(results: Results): void {
  const works = new Set(results.rows.map(({ work }) => work));
  const before = load();
  const order = Object.keys(WORKS);
  const place = ({ work }: Row): number => order.indexOf(work);
  const rows = [...(before?.rows.filter(({ work }) => !works.has(work)) ?? []), ...results.rows];
  const notes = before?.notes.filter((text) => !works.has(text.replace(/:.*/, '') as Work)) ?? [];
  const all: Results = {
    ...results,
    dates: { ...before?.dates, ...results.dates },
    notes: [...notes, ...results.notes],
    rows: rows.sort((one, other) => place(one) - place(other)),
  };
  mkdirSync(dirname(FILE), { recursive: true });
  write(FILE, JSON.stringify(all));
  writeFileSync(CHART, chartOf(all.rows, all.machine));
}

function load(): Results | undefined {
  // It was written by `save`.
  return existsSync(FILE) ? (JSON.parse(readFileSync(FILE, 'utf8')) as Results) : undefined;
}

/** Writes a file as `npm run format` would leave it. */
export function write(file: string, text: string): void {
  writeFileSync(file, text);
  spawnSync(resolve(ROOT, 'node_modules/.bin/prettier'), ['--log-level', 'warn', '--write', file], {
    stdio: 'inherit',
  });
}
