import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { thisMachine, type Machine } from '../loss/results';
import { WORKS } from './registry';
import type { Row } from './row';
import { versions } from './versions';

const ROOT = resolve(__dirname, '../..');
const FILE = resolve(ROOT, 'bench/results/latest.json');

export interface Results {
  readonly machine: Machine;
  readonly versions: Readonly<Record<string, string>>;
  /** What was left out, and why. */
  readonly notes: readonly string[];
  readonly rows: readonly Row[];
}

export function resultsOf(rows: readonly Row[], notes: readonly string[]): Results {
  return { machine: thisMachine(), versions: versions(), notes, rows };
}

/** Keeps results in bench/results/latest.json; rows of works that were not measured this time stay as they are. */
export function save(results: Results): void {
  const works = new Set(results.rows.map(({ work }) => work));
  const kept = load()?.rows.filter(({ work }) => !works.has(work)) ?? [];
  const order = Object.keys(WORKS);
  const place = ({ work }: Row): number => order.indexOf(work);
  const rows = [...kept, ...results.rows].sort((one, other) => place(one) - place(other));
  const all = { ...results, rows };
  mkdirSync(dirname(FILE), { recursive: true });
  write(FILE, JSON.stringify(all));
}

export function load(): Results | undefined {
  // It was written by `save`.
  return existsSync(FILE) ? (JSON.parse(readFileSync(FILE, 'utf8')) as Results) : undefined;
}

/** Writes a file as `npm run format` would leave it. */
function write(file: string, text: string): void {
  writeFileSync(file, text);
  spawnSync(resolve(ROOT, 'node_modules/.bin/prettier'), ['--log-level', 'warn', '--write', file], {
    stdio: 'inherit',
  });
}
