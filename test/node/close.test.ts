import { describe, expect, test } from '@jest/globals';
import { once } from 'node:events';
import { closed, errorOf, FACES, LOOPBACK, listening, next, pair, readAll, record, turns, unusedPort } from './faces';

const EVENTS = ['lookup', 'connect', 'ready', 'end', 'finish', 'error', 'timeout', 'close'];

describe.each(FACES)('opening and closing over %s', (_name, net) => {
  test('the events of a connection, in order', async () => {
    const server = net.createServer((socket) => socket.end('bye'));
    const port = await listening(server);
    const client = net.connect({ port, host: LOOPBACK });
    const seen = record(client, EVENTS);
    client.on('data', () => seen.push('data'));
    expect(seen).toEqual([]);
    await next(client, 'close');
    expect(seen).toEqual(['connect', 'ready', 'data', 'end', 'finish', 'close false']);
    await closed(server);
  });

  test("'localhost' is looked up, an address is not", async () => {
    const server = net.createServer((socket) => socket.end());
    const port = await listening(server);
    const client = net.connect({ port, host: 'localhost', family: 4 });
    const lookup = once(client, 'lookup');
    const seen = record(client.resume(), EVENTS);
    await next(client, 'close');
    expect(await lookup).toEqual([null, LOOPBACK, 4, 'localhost']);
    expect(seen.slice(0, 3)).toEqual(['lookup', 'connect', 'ready']);
    await closed(server);
  });

  test('the callback of connect is called once it stands', async () => {
    const server = net.createServer((socket) => socket.end());
    const port = await listening(server);
    const socket = new net.Socket();
    expect([socket.pending, socket.connecting]).toEqual([true, false]);
    await new Promise<void>((resolve) => {
      expect(socket.connect(port, LOOPBACK, resolve)).toBe(socket);
      expect([socket.pending, socket.connecting, socket.readyState]).toEqual([true, true, 'opening']);
    });
    expect([socket.pending, socket.connecting, socket.readyState]).toEqual([false, false, 'open']);
    socket.resume();
    await once(socket, 'close');
    expect(socket.readyState).toBe('closed');
    await closed(server);
  });

  test('not half-open: a socket ends when its peer has ended', async () => {
    const { client, server } = await pair(net);
    server.resume();
    client.resume();
    const seen = record(server, ['end', 'finish', 'close'], [], 'server ');
    record(client, ['end', 'finish', 'close'], seen, 'client ');
    client.end();
    await Promise.all([once(client, 'close'), once(server, 'close')]);
    expect(seen.filter((event) => event.startsWith('server'))).toEqual([
      'server end',
      'server finish',
      'server close false',
    ]);
    expect(seen.filter((event) => event.startsWith('client'))).toEqual([
      'client finish',
      'client end',
      'client close false',
    ]);
  });

  test('half-open: a socket goes on writing after its peer has ended', async () => {
    const { client, server } = await pair(net, { allowHalfOpen: true });
    server.resume();
    client.end();
    await once(server, 'end');
    await turns();
    expect([server.readyState, client.readyState]).toEqual(['writeOnly', 'readOnly']);
    server.write('still ');
    server.end('here');
    expect((await readAll(client)).toString()).toBe('still here');
  });

  test('half-open: a socket goes on reading after it has ended', async () => {
    const { client, server } = await pair(net, { allowHalfOpen: true });
    client.end('question');
    expect((await readAll(server)).toString()).toBe('question');
    const answer = Buffer.alloc(1_000_000, 'answer');
    server.end(answer);
    expect((await readAll(client)).equals(answer)).toBe(true);
  });

  test("'end' comes to a socket that nobody reads, when there is nothing to read", async () => {
    const { client, server } = await pair(net);
    const ended = once(server, 'end');
    client.end();
    await ended;
    await once(server, 'close');
  });

  test('a write after the peer has ended fails with EPIPE', async () => {
    const { client, server } = await pair(net);
    server.resume();
    client.end();
    await once(server, 'end');
    await turns(1);
    // An error event comes only to a socket that has not closed yet; the callback is told in any case.
    server.on('error', () => undefined);
    let told: Error | null | undefined;
    expect(server.write('too late', (error) => (told = error))).toBe(false);
    await turns();
    expect(told).toMatchObject({ message: 'This socket has been ended by the other party', code: 'EPIPE' });
    expect(server.destroyed).toBe(true);
  });

  test('destroy in mid-transfer: the peer is reset, and every callback is called', async () => {
    const { client, server } = await pair(net, { pauseOnConnect: true });
    const told: (string | undefined)[] = [];
    const note = (error?: Error | null): unknown => told.push((error as NodeJS.ErrnoException | null)?.code);
    client.write(Buffer.alloc(20_000_000), note);
    client.write('more', note);
    const reset = errorOf(client);
    const seen = record(client, EVENTS);
    await turns();
    server.destroy();
    expect((await reset).message).toMatch(/^(read|write) (ECONNRESET|EPIPE)$/);
    await next(client, 'close');
    await turns();
    expect(seen.at(-1)).toBe('close true');
    expect(told).toHaveLength(2);
    expect(client.destroyed).toBe(true);
  });

  test('a reset while nothing is sent: read ECONNRESET', async () => {
    const { client, server } = await pair(net);
    const failed = errorOf(client);
    const seen = record(client, EVENTS);
    expect(server.resetAndDestroy()).toBe(server);
    expect(await failed).toMatchObject({
      message: 'read ECONNRESET',
      code: 'ECONNRESET',
      syscall: 'read',
      errno: -104,
    });
    await next(client, 'close');
    expect(seen).toEqual(['error read ECONNRESET', 'close true']);
  });

  test('a peer that closes with unread data resets the connection', async () => {
    const { client, server } = await pair(net, { pauseOnConnect: true });
    client.write('never read');
    await turns();
    const failed = errorOf(client);
    server.destroy();
    expect(await failed).toMatchObject({ code: 'ECONNRESET' });
  });

  test('a write to a peer that has gone: write EPIPE', async () => {
    const { client, server } = await pair(net, { allowHalfOpen: true });
    server.resume();
    client.destroy();
    await once(server, 'end');
    server.write('goes out');
    await turns();
    const failed = errorOf(server);
    server.write('does not');
    expect(await failed).toMatchObject({ message: 'write EPIPE', code: 'EPIPE', syscall: 'write', errno: -32 });
  });

  test('destroy before the connection stands: no connect, and the write that waited fails', async () => {
    const server = net.createServer();
    const port = await listening(server);
    const client = net.connect(port, LOOPBACK);
    const seen = record(client, EVENTS);
    const told = new Promise((resolve) => client.write('x', resolve));
    client.destroy();
    expect(client.connecting).toBe(false);
    expect(await told).toMatchObject({ code: 'ERR_SOCKET_CLOSED_BEFORE_CONNECTION' });
    await turns();
    expect(seen).toEqual(['close false']);
    await closed(server);
  });

  test('destroy with an error: error, then close', async () => {
    const { client, server } = await pair(net);
    server.resume();
    const seen = record(client, EVENTS);
    client.destroy(new Error('enough'));
    await next(client, 'close');
    expect(seen).toEqual(['error enough', 'close true']);
    expect(client.address()).toEqual({});
    expect(client.localPort).toBeUndefined();
  });

  test('destroySoon sends what was written first', async () => {
    const { client, server } = await pair(net);
    const sent = Buffer.alloc(3_000_000, 7);
    client.write(sent);
    client.destroySoon();
    expect((await readAll(server)).equals(sent)).toBe(true);
    expect(client.destroyed).toBe(true);
  });

  test('a write to a socket that was never connected: Socket is closed', async () => {
    const socket = new net.Socket();
    const failed = errorOf(socket);
    socket.write('x');
    expect(await failed).toMatchObject({ message: 'Socket is closed', code: 'ERR_SOCKET_CLOSED' });
  });

  test('resetAndDestroy of a socket that was never connected: Socket is closed', async () => {
    const socket = new net.Socket();
    const failed = errorOf(socket);
    socket.resetAndDestroy();
    expect(await failed).toMatchObject({ code: 'ERR_SOCKET_CLOSED' });
  });

  test('a signal destroys the socket with AbortError', async () => {
    const server = net.createServer();
    const port = await listening(server);
    const controller = new AbortController();
    const client = net.connect({ port, host: LOOPBACK, signal: controller.signal });
    await once(client, 'connect');
    const failed = errorOf(client);
    controller.abort();
    expect(await failed).toMatchObject({ name: 'AbortError', code: 'ABORT_ERR' });
    const aborted = new net.Socket({ signal: AbortSignal.abort() });
    expect(await errorOf(aborted)).toMatchObject({ name: 'AbortError' });
    await closed(server);
  });

  test('a socket that has closed may connect again', async () => {
    const server = net.createServer((socket) => socket.pipe(socket));
    const port = await listening(server);
    const client = net.connect(await unusedPort(net), LOOPBACK);
    await errorOf(client);
    await next(client, 'close');
    client.connect(port, LOOPBACK);
    client.end('second try');
    expect((await readAll(client)).toString()).toBe('second try');
    await closed(server);
  });

  test("what a 'data' listener throws is the process's, and the socket goes on", async () => {
    const { client, server } = await pair(net);
    const thrown: string[] = [];
    process.setUncaughtExceptionCaptureCallback((error) => thrown.push(error.message));
    try {
      let received = '';
      server.on('data', (chunk) => {
        received += String(chunk);
        throw new Error('a listener failed');
      });
      client.write('one');
      await turns();
      client.end('two');
      await once(server, 'end');
      expect(received).toBe('onetwo');
      expect(thrown).toEqual(['a listener failed', 'a listener failed']);
    } finally {
      process.setUncaughtExceptionCaptureCallback(null);
    }
  });
});
