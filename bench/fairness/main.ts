// npm run bench:fairness: flows of synack and of Linux at once over one bottleneck.
import { parseArgs } from 'node:util';
import type { TcpOptions } from '../../src/stack/tcp-options';
import { Lane, type Outcome, type Who } from '../lab/lane';
import { payloadHash } from '../lab/payload';
import { goodput, thisMachine } from '../loss/results';
import { saveResults, writeReport } from '../report/report';
import { jain } from './jain';
import { fairnessTable, type FairnessResult, type FairnessResults } from './results';

const RATE = 20;
const RTT = 40;
/** One bandwidth-delay product, in frames. */
const QUEUE = Math.ceil((RATE * 1000 * RTT) / 8 / 1514);

/** How many flows of each: what is to be shown, and two of a kind to compare with. */
const MIXES = [
  { synack: 1, linux: 1 },
  { synack: 2, linux: 2 },
  { synack: 2, linux: 0 },
  { synack: 0, linux: 2 },
];

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      seconds: { type: 'string', default: '30' },
      tcp: { type: 'string', default: '{}' },
      json: { type: 'boolean', default: false },
      write: { type: 'boolean', default: false },
    },
  });
  const seconds = Number(values.seconds);
  if (!(seconds >= 1 && seconds <= 300)) throw new Error(`--seconds is 1 to 300, not ${values.seconds}`);
  const tcp = JSON.parse(values.tcp) as TcpOptions;
  const lane = await Lane.open();
  const results: FairnessResult[] = [];
  let congestion = 'synack';
  for (const { synack, linux } of MIXES) {
    const outcomes = await share(lane, [...flows('synack', synack), ...flows('left', linux)], seconds, tcp);
    if (synack > 0) congestion = outcomes[0]?.congestion ?? congestion;
    const shares = outcomes.map(goodput);
    results.push({ synack: shares.slice(0, synack), linux: shares.slice(synack) });
    process.stderr.write(`${synack} synack, ${linux} Linux: ${jain(shares).toFixed(3)}\n`);
  }
  lane.close();

  const all: FairnessResults = {
    machine: thisMachine(),
    rate: RATE,
    rtt: RTT,
    queue: QUEUE,
    seconds,
    congestion,
    results,
  };
  process.stdout.write(values.json ? `${JSON.stringify(all, null, 2)}\n` : `${fairnessTable(all)}\n`);
  if (values.write || seconds >= 30) {
    saveResults('fairness', all);
    writeReport();
  }
}

function flows(from: Who, count: number): Who[] {
  return Array.from({ length: count }, () => from);
}

/** All send to the kernel on the right at once, for so long. */
async function share(lane: Lane, senders: readonly Who[], seconds: number, tcp: TcpOptions): Promise<Outcome[]> {
  const network = { delay: RTT * 500, rate: RATE * 1_000_000, queue: QUEUE };
  await lane.begin({ seed: 1, network, tcp });
  // More than the bottleneck carries in that time, so that nobody is done before.
  const load = { bytes: Math.ceil((RATE * 1e6 * (seconds + 1)) / 8), limit: seconds * 1000 };
  const outcomes = await Promise.all(senders.map((from) => lane.transfer(from, 'right', load)));
  for (const { bytes, sha256 } of outcomes) {
    if (sha256 !== payloadHash(bytes)) throw new Error(`the hash of ${bytes} bytes is wrong`);
  }
  return outcomes;
}

main().then(
  () => process.exit(),
  (error: unknown) => {
    process.stderr.write(
      `bench:fairness: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`,
    );
    process.exit(1);
  },
);
