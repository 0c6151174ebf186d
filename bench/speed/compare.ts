import type { CpuUse } from './cpu';
import { median } from '../loss/results';
import type { Row, Work } from './row';

/** What one run came to. */
export interface Sample {
  readonly value: number;
  readonly cpu?: CpuUse;
  /** Other figures of the run, in the row's details under the side's name. */
  readonly more?: Readonly<Record<string, number>>;
}

export interface Contender {
  readonly name: string;
  readonly measure: () => Promise<Sample>;
  /** It is measured in the first so many rounds alone. */
  readonly rounds?: number;
}

export interface Measured {
  readonly name: string;
  readonly samples: readonly Sample[];
}

/** A figure that is not measured here, and from when it is. */
export interface Quoted {
  readonly name: string;
  readonly value: number;
}

/** What rows are about. */
export interface Subject {
  readonly work: Work;
  readonly unit: string;
  readonly better: Row['better'];
}

/** Measures all in turns, so that what the machine does meanwhile strikes all alike: A B C A B C. */
export async function inTurns(contenders: readonly Contender[], rounds: number): Promise<Measured[]> {
  const measured = contenders.map(({ name }) => ({ name, samples: [] as Sample[] }));
  for (let round = 0; round < rounds; round++) {
    for (const [index, { measure, rounds: most = rounds }] of contenders.entries()) {
      if (round < most) measured[index]?.samples.push(await measure());
    }
  }
  return measured;
}

/** A row for each peer, and for each figure that is quoted. `measured` has synack first. */
export function rowsOf(subject: Subject, measured: readonly Measured[], quoted: readonly Quoted[] = []): Row[] {
  const [synack, ...peers] = measured;
  if (synack === undefined) return [];
  const middle = median(synack.samples.map(({ value }) => value));
  return [
    ...peers.map((peer): Row => {
      const ratios = peer.samples.map(({ value }, round) => (synack.samples[round]?.value ?? NaN) / value);
      return {
        ...subject,
        synack: round(middle),
        peer: round(median(peer.samples.map(({ value }) => value))),
        peerName: peer.name,
        ratio: round(median(ratios)),
        runs: peer.samples.length,
        details: { ...detailsOf('synack', synack.samples), ...detailsOf('peer', peer.samples) },
      };
    }),
    ...quoted.map(({ name, value }): Row => ({
      ...subject,
      synack: round(middle),
      peer: value,
      peerName: name,
      ratio: round(middle / value),
      runs: 0,
      details: detailsOf('synack', synack.samples),
    })),
  ];
}

/** The same runs, seen by another of their figures. */
export function byFigure(measured: readonly Measured[], figure: string): Measured[] {
  return measured.map(({ name, samples }) => ({
    name,
    samples: samples.map((sample) => ({ ...sample, value: sample.more?.[figure] ?? NaN })),
  }));
}

/** The medians of what else was seen, named `synackServerCpu`, `peerP99`, … */
function detailsOf(side: string, samples: readonly Sample[]): Record<string, number | string> {
  const details: Record<string, number | string> = {};
  const add = (name: string, values: readonly (number | undefined)[]): void => {
    const known = values.filter((value) => value !== undefined).filter((value) => !Number.isNaN(value));
    if (known.length > 0) details[side + name.charAt(0).toUpperCase() + name.slice(1)] = round(median(known));
  };
  for (const name of Object.keys(samples[0]?.more ?? {}))
    add(
      name,
      samples.map(({ more }) => more?.[name]),
    );
  for (const name of ['server', 'load'] as const) {
    add(
      `${name}Cpu`,
      samples.map(({ cpu }) => cpu?.[name]),
    );
    add(
      `${name}CoreBusy`,
      samples.map(({ cpu }) => cpu?.[`${name}Core`]),
    );
  }
  if (samples.some(({ cpu }) => cpu !== undefined)) details[`${side}Bottleneck`] = bottleneck(samples);
  return details;
}

/** From so much on, %, a core has no more to give. */
const FULL = 95;

function bottleneck(samples: readonly Sample[]): string {
  const busy = (end: 'server' | 'load'): boolean => {
    const values = samples.flatMap(({ cpu }) => (cpu === undefined ? [] : [Math.max(cpu[end], cpu[`${end}Core`])]));
    return median(values.filter((value) => !Number.isNaN(value))) >= FULL;
  };
  const [server, load] = [busy('server'), busy('load')];
  if (server && load) return 'both ends';
  return server ? 'server' : load ? 'load generator' : 'neither: they wait for each other';
}

/** To four digits. */
export function round(value: number): number {
  return Number(value.toPrecision(4));
}
