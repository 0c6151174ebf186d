import { afterAll, describe, expect, test } from '@jest/globals';
import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { EventEmitter, once } from 'node:events';
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import * as nodeNet from 'node:net';
import type { Server, Socket } from 'node:net';
import { getDefaultHighWaterMark } from 'node:stream';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inherits } from 'node:util';
import {
  call,
  closed,
  errorOf,
  FACES,
  LOOPBACK,
  listening,
  next,
  portOf,
  readAll,
  record,
  thrown,
  turns,
} from './faces';

const directory = mkdtempSync(join(tmpdir(), 'synack-'));

afterAll(() => {
  rmSync(directory, { recursive: true });
});

describe.each(FACES)('net.Server of %s', (name, net) => {
  test('a new server: its settings', () => {
    const server = new net.Server();
    expect(server).toBeInstanceOf(EventEmitter);
    expect([server.listening, server.address(), server.maxConnections]).toEqual([false, null, undefined]);
    const settings = [
      'allowHalfOpen',
      'pauseOnConnect',
      'noDelay',
      'keepAlive',
      'keepAliveInitialDelay',
      'highWaterMark',
    ];
    const of = (made: Server): unknown[] => settings.map((setting) => Reflect.get(made, setting) as unknown);
    expect(of(server)).toEqual([false, false, false, false, 0, getDefaultHighWaterMark(false)]);
    const options = { allowHalfOpen: true, pauseOnConnect: true, noDelay: true, keepAlive: true };
    expect(of(net.createServer({ ...options, keepAliveInitialDelay: 2500, highWaterMark: 5 }))).toEqual([
      true,
      true,
      true,
      true,
      2,
      5,
    ]);
  });

  test('a server without new', () => {
    const server = call(net, 'Server', () => undefined) as Server;
    expect(server).toBeInstanceOf(net.Server);
    expect(server.listenerCount('connection')).toBe(1);
    expect(server.constructor).toBe(net.Server);
    expect(net.Server.name).toBe('Server');
  });

  test('a server derived by util.inherits', async () => {
    function Old(this: Server): void {
      Reflect.apply(net.Server, this, [(socket: Socket) => socket.end('old')]);
    }
    inherits(Old, net.Server);
    const server = Reflect.construct(Old, []) as Server;
    const port = await listening(server);
    expect(String(await readAll(net.connect(port, LOOPBACK)))).toBe('old');
    await closed(server);
  });

  test('createServer(options, listener), createServer(listener), createServer()', () => {
    const listener = (): void => undefined;
    const servers = [net.createServer({}, listener), net.createServer(listener), net.createServer()];
    expect(servers.map((server) => server.listeners('connection'))).toEqual([[listener], [listener], []]);
    for (const server of servers) expect(server).toBeInstanceOf(net.Server);
  });

  test('allowHalfOpen of a server is that of its sockets', async () => {
    const server = net.createServer({ allowHalfOpen: true }, (socket) => {
      socket.resume().on('end', () => socket.end('after your end'));
    });
    const port = await listening(server);
    const client = net.connect({ port, host: LOOPBACK, allowHalfOpen: true });
    client.end();
    expect(String(await readAll(client))).toBe('after your end');
    await closed(server);
  });

  test('noDelay and keepAlive of a server', async () => {
    const server = net.createServer({ noDelay: true, keepAlive: true, keepAliveInitialDelay: 1000 });
    const port = await listening(server);
    const client = net.connect(port, LOOPBACK);
    const [socket] = (await once(server, 'connection')) as [Socket];
    expect(socket.setNoDelay(false).setKeepAlive(false)).toBe(socket);
    client.end();
    socket.resume();
    await closed(server);
  });

  test('a socket is told to who watches net.server.socket', async () => {
    const told: unknown[] = [];
    const note = (message: unknown): unknown => told.push(message);
    subscribe('net.server.socket', note);
    const server = net.createServer((socket) => socket.end());
    const port = await listening(server);
    const accepted = once(server, 'connection') as Promise<[Socket]>;
    await next(net.connect(port, LOOPBACK).resume(), 'close');
    unsubscribe('net.server.socket', note);
    const [socket] = await accepted;
    expect(told).toEqual([{ socket }]);
    await closed(server);
  });

  test.each([
    ['listen(path)', (server, path) => server.listen(path)],
    ['listen({ path })', (server, path) => server.listen({ path })],
    ['listen({ path, backlog, exclusive })', (server, path) => server.listen({ path, backlog: 3, exclusive: true })],
  ] as [string, (server: Server, path: string) => Server][])('%s', async (what, listen) => {
    const server = net.createServer((socket) => socket.end('by path'));
    const seen = record(server, ['listening', 'connection', 'error', 'close']);
    const path = join(directory, `${name}-${what}`.replaceAll(/\W/g, '-'));
    expect(listen(server, path)).toBe(server);
    await once(server, 'listening');
    expect([server.listening, server.address()]).toEqual([true, path]);
    expect(String(await readAll(net.connect(path)))).toBe('by path');
    await closed(server);
    expect(seen.map((event) => event.split(' ')[0])).toEqual(['listening', 'connection', 'close']);
  });

  test('readableAll and writableAll: who may use a path', async () => {
    const path = join(directory, `${name}-all`.replaceAll(/\W/g, '-'));
    const server = net.createServer().listen({ path, readableAll: true, writableAll: true });
    await once(server, 'listening');
    expect(statSync(path).mode & 0o666).toBe(0o666);
    await closed(server);
  });

  test('a path that cannot be: listen EACCES or ENOENT', async () => {
    const path = join(directory, 'none', 'x.sock');
    const error = await errorOf(net.createServer().listen(path));
    expect(error).toMatchObject({ code: 'EACCES', syscall: 'listen', address: path });
  });

  test('listen({ fd }) of what is no socket: listen EINVAL', async () => {
    const server = net.createServer().listen({ fd: 1_000_000 });
    const error = await errorOf(server);
    expect(error).toMatchObject({ code: 'EINVAL', syscall: 'listen' });
    expect(server.listening).toBe(false);
  });

  test('listen(handle): the server of another', async () => {
    const other = nodeNet.createServer();
    await listening(other);
    const server = net.createServer((socket) => socket.end('by handle'));
    call(server, 'listen', Reflect.get(other, '_handle'));
    await once(server, 'listening');
    expect(server.address()).toEqual(other.address());
    expect(String(await readAll(nodeNet.connect(portOf(other), LOOPBACK)))).toBe('by handle');
    await closed(server);
  });

  test('ipv6Only and exclusive are taken', async () => {
    const server = net.createServer((socket) => socket.end());
    server.listen({ port: 0, host: LOOPBACK, ipv6Only: true, exclusive: true });
    await once(server, 'listening');
    await next(net.connect(portOf(server), LOOPBACK).resume(), 'close');
    await closed(server);
  });

  test('backlog and a port that is a string', async () => {
    const server = net.createServer();
    call(server, 'listen', { port: '0', host: LOOPBACK, backlog: 1 });
    await once(server, 'listening');
    expect(portOf(server)).toBeGreaterThan(0);
    await closed(server);
  });

  test('listen at a name that nobody knows: error', async () => {
    const server = net.createServer().listen(0, 'no-such-name.invalid');
    const error = await errorOf(server);
    expect(error).toMatchObject({ syscall: 'getaddrinfo', hostname: 'no-such-name.invalid' });
    expect(server.listening).toBe(false);
  });

  test('ref, unref and close give the server back', async () => {
    const server = net.createServer();
    expect(server.unref()).toBe(server);
    expect(server.ref()).toBe(server);
    await listening(server);
    expect(server.unref()).toBe(server);
    expect(server.ref()).toBe(server);
    expect(server.getConnections(() => undefined)).toBe(server);
    expect(server.close()).toBe(server);
    await next(server, 'close');
  });

  test("the callback of close comes with 'close'; that of a second close has an error", async () => {
    const server = net.createServer();
    await listening(server);
    const told: unknown[] = [];
    server.on('close', () => told.push('close'));
    server.close((error) => told.push(error));
    server.close((error) => told.push((error as NodeJS.ErrnoException).code));
    await turns();
    expect(told.slice(0, 3)).toEqual(['close', undefined, 'ERR_SERVER_NOT_RUNNING']);
  });

  test('listen again in the close event', async () => {
    const server = net.createServer();
    const port = await listening(server);
    server.once('close', () => server.listen(port, LOOPBACK));
    server.close();
    await once(server, 'listening');
    expect(portOf(server)).toBe(port);
    await closed(server);
  });

  test.each([
    [
      'createServer({ highWaterMark })',
      () => call(net, 'createServer', { highWaterMark: 'x' }),
      'ERR_INVALID_ARG_TYPE',
    ],
    ['listen({ signal })', () => call(net.createServer(), 'listen', { port: 0, signal: 1 }), 'ERR_INVALID_ARG_TYPE'],
    ['listen({ port: -1 })', () => net.createServer().listen({ port: -1 }), 'ERR_SOCKET_BAD_PORT'],
    ["listen({ port: '' })", () => call(net.createServer(), 'listen', { port: '' }), 'ERR_SOCKET_BAD_PORT'],
    ['listen({ host })', () => net.createServer().listen({ host: LOOPBACK }), 'ERR_INVALID_ARG_VALUE'],
    ['listen({ path: 1 })', () => call(net.createServer(), 'listen', { path: 1 }), 'ERR_INVALID_ARG_VALUE'],
    ['listen(true)', () => call(net.createServer(), 'listen', true), 'ERR_INVALID_ARG_VALUE'],
  ])('%s refused', (_what, wrong, code) => {
    expect(thrown(wrong)).toMatchObject({ code });
  });
});
