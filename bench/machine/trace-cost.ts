/** What the trace costs when nobody listens: the stack beside a build of it that has no trace. */
import type { Row } from '../speed/row';
import { runAlone } from './alone';
import { builds } from './builds';
import { ofPairs, rounded, type Pair } from './statistics';
import { Steady, type Load } from './steady';

const LOADS: readonly Load[] = ['receive', 'send', 'echo'];
const PACKETS = 10_000;
const WARM_UP = 10;
const PAIRS = 40;
/** As many places that report as there should be at least: else a build without them was not made. */
const LEAST = 20;

export async function measure(): Promise<Row[]> {
  const { traced, bare, stripped } = await builds();
  const all = stripped.calls + stripped.questions + stripped.names;
  if (all < LEAST) throw new Error(`only ${all} places that report to the trace were found`);
  const setups = LOADS.map((load) => {
    const options = { load, connections: 1, pace: 10 };
    return { load, ours: new Steady(traced, options), other: new Steady(bare, options) };
  });
  const pairs = new Map<Load, Pair[]>(LOADS.map((load) => [load, []]));
  for (let round = 0; round < WARM_UP + PAIRS; round += 1) {
    for (const { load, ours, other } of setups) {
      // Who is first changes: it finds the caches as another load has left them.
      const pair =
        round % 2 === 0 ? { ours: cost(ours), other: cost(other) } : flip({ ours: cost(other), other: cost(ours) });
      if (round >= WARM_UP) pairs.get(load)?.push(pair);
    }
  }
  return LOADS.map((load) => {
    const { ours, other, ratio } = ofPairs(pairs.get(load) ?? []);
    return {
      work: 'trace-cost',
      unit: 'ns a packet that comes',
      synack: rounded(ours, 0),
      peer: rounded(other, 0),
      peerName: 'itself, built without the trace',
      ratio: rounded(ratio, 3),
      better: 'less',
      runs: PAIRS,
      details: { load, target: 'at most 1.02', 'places taken out': all },
    };
  });
}

function flip({ ours, other }: Pair): Pair {
  return { ours: other, other: ours };
}

function cost(steady: Steady): number {
  steady.prepare(PACKETS);
  return (steady.run() * 1_000_000) / PACKETS;
}

runAlone(module, measure);
