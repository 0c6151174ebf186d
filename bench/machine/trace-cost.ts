/** What the trace costs when nobody listens: the stack beside a build of it that has no trace. */
import type { Row } from '../speed/row';
import { runAlone } from './alone';
import { builds, type Loader } from './builds';
import { ofPairs, rounded, type Pair } from './statistics';
import { Steady, type Load } from './steady';

const LOADS: readonly Load[] = ['receive', 'send', 'echo'];
const PACKETS = 6_000;
/** The classes are made anew so many times, each time as fast or slow as chance in V8 and in memory will have it; then pairs of each. */
const MAKINGS = 6;
const WARM_UP = 5;
const PAIRS = 7;
/** As many places that report as there should be at least: else a build without them was not made. */
const LEAST = 20;

/** The stack beside the one without a trace, and beside itself made a second time: what chance does. */
interface Pairs {
  readonly bare: Pair[];
  readonly control: Pair[];
}

export async function measure(): Promise<Row[]> {
  const { traced, bare, stripped } = await builds();
  const places = stripped.calls + stripped.questions + stripped.names;
  if (places < LEAST) throw new Error(`only ${places} places that report to the trace were found`);
  const rows: Row[] = [];
  for (const load of LOADS) {
    const pairs: Pairs = { bare: [], control: [] };
    for (let making = 0; making < MAKINGS; making += 1) {
      // Who is made, and runs, first changes.
      if (making % 2 === 0) compare(traced, bare, traced, load, pairs);
      else compare(traced, traced, bare, load, { bare: pairs.control, control: pairs.bare });
    }
    rows.push(rowOf(load, pairs, places));
  }
  return rows;
}

/** Ours beside two others: the first goes before it, the second behind. */
function compare(ours: Loader, first: Loader, second: Loader, load: Load, { bare, control }: Pairs): void {
  const options = { load, connections: 1, pace: 10 };
  const before = new Steady(first(), options);
  const own = new Steady(ours(), options);
  const behind = new Steady(second(), options);
  for (let round = 0; round < WARM_UP + PAIRS; round += 1) {
    const costs = { before: cost(before), own: cost(own), behind: cost(behind) };
    if (round < WARM_UP) continue;
    bare.push({ ours: costs.own, other: costs.before });
    control.push({ ours: costs.own, other: costs.behind });
  }
}

function rowOf(load: Load, { bare, control }: Pairs, places: number): Row {
  const { ours, other, ratio } = ofPairs(bare);
  return {
    work: 'trace-cost',
    unit: 'ns a packet that comes',
    synack: rounded(ours, 0),
    peer: rounded(other, 0),
    peerName: 'itself, built without the trace',
    ratio: rounded(ratio, 3),
    better: 'less',
    runs: bare.length,
    details: {
      load,
      target: 'at most 1.02',
      'ratio to itself, made a second time': rounded(ofPairs(control).ratio, 3),
      'places taken out': places,
    },
  };
}

function cost(steady: Steady): number {
  steady.prepare(PACKETS);
  return (steady.run() * 1_000_000) / PACKETS;
}

runAlone(module, measure);
