import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, openSync, rmSync } from 'node:fs';
import * as nodeNet from 'node:net';
import type { Server, Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { TLSSocket } from 'node:tls';
import { Stack } from '../../src/node/stack';
import { closed, errorOf, FACES, next, readAll, record } from './faces';

const directory = mkdtempSync(join(tmpdir(), 'synack-'));
const path = join(directory, 'echo.sock');
const nobody = join(directory, 'nobody.sock');
let server: Server;

beforeAll(async () => {
  server = nodeNet.createServer({ allowHalfOpen: true }, (socket) => socket.on('error', () => undefined).pipe(socket));
  server.listen(path);
  await once(server, 'listening');
});

afterAll(async () => {
  await closed(server);
  rmSync(directory, { recursive: true });
});

describe.each(FACES)('Unix domain sockets and %s', (_name, net) => {
  test.each<[string, () => Socket]>([
    ['net.connect(path)', () => net.connect(path)],
    ['net.createConnection({ path })', () => net.createConnection({ path })],
    ['socket.connect(path)', () => new net.Socket().connect(path)],
    ['socket.connect({ path })', () => new net.Socket().connect({ path })],
  ])('%s', async (_what, connect) => {
    const client = connect();
    expect(client).toBeInstanceOf(net.Socket);
    const seen = record(client, ['lookup', 'connect', 'ready', 'end', 'finish', 'error', 'close']);
    expect([client.connecting, client.pending]).toEqual([true, true]);
    await next(client, 'connect');
    expect([client.connecting, client.remoteAddress, client.localPort, client.address()]).toEqual([
      false,
      undefined,
      undefined,
      {},
    ]);
    client.end('hello');
    expect(String(await readAll(client))).toBe('hello');
    if (!seen.includes('close false')) await next(client, 'close');
    expect(seen).toEqual(['connect', 'ready', 'finish', 'end', 'close false']);
    expect([client.bytesRead, client.bytesWritten]).toEqual([5, 5]);
  });

  test('megabytes, with back-pressure', async () => {
    const client = new net.Socket().connect(path);
    const sent = randomBytes(5_000_000);
    const received = readAll(client);
    expect(client.write(sent)).toBe(false);
    await next(client, 'drain');
    client.end();
    expect((await received).equals(sent)).toBe(true);
  });

  test('a path that nobody listens on: connect ENOENT', async () => {
    for (const connect of [() => net.connect(nobody), () => new net.Socket().connect(nobody)]) {
      const client = connect();
      const seen = record(client, ['connect', 'connectionAttemptFailed', 'error', 'close']);
      const error = await errorOf(client);
      expect({ ...error, message: error.message }).toEqual({
        message: `connect ENOENT ${nobody}`,
        errno: -2,
        code: 'ENOENT',
        syscall: 'connect',
        address: nobody,
      });
      await next(client, 'close');
      expect(seen.slice(-2)).toEqual([`error ${error.message}`, 'close true']);
    }
  });

  test('resetAndDestroy is for TCP alone: ERR_INVALID_HANDLE_TYPE', async () => {
    const client = new net.Socket().connect(path);
    await next(client, 'connect');
    expect(() => client.resetAndDestroy()).toThrow(
      expect.objectContaining({ code: 'ERR_INVALID_HANDLE_TYPE', message: 'This handle type cannot be sent' }),
    );
    client.destroy();
    await next(client, 'close');
  });

  test('fd: a socket over a file descriptor', async () => {
    // A FIFO that is open for both gives back what is written to it.
    const fifo = join(directory, 'fifo');
    execFileSync('mkfifo', ['-m', '600', fifo]);
    const fd = openSync(fifo, 'r+');
    rmSync(fifo);
    const socket = new net.Socket({ fd, readable: true, writable: true });
    expect([socket.pending, socket.readyState]).toEqual([false, 'open']);
    socket.write('by its number');
    const [data] = await next(socket, 'data');
    expect(String(data)).toBe('by its number');
    socket.destroy();
    await next(socket, 'close');
  });
});

describe("what counts as a stack's net.Socket", () => {
  test("Node's own sockets do, for the class itself and not for those derived from it", () => {
    const { net } = new Stack();
    class Own extends net.Socket {}
    for (const socket of [new nodeNet.Socket(), new TLSSocket(new nodeNet.Socket())]) {
      expect(socket).toBeInstanceOf(net.Socket);
      expect(socket).not.toBeInstanceOf(Own);
    }
    expect(new Own()).toBeInstanceOf(net.Socket);
    expect(new PassThrough()).not.toBeInstanceOf(net.Socket);
    expect(new net.Socket()).not.toBeInstanceOf(nodeNet.Socket);
    expect(new net.Socket()).not.toBeInstanceOf(new Stack().net.Socket);
  });
});
