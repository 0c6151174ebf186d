/**
 * What the Node faces cost by themselves, over connections that cost nothing, each turn entered from the event loop as a device enters
 * it. Prints µs of CPU for each; the row `loop` is in all others. Run it bundled: ts-node loads `domain`, which slows down every event.
 *
 *     npx esbuild bench/node/faces.ts --bundle --platform=node --outfile=/tmp/faces.js && node /tmp/faces.js [WORK…]
 */
import * as http from 'node:http';
import type { Socket } from 'node:net';
import WebSocket, { WebSocketServer } from 'ws';
import { SystemClock } from '../../src/clock/system-clock';
import { createNet } from '../../src/node/net';
import { StubListener, stubHost, type StubConnection } from './stub';

const listener = new StubListener();
const net = createNet(stubHost(listener, new SystemClock()));

/** So many callbacks go in one round of the event loop, as when so many connections are at work. */
const ROUND = 64;

/** Runs `step` once for each callback of the event loop, and all that follows from it; returns µs for one. */
async function loop(count: number, step: (i: number) => void): Promise<number> {
  const start = process.cpuUsage();
  let done = 0;
  const one = (): void => {
    step(done++);
  };
  while (done < count) {
    for (let i = 1; i < ROUND; i++) setImmediate(one);
    await new Promise<void>((resolve) => {
      setImmediate(() => {
        one();
        resolve();
      });
    });
  }
  const { user, system } = process.cpuUsage(start);
  return (user + system) / count;
}

async function accepted(serve: (socket: Socket) => void): Promise<StubConnection> {
  net.createServer(serve).listen(80);
  const connection = listener.call();
  await new Promise(setImmediate);
  await new Promise(setImmediate);
  return connection;
}

type Work = (count: number) => Promise<number>;

const works: Record<string, { count: number; work: Work }> = {
  loop: { count: 400_000, work: (count) => loop(count, () => undefined) },
  tick: {
    count: 400_000,
    work: (count) =>
      loop(count, () => {
        process.nextTick(nothing);
      }),
  },
  echo: {
    count: 400_000,
    async work(count) {
      const connection = await accepted((socket) => socket.on('data', (data) => socket.write(data)));
      const data = Buffer.alloc(64);
      return await loop(count, () => {
        connection.arrive(data);
      });
    },
  },
  'bulk-in': {
    count: 300_000,
    async work(count) {
      const connection = await accepted((socket) => socket.on('data', (data) => (received += data.length)));
      const data = new Uint8Array(65_000);
      return await loop(count, () => {
        connection.arrive(data);
      });
    },
  },
  'bulk-in-timeout': {
    count: 300_000,
    async work(count) {
      const connection = await accepted((socket) =>
        socket.setTimeout(120_000).on('data', (data) => (received += data.length)),
      );
      const data = new Uint8Array(65_000);
      return await loop(count, () => {
        connection.arrive(data);
      });
    },
  },
  'bulk-out': {
    count: 200_000,
    async work(count) {
      let written: Socket | undefined;
      await accepted((socket) => (written = socket));
      const data = Buffer.alloc(65_536);
      return await loop(count, () => {
        written?.write(data);
      });
    },
  },
  'write-callback': {
    count: 200_000,
    async work(count) {
      let written: Socket | undefined;
      await accepted((socket) => (written = socket));
      const data = Buffer.alloc(200);
      return await loop(count, () => {
        written?.write(data, nothing);
      });
    },
  },
  http: {
    count: 60_000,
    async work(count) {
      const web = http.createServer((_request, response) => response.end('Hello, world!\n'));
      const connection = await accepted((socket) => web.emit('connection', socket));
      const data = Buffer.from('GET / HTTP/1.1\r\nHost: 10.9.0.2\r\n\r\n');
      const each = await loop(count, () => {
        connection.arrive(data);
      });
      if (connection.sends < count) throw new Error(`${connection.sends} answers`);
      web.closeAllConnections();
      return each;
    },
  },
  ws: {
    count: 100_000,
    async work(count) {
      const web = http.createServer();
      const chat = new WebSocketServer({ server: web });
      chat.on('connection', (socket: WebSocket) => {
        socket.on('message', (data, isBinary) => {
          socket.send(data as Buffer, { binary: isBinary });
        });
      });
      const connection = await accepted((socket) => web.emit('connection', socket));
      const upgrade =
        'GET / HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n' +
        'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n';
      connection.arrive(Buffer.from(upgrade));
      for (let i = 0; i < 10; i++) await new Promise(setImmediate);
      const frame = Buffer.alloc(70);
      frame.set([0x82, 0x80 | 64, 1, 2, 3, 4]);
      const before = connection.sends;
      const each = await loop(count, () => {
        connection.arrive(Buffer.from(frame));
      });
      if (connection.sends - before < count) throw new Error(`${connection.sends - before} answers`);
      return each;
    },
  },
  accept: {
    count: 100_000,
    async work(count) {
      const server = net.createServer((socket) => socket.on('data', nothing).end()).listen(80);
      let closed = 0;
      server.on('connection', (socket) => socket.on('close', () => closed++));
      const each = await loop(count, () => {
        listener.call().arrive('EOF');
      });
      await new Promise(setImmediate);
      await new Promise(setImmediate);
      if (closed < count - 10) throw new Error(`${closed} closed`);
      return each;
    },
  },
};

let received = 0;
function nothing(): void {
  // For who wants a function.
}

async function main(): Promise<void> {
  const names = process.argv.slice(2);
  for (const name of names.length > 0 ? names : Object.keys(works)) {
    const it = works[name];
    if (it === undefined) throw new Error(`no work ${name}: ${Object.keys(works).join(', ')}`);
    await it.work(it.count >> 2);
    const each = [await it.work(it.count), await it.work(it.count)];
    console.log(`${name.padEnd(16)} ${each.map((one) => one.toFixed(3)).join('  ')} µs`);
  }
  process.exit(received < 0 ? 1 : 0);
}

void main();
