/** Bulk between two stacks in one process, from `socket.write` to a `data` listener: what the stack costs with no device under it. */
import { once } from 'node:events';
import * as nodeNet from 'node:net';
import { setTimeout } from 'node:timers/promises';
import { memoryPair, Stack, SystemClock } from '../../src';
import type { Net } from '../../src/node/net';
import type { Row } from '../speed/row';
import { runAlone } from './alone';
import { median, ofPairs, rounded } from './statistics';

/** Gbit/s each way. */
const TARGET = 10;
const RUNS = 5;
/** Milliseconds: for windows to open and code to be compiled, and then what is measured. */
const SETTLE = 150;
const SPAN = 400;
const CHUNK = Buffer.alloc(65_536);
const PORT = 5001;

/** Two hosts, or one with itself. */
interface Pair {
  readonly name: string;
  readonly left: Net;
  readonly right: Net;
  readonly leftAddress: string;
  close(): Promise<void>;
}

/** Gbit/s. */
interface Rates {
  readonly there: number;
  readonly back: number;
  readonly bothThere: number;
  readonly bothBack: number;
}

export async function measure(): Promise<Row[]> {
  const pairs = [overMemory('segmentation offload'), overMemory('MTU 1500'), loopback()];
  const kernel: Pair = {
    name: 'Node net over the kernel',
    left: nodeNet,
    right: nodeNet,
    leftAddress: '127.0.0.1',
    close: () => Promise.resolve(),
  };
  try {
    const rates = new Map<Pair, Rates[]>();
    for (let run = 0; run < RUNS; run += 1) {
      for (const pair of [...pairs, kernel]) {
        const measured = rates.get(pair) ?? [];
        measured.push(await ratesOf(pair));
        rates.set(pair, measured);
      }
    }
    const ofKernel = rates.get(kernel) ?? [];
    const rows = pairs.map((pair) => rowOf(pair.name, rates.get(pair) ?? [], ofKernel));
    return [...rows.slice(0, 1).map(besideTarget), ...rows];
  } finally {
    for (const pair of pairs) await pair.close();
  }
}

function rowOf(name: string, rates: readonly Rates[], kernel: readonly Rates[]): Row {
  const { ours, other, ratio } = ofPairs(
    rates.map(({ there, back }, run) => ({ ours: Math.min(there, back), other: kernel[run]?.there ?? NaN })),
  );
  const of = (key: keyof Rates, from = rates) => rounded(median(from.map((each) => each[key])));
  return {
    work: 'bulk-memory',
    unit: 'Gbit/s',
    synack: rounded(ours),
    peer: rounded(other),
    peerName: "Node net over the kernel's loopback",
    ratio: rounded(ratio, 3),
    better: 'more',
    runs: rates.length,
    details: {
      link: name,
      there: of('there'),
      back: of('back'),
      'both at once, there': of('bothThere'),
      'both at once, back': of('bothBack'),
      "the kernel's both at once, there": of('bothThere', kernel),
      "the kernel's both at once, back": of('bothBack', kernel),
    },
  };
}

function besideTarget(row: Row): Row {
  const peerName = 'the target each way, which is not measured';
  return { ...row, peer: TARGET, peerName, ratio: rounded(row.synack / TARGET) };
}

function overMemory(name: 'segmentation offload' | 'MTU 1500'): Pair {
  const clock = new SystemClock();
  const [a, b] = memoryPair({ clock, offload: name === 'segmentation offload' });
  const [left, right] = [new Stack({ clock }), new Stack({ clock })];
  left.attach(a, { address: '10.9.0.1/24' });
  right.attach(b, { address: '10.9.0.2/24' });
  const close = async () => {
    await Promise.all([left.close(), right.close()]);
  };
  return { name, left: left.net, right: right.net, leftAddress: '10.9.0.1', close };
}

function loopback(): Pair {
  const stack = new Stack();
  return {
    name: 'the loopback interface, MTU 65,536',
    left: stack.net,
    right: stack.net,
    leftAddress: '127.0.0.1',
    close: () => stack.close(),
  };
}

async function ratesOf(pair: Pair): Promise<Rates> {
  const [there] = await flow(pair, 'there');
  const [, back] = await flow(pair, 'back');
  const [bothThere, bothBack] = await flow(pair, 'both');
  return { there, back, bothThere, bothBack };
}

/** What arrives each way over one connection, Gbit/s. */
async function flow({ left, right, leftAddress }: Pair, ways: 'there' | 'back' | 'both'): Promise<[number, number]> {
  const server = left.createServer();
  server.listen(PORT, leftAddress);
  await once(server, 'listening');
  const opened = once(server, 'connection');
  const client = right.connect(PORT, leftAddress);
  const [accepted] = (await opened) as [nodeNet.Socket];
  const received = { there: 0, back: 0 };
  // "There" is from left to right.
  client.on('data', (data) => (received.there += data.length));
  accepted.on('data', (data) => (received.back += data.length));
  if (ways !== 'back') pour(accepted);
  if (ways !== 'there') pour(client);
  await setTimeout(SETTLE);
  const before = { ...received, at: performance.now() };
  await setTimeout(SPAN);
  const nanoseconds = (performance.now() - before.at) * 1_000_000;
  const rates: [number, number] = [
    ((received.there - before.there) * 8) / nanoseconds,
    ((received.back - before.back) * 8) / nanoseconds,
  ];
  client.destroy();
  accepted.destroy();
  await new Promise<void>((resolve) =>
    server.close(() => {
      resolve();
    }),
  );
  return rates;
}

/** Writes as fast as it goes. */
function pour(socket: nodeNet.Socket): void {
  const write = () => {
    while (!socket.destroyed && socket.write(CHUNK));
  };
  socket.on('drain', write);
  // The other end may be gone first.
  socket.on('error', () => undefined);
  write();
}

runAlone(module, measure);
