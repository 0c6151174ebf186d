import { describe, expect, test } from '@jest/globals';
import { once } from 'node:events';
import type { Socket, TcpNetConnectOpts } from 'node:net';
import { SystemClock } from '../../src/clock/system-clock';
import { VirtualClock } from '../../src/clock/virtual-clock';
import { impair } from '../../src/link/impair';
import { memoryPair } from '../../src/link/memory';
import type { Link } from '../../src/link/link';
import type { StackOptions } from '../../src/stack';
import { PacketLink } from '../../src/link/packets';
import { createNet } from '../../src/node/net';
import { Stack } from '../../src/node/stack';
import type { ConnectionOptions, Tcp } from '../../src/tcp/user';
import { closed, errorOf, LOOPBACK, listening, next, readAll, record, turns } from './faces';

describe('stack.net: what only a stack of its own has', () => {
  test('close ends servers and sockets without an error', async () => {
    const stack = new Stack();
    const server = stack.net.createServer();
    const seen = record(server, ['close', 'error'], [], 'server ');
    const port = await listening(server);
    const client = stack.net.connect(port, LOOPBACK);
    const [socket] = (await once(server, 'connection')) as [Socket];
    record(client, ['close', 'error'], seen, 'client ');
    record(socket, ['close', 'error'], seen, 'socket ');
    await stack.close();
    await turns();
    expect(seen.sort()).toEqual(['client close false', 'server close', 'socket close false']);
    expect(stack.tcp.connections()).toEqual([]);
    expect(stack.tcp.listeners()).toEqual([]);
  });

  test('two stacks do not meet: each has its own ports', async () => {
    const [one, other] = [new Stack(), new Stack()];
    const server = one.net.createServer();
    const port = await listening(server);
    expect(await errorOf(other.net.connect(port, LOOPBACK))).toMatchObject({ code: 'ECONNREFUSED' });
    const twin = other.net.createServer().listen(port, LOOPBACK);
    await once(twin, 'listening');
    await Promise.all([one.close(), other.close()]);
  });

  test('a server without a host listens on every address of both families; 0.0.0.0 is this host', async () => {
    const stack = new Stack();
    const server = stack.net.createServer((socket) => socket.end());
    server.listen(7);
    // Without a host there is nothing to look up.
    expect(server.address()).toEqual({ address: '::', family: 'IPv6', port: 7 });
    const client = stack.net.connect(7, '0.0.0.0');
    await once(client, 'connect');
    expect(client.remoteAddress).toBe(LOOPBACK);
    await next(client.resume(), 'close');
    await stack.close();
  });

  test('no route: connect ENETUNREACH', async () => {
    const stack = new Stack();
    const error = await errorOf(stack.net.connect(80, '192.0.2.1'));
    expect(error.message).toBe('connect ENETUNREACH 192.0.2.1:80 - Local (0.0.0.0:0)');
    await stack.close();
  });

  test('`ipv6: false`: a host without it, which says what Node says there', async () => {
    const { net } = new Stack({ ipv6: false });
    const heard = async (options: TcpNetConnectOpts): Promise<object> => {
      const client = net.connect(options);
      const seen = record(client, ['connectionAttempt', 'connectionAttemptFailed']);
      const { message, code, syscall } = await errorOf(client);
      return { message, code, syscall, seen };
    };
    const refused = { code: 'EADDRNOTAVAIL', syscall: 'connect', seen: ['connectionAttempt'] };
    expect(await heard({ host: '::1', port: 80 })).toMatchObject({
      message: 'connect EADDRNOTAVAIL ::1:80 - Local (:::0)',
      ...refused,
    });
    expect(await heard({ host: '2001:db8::1', port: 80, localPort: 5555 })).toMatchObject({
      message: 'connect EADDRNOTAVAIL 2001:db8::1:80 - Local (:::5555)',
      ...refused,
    });
    expect(await heard({ host: '::1', port: 80, localAddress: '::1' })).toMatchObject({
      message: 'bind EADDRNOTAVAIL ::1',
      seen: [],
    });
    expect((await errorOf(net.createServer().listen(80, '::'))).message).toBe(
      'listen EAFNOSUPPORT: address family not supported :::80',
    );
    const server = net.createServer().listen(80);
    expect(server.address()).toEqual({ address: '0.0.0.0', family: 'IPv4', port: 80 });
    await closed(server);
    expect(() =>
      new Stack({ ipv6: false }).attach(memoryPair({ clock: new SystemClock() })[0], { address: 'fd00::1/64' }),
    ).toThrow('cannot attach memory-a with IPv6: the stack was made with `ipv6: false`');
  });

  test('a header and its body that are written together are one segment, also with noDelay', async () => {
    const stack = new Stack();
    const server = stack.net.createServer({ noDelay: true }, (socket) => {
      socket.cork();
      socket.write(Buffer.alloc(8));
      socket.write(Buffer.alloc(1400));
      socket.end();
    });
    server.listen(80);
    const lengths: number[] = [];
    stack.observe((event) => {
      if (event.type !== 'segment' || event.direction !== 'out') return;
      const { length } = event.segment.payload;
      if (length > 0) lengths.push(length);
    });
    const client = stack.net.connect(80, '127.0.0.1');
    client.resume();
    await next(client, 'close');
    expect(lengths).toEqual([1408]);
    await stack.close();
  });

  test('a name that nobody knows: getaddrinfo ENOTFOUND', async () => {
    const { net, dgram } = new Stack({ dns: { hostsFile: false, servers: ['127.0.0.1'] } });
    const names = dgram.createSocket('udp4').bind(53).unref();
    // "No such name" (RFC 1035 §4.1.1) for whatever is asked.
    names.on('message', (query, { port, address }) => {
      query.writeUInt16BE(0x8183, 2);
      names.send(query, port, address);
    });
    const expected = { code: 'ENOTFOUND', errno: -3008, syscall: 'getaddrinfo', hostname: 'example.test' };
    const client = net.connect(80, 'example.test');
    const seen = record(client, ['lookup', 'error', 'close']);
    expect(await errorOf(client)).toMatchObject({ message: 'getaddrinfo ENOTFOUND example.test', ...expected });
    await next(client, 'close');
    expect(seen).toEqual([
      'lookup getaddrinfo ENOTFOUND example.test',
      'error getaddrinfo ENOTFOUND example.test',
      'close true',
    ]);
    expect(await errorOf(net.createServer().listen(80, 'example.test'))).toMatchObject(expected);
  });

  test('noDelay and keepAlive reach the connection, before and after it is opened', async () => {
    const stack = new Stack();
    const heard: ConnectionOptions[] = [];
    const { net } = observed(stack, heard);
    const server = net.createServer({ noDelay: true, keepAlive: true, keepAliveInitialDelay: 5000 }, (socket) =>
      socket.resume(),
    );
    const port = await listening(server);
    const client = net.connect({ port, host: LOOPBACK, noDelay: true, keepAlive: true, keepAliveInitialDelay: 2500 });
    await once(server, 'connection');
    const second = { interval: 1_000_000, probes: 10 };
    // What is accepted has the listener's options, and shares them.
    expect(heard).toEqual([
      expect.objectContaining({ passive: true, noDelay: true, keepAlive: { idle: 5_000_000, ...second } }),
      expect.objectContaining({ noDelay: true, keepAlive: { idle: 2_000_000, ...second } }),
    ]);
    heard.length = 0;
    client.setNoDelay(false).setNoDelay().setKeepAlive(true).setKeepAlive(false);
    expect(heard).toEqual([{ noDelay: false }, { noDelay: true }, { keepAlive: second }, { keepAlive: false }]);
    heard.length = 0;
    Object.assign(server, { noDelay: false, keepAlive: false });
    const other = net.connect(port, LOOPBACK);
    const [socket] = (await once(server, 'connection')) as [Socket];
    expect(heard.slice(1)).toEqual([{ noDelay: false }, { keepAlive: false }]);
    heard.length = 0;
    socket.setNoDelay(false).setNoDelay(true).setNoDelay(true);
    expect(heard).toEqual([{ noDelay: true }]);
    other.end();
    client.end();
    await closed(server);
  });

  test('under virtual time, events still come after the call that caused them', async () => {
    const clock = new VirtualClock();
    const stack = new Stack({ clock, seed: 1 });
    const server = stack.net.createServer((socket) => socket.pipe(socket));
    const port = await listening(server);
    const client = stack.net.connect(port, LOOPBACK);
    const seen = record(client, ['connect', 'data', 'end', 'close']);
    client.write('now');
    expect(seen).toEqual([]);
    client.end();
    await once(client, 'close');
    expect(seen).toEqual(['connect', 'data', 'end', 'close false']);
    expect(clock.now()).toBe(0);
    await stack.close();
  });

  test('a megabyte each way over a bad link, in virtual time', async () => {
    const clock = new VirtualClock();
    const [a, b] = memoryPair({ clock });
    const bad = impair(a, { clock, seed: 7, loss: 0.05, reorder: 0.05, duplicate: 0.05, delay: 10_000 });
    const [left, right] = [new Stack({ clock, seed: 1 }), new Stack({ clock, seed: 2 })];
    left.attach(bad, { address: '10.9.0.1/24' });
    right.attach(b, { address: '10.9.0.2/24' });
    const server = right.net.createServer((socket) => socket.pipe(socket)).listen(7);
    const client = left.net.connect(7, '10.9.0.2');
    const sent = Buffer.alloc(1_000_000, 'over a bad link ');
    client.end(sent);
    let received: Buffer | undefined;
    const echo = readAll(client).then((bytes) => (received = bytes));
    await clock.runAsync({ until: () => received !== undefined });
    expect((await echo).equals(sent)).toBe(true);
    server.close();
    await Promise.all([left.close(), right.close()]);
  });

  describe('a link that the event loop calls', () => {
    /** A socket that a server over such a link has accepted; `write` is the peer's. */
    async function accepted(calledByEventLoop: boolean, options: StackOptions = {}) {
      const link: Link & PacketLink = new PacketLink();
      if (calledByEventLoop) link.onReceived = () => undefined;
      const other = new PacketLink();
      const [stack, peer] = [new Stack(options), new Stack()];
      stack.attach(link, { address: '10.9.0.2/24' });
      peer.attach(other, { address: '10.9.0.1/24' });
      link.onPacket = (packet) => {
        other.inject(packet);
      };
      const deliver = (packet: Uint8Array): void => {
        try {
          link.onReceive([packet]);
        } finally {
          link.onReceived?.();
        }
      };
      other.onPacket = deliver;
      const welcomed = once(stack.net.createServer().listen(7), 'connection');
      const connection = peer.tcp.open({ remote: { address: '10.9.0.2', port: 7 } });
      const [socket] = (await welcomed) as [Socket];
      await turns();
      return { link, socket, connection, close: () => Promise.all([stack.close(), peer.close()]) };
    }

    test('hears of data before its call returns, after the stack has done its work', async () => {
      const { socket, connection, close } = await accepted(true);
      const seen = record(socket, ['data']);
      socket.on('data', (data) => socket.write(data));
      await turns();
      connection.send(Buffer.from('ping'));
      expect(seen).toEqual(['data']);
      expect(connection.receive()).toEqual(new Uint8Array(Buffer.from('ping')));
      await close();
    });

    test.each([
      [{}, 1],
      [{ piggyback: false }, 2],
    ])('an answer given at once takes the ACK along, unless each is to go by itself: %j', async (options, segments) => {
      const { link, socket, connection, close } = await accepted(true, options);
      socket.on('data', (data) => socket.write(data));
      await turns();
      const before = link.counters.sent;
      connection.send(Buffer.from('ping'));
      expect(link.counters.sent - before).toBe(segments);
      await close();
    });

    test('gets what a listener throws, and the socket goes on', async () => {
      const { socket, connection, close } = await accepted(true);
      const heard: string[] = [];
      socket.on('data', (data) => {
        heard.push(String(data));
        throw new Error('a listener failed');
      });
      await turns();
      expect(() => connection.send(Buffer.from('one'))).toThrow('a listener failed');
      await turns();
      expect(() => connection.send(Buffer.from('two'))).toThrow('a listener failed');
      expect(heard).toEqual(['one', 'two']);
      await close();
    });

    test('any other hears of nothing before its call returns', async () => {
      const { socket, connection, close } = await accepted(false);
      const seen = record(socket, ['data']);
      await turns();
      connection.send(Buffer.from('ping'));
      expect(seen).toEqual([]);
      await turns(1);
      expect(seen).toEqual(['data']);
      await close();
    });
  });

  test('createNet over any Tcp: nothing else of the stack is used', async () => {
    const { tcp, clock } = new Stack();
    const net = createNet({ tcp, clock });
    const server = net.createServer((socket) => socket.end('plain'));
    const port = await listening(server);
    expect((await readAll(net.connect(port, LOOPBACK))).toString()).toBe('plain');
    await closed(server);
  });
});

/** The stack's `net` over a `Tcp` that notes all options that it is given. */
function observed(stack: Stack, heard: ConnectionOptions[]): { net: Stack['net'] } {
  const note = <T extends object>(made: T): T =>
    new Proxy(made, {
      get(target, name) {
        const value: unknown = Reflect.get(target, name, target);
        if (typeof value !== 'function') return value;
        return (...args: unknown[]): unknown => {
          const [first] = args;
          if (name === 'open' || name === 'set') heard.push(first as ConnectionOptions);
          const result: unknown = Reflect.apply(value, target, args);
          return (name === 'open' || name === 'accept') && typeof result === 'object' && result !== null
            ? note(result)
            : result;
        };
      },
    });
  const tcp: Tcp = note(stack.tcp);
  return { net: createNet({ tcp, clock: stack.clock }) };
}
