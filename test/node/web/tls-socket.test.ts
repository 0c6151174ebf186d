import { describe, expect, test } from '@jest/globals';
import { createHash, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import type { Socket } from 'node:net';
import type { TLSSocket } from 'node:tls';
import { errorOf, listening, LOOPBACK, next, pair as plainPair, record, turns, unusedPort, WEB_FACES } from '../faces';
import { textOf } from './exchange';
import { tlsSite } from './tls-site';

const EVENTS = ['lookup', 'connectionAttempt', 'connect', 'ready', 'secureConnect', 'end', 'error', 'close'];

describe.each(WEB_FACES)('tls, its sockets, over %s', (_name, { net, tls }) => {
  const { certificates, serve, call, pair } = tlsSite(tls);

  /** A client, and the plain socket under its server's end. */
  async function pairAndBelow(): Promise<{ client: TLSSocket; below: Socket }> {
    const { server, port } = await serve();
    const plain = once(server, 'connection') as Promise<[Socket]>;
    const secure = once(server, 'secureConnection');
    const client = call(port);
    await Promise.all([once(client, 'secureConnect'), secure]);
    const [below] = await plain;
    return { client, below };
  }

  test('addresses and ports of both ends', async () => {
    const { client, server } = await pair();
    expect([client.remoteAddress, client.remoteFamily, client.localAddress]).toEqual([LOOPBACK, 'IPv4', LOOPBACK]);
    expect([client.localPort, client.remotePort]).toEqual([server.remotePort, server.localPort]);
    expect(client.address()).toEqual({ address: LOOPBACK, family: 'IPv4', port: client.localPort });
    expect(server.address()).toEqual({ address: LOOPBACK, family: 'IPv4', port: server.localPort });
    expect([client.remoteAddress, server.remoteAddress]).toEqual([LOOPBACK, LOOPBACK]);
  });

  test('what it is while it connects, and after', async () => {
    const { port } = await serve();
    const client = call(port);
    expect([client.connecting, client.pending, client.readyState, client.authorized]).toEqual([
      true,
      true,
      'opening',
      false,
    ]);
    await once(client, 'secureConnect');
    expect([client.connecting, client.pending, client.readyState, client.authorized]).toEqual([
      false,
      false,
      'open',
      true,
    ]);
    client.destroy();
    await next(client, 'close');
    expect([client.destroyed, client.readyState]).toEqual([true, 'closed']);
  });

  test('events in order, from the name to the end', async () => {
    const { port } = await serve({}, (socket) => socket.end('x'));
    const client = call(port, { host: 'localhost', family: 4 });
    const events = record(client, EVENTS);
    client.resume();
    await next(client, 'close');
    expect(events).toEqual(
      ['lookup', 'connectionAttempt', 'connect', 'ready', 'secureConnect', 'end', 'close false'].map((event) => event),
    );
  });

  test('tls.connect as (port, host, options, callback) and (port, options)', async () => {
    const { port } = await serve({}, (socket) => socket.end('x'));
    const options = { ca: certificates().ca.cert, servername: 'localhost' };
    const first = await new Promise<TLSSocket>((resolve) => {
      const socket = tls.connect(port, LOOPBACK, options, () => {
        resolve(socket);
      });
    });
    expect(await textOf(first)).toBe('x');
    expect(await textOf(tls.connect(port, { ...options, host: LOOPBACK }))).toBe('x');
  });

  test('nobody listens', async () => {
    const port = await unusedPort(net);
    const client = call(port);
    const events = record(client, EVENTS);
    const error = errorOf(client);
    await next(client, 'close');
    expect(events).toEqual(
      ['connectionAttempt', `error connect ECONNREFUSED ${LOOPBACK}:${port}`, 'close true'].filter(
        (event) => event !== 'connectionAttempt' || events.includes(event),
      ),
    );
    expect(await error).toMatchObject({ code: 'ECONNREFUSED', syscall: 'connect', address: LOOPBACK, port });
  });

  test('no such name', async () => {
    const client = call(443, {
      host: 'nowhere.invalid',
      lookup(hostname, _options, callback) {
        const error = Object.assign(new Error(`getaddrinfo ENOTFOUND ${hostname}`), { code: 'ENOTFOUND', hostname });
        process.nextTick(callback, error, '');
      },
    });
    expect(await errorOf(client)).toMatchObject({ code: 'ENOTFOUND', hostname: 'nowhere.invalid' });
    await next(client, 'close');
  });

  test('arguments that cannot be', () => {
    expect(() => tls.connect({ host: LOOPBACK, port: 70_000 })).toThrow(
      expect.objectContaining({ code: 'ERR_SOCKET_BAD_PORT' }),
    );
  });

  test('setNoDelay, setKeepAlive, ref and unref give the socket back', async () => {
    const { client, server } = await pair();
    for (const end of [client, server]) {
      expect(end.setNoDelay(true)).toBe(end);
      expect(end.setKeepAlive(true, 5000)).toBe(end);
      expect(end.unref().ref()).toBe(end);
    }
  });

  test('setTimeout tells of idleness, and the timeout option', async () => {
    const { client } = await pair();
    client.setTimeout(20);
    await next(client, 'timeout');
    expect(client.timeout).toBe(20);
    // It may come before the handshake is over, and comes once.
    const { port } = await serve();
    await next(call(port, { timeout: 20 }), 'timeout');
  });

  test('bytesRead and bytesWritten, of what is said', async () => {
    const { client, server } = await pair();
    client.write('x'.repeat(1000));
    await once(server, 'data');
    await turns();
    expect([client.bytesWritten, server.bytesRead, client.bytesRead]).toEqual([1000, 1000, 0]);
  });

  test('half-close: each end says when it has no more', async () => {
    const { client, server } = await pair({ allowHalfOpen: true }, { allowHalfOpen: true });
    const heard = textOf(server);
    client.end('a question');
    expect(await heard).toBe('a question');
    const answer = textOf(client);
    await turns();
    expect([server.destroyed, server.writable]).toEqual([false, true]);
    server.end('an answer');
    expect(await answer).toBe('an answer');
    await Promise.all([next(client, 'close'), next(server, 'close')].map((each) => Promise.race([each, turns(50)])));
    expect([client.destroyed, server.destroyed]).toEqual([true, true]);
  });

  test("the peer's end ends it, where it is not half-open", async () => {
    const { client, server } = await pair();
    const events = record(client, EVENTS);
    client.resume();
    const closes = [next(client, 'close'), next(server, 'close')];
    server.resume();
    server.end();
    await Promise.all(closes);
    expect(events).toEqual(['end', 'close false']);
  });

  test('a reset in the middle', async () => {
    const { client, below } = await pairAndBelow();
    const events = record(client, EVENTS);
    client.resume();
    await turns();
    below.resetAndDestroy();
    await next(client, 'close');
    expect(events).toEqual(['error read ECONNRESET', 'close true']);
  });

  test('a reset in the middle of writing', async () => {
    const { client, below } = await pairAndBelow();
    client.resume();
    const gone = next(client, 'close');
    const failed = errorOf(client);
    client.write(Buffer.alloc(10_000_000));
    await turns();
    below.resetAndDestroy();
    expect((await failed).code).toMatch(/^(ECONNRESET|EPIPE)$/);
    expect(await gone).toEqual([true]);
  });

  test('destroy: the peer sees the end, or is told', async () => {
    const { client, server } = await pair();
    const events = record(client, EVENTS);
    const far = record(server, EVENTS);
    server.resume();
    const closes = [next(client, 'close'), next(server, 'close')];
    client.destroy(new Error('on purpose'));
    await Promise.all(closes);
    expect([events, far.at(-1)]).toEqual([['error on purpose', 'close true'], 'close false']);
  });

  test('an AbortSignal', async () => {
    const { port } = await serve();
    const control = new AbortController();
    const client = call(port, { signal: control.signal } as object);
    const failed = errorOf(client);
    control.abort();
    expect(await failed).toMatchObject({ code: 'ABORT_ERR' });
  });

  test('ten megabytes both ways at once', async () => {
    const { client, server } = await pair();
    const sent = [randomBytes(10_000_000), randomBytes(10_000_000)] as const;
    const heard = [hashOf(client), hashOf(server)];
    client.end(sent[0]);
    server.end(sent[1]);
    expect(await Promise.all(heard)).toEqual([sent[1], sent[0]].map((each) => sha256(each)));
  });

  test('back-pressure: who is not read from writes little', async () => {
    const { client, server } = await pair();
    let written = 0;
    const chunk = Buffer.alloc(100_000);
    let full = 0;
    // Every queue between the two is full when nothing moves for some time.
    while (written < 100_000_000 && full < 20) {
      if (client.writableNeedDrain) {
        full++;
        await turns(30);
      } else {
        full = 0;
        client.write(chunk);
        written += chunk.length;
      }
    }
    expect(written).toBeLessThan(50_000_000);
    let read = 0;
    server.on('data', (data: Buffer) => (read += data.length));
    client.end();
    await once(server, 'end');
    expect(read).toBe(written);
  });

  test('TLS on a connection that stands: tls.connect({ socket }), and new TLSSocket with isServer', async () => {
    const plain = await plainPair(net);
    const secureContext = tls.createSecureContext(certificates().server);
    const server = new tls.TLSSocket(plain.server, { isServer: true, secureContext });
    const client = tls.connect({ socket: plain.client, ca: certificates().ca.cert, servername: 'localhost' });
    await once(client, 'secureConnect');
    expect([client.remotePort, server.remoteAddress]).toEqual([plain.client.remotePort, LOOPBACK]);
    server.end('hello');
    expect(await textOf(client)).toBe('hello');
  });

  test('new TLSSocket on a client end', async () => {
    const { port } = await serve({}, (socket) => socket.end('hello'));
    const plain = net.connect(port, LOOPBACK);
    await once(plain, 'connect');
    const client = new tls.TLSSocket(plain, { ca: certificates().ca.cert });
    // What begins the handshake.
    client.write('x');
    expect(await textOf(client)).toBe('hello');
    expect(client.remotePort).toBe(port);
  });

  test('plain connections to a server come by emit too', async () => {
    const { server } = await serve({}, (socket) => socket.end('hello'));
    const listener = net.createServer((socket: Socket) => server.emit('connection', socket));
    const port = await listening(listener);
    expect(await textOf(call(port))).toBe('hello');
    listener.close();
  });

  test('a server may be made in four ways, and closes once', async () => {
    const options = certificates().server;
    class Sub extends tls.Server {}
    const servers = [
      new tls.Server(options),
      (tls.Server as unknown as (options: object) => InstanceType<typeof tls.Server>)(options),
      new Sub(options),
      tls.createServer(options),
    ];
    for (const server of servers) {
      expect(server).toBeInstanceOf(tls.Server);
      server.on('secureConnection', (socket: TLSSocket) => socket.end('x'));
      const port = await listening(server);
      const events = record(server, ['close']);
      expect(await textOf(call(port))).toBe('x');
      await new Promise((resolve) => server.close(resolve));
      await turns();
      expect(events).toEqual(['close']);
    }
  });

  test('getConnections and maxConnections', async () => {
    const { server, port } = await serve();
    server.maxConnections = 1;
    await once(call(port), 'secureConnect');
    const dropped = next(server, 'drop');
    expect(await errorOf(call(port))).toMatchObject({ code: 'ECONNRESET' });
    await dropped;
    const count = await new Promise((resolve) => {
      server.getConnections((_error, connections) => {
        resolve(connections);
      });
    });
    expect(count).toBe(1);
  });
});

function sha256(bytes: Buffer): string {
  return createHash('sha256').update(bytes).digest('hex');
}

async function hashOf(socket: Socket): Promise<string> {
  const hash = createHash('sha256');
  socket.on('data', (chunk) => hash.update(chunk));
  await once(socket, 'end');
  return hash.digest('hex');
}
