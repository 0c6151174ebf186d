import { cpus, release } from 'node:os';
import type { TcpOptions } from '../../src/stack/tcp-options';
import type { Cell } from './cells';

/** One transfer. */
export interface Run {
  readonly seed: number;
  readonly bytes: number;
  /** µs */
  readonly time: number;
  /** All bytes arrived before the limit. */
  readonly complete: boolean;
  readonly congestion: string;
  readonly retransmissions: number;
}

/** One direction of a cell: the transfers in which synack had an end, and those between two kernels. */
export interface Comparison {
  readonly synack: readonly Run[];
  readonly linux: readonly Run[];
}

export interface CellResult extends Cell {
  /** Frames. */
  readonly queue: number;
  readonly bytes: number;
  /** ms */
  readonly limit: number;
  /** synack → Linux, and Linux → Linux the same way. */
  readonly sends: Comparison;
  /** Linux → synack, and Linux → Linux the same way. */
  readonly receives: Comparison;
}

export interface LossResults {
  readonly machine: Machine;
  readonly tcp: TcpOptions;
  readonly cells: readonly CellResult[];
}

export interface Machine {
  readonly date: string;
  readonly kernel: string;
  readonly processor: string;
  readonly cores: number;
  readonly node: string;
}

export function thisMachine(): Machine {
  const all = cpus();
  return {
    date: new Date().toISOString().slice(0, 10),
    kernel: `Linux ${release()}`,
    processor: all[0]?.model.trim() ?? 'unknown',
    cores: all.length,
    node: process.version,
  };
}

/** Mbit/s */
export function goodput({ bytes, time }: Pick<Run, 'bytes' | 'time'>): number {
  return (bytes * 8) / time;
}

/** The median of the runs' goodputs, Mbit/s. */
export function medianGoodput(runs: readonly Run[]): number {
  return median(runs.map(goodput));
}

/** How much synack's median is of Linux's. */
export function ratio({ synack, linux }: Comparison): number {
  return medianGoodput(synack) / medianGoodput(linux);
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((one, other) => one - other);
  const middle = sorted.length / 2;
  return ((sorted[Math.ceil(middle) - 1] ?? NaN) + (sorted[Math.floor(middle)] ?? NaN)) / 2;
}

export function geometricMean(values: readonly number[]): number {
  return Math.exp(values.reduce((sum, value) => sum + Math.log(value), 0) / values.length);
}
