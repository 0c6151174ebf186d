import { describe, expect, test } from '@jest/globals';
import { once } from 'node:events';
import type { Socket } from 'node:net';
import { Duplex } from 'node:stream';
import { inherits } from 'node:util';
import { call, closed, errorOf, FACES, LOOPBACK, listening, next, pair, readAll, record, thrown, turns } from './faces';

describe.each(FACES)('a socket of %s', (_name, net) => {
  // ── made ─────────────────────────────────────────────────────────────────────────────────────────────────────────────

  test('a new socket is not connected', () => {
    const socket = new net.Socket();
    expect(socket).toBeInstanceOf(Duplex);
    expect([socket.pending, socket.connecting, socket.destroyed, socket.readyState]).toEqual([
      true,
      false,
      false,
      'open',
    ]);
    expect([socket.allowHalfOpen, socket.timeout, socket.bytesRead, socket.bytesWritten]).toEqual([
      false,
      undefined,
      0,
      0,
    ]);
    // eslint-disable-next-line @typescript-eslint/no-deprecated -- old programs still read it
    expect([socket.address(), socket.bufferSize]).toEqual([{}, undefined]);
    expect([socket.localAddress, socket.localPort, socket.localFamily]).toEqual([undefined, undefined, undefined]);
    expect([socket.remoteAddress, socket.remotePort, socket.remoteFamily]).toEqual([undefined, undefined, undefined]);
  });

  test('without new', () => {
    const socket = call(net, 'Socket', { allowHalfOpen: true }) as Socket;
    expect(socket).toBeInstanceOf(net.Socket);
    expect(socket.allowHalfOpen).toBe(true);
    expect(net.Socket.name).toBe('Socket');
    expect(socket.constructor).toBe(net.Socket);
  });

  test('derived by util.inherits', async () => {
    function Old(this: Socket): void {
      Reflect.apply(net.Socket, this, [{ allowHalfOpen: true }]);
    }
    inherits(Old, net.Socket);
    const server = net.createServer((socket) => socket.end('hello'));
    const port = await listening(server);
    const socket = Reflect.construct(Old, []) as Socket;
    expect(socket).toBeInstanceOf(Old);
    expect(socket).toBeInstanceOf(net.Socket);
    socket.connect(port, LOOPBACK);
    expect(String(await readAll(socket))).toBe('hello');
    expect(socket.allowHalfOpen).toBe(true);
    socket.end();
    await closed(server);
  });

  test('derived by class', async () => {
    class Own extends net.Socket {
      readonly mine = 1;
      override _read(size: number): void {
        super._read(size);
      }
    }
    const server = net.createServer((socket) => socket.end('hello'));
    const port = await listening(server);
    const socket = new Own().connect(port, LOOPBACK);
    expect(socket).toBeInstanceOf(Own);
    expect(socket.mine).toBe(1);
    expect(String(await readAll(socket))).toBe('hello');
    expect(new net.Socket()).not.toBeInstanceOf(Own);
    await closed(server);
  });

  test('options of the constructor', () => {
    expect(new net.Socket({ allowHalfOpen: true }).allowHalfOpen).toBe(true);
    const { readable, writable } = new net.Socket({ readable: false, writable: false });
    expect([readable, writable]).toEqual([false, false]);
    const tuned = Reflect.construct(net.Socket, [{ readableHighWaterMark: 7, writableHighWaterMark: 8 }]) as Socket;
    expect([tuned.readableHighWaterMark, tuned.writableHighWaterMark]).toEqual([7, 8]);
    expect(thrown(() => Reflect.construct(net.Socket, [null]))).toBeUndefined();
  });

  test.each([
    ['readableObjectMode', { readableObjectMode: true }, 'ERR_INVALID_ARG_VALUE'],
    ['writableObjectMode', { writableObjectMode: 1 }, 'ERR_INVALID_ARG_VALUE'],
    ['keepAliveInitialDelay', { keepAliveInitialDelay: '1' }, 'ERR_INVALID_ARG_TYPE'],
    ['signal', { signal: {} }, 'ERR_INVALID_ARG_TYPE'],
    ['fd: a file', { fd: 1_000_000 }, 'ERR_INVALID_FD_TYPE'],
    ['fd: no number', { fd: 'x' }, 'ERR_INVALID_ARG_TYPE'],
    ['fd: negative', { fd: -1 }, 'ERR_OUT_OF_RANGE'],
  ])('the constructor refuses %s', (_what, options, code) => {
    expect(thrown(() => Reflect.construct(net.Socket, [options]))).toMatchObject({ code });
  });

  test('signal of the constructor: aborted already, and later', async () => {
    expect(await errorOf(new net.Socket({ signal: AbortSignal.abort() }))).toMatchObject({ name: 'AbortError' });
    const controller = new AbortController();
    const socket = new net.Socket({ signal: controller.signal });
    const failed = errorOf(socket);
    controller.abort(new Error('enough'));
    expect(await failed).toMatchObject({ name: 'AbortError', code: 'ABORT_ERR', cause: { message: 'enough' } });
  });

  test('readable: false writes only', async () => {
    const server = net.createServer();
    const port = await listening(server);
    const socket = new net.Socket({ readable: false }).connect(port, LOOPBACK);
    const [accepted] = (await once(server, 'connection')) as [Socket];
    socket.end('to you');
    expect(String(await readAll(accepted))).toBe('to you');
    await closed(server);
  });

  // ── written ──────────────────────────────────────────────────────────────────────────────────────────────────────────

  test('write in all forms', async () => {
    const { client, server } = await pair(net);
    const told: unknown[] = [];
    const note = (error?: Error | null): unknown => told.push(error ?? null);
    expect(client.write('a')).toBe(true);
    client.write(Buffer.from('b'), note);
    client.write(Uint8Array.of(0x63));
    client.write('64', 'hex');
    client.write('ZQ==', 'base64', note);
    client.write('f', note);
    client.write('é', 'latin1');
    client.write('');
    call(client, 'write', 'g', undefined, note);
    client.end();
    expect((await readAll(server)).toString('latin1')).toBe('abcdefég');
    expect(told).toEqual([null, null, null, null]);
    expect(client.bytesWritten).toBe(8);
  });

  test.each([
    ['null', null, undefined, 'ERR_STREAM_NULL_VALUES'],
    ['a number', 5, undefined, 'ERR_INVALID_ARG_TYPE'],
    ['an object', {}, undefined, 'ERR_INVALID_ARG_TYPE'],
    ['an encoding that is none', 'x', 'utf7', 'ERR_UNKNOWN_ENCODING'],
  ])('write refuses %s', async (_what, chunk, encoding, code) => {
    const { client, server } = await pair(net);
    server.resume();
    expect(thrown(() => call(client, 'write', chunk, encoding))).toMatchObject({ code });
    client.end();
    await next(client.resume(), 'close');
  });

  test('write after end: ERR_STREAM_WRITE_AFTER_END', async () => {
    const { client, server } = await pair(net, { allowHalfOpen: true });
    server.resume();
    client.end();
    const told = new Promise((resolve) => client.write('x', resolve));
    expect(await errorOf(client)).toMatchObject({ code: 'ERR_STREAM_WRITE_AFTER_END', message: 'write after end' });
    expect(await told).toMatchObject({ code: 'ERR_STREAM_WRITE_AFTER_END' });
    server.end();
  });

  test('write after destroy: ERR_STREAM_DESTROYED', async () => {
    const { client, server } = await pair(net);
    server.on('error', () => undefined).resume();
    client.destroy();
    const told = new Promise((resolve) => client.write('x', resolve));
    expect(await told).toMatchObject({ code: 'ERR_STREAM_DESTROYED' });
    await next(client, 'close');
  });

  test('end in all forms', async () => {
    const forms: ((socket: Socket, done: () => void) => Socket)[] = [
      (socket, done) => socket.end(done),
      (socket, done) => socket.end('ab', done),
      (socket, done) => socket.end(Buffer.from('ab'), done),
      (socket, done) => socket.end('6162', 'hex', done),
    ];
    const heard: string[] = [];
    for (const end of forms) {
      const { client, server } = await pair(net);
      const finished = new Promise<void>((resolve) => {
        expect(end(client, resolve)).toBe(client);
      });
      heard.push(String(await readAll(server)));
      await finished;
      expect(client.writableFinished).toBe(true);
    }
    expect(heard).toEqual(['', 'ab', 'ab', 'ab']);
  });

  test('cork and uncork: what is corked leaves together', async () => {
    const { client, server } = await pair(net);
    const chunks: string[] = [];
    server.on('data', (chunk) => chunks.push(String(chunk)));
    client.cork();
    for (const letter of 'corked') client.write(letter);
    await turns();
    expect(chunks).toEqual([]);
    expect(client.writableCorked).toBe(1);
    client.uncork();
    await once(server, 'data');
    expect(chunks).toEqual(['corked']);
    client.end();
    await next(server, 'close');
  });

  // ── read ─────────────────────────────────────────────────────────────────────────────────────────────────────────────

  test('setEncoding gives strings, and the socket itself back', async () => {
    const { client, server } = await pair(net);
    expect(server.setEncoding('hex')).toBe(server);
    client.end('az');
    const [data] = await next(server, 'data');
    expect(data).toBe('617a');
  });

  test('pause keeps data back, resume gives it', async () => {
    const { client, server } = await pair(net);
    const heard: string[] = [];
    server.on('data', (chunk) => heard.push(String(chunk)));
    expect(server.pause()).toBe(server);
    client.end('later');
    await turns();
    expect([heard, server.isPaused()]).toEqual([[], true]);
    expect(server.resume()).toBe(server);
    await once(server, 'end');
    expect(heard).toEqual(['later']);
  });

  test('a socket is an async iterator', async () => {
    const { client, server } = await pair(net);
    client.end('all of it');
    let heard = '';
    for await (const chunk of server) heard += String(chunk);
    expect(heard).toBe('all of it');
  });

  // ── options ──────────────────────────────────────────────────────────────────────────────────────────────────────────

  test('setNoDelay, setKeepAlive, ref and unref give the socket back, connected or not', async () => {
    const { client, server } = await pair(net);
    for (const socket of [client, new net.Socket()]) {
      expect(socket.setNoDelay()).toBe(socket);
      expect(socket.setNoDelay(false)).toBe(socket);
      expect(socket.setKeepAlive()).toBe(socket);
      expect(socket.setKeepAlive(true)).toBe(socket);
      expect(socket.setKeepAlive(true, 1500)).toBe(socket);
      expect(socket.setKeepAlive(false)).toBe(socket);
      expect(socket.unref()).toBe(socket);
      expect(socket.ref()).toBe(socket);
    }
    client.destroy();
    server.resume();
    await next(client, 'close');
  });

  test('setTimeout beyond what a timer takes is no error', () => {
    const socket = new net.Socket();
    socket.setTimeout(2 ** 31);
    expect(socket.timeout).toBe(2 ** 31);
    socket.setTimeout(0);
    expect(socket.timeout).toBe(0);
  });

  // ── closed ───────────────────────────────────────────────────────────────────────────────────────────────────────────

  test('Symbol.asyncDispose destroys it', async () => {
    const { client, server } = await pair(net);
    server.on('error', () => undefined).resume();
    const dispose: unknown = Reflect.get(client, Symbol.asyncDispose);
    expect(typeof dispose).toBe('function');
    client.on('error', () => undefined);
    await call({ dispose: (dispose as () => unknown).bind(client) }, 'dispose');
    expect(client.destroyed).toBe(true);
  });

  test('destroy gives the socket back, once is enough', async () => {
    const { client, server } = await pair(net);
    server.resume();
    const seen = record(client, ['error', 'close']);
    expect(client.destroy()).toBe(client);
    expect(client.destroy(new Error('too late'))).toBe(client);
    expect([client.destroyed, client.readyState, client.pending]).toEqual([true, 'closed', true]);
    await next(client, 'close');
    expect(seen).toEqual(['close false']);
  });

  test('destroy of a socket that was never connected', async () => {
    const socket = new net.Socket();
    const seen = record(socket, ['error', 'close', 'end', 'finish']);
    socket.destroy();
    await turns();
    expect(seen.map((event) => event.split(' ')[0])).toEqual(['close']);
  });

  test('destroySoon of a socket that has written nothing', async () => {
    const { client, server } = await pair(net);
    server.resume();
    const seen = record(client, ['finish', 'close']);
    client.destroySoon();
    await next(client, 'close');
    expect(seen).toEqual(['finish', 'close false']);
  });

  test('resetAndDestroy while it connects: once it stands', async () => {
    const server = net.createServer((socket) => socket.on('error', () => undefined));
    const port = await listening(server);
    const client = net.connect(port, LOOPBACK);
    const seen = record(client, ['connect', 'ready', 'error', 'close']);
    client.resetAndDestroy();
    expect(client.destroyed).toBe(false);
    await next(client, 'close');
    expect(seen).toEqual(['connect', 'ready', 'close false']);
    await closed(server);
  });

  test('the events of both ends of a conversation, in order', async () => {
    const events = ['connect', 'ready', 'data', 'drain', 'end', 'finish', 'timeout', 'error', 'close'];
    const server = net.createServer();
    const port = await listening(server);
    const client = net.connect(port, LOOPBACK, () => client.write('question'));
    const seen = record(client, events.slice(0, 2));
    client.on('data', (data) => {
      seen.push(`data ${String(data)}`);
      client.end();
    });
    record(client, events.slice(3), seen);
    const [accepted] = (await once(server, 'connection')) as [Socket];
    const served = record(accepted, events.slice(3));
    accepted.on('data', (data) => {
      served.push(`data ${String(data)}`);
      accepted.write('answer');
    });
    await closed(server);
    if (!seen.includes('close false')) await next(client, 'close');
    expect(seen).toEqual(['connect', 'ready', 'data answer', 'finish', 'end', 'close false']);
    expect(served).toEqual(['data question', 'end', 'finish', 'close false']);
  });
});
