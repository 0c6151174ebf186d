import { afterEach, describe, expect, test } from '@jest/globals';
import type { Socket } from 'node:dgram';
import { Stack } from '../../src/node/stack';
import { bound, closeAll, create, DGRAMS, LOOPBACK, message, sent, silence, thrown } from './dgram-faces';

afterEach(closeAll);

type Call = (socket: Socket, ...args: unknown[]) => unknown;

function calling(name: string): Call {
  return (socket, ...args) => (Reflect.get(socket, name) as (...all: unknown[]) => unknown).apply(socket, args);
}

describe.each(DGRAMS)('the arguments of %s', (_name, dgram) => {
  test.each<[string, unknown, object]>([
    ['no type', undefined, { code: 'ERR_SOCKET_BAD_TYPE', name: 'TypeError' }],
    ['a type that is not there', 'udp5', { message: 'Bad socket type specified. Valid types are: udp4, udp6' }],
    ['options with such a type', { type: 'tcp' }, { code: 'ERR_SOCKET_BAD_TYPE' }],
    ['null', null, { code: 'ERR_SOCKET_BAD_TYPE' }],
    [
      'recvBufferSize that is no number',
      { type: 'udp4', recvBufferSize: 'x' },
      {
        code: 'ERR_INVALID_ARG_TYPE',
        message: `The "options.recvBufferSize" property must be of type number. Received type string ('x')`,
      },
    ],
    [
      'sendBufferSize out of range',
      { type: 'udp4', sendBufferSize: -1 },
      {
        code: 'ERR_OUT_OF_RANGE',
        message: 'The value of "options.sendBufferSize" is out of range. It must be >= 0 && <= 4294967295. Received -1',
      },
    ],
    [
      'a lookup that is no function',
      { type: 'udp4', lookup: 5 },
      { message: 'The "lookup" argument must be of type function. Received type number (5)' },
    ],
    [
      'a signal that is none',
      { type: 'udp4', signal: 5 },
      {
        code: 'ERR_INVALID_ARG_TYPE',
        message: 'The "options.signal" property must be an instance of AbortSignal. Received type number (5)',
      },
    ],
  ])('createSocket refuses %s', (_what, options, error) => {
    expect(thrown(() => dgram.createSocket(options as 'udp4'))).toMatchObject(error);
  });

  const bytes = 'of type string or an instance of Buffer, TypedArray, or DataView';
  test.each<[string, unknown[], object]>([
    ['no port', ['x'], { code: 'ERR_SOCKET_BAD_PORT', message: 'Port should be > 0 and < 65536. Received undefined.' }],
    ['port 0', ['x', 0], { message: 'Port should be > 0 and < 65536. Received type number (0).' }],
    ['a port out of range', ['x', 65_536], { code: 'ERR_SOCKET_BAD_PORT', name: 'RangeError' }],
    ['a port that is none', ['x', '9x'], { message: `Port should be > 0 and < 65536. Received type string ('9x').` }],
    ['an address that is none', ['x', 0, 1, 9, 5], { code: 'ERR_INVALID_ARG_TYPE' }],
    ['a number', [5, 9], { message: `The "buffer" argument must be ${bytes}. Received type number (5)` }],
    ['nothing', [undefined, 9], { message: `The "buffer" argument must be ${bytes}. Received undefined` }],
    [
      'a list with a number in it',
      [['x', 5], 9],
      { message: `The "buffer list arguments" argument must be ${bytes}. Received an instance of Array` },
    ],
    ['a length beyond the end', ['abc', 0, 4, 9], { code: 'ERR_BUFFER_OUT_OF_BOUNDS', name: 'RangeError' }],
    ['an offset beyond the end', ['abc', 4, 0, 9], { message: '"offset" is outside of buffer bounds' }],
  ])('send refuses %s', async (_what, args, error) => {
    const socket = await bound(dgram);
    expect(thrown(() => calling('send')(socket, ...args))).toMatchObject(error);
  });
});

describe.each(DGRAMS)('the options of %s', (_name, dgram) => {
  test.each<[string, unknown[]]>([
    ['setBroadcast', [true]],
    ['setTTL', [5]],
    ['setMulticastTTL', [5]],
    ['setMulticastLoopback', [false]],
    ['setMulticastInterface', [LOOPBACK]],
  ])('%s of a socket that is not bound: EBADF', (name, args) => {
    expect(thrown(() => calling(name)(create(dgram), ...args))).toMatchObject({
      message: `${name} EBADF`,
      code: 'EBADF',
      errno: -9,
      syscall: name,
    });
  });

  test('address of a socket that is not bound: getsockname EBADF', () => {
    expect(thrown(() => create(dgram).address())).toMatchObject({ message: 'getsockname EBADF', code: 'EBADF' });
  });

  test.each([
    ['setTTL', [1, 64, 255], [0, 256, -1]],
    ['setMulticastTTL', [0, 1, 255], [256, -1]],
  ])('%s answers what it was given, and refuses what is out of range', async (name, good, bad) => {
    const socket = await bound(dgram);
    for (const ttl of good) expect(calling(name)(socket, ttl)).toBe(ttl);
    for (const ttl of bad) {
      expect(thrown(() => calling(name)(socket, ttl))).toMatchObject({ message: `${name} EINVAL`, code: 'EINVAL' });
    }
    expect(thrown(() => calling(name)(socket, 'x'))).toMatchObject({
      message: `The "ttl" argument must be of type number. Received type string ('x')`,
    });
  });

  test('setMulticastLoopback answers what it was given; setBroadcast nothing', async () => {
    const socket = await bound(dgram);
    expect(calling('setMulticastLoopback')(socket, false)).toBe(false);
    expect(calling('setMulticastLoopback')(socket, 1)).toBe(1);
    expect(calling('setBroadcast')(socket, true)).toBeUndefined();
  });

  test.each<[string, object]>([
    ['bogus', { message: 'setMulticastInterface EINVAL', code: 'EINVAL' }],
    ['192.0.2.77', { message: 'setMulticastInterface EADDRNOTAVAIL', code: 'EADDRNOTAVAIL' }],
    ['::1', { message: 'setMulticastInterface ENOPROTOOPT', code: 'ENOPROTOOPT', errno: -92 }],
  ])('setMulticastInterface refuses %s', async (address, error) => {
    const socket = await bound(dgram);
    expect(
      thrown(() => {
        socket.setMulticastInterface(address);
      }),
    ).toMatchObject(error);
    expect(thrown(() => calling('setMulticastInterface')(socket, 1))).toMatchObject({ code: 'ERR_INVALID_ARG_TYPE' });
  });

  test.each([
    ['getRecvBufferSize', 'setRecvBufferSize', 'uv_recv_buffer_size', 2304],
    ['getSendBufferSize', 'setSendBufferSize', 'uv_send_buffer_size', 4608],
  ])('%s and %s', async (get, set, syscall, least) => {
    const unbound = create(dgram);
    const message = `Could not get or set buffer size: ${syscall} returned EBADF (bad file descriptor)`;
    const info = { errno: -9, code: 'EBADF', message: 'bad file descriptor', syscall };
    const refused = { name: 'SystemError', code: 'ERR_SOCKET_BUFFER_SIZE', message, info, errno: -9, syscall };
    expect(thrown(() => calling(get)(unbound))).toMatchObject(refused);
    expect(thrown(() => calling(set)(unbound, 100))).toMatchObject(refused);
    const socket = await bound(dgram);
    expect(calling(get)(socket)).toBeGreaterThan(4608);
    calling(set)(socket, 8192);
    // Linux keeps the other half for itself, and tells of both.
    expect(calling(get)(socket)).toBe(16_384);
    calling(set)(socket, 1);
    expect(calling(get)(socket)).toBe(least);
    for (const size of [-1, 'x', 1.5]) {
      expect(thrown(() => calling(set)(socket, size))).toMatchObject({
        code: 'ERR_SOCKET_BAD_BUFFER_SIZE',
        message: 'Buffer size must be a positive integer',
      });
    }
    expect(thrown(() => calling(set)(socket, 2 ** 31))).toMatchObject({ info: { code: 'EINVAL' } });
  });

  test('recvBufferSize and sendBufferSize are set when the socket is bound', async () => {
    const socket = await bound(dgram, { recvBufferSize: 10_000, sendBufferSize: 20_000 });
    expect([socket.getRecvBufferSize(), socket.getSendBufferSize()]).toEqual([20_000, 40_000]);
  });

  test('a receiver that is small loses what it has no room for, and the rest arrives', async () => {
    const [one, other] = [await bound(dgram), await bound(dgram, { recvBufferSize: 8192 })];
    const got = silence(other);
    for (let index = 0; index < 100; index++) one.send(Buffer.alloc(1000, index), other.address().port, LOOPBACK);
    const { length } = await got;
    expect(length).toBeGreaterThan(0);
    expect(length).toBeLessThan(100);
  });

  test('nothing waits to be sent when all went at once', async () => {
    const socket = await bound(dgram);
    await sent(socket, 'x', socket.address().port, LOOPBACK);
    expect([socket.getSendQueueSize(), socket.getSendQueueCount()]).toEqual([0, 0]);
  });

  test('broadcast: send EACCES before setBroadcast, and it arrives after', async () => {
    const socket = await bound(dgram);
    const receiver = create(dgram);
    await new Promise<void>((resolve) => receiver.bind(0, resolve));
    const { port } = receiver.address();
    const [error] = await sent(socket, 'x', port, '127.255.255.255');
    expect(error).toMatchObject({ message: `send EACCES 127.255.255.255:${port}`, code: 'EACCES', errno: -13 });
    socket.setBroadcast(true);
    const arrived = message(receiver);
    expect(await sent(socket, 'to all', port, '127.255.255.255')).toEqual([null, 6]);
    expect((await arrived).text).toBe('to all');
    socket.setBroadcast(false);
    expect(await sent(socket, 'x', port, '127.255.255.255')).toMatchObject([{ code: 'EACCES' }]);
  });

  test('a socket that is bound to one address gets no broadcast', async () => {
    const [one, other] = [await bound(dgram), await bound(dgram)];
    one.setBroadcast(true);
    const got = silence(other);
    one.send('to all', other.address().port, '127.255.255.255');
    expect(await got).toEqual([]);
  });
});

test('a network that no route leads to: send ENETUNREACH', async () => {
  const socket = create(new Stack().dgram);
  const [error] = await sent(socket, 'x', 9, '192.0.2.1');
  expect(error).toMatchObject({ message: 'send ENETUNREACH 192.0.2.1:9', code: 'ENETUNREACH', errno: -101 });
});
