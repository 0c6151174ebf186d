import { mkdirSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { median, thisMachine, type Machine } from '../loss/results';
import { round, type Measured, type Sample } from '../speed/compare';
import { write } from '../speed/results';
import { versions } from '../speed/versions';
import type { Adapter, Family } from './adapter';
import { WORKS, type WorkName } from './works';

const FILE = resolve(__dirname, '../results/adapters.json');

/** One figure of one adapter: medians over the runs. */
export interface Figure {
  readonly unit: string;
  readonly better: 'more' | 'less';
  readonly value: number;
  /** Node's, of the same rounds, and the median of the rounds' ratios to it; not of Node itself. */
  readonly ratio?: number;
  readonly runs: number;
  /** Of one core, %: of the process with the stack, and of the load generator. */
  readonly serverCpu?: number;
  readonly loadCpu?: number;
  readonly [more: string]: number | string | undefined;
}

export interface Row {
  readonly adapter: Adapter | 'node';
  readonly family: Family;
  readonly figures: Readonly<Partial<Record<WorkName, Figure>>>;
}

export interface Results {
  readonly machine: Machine;
  readonly versions: Readonly<Record<string, string>>;
  /** Runs of each, and ms of one. */
  readonly rounds: number;
  readonly time: number;
  /** What was left out, and why. */
  readonly notes: readonly string[];
  readonly rows: readonly Row[];
}

export function resultsOf(
  rows: readonly Row[],
  { rounds, time }: { readonly rounds: number; readonly time: number },
  notes: readonly string[],
): Results {
  return { machine: thisMachine(), versions: versions(), rounds, time, notes, rows };
}

export function save(results: Results): void {
  mkdirSync(dirname(FILE), { recursive: true });
  write(FILE, JSON.stringify(results));
}

/** What runs came to, beside those of `peer` in the same rounds; `undefined` when none succeeded. A failed run's value is NaN. */
export function figureOf(work: WorkName, { samples }: Measured, peer: Measured | undefined): Figure | undefined {
  const good = samples.filter(({ value }) => !Number.isNaN(value));
  if (good.length === 0) return undefined;
  const ratios = samples.flatMap(({ value }, index) => known(value / (peer?.samples[index]?.value ?? NaN)));
  const { unit, better } = WORKS[work];
  const more = Object.keys(good[0]?.more ?? {}).map((name) => [name, middle(good, (sample) => sample.more?.[name])]);
  return {
    unit,
    better,
    value: round(median(good.map(({ value }) => value))),
    ...(ratios.length > 0 && { ratio: round(median(ratios)) }),
    runs: good.length,
    ...cpuOf(good),
    ...(Object.fromEntries(more) as Record<string, number>),
  };
}

function cpuOf(samples: readonly Sample[]): { serverCpu?: number; loadCpu?: number } {
  const serverCpu = middle(samples, ({ cpu }) => cpu?.server);
  const loadCpu = middle(samples, ({ cpu }) => cpu?.load);
  return { ...(serverCpu !== undefined && { serverCpu }), ...(loadCpu !== undefined && { loadCpu }) };
}

function middle(samples: readonly Sample[], of: (sample: Sample) => number | undefined): number | undefined {
  const values = samples.flatMap((sample) => known(of(sample)));
  return values.length === 0 ? undefined : round(median(values));
}

function known(value: number | undefined): number[] {
  return value === undefined || !Number.isFinite(value) ? [] : [value];
}
