import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { idsIn } from './requirements';
import type { Naming } from './test-sources';

/** How the tests of one file that name one requirement went. */
export interface Outcome {
  readonly id: string;
  readonly file: string;
  passed: number;
  failed: number;
  skipped: number;
}

/** What we read of jest's report (`--json`). */
export interface JestReport {
  readonly testResults: readonly {
    /** The test file's absolute path. */
    readonly name: string;
    readonly assertionResults: readonly {
      readonly ancestorTitles: readonly string[];
      readonly title: string;
      readonly status: string;
    }[];
  }[];
}

/** Runs the test files that name requirements; what jest has to say goes to standard error. */
export function runTests(root: string, naming: Naming): Outcome[] {
  const files = [...new Set([...naming.values()].flat())].sort();
  const folder = mkdtempSync(join(tmpdir(), 'synack-conformance-'));
  try {
    const report = join(folder, 'report.json');
    const jest = join(root, 'node_modules/jest/bin/jest.js');
    const { error } = spawnSync(
      process.execPath,
      [jest, '--json', '--outputFile', report, '--runTestsByPath', ...files],
      {
        cwd: root,
        stdio: ['ignore', 'ignore', 'inherit'],
      },
    );
    if (error !== undefined) throw error;
    return outcomes(root, JSON.parse(readFileSync(report, 'utf8')) as JestReport, naming);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** One outcome for each requirement and file that names it, sorted by file. A test that was not heard of has failed. */
export function outcomes(root: string, report: JestReport, naming: Naming): Outcome[] {
  const found = new Map<string, Outcome>();
  const outcome = (id: string, file: string): Outcome => {
    const key = `${id} ${file}`;
    const entry = found.get(key) ?? { id, file, passed: 0, failed: 0, skipped: 0 };
    found.set(key, entry);
    return entry;
  };
  for (const { name, assertionResults } of report.testResults) {
    const file = relative(root, name).replaceAll('\\', '/');
    for (const { ancestorTitles, title, status } of assertionResults) {
      for (const id of new Set(idsIn([...ancestorTitles, title].join(' ')))) {
        if (status === 'passed') outcome(id, file).passed += 1;
        else if (status === 'failed') outcome(id, file).failed += 1;
        else outcome(id, file).skipped += 1;
      }
    }
  }
  for (const [id, files] of naming) {
    // A file that could not be loaded has no results.
    for (const file of files) if (!found.has(`${id} ${file}`)) outcome(id, file).failed += 1;
  }
  return [...found.values()].sort((a, b) => (a.file < b.file ? -1 : a.file > b.file ? 1 : 0));
}
