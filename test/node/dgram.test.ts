import { afterEach, describe, expect, test } from '@jest/globals';
import { once } from 'node:events';
import { Stack } from '../../src/node/stack';
import { bound, closeAll, create, DGRAMS, LOOPBACK, message, messages, sent, silence, thrown } from './dgram-faces';
import { errorOf, record, turns } from './faces';

afterEach(closeAll);

const EVENTS = ['listening', 'connect', 'error', 'close'];

describe.each(DGRAMS)('a socket of %s', (_name, dgram) => {
  test("createSocket takes a type or options, and a listener for 'message'", async () => {
    const received: string[] = [];
    const plain = dgram.createSocket('udp4', (data, { address, port, family, size }) => {
      received.push(`${String(data)} ${address} ${port} ${family} ${size}`);
    });
    expect([plain.type, plain instanceof dgram.Socket]).toEqual(['udp4', true]);
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

  test('a datagram that is sent arrives whole, with its sender, in order', async () => {
    const [one, other] = [await bound(dgram), await bound(dgram)];
    const arrived = messages(other, 3);
    for (const text of ['first', '', 'third']) one.send(text, other.address().port, LOOPBACK);
    expect(await arrived).toEqual(
      ['first', '', 'third'].map((text) => ({
        text,
        from: { address: LOOPBACK, family: 'IPv4', port: one.address().port, size: text.length },
      })),
    );
  });

  test('send binds a socket that is not bound, and keeps the order of what waits for that', async () => {
    const receiver = await bound(dgram);
    const { port } = receiver.address();
    const arrived = messages(receiver, 3);
    const sender = create(dgram);
    const seen = record(sender, EVENTS);
    for (const text of ['a', 'b', 'c']) sender.send(text, port, LOOPBACK);
    const got = await arrived;
    expect(got.map(({ text }) => text)).toEqual(['a', 'b', 'c']);
    expect(got[0]?.from.port).toBe(sender.address().port);
    expect(seen).toEqual(['listening']);
  });

  test.each<[string, unknown[], (port: number) => unknown[]]>([
    ['a string', ['héllo'], (port) => [port, LOOPBACK]],
    ['a Buffer', [Buffer.from('héllo')], (port) => [port, LOOPBACK]],
    ['a part of it', [Buffer.from('<héllo>'), 1, 6], (port) => [port, LOOPBACK]],
    ['a part of a string', ['<héllo>', 1, 6], (port) => [port, LOOPBACK]],
    ['a DataView', [new DataView(Uint8Array.from(Buffer.from('héllo')).buffer)], (port) => [port, LOOPBACK]],
    ['a list', [['h', Buffer.from('é'), new Uint8Array(Buffer.from('llo'))]], (port) => [port, LOOPBACK]],
    ['a port as a string', ['héllo'], (port) => [String(port), LOOPBACK]],
    ['no address', ['héllo'], (port) => [port]],
    ['an empty address', ['héllo'], (port) => [port, '']],
    ['a name', ['héllo'], (port) => [port, 'localhost']],
  ])('send takes %s, and a callback', async (_what, data, to) => {
    const [one, other] = [await bound(dgram), await bound(dgram)];
    const arrived = message(other);
    expect(await sent(one, ...data, ...to(other.address().port))).toEqual([null, 6]);
    expect((await arrived).text).toBe('héllo');
  });

  test('an empty list is an empty datagram', async () => {
    const [one, other] = [await bound(dgram), await bound(dgram)];
    const arrived = message(other);
    expect(await sent(one, [], other.address().port, LOOPBACK)).toEqual([null, 0]);
    expect((await arrived).from.size).toBe(0);
  });

  test('sendto is send with a part of a buffer', async () => {
    const [one, other] = [await bound(dgram), await bound(dgram)];
    const arrived = message(other);
    const { sendto } = one as unknown as { sendto: (...args: unknown[]) => void };
    sendto.call(one, Buffer.from('<part>'), 1, 4, other.address().port, LOOPBACK);
    expect((await arrived).text).toBe('part');
    expect(
      thrown(() => {
        sendto.call(one, 'x', '0', 1, 1, LOOPBACK);
      }),
    ).toMatchObject({ code: 'ERR_INVALID_ARG_TYPE' });
  });

  test('the callback comes after send has returned', async () => {
    const socket = await bound(dgram);
    const order: string[] = [];
    const told = new Promise<void>((resolve) => {
      socket.send('x', socket.address().port, LOOPBACK, () => {
        order.push('callback');
        resolve();
      });
    });
    order.push('returned');
    await told;
    expect(order).toEqual(['returned', 'callback']);
  });

  test('the largest datagram is 65,507 bytes; a larger one: send EMSGSIZE', async () => {
    const [one, other] = [await bound(dgram), await bound(dgram)];
    const { port } = other.address();
    const arrived = message(other);
    expect(await sent(one, Buffer.alloc(65_507, 'x'), port, LOOPBACK)).toEqual([null, 65_507]);
    expect((await arrived).text).toBe('x'.repeat(65_507));
    const [error] = await sent(one, Buffer.alloc(65_508), port, LOOPBACK);
    expect(error).toMatchObject({
      message: `send EMSGSIZE ${LOOPBACK}:${port}`,
      code: 'EMSGSIZE',
      errno: -90,
      syscall: 'send',
      address: LOOPBACK,
      port,
    });
  });

  test('what cannot be sent and has no callback is nobody’s to know', async () => {
    const socket = await bound(dgram);
    const seen = record(socket, EVENTS);
    socket.send(Buffer.alloc(65_508), 9, LOOPBACK);
    socket.send('x', 9, '::1');
    await turns();
    expect(seen).toEqual([]);
  });

  test('an address of IPv6: send EINVAL', async () => {
    const [error, bytes] = await sent(await bound(dgram), 'x', 9, '::1');
    expect(error).toMatchObject({ message: 'send EINVAL ::1:9', code: 'EINVAL', address: '::1', port: 9 });
    expect(bytes).toBeUndefined();
  });

  test('0.0.0.0 is this host', async () => {
    const [one, other] = [await bound(dgram), await bound(dgram)];
    const arrived = message(other);
    one.send('here', other.address().port, '0.0.0.0');
    expect((await arrived).text).toBe('here');
  });

  test('an answer to rinfo comes back', async () => {
    const [one, other] = [await bound(dgram), await bound(dgram)];
    other.on('message', (data, { port, address }) => {
      other.send(`re: ${String(data)}`, port, address);
    });
    const answer = message(one);
    one.send('question', other.address().port, LOOPBACK);
    expect((await answer).text).toBe('re: question');
  });

  test('a thousand there and back', async () => {
    const [one, other] = [await bound(dgram), await bound(dgram)];
    other.on('message', (data, { port }) => {
      other.send(data, port, LOOPBACK);
    });
    let next = 0;
    const done = new Promise<void>((resolve) => {
      one.on('message', (data) => {
        expect(String(data)).toBe(String(next));
        next += 1;
        if (next === 1000) resolve();
        else one.send(String(next), other.address().port, LOOPBACK);
      });
    });
    one.send('0', other.address().port, LOOPBACK);
    await done;
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
    expect(await socket[Symbol.asyncDispose]()).toBeUndefined();
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

  test('a lookup function of one’s own is asked for every address, as Node asks', async () => {
    const asked: unknown[] = [];
    const receiver = await bound(dgram);
    const socket = create(dgram, {
      lookup: (hostname, options, callback) => {
        asked.push([hostname, options]);
        callback(null, hostname === 'peer' ? LOOPBACK : hostname, 4);
      },
    });
    const arrived = message(receiver);
    socket.send('x', receiver.address().port, 'peer');
    expect((await arrived).text).toBe('x');
    expect(asked).toEqual([
      ['0.0.0.0', 4],
      ['peer', 4],
    ]);
  });

  test('a name that is not found: the callback of send, or else the error event', async () => {
    const notFound = Object.assign(new Error('no such name'), { code: 'ENOTFOUND' });
    const socket = await bound(dgram, {
      lookup: (hostname, _options, callback) => {
        if (hostname === LOOPBACK) callback(null, hostname, 4);
        else callback(notFound, '', 4);
      },
    });
    expect(await sent(socket, 'x', 9, 'nowhere')).toEqual([notFound]);
    const failed = errorOf(socket);
    socket.send('x', 9, 'nowhere');
    expect(await failed).toBe(notFound);
  });

  test('a name that is not found by bind: the error event', async () => {
    const notFound = Object.assign(new Error('no such name'), { code: 'ENOTFOUND' });
    const socket = create(dgram, {
      lookup: (_hostname, _options, callback) => {
        callback(notFound, '', 4);
      },
    });
    const failed = errorOf(socket);
    process.nextTick(() => socket.bind(0, 'nowhere'));
    expect(await failed).toBe(notFound);
  });
});

describe('a socket of synack', () => {
  test('udp6: there is no IPv6 yet, as on a host without it', async () => {
    const socket = new Stack().dgram.createSocket('udp6');
    expect(socket.type).toBe('udp6');
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

  test('what was sent to an address has gone when close follows', async () => {
    const { dgram } = new Stack();
    const [one, other] = [await bound(dgram), await bound(dgram)];
    const arrived = message(other);
    one.send('last words', other.address().port, LOOPBACK);
    one.close();
    expect((await arrived).text).toBe('last words');
  });

  test('what finds the link full waits for it, in order, and nothing is lost on the way', async () => {
    // The loopback link holds 1024 packets.
    const { dgram } = new Stack({ udp: { receiveQueue: 4000 } });
    const [one, other] = [await bound(dgram), await bound(dgram)];
    const arrived = messages(other, 3000);
    const { port } = other.address();
    let called = 0;
    for (let index = 0; index < 3000; index++) {
      if (index % 2 === 0) one.send(String(index), port, LOOPBACK, () => (called += 1));
      else one.send(String(index), port, LOOPBACK);
    }
    expect(one.getSendQueueCount()).toBe(3000 - 1024);
    expect(one.getSendQueueSize()).toBe((3000 - 1024) * 4);
    expect((await arrived).map(({ text }) => text)).toEqual(Array.from({ length: 3000 }, (_, index) => String(index)));
    await turns();
    expect([called, one.getSendQueueCount(), one.getSendQueueSize()]).toEqual([1500, 0, 0]);
  });

  test('close fails what still waits with ECANCELED', async () => {
    const { dgram } = new Stack();
    const socket = await bound(dgram);
    const told: (string | undefined)[] = [];
    for (let index = 0; index < 1026; index++) {
      socket.send('x', 9, LOOPBACK, (error) => told.push((error as NodeJS.ErrnoException | null)?.code));
    }
    socket.close();
    await turns();
    expect(told.filter((code) => code !== undefined)).toEqual(['ECANCELED', 'ECANCELED']);
    expect(told).toHaveLength(1026);
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
