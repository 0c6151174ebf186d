/** One stack of `table-growth` in a process of its own, so that another's heap is not this one's: made by `fork`, asked by messages. */
import { Stack, VirtualClock } from '../../src/core';
import { Random } from '../../src/random';
import { Steady } from './steady';

/** Traffic on `active` of the connections, evenly at random. */
export interface Question {
  readonly segments: number;
  readonly active: number;
}

/** ns a segment; first of all, heap and all memory of a connection in octets. */
export type Answer = { readonly nanoseconds: number } | { readonly heap: number; readonly memory: number };

/**
 * With 100,000 connections a given one hears something every 12 ms of virtual time: none waits as long as for a retransmission, and
 * all have that timer set.
 */
const PACE = 1 / 8;

function main(connections: number): void {
  const before = memory();
  const random = new Random(3);
  const steady = new Steady({ Stack, VirtualClock }, { load: 'echo', connections, pace: PACE });
  const after = memory();
  tell({ heap: (after.heap - before.heap) / connections, memory: (after.all - before.all) / connections });
  process.on('message', ({ segments, active }: Question) => {
    steady.prepare(segments, () => random.below(active));
    tell({ nanoseconds: (steady.run() * 1_000_000) / segments });
  });
}

function tell(answer: Answer): void {
  process.send?.(answer);
}

function memory(): { heap: number; all: number } {
  globalThis.gc?.();
  globalThis.gc?.();
  const { heapUsed, rss } = process.memoryUsage();
  return { heap: heapUsed, all: rss };
}

main(Number(process.argv[2]));
