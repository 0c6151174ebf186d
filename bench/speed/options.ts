import { parseArgs } from 'node:util';
import { GROUPS, WORKS } from './registry';
import type { Work } from './row';
import { FULL, QUICK, type Settings } from './settings';

const USAGE = `npm run bench -- [options] [NAME…]

How fast synack is, beside its peers in the same run. Needs root; makes network namespaces of its own.
Prints a table, and puts what it measured into bench/results/latest.json and docs/bench-speed.svg.

NAME is one of
  ${Object.keys(WORKS).join(' ')}
or several at once:
  ${Object.entries(GROUPS)
    .map(([name, works]) => `${name} (${works.join(', ')})`)
    .join('\n  ')}
Without a name all are run.

  --quick        two short runs of each, and nothing is written
  --pairs 9      how many times each is measured, in turns; default ${FULL.pairs}
  --no-write     nothing is written
  --json         prints JSON in place of the table
`;

export interface Options {
  readonly works: readonly Work[];
  readonly settings: Settings;
  readonly write: boolean;
  readonly json: boolean;
}

/** Reads the command line; ends the process when help is asked for. @throws Error when it cannot be understood */
export function readOptions(): Options {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      quick: { type: 'boolean', default: false },
      pairs: { type: 'string' },
      'no-write': { type: 'boolean', default: false },
      json: { type: 'boolean', default: false },
      help: { type: 'boolean' },
    },
  });
  if (values.help) {
    process.stdout.write(USAGE);
    process.exit();
  }
  const settings = values.quick ? QUICK : FULL;
  const all = Object.keys(WORKS) as Work[];
  const asked = new Set(positionals.flatMap((name) => worksOf(name, all)));
  return {
    works: asked.size === 0 ? all : all.filter((work) => asked.has(work)),
    settings: values.pairs === undefined ? settings : { ...settings, pairs: count(values.pairs) },
    write: !values.quick && !values['no-write'],
    json: values.json,
  };
}

function worksOf(name: string, all: readonly Work[]): readonly Work[] {
  const works = GROUPS[name] ?? all.filter((work) => work === name);
  if (works.length > 0) return works;
  throw new Error(`nothing is called ${name}; npm run bench -- --help tells what there is`);
}

function count(text: string): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 1 || value > 100) throw new Error(`--pairs is 1 to 100, not ${text}`);
  return value;
}
