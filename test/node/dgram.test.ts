import { afterEach, describe, expect, test } from '@jest/globals';
import { once } from 'node:events';
import { Stack } from '../../src/node/stack';
import { bound, closeAll, create, DGRAMS, LOOPBACK, message, silence, thrown } from './dgram-faces';
import { errorOf, record, turns } from './faces';

afterEach(closeAll);

const EVENTS = ['listening', 'connect', 'error', 'close'];

describe.each(DGRAMS)('a socket of %s', (_name, dgram) => {
  test("createSocket takes a type or options, and a listener for 'message'", async () => {
    const received: string[] = [];
    const plain = dgram.createSocket('udp4', (data, { address, port, family, size }) => {
      received.push(`${String(data)} ${address} ${port} ${family} ${size}`);
    });
    expect([Reflect.get(plain, 'type'), plain instanceof dgram.Socket]).toEqual(['udp4', true]);
    const sender = await bound(dgram);
    await new Promise<void>((resolve) => plain.bind(0, LOOPBACK, resolve));
    sender.send('hello', plain.address().port, LOOPBACK);
    await message(plain);
    expect(received).toEqual([`hello ${LOOPBACK} ${sender.address().port} IPv4 5`]);
    await new Promise<void>((resolve) => plain.close(resolve));
  });

  test('bind says listening by the next tick, and address tells where', async () => {
    const socket = create(dgram);
    const seen = record(socket, EVENTS);
    expect(socket.bind({ port: 0, address: LOOPBACK, exclusive: true })).toBe(socket);
    expect(seen).toEqual([]);
    await once(socket, 'listening');
    const { port } = socket.address();
    expect(socket.address()).toEqual({ address: LOOPBACK, family: 'IPv4', port });
    expect(port).toBeGreaterThan(0);
  });

  test.each<[string, unknown[], string]>([
    ['nothing', [], '0.0.0.0'],
    ['a port', [0], '0.0.0.0'],
    ['a port and an address', [0, LOOPBACK], LOOPBACK],
    ['a port and a name', [0, 'localhost'], LOOPBACK],
    ['options', [{ port: 0 }], '0.0.0.0'],
  ])('bind takes %s, and a callback', async (_what, args, address) => {
    const socket = create(dgram);
    await new Promise<void>((resolve) => {
      (socket.bind as (...all: unknown[]) => void)(...args, resolve);
    });
    expect(socket.address().address).toBe(address);
  });

  test('a port that another socket has: bind EADDRINUSE, and the socket can be bound to another', async () => {
    const first = await bound(dgram);
    const { port } = first.address();
    const second = create(dgram);
    let called = false;
    second.bind(port, LOOPBACK, () => (called = true));
    expect(await errorOf(second)).toMatchObject({
      message: `bind EADDRINUSE ${LOOPBACK}:${port}`,
      code: 'EADDRINUSE',
      errno: -98,
      syscall: 'bind',
      address: LOOPBACK,
      port,
    });
    second.bind(0);
    await once(second, 'listening');
    expect(called).toBe(false);
  });

  test.each([
    ['EADDRNOTAVAIL', '192.0.2.77'],
    ['EINVAL', '::1'],
  ])('bind %s for an address that is not ours, %s', async (code, address) => {
    const socket = create(dgram);
    socket.bind(5000, address);
    expect(await errorOf(socket)).toMatchObject({ code, syscall: 'bind', message: `bind ${code} ${address}:5000` });
  });

  test('reuseAddr: two sockets share a port when both say so, and the newest gets what goes to one host', async () => {
    const first = await bound(dgram, { reuseAddr: true });
    const { port } = first.address();
    const second = await bound(dgram, { reuseAddr: true }, port);
    const third = create(dgram);
    third.bind(port, LOOPBACK);
    expect(await errorOf(third)).toMatchObject({ code: 'EADDRINUSE' });
    const silent = silence(first);
    const got = message(second);
    third.send('to the newest', port, LOOPBACK);
    expect((await got).text).toBe('to the newest');
    expect(await silent).toEqual([]);
  });

  test('every address, and one of them: the one that says more gets it', async () => {
    const all = create(dgram, { reuseAddr: true });
    await new Promise<void>((resolve) => all.bind(0, resolve));
    const { port } = all.address();
    const one = await bound(dgram, { reuseAddr: true }, port);
    const sender = await bound(dgram);
    const got = [message(one), message(all)];
    sender.send('one', port, LOOPBACK);
    sender.send('all', port, '127.0.0.2');
    expect((await Promise.all(got)).map(({ text }) => text)).toEqual(['one', 'all']);
  });

  test('what cannot be bound twice: ERR_SOCKET_ALREADY_BOUND', async () => {
    const socket = create(dgram);
    socket.bind(0, LOOPBACK);
    expect(thrown(() => socket.bind(0))).toMatchObject({
      code: 'ERR_SOCKET_ALREADY_BOUND',
      message: 'Socket is already bound',
    });
    await once(socket, 'listening');
    expect(thrown(() => socket.bind(0))).toMatchObject({ code: 'ERR_SOCKET_ALREADY_BOUND' });
  });

  test('a file descriptor that is no UDP socket: ERR_INVALID_FD_TYPE', () => {
    expect(thrown(() => create(dgram).bind({ fd: 1 }))).toMatchObject({
      code: 'ERR_INVALID_FD_TYPE',
      name: 'TypeError',
    });
  });

  test('what a listener throws is the process’s, and the socket goes on', async () => {
    const [one, other] = [await bound(dgram), await bound(dgram)];
    const failures: string[] = [];
    process.setUncaughtExceptionCaptureCallback((error) => failures.push(error.message));
    try {
      const got: string[] = [];
      other.on('message', (data) => {
        got.push(String(data));
        throw new Error(`no ${String(data)}`);
      });
      for (const text of ['a', 'b', 'c']) one.send(text, other.address().port, LOOPBACK);
      await silence(one);
      expect([got, failures]).toEqual([
        ['a', 'b', 'c'],
        ['no a', 'no b', 'no c'],
      ]);
    } finally {
      process.setUncaughtExceptionCaptureCallback(null);
    }
  });

  test("close: 'close' on the next tick, once, and nothing after it", async () => {
    const [one, other] = [await bound(dgram), await bound(dgram)];
    const { port } = other.address();
    const seen = record(other, ['message', ...EVENTS]);
    one.send('too late', port, LOOPBACK);
    let called = 0;
    expect(other.close(() => (called += 1))).toBe(other);
    expect(seen).toEqual([]);
    await silence(one);
    expect([seen, called]).toEqual([['close'], 1]);
    const again = await bound(dgram, {}, port);
    expect(again.address().port).toBe(port);
  });

  test('close before it is bound: it is bound first', async () => {
    const socket = create(dgram);
    const seen = record(socket, EVENTS);
    socket.send('x', 9, LOOPBACK);
    socket.close();
    await once(socket, 'close');
    expect(seen).toEqual(['listening', 'close']);
  });

  test('close while bind is under way: no listening', async () => {
    const socket = create(dgram);
    const seen = record(socket, EVENTS);
    socket.bind(0);
    socket.close();
    await turns();
    expect(seen).toEqual(['close']);
  });

  test.each<[string, (socket: ReturnType<typeof create>) => unknown]>([
    ['close', (socket) => socket.close()],
    ['bind', (socket) => socket.bind()],
    ['address', (socket) => socket.address()],
    ['remoteAddress', (socket) => socket.remoteAddress()],
    [
      'send',
      (socket) => {
        socket.send('x', 9);
      },
    ],
    [
      'addMembership',
      (socket) => {
        socket.addMembership('239.1.1.1');
      },
    ],
    [
      'dropMembership',
      (socket) => {
        socket.dropMembership('239.1.1.1');
      },
    ],
    [
      'addSourceSpecificMembership',
      (socket) => {
        socket.addSourceSpecificMembership(LOOPBACK, '232.1.1.1');
      },
    ],
    [
      'dropSourceSpecificMembership',
      (socket) => {
        socket.dropSourceSpecificMembership(LOOPBACK, '232.1.1.1');
      },
    ],
    [
      'setMulticastInterface',
      (socket) => {
        socket.setMulticastInterface(LOOPBACK);
      },
    ],
  ])('%s of a closed socket: ERR_SOCKET_DGRAM_NOT_RUNNING', async (_what, call) => {
    const socket = await bound(dgram);
    socket.close();
    expect(thrown(() => call(socket))).toMatchObject({ code: 'ERR_SOCKET_DGRAM_NOT_RUNNING', message: 'Not running' });
  });

  test('ref and unref of a closed socket do nothing', async () => {
    const socket = await bound(dgram);
    socket.close();
    expect([socket.ref(), socket.unref()]).toEqual([socket, socket]);
  });

  test('Symbol.asyncDispose closes, and may be called again', async () => {
    const socket = await bound(dgram);
    const seen = record(socket, EVENTS);
    await socket[Symbol.asyncDispose]();
    expect(seen).toEqual(['close']);
    await socket[Symbol.asyncDispose]();
    expect(seen).toEqual(['close']);
  });

  test('a signal closes the socket', async () => {
    const controller = new AbortController();
    const socket = await bound(dgram, { signal: controller.signal });
    const seen = record(socket, EVENTS);
    controller.abort();
    await turns(2);
    expect(seen).toEqual(['close']);
    const aborted = create(dgram, { signal: AbortSignal.abort() });
    await once(aborted, 'close');
    expect(thrown(() => aborted.bind())).toMatchObject({ code: 'ERR_SOCKET_DGRAM_NOT_RUNNING' });
  });

  test('a name that is not found by bind: the error event', async () => {
    const notFound = Object.assign(new Error('no such name'), { code: 'ENOTFOUND' });
    const socket = create(dgram, {
      lookup: (_hostname, _options, callback) => {
        callback(notFound, '', 4);
      },
    });
    const failed = errorOf(socket);
    process.nextTick(() => {
      socket.bind(0, 'nowhere');
    });
    expect(await failed).toBe(notFound);
  });
});

describe('a socket of synack', () => {
  test('udp6 on a stack without IPv6: bind EAFNOSUPPORT, as on a host without it', async () => {
    const socket = new Stack({ ipv6: false }).dgram.createSocket('udp6');
    expect(Reflect.get(socket, 'type')).toBe('udp6');
    const seen = record(socket, EVENTS);
    socket.send('x', 9);
    expect(await errorOf(socket)).toMatchObject({ message: 'bind EAFNOSUPPORT ::', code: 'EAFNOSUPPORT', errno: -97 });
    await turns();
    expect(seen).toEqual(['error bind EAFNOSUPPORT ::']);
    expect(
      thrown(() => {
        socket.addMembership('239.1.1.1');
      }),
    ).toMatchObject({ code: 'EAFNOSUPPORT' });
  });

  test('stack.close closes its sockets', async () => {
    const stack = new Stack();
    const socket = await bound(stack.dgram);
    const closed = once(socket, 'close');
    await stack.close();
    await closed;
    expect(thrown(() => socket.address())).toMatchObject({ code: 'ERR_SOCKET_DGRAM_NOT_RUNNING' });
  });
});
