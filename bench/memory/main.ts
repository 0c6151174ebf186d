/**
 * What a connection costs: the memory of an idle one in bytes, by state and by level (`idle`); the time of a whole one, from the peer's SYN
 * to the ACK of our FIN, in µs (`cycle`); and the time of an exchange on one of N connections, by turns, in µs (`exchange`). The link is a
 * pair of calls, so all of it is the stack's own.
 *
 *     node --expose-gc --require ts-node/register bench/memory/main.ts idle|cycle|exchange [--connections N] [--net]
 */
import { parseArgs } from 'node:util';
import { VirtualClock } from '../../src/clock/virtual-clock';
import { Stack } from '../../src/node/stack';
import type { Connection } from '../../src/tcp/user';
import { FLAG } from '../../src/wire/tcp';
import { Callers, STACK, type Caller } from './callers';

const BATCH = 64;
/** Beyond what a small integer holds, as after an hour and more of real time. */
const LATE = 20_000_000_000;
const REQUEST = new Uint8Array(100).fill(1);
const RESPONSE = new Uint8Array(1000).fill(2);

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { connections: { type: 'string' }, net: { type: 'boolean', default: false } },
});

/** A stack with a server on it, and its callers. */
function makeServer(): { callers: Callers; clock: VirtualClock; stack: Stack; accepted: Set<unknown> } {
  const clock = new VirtualClock(LATE);
  const stack = new Stack({ clock, tcp: { maxConnections: 10_000_000, maxHalfOpen: 10_000_000, synCookies: false } });
  const callers = new Callers();
  stack.attach(callers.link, { address: STACK.network });
  const accepted = new Set<unknown>();
  if (values.net) {
    stack.net
      .createServer((socket) => {
        accepted.add(socket);
        socket.on('data', () => socket.write(RESPONSE));
        socket.on('close', () => accepted.delete(socket));
      })
      .listen({ port: STACK.port, backlog: 10_000_000 });
  } else {
    const listener = stack.tcp.open({ passive: true, local: { port: STACK.port }, backlog: 10_000_000 });
    const readable = (connection: Connection): void => {
      const data = connection.receive();
      if (typeof data !== 'string') connection.send(RESPONSE);
      if (data !== 'EOF') return;
      connection.close();
      accepted.delete(connection);
    };
    listener.on('connection', () => {
      for (let connection = listener.accept(); typeof connection !== 'string'; connection = listener.accept()) {
        const mine = connection;
        accepted.add(mine);
        mine.on('readable', () => {
          readable(mine);
        });
      }
    });
  }
  return { callers, clock, stack, accepted };
}

/** Lets Node's own queues run, so that sockets have done what they put off. */
function breathe(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

async function used(): Promise<number> {
  for (let round = 0; round < 3; round += 1) {
    await breathe();
    globalThis.gc?.();
  }
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}

/** All callers say one thing, a batch at a time. */
async function all(callers: Callers, list: readonly Caller[], say: (caller: Caller) => Uint8Array): Promise<void> {
  for (let at = 0; at < list.length; at += BATCH) {
    callers.inject(list.slice(at, at + BATCH).map(say));
    if (values.net) await breathe();
  }
}

/** Bytes of an idle connection in its states. */
async function idle(count: number): Promise<void> {
  const { callers, clock } = makeServer();
  const list = Array.from({ length: count }, (_, index) => callers.caller(index));
  const stamp = (): number => Math.floor(clock.now() / 1000) >>> 0;
  // The callers' own memory has its final size before any is measured.
  for (const caller of list) caller.seq = caller.ack = caller.echo = 3_000_000_000;
  const before = await used();
  const report = async (state: string): Promise<void> => {
    console.log(`${state.padEnd(48)} ${Math.round(((await used()) - before) / count)} B`);
  };
  const later = (by: number): void => {
    clock.advanceBy(by);
  };
  await all(callers, list, (caller) => callers.syn(caller, stamp()));
  await report('SYN-RECEIVED');
  later(500);
  await all(callers, list, (caller) => callers.segment(caller, 0, stamp()));
  await report('ESTABLISHED, no data');
  later(10_000);
  await all(callers, list, (caller) => callers.segment(caller, FLAG.PSH, stamp(), REQUEST));
  later(500);
  await all(callers, list, (caller) => callers.segment(caller, 0, stamp()));
  later(100_000_000);
  await report('ESTABLISHED, a request and a response, then idle');
  await all(callers, list, (caller) => callers.segment(caller, FLAG.FIN, stamp()));
  await report('LAST-ACK');
}

/** µs of a connection from its SYN to the ACK of our FIN. */
async function cycle(count: number): Promise<void> {
  const { callers, clock, accepted } = makeServer();
  const stamp = (): number => Math.floor(clock.now() / 1000) >>> 0;
  const round = async (first: number): Promise<void> => {
    const list = Array.from({ length: BATCH }, (_, index) => callers.caller(first + index));
    await all(callers, list, (caller) => callers.syn(caller, stamp()));
    await all(callers, list, (caller) => callers.segment(caller, 0, stamp()));
    await all(callers, list, (caller) => callers.segment(caller, FLAG.FIN, stamp()));
    await all(callers, list, (caller) => callers.segment(caller, 0, stamp()));
    clock.advanceBy(1000);
    for (const caller of list) callers.forget(caller);
  };
  for (let run = 0; run < 6; run += 1) {
    callers.busy = 0;
    for (let index = 0; index < count; index += BATCH) await round(index);
    console.log(`connect, accept, close: ${((callers.busy * 1000) / count).toFixed(2)} µs (${accepted.size} left)`);
  }
}

/** µs of a request, its response, and the ACK of that, on connections that take turns. */
async function exchange(count: number): Promise<void> {
  const { callers, clock } = makeServer();
  const stamp = (): number => Math.floor(clock.now() / 1000) >>> 0;
  const list = Array.from({ length: count }, (_, index) => callers.caller(index));
  await all(callers, list, (caller) => callers.syn(caller, stamp()));
  await all(callers, list, (caller) => callers.segment(caller, 0, stamp()));
  const rounds = Math.ceil(200_000 / count);
  for (let run = 0; run < 5; run += 1) {
    callers.busy = 0;
    for (let round = 0; round < rounds; round += 1) {
      for (let at = 0; at < count; at += BATCH) {
        const batch = list.slice(at, at + BATCH);
        await all(callers, batch, (caller) => callers.segment(caller, FLAG.PSH, stamp(), REQUEST));
        clock.advanceBy(200);
        await all(callers, batch, (caller) => callers.segment(caller, 0, stamp()));
        clock.advanceBy(200);
      }
    }
    console.log(`exchange on ${count} connections: ${((callers.busy * 1000) / count / rounds).toFixed(2)} µs`);
  }
}

const count = Number(values.connections ?? 50_000);
switch (positionals[0]) {
  case 'idle':
    void idle(count);
    break;
  case 'cycle':
    void cycle(count);
    break;
  case 'exchange':
    void exchange(count);
    break;
  default:
    console.error('say what to measure: idle, cycle or exchange');
}
