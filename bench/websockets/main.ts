/**
 * Many WebSockets that echo at the same time over a TAP: the clients are `ws` on the kernel's TCP, the server is `ws` on synack's. Each
 * client sends a message, waits until it has come back, compares it octet by octet, and sends the next.
 *
 *   npm run bench:websockets                   1,000 for 60 s, as root
 *   npm run bench:websockets -- 100 5          100 for 5 s
 *
 * Ends with exit code 1 when a message was lost or changed, a connection broke, or the server kept memory.
 */
import { randomBytes } from 'node:crypto';
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { WebSocket } from 'ws';
import type { ServerMemory } from './server';

const ROOT = join(__dirname, '../..');
const URL = 'ws://10.9.0.2/';
/** Octets; most messages are small. */
const SIZES = [16, 64, 300, 1000, 5000, 60_000];
/** What the server may keep beyond what it had after the warm-up, in octets: for each connection that was, and of what V8 does meanwhile. */
const ALLOWED = { each: 1000, once: 3_000_000 };

interface Tally {
  messages: number;
  octets: number;
  changed: number;
  broken: number;
}

/** In the lab: begins the server, and is its clients. */
async function measure(count: number, seconds: number): Promise<boolean> {
  const server = spawn(process.execPath, ['--expose-gc', '-r', 'ts-node/register', join(__dirname, 'server.ts')], {
    stdio: ['ignore', 'pipe', 'inherit'],
    cwd: ROOT,
  });
  const lines = createInterface({ input: server.stdout })[Symbol.asyncIterator]();
  await lines.next();
  const ask = async (): Promise<ServerMemory> => {
    server.kill('SIGUSR2');
    return JSON.parse((await lines.next()).value as string) as ServerMemory;
  };
  try {
    // Once, so that what is made once and kept is there: code, tables, pools.
    await echo(count, Math.min(5, seconds));
    const before = await rest(ask);
    const during: ServerMemory[] = [];
    const tally = await echo(count, seconds, async () => during.push(await ask()));
    const after = await rest(ask);
    return report(count, seconds, tally, before, during, after);
  } finally {
    await end(server);
  }
}

/** Waits until the server's connections are gone, TIME-WAIT included. */
async function rest(ask: () => Promise<ServerMemory>): Promise<ServerMemory> {
  for (let tries = 0; tries < 50; tries++) {
    await sleep(200);
    const memory = await ask();
    // The listener is one of them.
    if (memory.sockets === 0 && memory.connections <= 1) return memory;
  }
  throw new Error('after ten seconds the server still has connections');
}

async function end(server: ChildProcess): Promise<void> {
  if (server.exitCode !== null) return;
  server.kill();
  await once(server, 'exit');
}

/** All clients at once, for a time; then each closes when its last message is back. */
async function echo(count: number, seconds: number, halfTime?: () => Promise<unknown>): Promise<Tally> {
  const tally: Tally = { messages: 0, octets: 0, changed: 0, broken: 0 };
  const sockets = Array.from({ length: count }, () => new WebSocket(URL, { perMessageDeflate: false }));
  await Promise.all(sockets.map((socket) => once(socket, 'open')));
  const until = Date.now() + seconds * 1000;
  const all = Promise.all(sockets.map((socket, index) => echoOne(socket, index, until, tally)));
  await sleep(seconds * 500);
  await halfTime?.();
  await all;
  return tally;
}

async function echoOne(socket: WebSocket, index: number, until: number, tally: Tally): Promise<void> {
  let sent = Buffer.alloc(0);
  const send = (): void => {
    sent = randomBytes(SIZES[(tally.messages + index) % SIZES.length] ?? 0);
    socket.send(sent);
  };
  socket.on('message', (data: Buffer) => {
    if (!sent.equals(data)) tally.changed++;
    tally.messages++;
    tally.octets += data.length;
    if (Date.now() < until) send();
    else socket.close(1000);
  });
  socket.on('error', () => tally.broken++);
  send();
  const [code] = (await once(socket, 'close')) as [number];
  if (code !== 1000) tally.broken++;
}

function report(
  count: number,
  seconds: number,
  { messages, octets, changed, broken }: Tally,
  before: ServerMemory,
  during: readonly ServerMemory[],
  after: ServerMemory,
): boolean {
  const megabytes = (value: number): string => `${(value / 1e6).toFixed(1)} MB`;
  const kept = after.heap + after.buffers - before.heap - before.buffers;
  const open = during[0]?.sockets ?? 0;
  console.log(`${open} WebSockets at once, for ${seconds} s`);
  console.log(`${messages} messages back (${Math.round(messages / seconds)}/s), ${megabytes(octets)} each way`);
  console.log(
    `${changed} changed, ${broken} connections broken, ${after.counters['tcp.retransmissions'] ?? 0} segments again`,
  );
  for (const [name, memory] of [
    ['before', before] as const,
    ['half-way', during[0]] as const,
    ['after', after] as const,
  ]) {
    if (memory === undefined) continue;
    const { heap, buffers, process } = memory;
    console.log(
      `${name.padEnd(8)}  heap ${megabytes(heap)}, buffers ${megabytes(buffers)}, process ${megabytes(process)}`,
    );
  }
  return (
    changed === 0 && broken === 0 && messages > count && open === count && kept < ALLOWED.each * count + ALLOWED.once
  );
}

function numberOf(text: string | undefined, otherwise: number): number {
  const value = Number(text ?? otherwise);
  if (!Number.isInteger(value) || value < 1)
    throw new RangeError(`${text ?? ''} is not a number of connections or seconds`);
  return value;
}

async function main(): Promise<void> {
  const [count, seconds] = [numberOf(process.argv[2], 1000), numberOf(process.argv[3], 60)];
  if (process.env['SYNACK_LAB'] === '1') {
    process.exitCode = (await measure(count, seconds)) ? 0 : 1;
    return;
  }
  const args = [process.execPath, '-r', 'ts-node/register', __filename, String(count), String(seconds)];
  const lab = spawn(join(ROOT, 'scripts/lab.sh'), args, { stdio: 'inherit', cwd: ROOT });
  const [code] = (await once(lab, 'exit')) as [number | null];
  process.exitCode = code ?? 1;
}

void main();
