import { afterEach, describe, expect, test } from '@jest/globals';
import { once } from 'node:events';
import { bound, closeAll, create, DGRAMS, LOOPBACK, message, sent, silence, thrown, unusedPort } from './dgram-faces';
import { errorOf, record, turns } from './faces';

afterEach(closeAll);

describe.each(DGRAMS)('a connected socket of %s', (_name, dgram) => {
  test('connect binds, and says connect', async () => {
    const peer = await bound(dgram);
    const socket = create(dgram);
    const seen = record(socket, ['listening', 'connect', 'error']);
    await new Promise<void>((resolve) => {
      socket.connect(peer.address().port, LOOPBACK, resolve);
    });
    expect(seen).toEqual(['listening', 'connect']);
    expect(socket.remoteAddress()).toEqual({ address: LOOPBACK, family: 'IPv4', port: peer.address().port });
    expect(socket.address().address).toBe(LOOPBACK);
  });

  test.each<[string, (port: number) => unknown[]]>([
    ['a port', (port) => [port]],
    ['a port as a string', (port) => [String(port)]],
    ['a port and an address', (port) => [port, LOOPBACK]],
    ['a port and a name', (port) => [port, 'localhost']],
  ])('connect takes %s, and a callback', async (_what, args) => {
    const peer = await bound(dgram);
    const socket = create(dgram);
    await new Promise<void>((resolve) => {
      (socket.connect as (...all: unknown[]) => void).call(socket, ...args(peer.address().port), resolve);
    });
    expect(socket.remoteAddress().address).toBe(LOOPBACK);
  });

  test.each<[string, unknown[]]>([
    ['data', ['héllo']],
    ['a list', [['h', 'éllo']]],
    ['a part of a buffer', [Buffer.from('<héllo>'), 1, 6]],
  ])('send takes %s, and a callback', async (_what, args) => {
    const peer = await bound(dgram);
    const socket = create(dgram);
    socket.connect(peer.address().port, LOOPBACK);
    await once(socket, 'connect');
    const arrived = message(peer);
    expect(await sent(socket, ...args)).toEqual([null, 6]);
    expect((await arrived).text).toBe('héllo');
  });

  test('send to an address: ERR_SOCKET_DGRAM_IS_CONNECTED', async () => {
    const socket = await bound(dgram);
    socket.connect(9, LOOPBACK);
    await once(socket, 'connect');
    for (const args of [
      ['x', 0, 1, 9],
      ['x', 0, 1, 9, LOOPBACK],
    ]) {
      expect(
        thrown(() => {
          (socket.send as (...all: unknown[]) => void).apply(socket, args);
        }),
      ).toMatchObject({ code: 'ERR_SOCKET_DGRAM_IS_CONNECTED', message: 'Already connected' });
    }
  });

  test('connect twice: ERR_SOCKET_DGRAM_IS_CONNECTED, also while the first is under way', async () => {
    const socket = create(dgram);
    socket.connect(9, LOOPBACK);
    const again = (): unknown =>
      thrown(() => {
        socket.connect(9);
      });
    expect(again()).toMatchObject({ code: 'ERR_SOCKET_DGRAM_IS_CONNECTED' });
    await once(socket, 'connect');
    expect(again()).toMatchObject({ code: 'ERR_SOCKET_DGRAM_IS_CONNECTED' });
  });

  test('only its peer is heard', async () => {
    const [socket, peer, other] = [await bound(dgram), await bound(dgram), await bound(dgram)];
    socket.connect(peer.address().port, LOOPBACK);
    await once(socket, 'connect');
    const heard = silence(socket);
    other.send('from another', socket.address().port, LOOPBACK);
    peer.send('from the peer', socket.address().port, LOOPBACK);
    expect(await heard).toEqual(['from the peer']);
  });

  test('of two sockets on one port the connected one gets what its peer sends', async () => {
    const [peer, other] = [await bound(dgram), await bound(dgram)];
    const connected = await bound(dgram, { reuseAddr: true });
    const { port } = connected.address();
    connected.connect(peer.address().port, LOOPBACK);
    await once(connected, 'connect');
    const open = await bound(dgram, { reuseAddr: true }, port);
    const got = Promise.all([message(connected), message(open)]);
    peer.send('peer', port, LOOPBACK);
    other.send('other', port, LOOPBACK);
    expect((await got).map(({ text }) => text)).toEqual(['peer', 'other']);
  });

  test('a port where nobody listens: recvmsg ECONNREFUSED', async () => {
    const socket = create(dgram);
    socket.connect(await unusedPort(dgram), LOOPBACK);
    await once(socket, 'connect');
    const failed = errorOf(socket);
    expect(await sent(socket, 'x')).toEqual([null, 1]);
    const error = await failed;
    expect(error).toMatchObject({
      message: 'recvmsg ECONNREFUSED',
      code: 'ECONNREFUSED',
      errno: -111,
      syscall: 'recvmsg',
    });
    expect(Object.keys(error).sort()).toEqual(['code', 'errno', 'syscall']);
  });

  test('a socket that is not connected hears nothing of it', async () => {
    const socket = await bound(dgram);
    const seen = record(socket, ['error']);
    expect(await sent(socket, 'x', await unusedPort(dgram), LOOPBACK)).toEqual([null, 1]);
    await silence(socket);
    expect(seen).toEqual([]);
  });

  test('disconnect: all are heard again, and it has no peer', async () => {
    const [socket, other] = [await bound(dgram, {}, await unusedPort(dgram)), await bound(dgram)];
    socket.connect(9, LOOPBACK);
    await once(socket, 'connect');
    socket.disconnect();
    const notConnected = { code: 'ERR_SOCKET_DGRAM_NOT_CONNECTED', message: 'Not connected' };
    expect(thrown(() => socket.remoteAddress())).toMatchObject(notConnected);
    expect(
      thrown(() => {
        socket.disconnect();
      }),
    ).toMatchObject(notConnected);
    const got = message(socket);
    other.send('again', socket.address().port, LOOPBACK);
    expect((await got).text).toBe('again');
    socket.connect(other.address().port, LOOPBACK);
    await once(socket, 'connect');
    expect(socket.remoteAddress().port).toBe(other.address().port);
  });

  test('a socket that was never connected: ERR_SOCKET_DGRAM_NOT_CONNECTED', async () => {
    const socket = await bound(dgram);
    expect(thrown(() => socket.remoteAddress())).toMatchObject({ code: 'ERR_SOCKET_DGRAM_NOT_CONNECTED' });
  });

  test('an address of IPv6: connect EINVAL, in the callback or as an event', async () => {
    const socket = create(dgram);
    const failed = errorOf(socket);
    socket.connect(9, '::1');
    const einval = { message: 'connect EINVAL ::1:9', code: 'EINVAL', syscall: 'connect', address: '::1', port: 9 };
    expect(await failed).toMatchObject(einval);
    const told = await new Promise((resolve) => {
      (socket.connect as (...args: unknown[]) => void).call(socket, 9, '::1', resolve);
    });
    expect(told).toMatchObject(einval);
    expect(socket.listenerCount('connect')).toBe(0);
  });

  test('a broadcast address: connect EACCES without setBroadcast', async () => {
    const socket = create(dgram);
    const failed = errorOf(socket);
    socket.connect(9, '127.255.255.255');
    expect(await failed).toMatchObject({ code: 'EACCES', syscall: 'connect' });
    socket.setBroadcast(true);
    socket.connect(9, '127.255.255.255');
    await once(socket, 'connect');
  });

  test('a port or an address that cannot be is thrown', () => {
    const socket = create(dgram);
    const connect = socket.connect.bind(socket) as (...args: unknown[]) => void;
    for (const port of [0, 65_536, -1, 'x', '', 1.5, undefined]) {
      expect(
        thrown(() => {
          connect(port);
        }),
      ).toMatchObject({ code: 'ERR_SOCKET_BAD_PORT', name: 'RangeError' });
    }
    expect(
      thrown(() => {
        connect(9, 5);
      }),
    ).toMatchObject({
      code: 'ERR_INVALID_ARG_TYPE',
      message: 'The "address" argument must be of type string. Received type number (5)',
    });
  });

  test('close before connect is done: no connect', async () => {
    const socket = await bound(dgram);
    const seen = record(socket, ['connect', 'close', 'error']);
    socket.connect(9, LOOPBACK);
    socket.close();
    await turns();
    expect(seen).toEqual(['close']);
  });
});
