import type { Machine } from '../loss/results';
import { jain } from './jain';

/** Flows that shared one bottleneck. */
export interface FairnessResult {
  /** In what order: synack's first. */
  readonly synack: readonly number[];
  /** Mbit/s that each flow got. */
  readonly linux: readonly number[];
}

export interface FairnessResults {
  readonly machine: Machine;
  /** Mbit/s, ms, frames, s. */
  readonly rate: number;
  readonly rtt: number;
  readonly queue: number;
  readonly seconds: number;
  readonly congestion: string;
  readonly results: readonly FairnessResult[];
}

/** The results as a Markdown table. */
export function fairnessTable({ results }: FairnessResults): string {
  const list = (shares: readonly number[]): string => shares.map((share) => share.toFixed(2)).join(', ');
  return [
    '| flows | synack, Mbit/s each | Linux, Mbit/s each | sum | Jain’s index |',
    '| --- | --- | --- | --- | --- |',
    ...results.map(({ synack, linux }) => {
      const all = [...synack, ...linux];
      const sum = all.reduce((total, share) => total + share, 0).toFixed(2);
      const index = jain(all);
      const text = index < 0.95 ? `**${index.toFixed(3)}**` : index.toFixed(3);
      return `| ${synack.length} synack, ${linux.length} Linux | ${list(synack)} | ${list(linux)} | ${sum} | ${text} |`;
    }),
  ].join('\n');
}
