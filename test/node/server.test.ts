import { describe, expect, test } from '@jest/globals';
import { captureRejectionSymbol, once } from 'node:events';
import type { Socket } from 'node:net';
import { promisify } from 'node:util';
import { closed, errorOf, FACES, LOOPBACK, listening, next, portOf, record, turns } from './faces';

describe.each(FACES)('a server of %s', (_name, net) => {
  test("the events of a server, in order; 'connection' has the socket", async () => {
    const server = net.createServer();
    const seen = record(server, ['listening', 'connection', 'close', 'error']);
    expect(server.listening).toBe(false);
    expect(server.address()).toBeNull();
    const port = await listening(server);
    expect(server.listening).toBe(true);
    expect(server.address()).toEqual({ address: LOOPBACK, family: 'IPv4', port });
    const client = net.connect(port, LOOPBACK);
    const [socket] = (await once(server, 'connection')) as [Socket];
    expect(socket).toBeInstanceOf(net.Socket);
    client.end();
    socket.resume();
    await closed(server);
    expect(seen).toEqual(['listening', 'connection', 'close']);
    expect(server.address()).toBeNull();
  });

  test('both ends know both addresses', async () => {
    const server = net.createServer();
    const port = await listening(server);
    const client = net.connect(port, LOOPBACK);
    const [socket] = (await once(server, 'connection')) as [Socket];
    if (client.connecting) await once(client, 'connect');
    const { localPort } = client;
    expect(client.address()).toEqual({ address: LOOPBACK, family: 'IPv4', port: localPort });
    expect([client.localAddress, client.localFamily]).toEqual([LOOPBACK, 'IPv4']);
    expect([client.remoteAddress, client.remoteFamily, client.remotePort]).toEqual([LOOPBACK, 'IPv4', port]);
    expect([socket.remoteAddress, socket.remoteFamily, socket.remotePort]).toEqual([LOOPBACK, 'IPv4', localPort]);
    expect([socket.localAddress, socket.localFamily, socket.localPort]).toEqual([LOOPBACK, 'IPv4', port]);
    client.destroy();
    socket.resume();
    await closed(server);
  });

  test.each([
    [
      '(options, callback)',
      (server, done) => server.listen({ port: 0, host: LOOPBACK, backlog: 5, exclusive: true }, done),
    ],
    ['(port, host, backlog, callback)', (server, done) => server.listen(0, LOOPBACK, 5, done)],
    ['(port, host, callback)', (server, done) => server.listen(0, LOOPBACK, done)],
    ['(port, backlog, callback)', (server, done) => server.listen(0, 5, done)],
    ['(port, callback)', (server, done) => server.listen(0, done)],
    ['(undefined, callback)', (server, done) => server.listen(undefined, done)],
    ['(callback)', (server, done) => server.listen(done)],
    ["(localhost's name)", (server, done) => server.listen({ port: 0, host: 'localhost' }, done)],
  ] as [string, (server: ReturnType<typeof net.createServer>, done: () => void) => unknown][])(
    'listen%s',
    async (_what, listen) => {
      const server = net.createServer((socket) => socket.end());
      await new Promise<void>((resolve) => {
        expect(listen(server, resolve)).toBe(server);
      });
      const client = net.connect(portOf(server), LOOPBACK);
      await next(client.resume(), 'close');
      await closed(server);
    },
  );

  test('listen twice throws, and listen again after close does not', async () => {
    const server = net.createServer();
    await listening(server);
    expect(() => server.listen(0)).toThrow(expect.objectContaining({ code: 'ERR_SERVER_ALREADY_LISTEN' }));
    await closed(server);
    await listening(server);
    await closed(server);
  });

  test('close before the address was looked up: it never listens', async () => {
    const server = net.createServer();
    const seen = record(server, ['listening', 'close']);
    server.listen(0, LOOPBACK);
    server.close();
    await turns();
    expect(seen).toEqual(['close']);
  });

  test('close of a server that does not listen', async () => {
    const server = net.createServer();
    await expect(promisify(server.close.bind(server))()).rejects.toMatchObject({
      code: 'ERR_SERVER_NOT_RUNNING',
      message: 'Server is not running.',
    });
  });

  test("'close' waits until every connection has ended; new ones are refused at once", async () => {
    const server = net.createServer();
    const port = await listening(server);
    const client = net.connect(port, LOOPBACK);
    const [socket] = (await once(server, 'connection')) as [Socket];
    const seen = record(server, ['close']);
    expect(server.close()).toBe(server);
    expect(server.listening).toBe(false);
    expect(await errorOf(net.connect(port, LOOPBACK))).toMatchObject({ code: 'ECONNREFUSED' });
    expect(seen).toEqual([]);
    client.end();
    socket.resume();
    await once(server, 'close');
  });

  test('getConnections counts what is open', async () => {
    const server = net.createServer((socket) => socket.resume());
    const port = await listening(server);
    const count = promisify(server.getConnections.bind(server));
    expect(await count()).toBe(0);
    const clients = [net.connect(port, LOOPBACK), net.connect(port, LOOPBACK)];
    await once(server, 'connection');
    if ((await count()) < 2) await once(server, 'connection');
    expect(await count()).toBe(2);
    for (const client of clients) client.end();
    await closed(server);
    expect(await count()).toBe(0);
  });

  test("maxConnections: one too many is closed, and 'drop' tells whose it was", async () => {
    const server = net.createServer();
    const port = await listening(server);
    expect(server.maxConnections).toBeUndefined();
    server.maxConnections = 1;
    const first = net.connect(port, LOOPBACK);
    const [socket] = (await once(server, 'connection')) as [Socket];
    const dropped = once(server, 'drop');
    const second = net.connect(port, LOOPBACK).resume();
    await once(second, 'connect');
    const { localPort } = second;
    const [data] = (await dropped) as [object];
    expect({ ...data }).toEqual({
      localAddress: LOOPBACK,
      localPort: port,
      localFamily: 'IPv4',
      remoteAddress: LOOPBACK,
      remotePort: localPort,
      remoteFamily: 'IPv4',
    });
    await next(second, 'close');
    first.destroy();
    socket.resume();
    await closed(server);
  });

  test('pauseOnConnect: nothing is read until resume', async () => {
    const server = net.createServer({ pauseOnConnect: true });
    const port = await listening(server);
    const client = net.connect(port, LOOPBACK);
    const [socket] = (await once(server, 'connection')) as [Socket];
    client.end('waiting');
    await turns();
    expect([socket.isPaused(), socket.bytesRead]).toEqual([true, 0]);
    socket.resume();
    await once(socket, 'end');
    expect(socket.bytesRead).toBe(7);
    await closed(server);
  });

  test('highWaterMark is that of the sockets', async () => {
    const server = net.createServer({ highWaterMark: 1234 });
    const port = await listening(server);
    const client = net.connect(port, LOOPBACK);
    const [socket] = (await once(server, 'connection')) as [Socket];
    expect([socket.readableHighWaterMark, socket.writableHighWaterMark]).toEqual([1234, 1234]);
    client.end();
    socket.resume();
    await closed(server);
  });

  test('a signal closes the server', async () => {
    const controller = new AbortController();
    const server = net.createServer();
    server.listen({ port: 0, host: LOOPBACK, signal: controller.signal });
    await once(server, 'listening');
    controller.abort();
    await once(server, 'close');
    expect(server.listening).toBe(false);
    const aborted = net.createServer().listen({ port: 0, host: LOOPBACK, signal: AbortSignal.abort() });
    await once(aborted, 'close');
  });

  test('close takes what is no function, and does not call it', async () => {
    const server = net.createServer();
    await listening(server);
    server.close('not a function' as never);
    await once(server, 'close');
  });

  test('captureRejections: a connection whose listener was rejected ends with the reason', async () => {
    const server = net.createServer();
    const rejected = new Error('rejected');
    const end = Reflect.get(server, captureRejectionSymbol) as (error: Error, event: string, socket?: Socket) => void;
    const port = await listening(server);
    net.connect(port, LOOPBACK).on('error', () => undefined);
    const [socket] = (await once(server, 'connection')) as [Socket];
    const error = once(socket, 'error');
    end.call(server, rejected, 'connection', socket);
    const other = once(server, 'error');
    end.call(server, rejected, 'listening');
    expect([await error, await other]).toEqual([[rejected], [rejected]]);
    await closed(server);
  });

  test('asyncDispose closes it', async () => {
    const server = net.createServer();
    await listening(server);
    await server[Symbol.asyncDispose]();
    expect(server.listening).toBe(false);
    await server[Symbol.asyncDispose]();
  });

  test('fifty connections at once', async () => {
    const server = net.createServer((socket) => socket.pipe(socket));
    const port = await listening(server);
    const echoes = await Promise.all(
      Array.from({ length: 50 }, async (_, i) => {
        const client = net.connect(port, LOOPBACK).setEncoding('latin1');
        client.end(`number ${i}`);
        const [echo] = (await once(client, 'data')) as [string];
        await next(client, 'close');
        return echo;
      }),
    );
    expect(echoes).toEqual(Array.from({ length: 50 }, (_, i) => `number ${i}`));
    await closed(server);
  });
});
