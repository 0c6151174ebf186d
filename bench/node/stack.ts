/**
 * The Node faces on a whole stack, over memory: its peer is a second stack of the same process, driven by its own calls. The µs of CPU are
 * those of both ends together, so they serve to compare two versions of the faces, run in turn.
 *
 *     npx esbuild bench/node/stack.ts --bundle --platform=node --outfile=/tmp/stack.js && node /tmp/stack.js [WORK…]
 */
import * as http from 'node:http';
import type { Socket } from 'node:net';
import { SystemClock } from '../../src/clock/system-clock';
import { memoryPair } from '../../src/link/memory';
import { Stack } from '../../src/node/stack';
import type { Connection } from '../../src/tcp/user';

const clock = new SystemClock();

interface World {
  readonly server: Stack;
  readonly client: Stack;
  call(serve: (socket: Socket) => void): Promise<Connection>;
}

function world(mtu: number): World {
  const [a, b] = memoryPair({ clock, mtu, queue: 8192 });
  const server = new Stack({ clock });
  const client = new Stack({ clock });
  server.attach(a, { address: '10.9.0.2/24' });
  client.attach(b, { address: '10.9.0.1/24' });
  let port = 80;
  return {
    server,
    client,
    async call(serve) {
      server.net.createServer(serve).listen(++port);
      const connection = client.tcp.open({ remote: { address: '10.9.0.2', port } });
      await new Promise<void>((resolve) => connection.on('connect', resolve));
      return connection;
    },
  };
}

/** µs of CPU for one of `count`. */
async function measure(count: number, run: (finished: () => void) => void): Promise<number> {
  const start = process.cpuUsage();
  await new Promise<void>((resolve) => {
    run(resolve);
  });
  const { user, system } = process.cpuUsage(start);
  return (user + system) / count;
}

/** Sends `request`, and again each time that an answer has come. */
async function pingPong(connection: Connection, request: Uint8Array, count: number): Promise<number> {
  return await measure(count, (finished) => {
    let left = count;
    const readable = (): void => {
      while (typeof connection.receive() !== 'string');
      if (--left > 0) connection.send(request);
      else {
        connection.off('readable', readable);
        finished();
      }
    };
    connection.on('readable', readable);
    connection.send(request);
  });
}

const BLOCK = 65_536;

const works: Record<string, (scale: number) => Promise<number>> = {
  async echo(scale) {
    const connection = await world(1500).call((socket) => socket.on('data', (data) => socket.write(data)));
    return await pingPong(connection, new Uint8Array(64), 60_000 * scale);
  },
  async http(scale) {
    const web = http.createServer((_request, response) => response.end('Hello, world!\n'));
    const connection = await world(1500).call((socket) => web.emit('connection', socket));
    return await pingPong(connection, Buffer.from('GET / HTTP/1.1\r\nHost: 10.9.0.2\r\n\r\n'), 30_000 * scale);
  },
  /** One is 64 KiB. */
  async 'bulk-in'(scale) {
    let received = 0;
    const count = 20_000 * scale;
    let done: () => void = () => undefined;
    const connection = await world(65_535).call((socket) =>
      socket.on('data', (data) => {
        received += data.length;
        if (received >= count * BLOCK) done();
      }),
    );
    return await measure(count, (finished) => {
      done = finished;
      const block = new Uint8Array(BLOCK);
      const send = (): void => {
        while (connection.send(block) === BLOCK);
      };
      connection.on('writable', send);
      send();
    });
  },
  /** One is 64 KiB. */
  async 'bulk-out'(scale) {
    let sender: Socket | undefined;
    let received = 0;
    const count = 20_000 * scale;
    const connection = await world(65_535).call((socket) => (sender = socket));
    await new Promise(setImmediate);
    return await measure(count, (finished) => {
      connection.on('readable', () => {
        for (;;) {
          const data = connection.receive();
          if (typeof data === 'string') return;
          received += data.length;
          if (received >= count * BLOCK) finished();
        }
      });
      const block = Buffer.alloc(BLOCK);
      const send = (): void => {
        while (sender?.write(block));
      };
      sender?.on('drain', send);
      send();
    });
  },
  /** A connection that the peer opens and ends, and the server then too. */
  async accept(scale) {
    const { server, client } = world(1500);
    let left = 8_000 * scale;
    const count = left;
    const open = (finished: () => void): void => {
      const connection = client.tcp.open({ remote: { address: '10.9.0.2', port: 80 }, msl: 1000 });
      connection.on('connect', () => {
        connection.shutdown();
      });
      connection.on('readable', () => {
        if (connection.receive() !== 'EOF') return;
        connection.close();
        if (--left > 63) open(finished);
        else if (left === 0) finished();
      });
    };
    server.net.createServer((socket) => socket.resume()).listen(80);
    return await measure(count, (finished) => {
      for (let i = 0; i < 64; i++) open(finished);
    });
  },
};

async function main(): Promise<void> {
  const names = process.argv.slice(2);
  for (const name of names.length > 0 ? names : Object.keys(works)) {
    const work = works[name];
    if (work === undefined) throw new Error(`no work ${name}: ${Object.keys(works).join(', ')}`);
    await work(0.25);
    const each = [await work(1), await work(1)];
    console.log(`${name.padEnd(16)} ${each.map((one) => one.toFixed(2)).join('  ')} µs`);
  }
  process.exit(0);
}

void main();
