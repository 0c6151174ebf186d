/** What one idle accepted socket costs the heap: `node --expose-gc --require ts-node/register bench/node/memory.ts`. */
import type { Socket } from 'node:net';
import { Duplex } from 'node:stream';
import { SystemClock } from '../../src/clock/system-clock';
import { createNet } from '../../src/node/net';
import { StubConnection, StubListener, stubHost } from './stub';

const COUNT = 20_000;

function used(): number {
  for (let i = 0; i < 5; i++) global.gc?.();
  return process.memoryUsage().heapUsed + process.memoryUsage().arrayBuffers;
}

async function cost(name: string, make: () => unknown, less = 0): Promise<number> {
  const kept: unknown[] = Array.from({ length: COUNT });
  const before = used();
  for (let i = 0; i < COUNT; i++) {
    kept[i] = make();
    if (i % 100 === 0) await new Promise(setImmediate);
  }
  for (let i = 0; i < 5; i++) await new Promise(setImmediate);
  const each = (used() - before) / kept.length - less;
  console.log(`${name.padEnd(40)} ${each.toFixed(0)} bytes`);
  return each;
}

async function main(): Promise<void> {
  const listener = new StubListener();
  const sockets: Socket[] = [];
  const net = createNet(stubHost(listener, new SystemClock()));
  let timeout = false;
  let echo = true;
  net
    .createServer((socket) => {
      sockets.push(socket);
      if (timeout) socket.setTimeout(120_000);
      if (echo) socket.on('data', onData);
    })
    .listen(80);
  const stub = await cost('stub connection', () => new StubConnection());
  await cost('Duplex', () => new Duplex({ read: nothing, write: nothing }));
  await cost('Duplex without options', () => new Duplex());
  echo = false;
  await cost('accepted socket', () => listener.call(), stub);
  echo = true;
  await cost('accepted socket with a data listener', () => listener.call(), stub);
  const touched = Buffer.alloc(64);
  await cost(
    'the same after one echo',
    () => {
      const connection = listener.call();
      setImmediate(() => {
        connection.arrive(touched);
      });
      return connection;
    },
    stub,
  );
  timeout = true;
  await cost('the same with setTimeout', () => listener.call(), stub);
  process.exit(sockets.length > 0 ? 0 : 1);
}

function nothing(): void {
  // For who wants a function.
}

function onData(this: Socket, data: Buffer): void {
  this.write(data);
}

void main();
