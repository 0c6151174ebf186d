import type { CpuUse } from './cpu';
import { median } from '../loss/results';
import { note } from './notes';
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

/** %. When others took more of a core in a run than that, it says little and is made again. */
const DISTURBED = 20;
/** So many runs of a row are made again. */
const AGAIN = 4;

/** Measures all in turns, so that what the machine does meanwhile strikes all alike: A B C A B C. */
export async function inTurns(contenders: readonly Contender[], rounds: number): Promise<Measured[]> {
  const measured = contenders.map(({ name }) => ({ name, samples: [] as Sample[] }));
  let again = AGAIN;
  for (let round = 0; round < rounds; round++) {
    for (const [index, { name, measure, rounds: most = rounds }] of contenders.entries()) {
      if (round >= most) continue;
      let sample = await measure();
      while (isDisturbed(sample) && again-- > 0) sample = await measure();
      if (isDisturbed(sample)) note(`other programs ran beside ${name}: what it was measured at is unsure`);
      measured[index]?.samples.push(sample);
    }
  }
  return measured;
}

function isDisturbed({ cpu }: Sample): boolean {
  return cpu !== undefined && cpu.others > DISTURBED;
}

/** A row for each peer, and for each figure that is quoted. `measured` has synack first. */
export function rowsOf(subject: Subject, measured: readonly Measured[], quoted: readonly Quoted[] = []): Row[] {
  const [synack, ...peers] = measured;
  if (synack === undefined) return [];
  const middle = median(synack.samples.map(({ value }) => value));
  return [
    ...peers.map((peer): Row => {
      const ratios = peer.samples.map(({ value }, index) => (synack.samples[index]?.value ?? NaN) / value);
      return {
        ...subject,
        synack: round(middle),
        peer: round(median(peer.samples.map(({ value }) => value))),
        peerName: peer.name,
        ratio: round(median(ratios)),
        runs: peer.samples.length,
        details: {
          leastRatio: round(Math.min(...ratios)),
          mostRatio: round(Math.max(...ratios)),
          ...detailsOf('synack', synack.samples),
          ...detailsOf('peer', peer.samples),
        },
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
  const known = samples.flatMap(({ cpu }) => (cpu === undefined ? [] : [cpu]));
  const busy = (values: readonly number[]): boolean => median(values.filter((value) => !Number.isNaN(value))) >= FULL;
  const server = busy(known.map((cpu) => Math.max(cpu.server, cpu.serverCore)));
  const load = busy(known.map((cpu) => Math.max(cpu.load, cpu.loadCore)));
  // On one core no end alone is busy.
  if (server && known.every((cpu) => cpu.serverCore === cpu.loadCore)) return 'the core that both share';
  if (server && load) return 'both ends';
  return server ? 'server' : load ? 'load' : 'waking each other';
}

/** To four digits. */
export function round(value: number): number {
  return Number(value.toPrecision(4));
}
