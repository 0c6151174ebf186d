/**
 * What the stack allocates for each packet that comes, and where: `node --require ts-node/register bench/machine/allocations.ts [LOAD…]`.
 *
 * The young generation is made so large that nothing is collected while it is measured, which is checked, so that the growth of the heap
 * is what was allocated. The places come from V8's sampling heap profiler, in a run of its own.
 */
import { spawnSync } from 'node:child_process';
import { findSourceMap } from 'node:module';
import { Session, type HeapProfiler } from 'node:inspector';
import { relative, join } from 'node:path';
import { PerformanceObserver } from 'node:perf_hooks';
import { setTimeout } from 'node:timers/promises';
import { getHeapStatistics } from 'node:v8';
import { Stack, VirtualClock } from '../../src/core';
import { Steady, type Load } from './steady';

const LOADS: readonly Load[] = ['receive', 'send', 'echo'];
const WORDS: Readonly<Record<Load, string>> = {
  receive: 'bulk receive, a segment of 1448 octets',
  send: 'bulk send, an ACK that lets two segments of 1448 octets go',
  echo: 'echo, 64 octets in and 64 out',
};
const PACKETS = 10_000;
const WARM_UP = 5;
const PLACES = 25;
/** Octets between samples: for each packet there are several. */
const SAMPLING = 512;
const SEMI_SPACE = 512;
const ROOT = join(__dirname, '../..');

interface Place {
  readonly name: string;
  octets: number;
}

/** In a process of its own for each load: what one has compiled is not what the other needs. */
function main(): void {
  const [mark, load] = process.argv.slice(2);
  if (mark === '--child') {
    const known = LOADS.find((each) => each === load);
    if (known !== undefined) void profile(known);
    return;
  }
  const wanted = process.argv.slice(2);
  for (const each of LOADS) {
    if (wanted.length > 0 && !wanted.includes(each)) continue;
    const flags = [
      '--enable-source-maps',
      `--max-semi-space-size=${SEMI_SPACE}`,
      `--min-semi-space-size=${SEMI_SPACE}`,
      '--enable-source-maps',
    ];
    const node = [...flags, '--require', 'ts-node/register', __filename, '--child', each];
    const { status } = spawnSync(process.execPath, node, { stdio: 'inherit' });
    if (status !== 0) process.exitCode = 1;
  }
}

async function profile(load: Load): Promise<void> {
  const steady = new Steady({ Stack, VirtualClock }, { load, connections: 1, pace: 10 });
  for (let round = 0; round < WARM_UP; round += 1) {
    steady.prepare(PACKETS);
    steady.run();
  }
  let octets: number | undefined;
  for (let tries = 0; octets === undefined; tries += 1) {
    if (tries === 5) throw new Error('each time garbage was collected in between; measure fewer packets');
    steady.prepare(PACKETS);
    octets = await allocatedIn(() => steady.run());
  }
  steady.prepare(PACKETS);
  const places = await placesOf(() => steady.run());
  const lines = places.slice(0, PLACES).map((place) => `${column(place.octets / PACKETS)}  ${place.name}`);
  process.stdout.write(
    `${WORDS[load]}: ${Math.round(octets / PACKETS)} octets a packet that comes\n${lines.join('\n')}\n\n`,
  );
}

/** Octets by which the heap, and what lies outside it, has grown. `undefined`: something was collected meanwhile. */
async function allocatedIn(work: () => void): Promise<number | undefined> {
  let collections = 0;
  let ended = Infinity;
  globalThis.gc?.();
  await setTimeout(10);
  const observer = new PerformanceObserver((list) => {
    collections += list.getEntries().filter(({ startTime }) => startTime >= began && startTime < ended).length;
  });
  observer.observe({ entryTypes: ['gc'] });
  const began = performance.now();
  const before = used();
  work();
  const octets = used() - before;
  ended = performance.now();
  // Observers hear of it a turn later.
  await setTimeout(10);
  observer.disconnect();
  return collections > 0 ? undefined : octets;
}

function used(): number {
  const { used_heap_size: heap, external_memory: external } = getHeapStatistics();
  return heap + external;
}

async function placesOf(work: () => void): Promise<Place[]> {
  const session = new Session();
  session.connect();
  await new Promise<void>((resolve, reject) => {
    const options = {
      samplingInterval: SAMPLING,
      includeObjectsCollectedByMajorGC: true,
      includeObjectsCollectedByMinorGC: true,
    };
    session.post('HeapProfiler.startSampling', options, (error) => {
      if (error === null) resolve();
      else reject(error);
    });
  });
  work();
  const { head } = await new Promise<HeapProfiler.SamplingHeapProfile>((resolve, reject) => {
    session.post('HeapProfiler.stopSampling', (error, { profile }) => {
      if (error === null) resolve(profile);
      else reject(error);
    });
  });
  session.disconnect();
  const places = new Map<string, Place>();
  add(places, head, undefined);
  return [...places.values()].sort((one, other) => other.octets - one.octets);
}

/** A function, with who has called it where it is one of the language's. */
function add(places: Map<string, Place>, node: HeapProfiler.SamplingHeapProfileNode, caller: string | undefined): void {
  const { functionName, url, lineNumber, columnNumber } = node.callFrame;
  const own = url === '' ? undefined : placeOf(functionName, url, lineNumber, columnNumber);
  const name = own ?? `${functionName} in ${caller ?? '?'}`;
  if (node.selfSize > 0) {
    const place = places.get(name) ?? { name, octets: 0 };
    place.octets += node.selfSize;
    places.set(name, place);
  }
  for (const child of node.children) add(places, child, own ?? caller);
}

/** As it stands in the TypeScript source. */
function placeOf(functionName: string, url: string, line: number, column: number): string {
  const path = url.replace('file://', '');
  const entry = findSourceMap(path)?.findEntry(line, column);
  const original = entry !== undefined && 'originalLine' in entry ? entry.originalLine + 1 : line + 1;
  return `${functionName === '' ? '(anonymous)' : functionName} ${relative(ROOT, path)}:${original}`;
}

function column(value: number): string {
  return value.toFixed(1).padStart(8);
}

main();
