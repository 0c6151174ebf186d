import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { IDLE_PORTS, PORTS } from '../addresses';
import { median } from '../../loss/results';
import { round } from '../compare';
import { openNode } from '../ends/node';
import { openSynack } from '../ends/synack';
import type { End } from '../ends/end';
import { Lines } from '../lines';
import { CORES, type Namespace } from '../namespaces';
import { note } from '../notes';
import { loadProgram } from '../programs';
import type { Row } from '../row';
import type { Settings } from '../settings';

const FEW = 10_000;
const MANY = 100_000;
/** What is opened and closed first, so that tables, pools and code are there before memory is looked at. */
const WARM_UP = 1000;
/** How long opening may take, ms: a generous time for each connection, and some. */
const LIMIT = (connections: number): number => 20_000 + connections;
/** So long all is left alone before memory is looked at, ms. */
const SETTLE = 500;

/** Bytes an idle connection. */
interface Memory {
  /** By which the process has grown. */
  readonly process: number;
  /** By which V8's heap in it has. */
  readonly heap: number;
  /** By which the kernel's slabs have grown: of the client's end, and of the server's where that is the kernel's, too. */
  readonly slab: number;
  /** Seconds to open them all. */
  readonly seconds: number;
}

/**
 * What an idle connection takes of memory, all counted. For synack: what its process grows by; the kernel knows of no
 * connection there. For Node: what its process grows by, and the kernel's memory for the server's end. That is the growth of
 * the kernel's slabs with both ends in them, less the growth of the slabs in synack's run, in which there is the client's
 * end alone, opened by the same program.
 */
export async function idleMemory({ quick }: Settings): Promise<Row[]> {
  const few = await pairs(FEW, quick ? 1 : 3, true);
  if (quick) return [few];
  const mayOpen = openFiles() > MANY;
  const many = await pairs(MANY, 1, mayOpen);
  if (mayOpen) return [few, many];
  note(`Node was not asked for ${MANY} connections, since a process may open ${openFiles()} files here`);
  const peerName = `${few.peerName}, ${FEW.toLocaleString('en-US')} held`;
  return [few, { ...many, peer: few.peer, peerName, ratio: round(many.synack / few.peer) }];
}

/** @param withNode false: synack alone */
async function pairs(connections: number, runs: number, withNode: boolean): Promise<Row> {
  const all: { synack: Memory; node: Memory | undefined }[] = [];
  for (let run = 0; run < runs; run++) {
    const synack = await measure(() => openSynack({ offload: true }), connections);
    all.push({ synack, node: withNode ? await measure(() => openNode({ offload: true }), connections) : undefined });
  }
  const middle = (of: (pair: { synack: Memory; node: Memory | undefined }) => number | undefined): number =>
    round(median(all.map((pair) => of(pair) ?? NaN)));
  const kernel = middle(({ synack, node }) => node && node.slab - synack.slab);
  const peer = middle(({ synack, node }) => node && node.process + node.slab - synack.slab);
  const synack = middle((pair) => pair.synack.process);
  return {
    work: 'idle-memory',
    unit: `bytes each, ${connections.toLocaleString('en-US')} held`,
    synack,
    peer,
    peerName: 'Node net and the kernel',
    ratio: round(synack / peer),
    better: 'less',
    runs,
    details: {
      connections,
      synackHeap: middle((pair) => pair.synack.heap),
      synackSecondsToOpen: middle((pair) => pair.synack.seconds),
      ...(withNode && {
        peerProcess: middle(({ node }) => node?.process),
        peerKernel: kernel,
        peerSecondsToOpen: middle(({ node }) => node?.seconds),
      }),
      clientKernel: middle((pair) => pair.synack.slab),
    },
  };
}

/** The most files that a process may have open. */
function openFiles(): number {
  return Number(/^Max open files\s+\d+\s+(\d+)/m.exec(readFileSync('/proc/self/limits', 'utf8'))?.[1]);
}

async function measure(open: () => Promise<End>, connections: number): Promise<Memory> {
  const end = await open();
  try {
    if (end.process === undefined) throw new Error(`${end.name} is no process of Node`);
    await (await hold(end, WARM_UP)).release();
    await sleep(SETTLE);
    const before = await end.process.ask('memory');
    const slab = slabs();
    const began = performance.now();
    const held = await hold(end, connections);
    const seconds = (performance.now() - began) / 1000;
    await sleep(SETTLE);
    const { idle } = await end.process.ask('counts');
    if (idle !== connections) throw new Error(`${end.name}: of ${connections} connections it has accepted ${idle}`);
    const after = await end.process.ask('memory');
    const slabNow = slabs();
    held.end();
    return {
      process: (after.resident - before.resident) / connections,
      heap: (after.heap - before.heap) / connections,
      slab: (slabNow - slab) / connections,
      seconds,
    };
  } finally {
    await end.close();
  }
}

/** Bytes in the kernel's slabs. */
function slabs(): number {
  return Number(/^Slab:\s+(\d+) kB/m.exec(readFileSync('/proc/meminfo', 'utf8'))?.[1]) * 1024;
}

interface Held {
  /** Closes them all, and resolves when the server has seen it. */
  release(): Promise<void>;
  end(): void;
}

/** Opens connections from as many processes as the limit of open files asks for. */
async function hold(end: End, connections: number): Promise<Held> {
  const most = Math.min(connections, openFiles() - 100, 50_000);
  const children: ReturnType<Namespace['spawn']>[] = [];
  for (let left = connections; left > 0; left -= most) {
    const count = Math.min(left, most);
    const args = ['idle', end.address, String(PORTS.idle), String(IDLE_PORTS), String(count)];
    const child = end.load.spawn(CORES.load, [loadProgram(), ...args], ['pipe', 'pipe', 'inherit']);
    children.push(child);
    await new Lines(child, `load ${args.join(' ')}`).next(LIMIT(count));
  }
  // The last ones are open for the client before the server has accepted them.
  await until(end, (idle) => idle >= connections);
  return {
    release: async () => {
      for (const child of children) child.stdin?.end();
      await until(end, (idle) => idle === 0);
    },
    end: () => {
      for (const child of children) child.kill('SIGKILL');
    },
  };
}

async function until(end: End, isSo: (idle: number) => boolean): Promise<void> {
  for (let waited = 0; waited < 10_000; waited += 50) {
    const counts = await end.process?.ask('counts');
    if (counts === undefined || isSo(counts.idle)) return;
    await sleep(50);
  }
}
