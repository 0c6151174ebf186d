import { execFileSync } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import * as net from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import { LinkError, StackWorkers, TapLink, type StackWorkersOptions } from '../../src';
import type { Counts, Question } from './echo.program';

function start(options: Partial<StackWorkersOptions> = {}): Promise<StackWorkers> {
  return StackWorkers.start({
    file: require.resolve('./echo.program'),
    queues: 2,
    tap: { name: 'tap%d', host: '10.9.0.1/24' },
    address: '10.9.0.2/24',
    ...options,
  });
}

/** Every worker's answer, by index. */
async function askAll<Answer>({ workers }: StackWorkers, question: Question): Promise<Answer[]> {
  const answers = workers.map(async (worker) => {
    const answer = once(worker, 'message');
    worker.postMessage(question);
    return (await answer)[0] as Answer;
  });
  return Promise.all(answers);
}

function hashOf(bytes: Buffer): string {
  return createHash('sha256').update(bytes).digest('hex');
}

/** One connection of the kernel's: what it sends has to come back, and then the end. */
async function echo(size: number): Promise<'same' | 'other'> {
  const sent = randomBytes(size);
  const socket = net.connect(7, '10.9.0.2');
  const received: Buffer[] = [];
  socket.on('data', (bytes: Buffer) => received.push(bytes));
  socket.end(sent);
  await once(socket, 'close');
  return hashOf(sent) === hashOf(Buffer.concat(received)) ? 'same' : 'other';
}

export async function kernelConnections(count: number, size: number) {
  const workers = await start();
  const echoes = await Promise.all(Array.from({ length: count }, () => echo(size)));
  // The kernel's side of a connection has closed before ours has.
  let counts: Counts[] = [];
  for (let closed = 0; closed < count; closed = counts.reduce((sum, each) => sum + each.closed, 0)) {
    await delay(20);
    counts = await askAll<Counts>(workers, { ask: 'counts' });
  }
  const interfaceName = workers.name;
  await workers.close();
  const left = execFileSync('ip', ['-brief', 'link', 'show', 'type', 'tun'], { encoding: 'utf8' });
  return { echoes, counts, interfaceName, left };
}

/**
 * Each worker opens connections. The server in the kernel keeps silent for so long, ms, that the kernel forgets which queue they
 * were sent from; then it sends, and ends them.
 */
export async function connectionsOut(times: number, silence: number) {
  const sent = randomBytes(100_000);
  const server = net.createServer((socket) => {
    socket.on('error', () => undefined);
    setTimeout(() => socket.end(sent), silence);
  });
  server.listen(9000, '0.0.0.0');
  await once(server, 'listening');
  const workers = await start();
  const hashes = await askAll<string[]>(workers, { ask: 'connect', port: 9000, times });
  const counts = await askAll<Counts>(workers, { ask: 'counts' });
  await workers.close();
  server.close();
  return { hashes, expected: hashOf(sent), counts };
}

/** One of three workers ends; the others' threads, and what is told. */
export async function oneEnds() {
  const workers = await start({ queues: 3 });
  const error = once(workers, 'error');
  await workers.workers[1]?.terminate();
  const [told] = (await error) as [Error];
  const alive = workers.workers.filter(({ threadId }) => threadId !== -1).length;
  // All queues are closed: the interface is gone, and the name is free for another kind.
  await TapLink.open('tap0').close();
  return { message: told.message, alive };
}

export async function failures() {
  const failed = async (options: Partial<StackWorkersOptions>): Promise<string> => {
    try {
      await (await start(options)).close();
      return 'started';
    } catch (error) {
      const code = error instanceof LinkError ? error.code : (error as Error).name;
      return `${code}: ${(error as Error).message}`;
    }
  };
  const folder = mkdtempSync(join(tmpdir(), 'synack-workers-'));
  const [esModule, noFunction] = [join(folder, 'module.mjs'), join(folder, 'none.mjs')];
  writeFileSync(esModule, 'export default (stack) => { stack.net.createServer().listen(7); };');
  writeFileSync(noFunction, 'export const port = 7;');
  const single = TapLink.open('tap7');
  const results = {
    program: await failed({ data: 'throw' }),
    queues: await failed({ queues: 0 }),
    device: await failed({ tap: { name: 'tap7' } }),
    file: await failed({ file: '/nowhere.js' }),
    noFunction: await failed({ file: noFunction }),
    esModule: await failed({ file: pathToFileURL(esModule) }),
    again: await failed({}),
  };
  await single.close();
  rmSync(folder, { recursive: true });
  return results;
}
