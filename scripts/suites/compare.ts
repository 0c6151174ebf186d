import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { dirname, join } from 'node:path';
import { prepare } from './fetch';
import { runNode } from './process';
import type { Suite, Verdict } from './suite';

/** What a test runs on. */
export type Ground = 'node' | 'synack';

/** Each test, `file: name`, and how it went. */
export type Verdicts = Record<string, Verdict>;

export interface Workplace {
  /** The folder for what is fetched, and for results. */
  readonly cache: string;
  /** `synack`'s program. */
  readonly synack: string;
}

/**
 * Runs a suite, each file in a process of its own, as many at a time as there are processors.
 * @param only the files whose name holds it; the others keep the verdicts of the last run
 */
export async function runSuite(suite: Suite, ground: Ground, only: string, place: Workplace): Promise<Verdicts> {
  const { folder, packages } = prepare(suite, place.cache);
  const store = join(place.cache, 'results', `${suite.name}-${ground}.json`);
  const verdicts = new Map(Object.entries(lastRun(suite, ground, place) ?? {}));
  const files = suite.files(folder).filter((file) => file.includes(only));
  const waiting = [...files];
  const work = async (id: number): Promise<void> => {
    for (let file = waiting.shift(); file !== undefined; file = waiting.shift()) {
      for (const key of verdicts.keys()) if (key === file || key.startsWith(`${file}: `)) verdicts.delete(key);
      const before = ground === 'node' ? [] : [place.synack, 'run'];
      const ended = await runNode(
        [...(suite.flags?.(folder, file) ?? []), ...before, ...suite.program(file, packages)],
        {
          cwd: folder,
          limit: suite.limit,
          env: { TEST_THREAD_ID: String(id), FORCE_COLOR: '0' },
        },
      );
      const said = join(place.cache, 'results', ground, suite.name, `${file.replaceAll('/', '_')}.txt`);
      mkdirSync(dirname(said), { recursive: true });
      writeFileSync(said, `${ended.stdout}\n${ended.stderr}\nexit: ${String(ended.code)}\n`);
      for (const [name, verdict] of suite.read(ended)) {
        verdicts.set(name === '' ? file : `${file}: ${name}`, verdict);
      }
      writeFileSync(store, JSON.stringify(Object.fromEntries(verdicts), undefined, 1));
    }
  };
  await Promise.all(Array.from({ length: availableParallelism() }, (_, id) => work(id)));
  return Object.fromEntries(verdicts);
}

/** What a suite gave before. */
export function lastRun(suite: Suite, ground: Ground, { cache }: Workplace): Verdicts | undefined {
  const store = join(cache, 'results', `${suite.name}-${ground}.json`);
  return existsSync(store) ? (JSON.parse(readFileSync(store, 'utf8')) as Verdicts) : undefined;
}

/** The tests that pass on Node and not on synack. */
export function regressions(node: Verdicts, synack: Verdicts): string[] {
  return Object.keys(node)
    .filter((test) => node[test] === 'pass' && synack[test] !== 'pass')
    .sort();
}

/** How many of each. */
export function count(verdicts: Verdicts): Record<Verdict, number> {
  const counts = { pass: 0, fail: 0, skip: 0 };
  for (const verdict of Object.values(verdicts)) counts[verdict] += 1;
  return counts;
}
