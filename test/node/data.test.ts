import { describe, expect, test } from '@jest/globals';
import { createHash, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import type { Socket } from 'node:net';
import { setImmediate as immediate } from 'node:timers/promises';
import { promisify } from 'node:util';
import { closed, FACES, LOOPBACK, listening, pair, readAll, writeAll } from './faces';

const MEGABYTE = 1_000_000;

const tick = promisify(process.nextTick.bind(process) as (done: () => void) => void);

function sha256(...chunks: Uint8Array[]): string {
  const hash = createHash('sha256');
  for (const chunk of chunks) hash.update(chunk);
  return hash.digest('hex');
}

describe.each(FACES)('data over %s', (_name, net) => {
  test('an echo server is a socket piped into itself', async () => {
    const server = net.createServer((socket) => socket.pipe(socket));
    const port = await listening(server);
    const client = net.connect(port, LOOPBACK);
    client.end('hello, synack');
    expect((await readAll(client)).toString()).toBe('hello, synack');
    await closed(server);
  });

  test('ten megabytes each way at once arrive as they were sent', async () => {
    const { client, server } = await pair(net, { allowHalfOpen: true });
    const bytes = [randomBytes(10 * MEGABYTE), randomBytes(10 * MEGABYTE)] as const;
    const cut = (whole: Buffer): Buffer[] =>
      Array.from({ length: 160 }, (_, i) => whole.subarray((i * whole.length) / 160, ((i + 1) * whole.length) / 160));
    const [toServer, toClient] = await Promise.all([
      readAll(server),
      readAll(client),
      writeAll(client, cut(bytes[0])),
      writeAll(server, cut(bytes[1])),
    ]);
    expect(sha256(toServer)).toBe(sha256(bytes[0]));
    expect(sha256(toClient)).toBe(sha256(bytes[1]));
    expect([client.bytesWritten, client.bytesRead]).toEqual([10 * MEGABYTE, 10 * MEGABYTE]);
    expect([server.bytesWritten, server.bytesRead]).toEqual([10 * MEGABYTE, 10 * MEGABYTE]);
  });

  test('a reader that stops stops the writer, and one that goes on gets it all', async () => {
    const { client, server } = await pair(net, { pauseOnConnect: true });
    const sent = randomBytes(65_536);
    let written = 0;
    // The kernel's buffers on loopback hold some megabytes; nobody's hold sixty-four.
    while (written < 64 * MEGABYTE && (client.write(sent) || (await drained(client)))) written += sent.length;
    expect(client.writableNeedDrain).toBe(true);
    expect(written).toBeLessThan(64 * MEGABYTE);

    let received = 0;
    const hash = createHash('sha256');
    server.on('data', (chunk) => {
      received += chunk.length;
      hash.update(chunk);
      server.pause();
      setImmediate(() => server.resume());
    });
    server.resume();
    client.end();
    await once(server, 'end');
    expect(received).toBe(client.bytesWritten);
    const all = Array.from({ length: received / sent.length }, () => sent);
    expect(hash.digest('hex')).toBe(sha256(...all));
  });

  test("'drain' comes when write said false and all was taken", async () => {
    const { client, server } = await pair(net, { pauseOnConnect: true });
    const size = 20 * MEGABYTE;
    expect(client.write(Buffer.alloc(size))).toBe(false);
    expect([client.writableNeedDrain, client.writableLength]).toEqual([true, size]);
    server.resume();
    await once(client, 'drain');
    expect([client.writableNeedDrain, client.writableLength]).toEqual([false, 0]);
    client.end();
    await once(client, 'close');
  });

  test('writes before the connection stands are sent once it does, in order', async () => {
    const server = net.createServer();
    const port = await listening(server);
    const accepted = once(server, 'connection');
    const client = net.connect(port, LOOPBACK);
    client.write('one ');
    client.write(Buffer.from('two '));
    client.cork();
    client.write('three ');
    client.write('66 6f 75 72'.replaceAll(' ', ''), 'hex');
    client.uncork();
    client.end();
    expect(client.connecting).toBe(true);
    expect(client.bytesWritten).toBe('one two three four'.length);
    const [socket] = (await accepted) as [Socket];
    expect((await readAll(socket)).toString()).toBe('one two three four');
    await closed(server);
  });

  test('setEncoding puts characters together that were cut apart', async () => {
    const { client, server } = await pair(net);
    const text = '안녕하세요, 세계 — ça va ? 👋';
    client.setNoDelay(true);
    server.setEncoding('utf8');
    const heard: string[] = [];
    server.on('data', (chunk) => heard.push(String(chunk)));
    const ended = once(server, 'end');
    for (const byte of Buffer.from(text)) {
      client.write(Uint8Array.of(byte));
      await immediate();
    }
    client.end();
    await ended;
    expect(heard.join('')).toBe(text);
  });

  test('memory may be used again once the callback of its write was called', async () => {
    const { client, server } = await pair(net);
    const received = readAll(server);
    const memory = Buffer.alloc(50_000);
    for (let i = 1; i <= 40; i++) {
      memory.fill(i);
      await new Promise((resolve) => client.write(memory, resolve));
    }
    client.end();
    const expected = Array.from({ length: 40 }, (_, i) => Buffer.alloc(50_000, i + 1));
    expect(sha256(await received)).toBe(sha256(...expected));
  });

  test('a receiver may change what it received', async () => {
    const { client, server } = await pair(net);
    const sent = Buffer.from('as it was');
    client.end(sent);
    for await (const chunk of server) (chunk as Buffer).fill(0);
    expect(sent.toString()).toBe('as it was');
  });

  test("'end' comes after all that the bytes before it have led to", async () => {
    const server = net.createServer((socket) => {
      const read = async (): Promise<void> => {
        // What a protocol may need for its answer: some ticks, and no time.
        for (let ticks = 0; ticks < 10; ticks++) await tick();
        socket.write('answer');
      };
      socket.on('data', () => void read());
    });
    const port = await listening(server);
    const client = net.connect(port, LOOPBACK);
    client.end('question');
    expect(String(await readAll(client))).toBe('answer');
    await closed(server);
  });

  test('bytesWritten counts what waits, and both counts outlive the socket', async () => {
    const { client, server } = await pair(net, { pauseOnConnect: true });
    client.write(Buffer.alloc(20 * MEGABYTE));
    client.write('x');
    expect(client.bytesWritten).toBe(20 * MEGABYTE + 1);
    // eslint-disable-next-line @typescript-eslint/no-deprecated -- old programs still read it
    expect(client.bufferSize).toBe(20 * MEGABYTE + 1);
    client.destroy();
    await once(client, 'close');
    expect(client.bytesWritten).toBe(20 * MEGABYTE);
    server.on('error', () => undefined).resume();
    await once(server, 'close');
    expect(server.bytesRead).toBeGreaterThan(0);
  });

  test('paused mode: read(n) takes n bytes', async () => {
    const { client, server } = await pair(net);
    client.end('0123456789');
    await once(server, 'readable');
    expect(String(server.read(4))).toBe('0123');
    expect(String(server.read(6))).toBe('456789');
    expect(server.read()).toBeNull();
    await once(server, 'end');
  });
});

/** True when the stream drains soon, false when it is stuck. */
async function drained(stream: Socket): Promise<boolean> {
  for (let i = 0; i < 200 && stream.writableNeedDrain; i++) await immediate();
  return !stream.writableNeedDrain;
}
