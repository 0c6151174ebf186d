import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { fairnessTable, type FairnessResults } from '../fairness/results';
import { lossPlot } from '../loss/plot';
import type { LossResults, Machine } from '../loss/results';
import { lossTables } from '../loss/tables';

const ROOT = resolve(__dirname, '../..');
const RESULTS = join(ROOT, 'bench/results');
const DOCUMENT = join(ROOT, 'docs/bench-loss.md');
const PLOT = join(ROOT, 'docs/bench-loss.svg');
const METHOD = join(__dirname, 'method.md');

interface Results {
  readonly loss: LossResults;
  readonly fairness: FairnessResults;
}

/** Keeps raw results as JSON in bench/results/. */
export function saveResults<Name extends keyof Results>(name: Name, results: Results[Name]): void {
  mkdirSync(RESULTS, { recursive: true });
  write(fileOf(name), JSON.stringify(results));
}

/** Writes docs/bench-loss.md and its plot from what results there are. */
export function writeReport(): void {
  const loss = load('loss');
  const fairness = load('fairness');
  const parts = ['# Over bad networks, beside Linux', '', intro()];
  if (loss !== undefined) {
    writeFileSync(PLOT, lossPlot(loss));
    parts.push(
      '',
      '## Goodput',
      '',
      on(loss.machine, optionsOf(loss)),
      '',
      '![](bench-loss.svg)',
      '',
      lossTables(loss),
    );
  }
  if (fairness !== undefined) {
    const { rate, rtt, queue, seconds, congestion } = fairness;
    const setting = `${rate} Mbit/s, ${rtt} ms of round trip, a drop-tail queue of ${queue} frames, ${seconds} s`;
    parts.push('', '## Fairness', '', on(fairness.machine, `${setting}; synack sends by ${congestion}`));
    parts.push('', fairnessTable(fairness));
  }
  write(DOCUMENT, [...parts, '', readFileSync(METHOD, 'utf8')].join('\n'));
}

function intro(): string {
  return 'Written by `npm run bench:loss` and `npm run bench:fairness`. Goodputs are medians in Mbit/s; a ratio is synack’s over Linux’s, **bold** below 0.90.';
}

function on({ date, kernel, processor, cores, node }: Machine, more: string): string {
  return `${date}, ${kernel}, ${cores} cores (${processor}), Node ${node}. ${more}.`;
}

function optionsOf({ tcp, cells }: LossResults): string {
  const names = new Set(cells.flatMap(({ sends }) => sends.synack.map(({ congestion }) => congestion)));
  const options = Object.keys(tcp).length === 0 ? 'its defaults' : `\`${JSON.stringify(tcp)}\``;
  return `Linux sends by cubic, synack by ${[...names].join(' and ')} with ${options}`;
}

function load<Name extends keyof Results>(name: Name): Results[Name] | undefined {
  const file = fileOf(name);
  // It was written by `saveResults`.
  return existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as Results[Name]) : undefined;
}

function fileOf(name: keyof Results): string {
  return join(RESULTS, `${name}.json`);
}

/** Writes a file as `npm run format` would leave it. */
function write(file: string, text: string): void {
  writeFileSync(file, text);
  spawnSync(join(ROOT, 'node_modules/.bin/prettier'), ['--log-level', 'warn', '--write', file], { stdio: 'inherit' });
}
