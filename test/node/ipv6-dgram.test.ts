import { afterEach, describe, expect, test } from '@jest/globals';
import { once } from 'node:events';
import { isNativeError } from 'node:util/types';
import type { RemoteInfo, Socket } from 'node:dgram';
import { closeAll, create, message, sent, silence, thrown } from './dgram-faces';
import { DGRAMS6 } from './ipv6-faces';
import { errorOf } from './faces';

afterEach(closeAll);

const NOWHERE = 'fd00:dead::1';

describe.each(DGRAMS6)('udp6, %s', (_, dgram) => {
  async function bound(address?: string, port = 0, type: 'udp4' | 'udp6' = 'udp6', ipv6Only = false): Promise<Socket> {
    const socket = create(dgram, { type, ipv6Only });
    socket.bind(port, address);
    await once(socket, 'listening');
    return socket;
  }

  const place = (socket: Socket): unknown[] => {
    const { address, family } = socket.address();
    return [address, family];
  };

  const told = async (socket: Socket, ...args: readonly unknown[]): Promise<unknown> => {
    const [result, bytes] = await sent(socket, ...args);
    return isNativeError(result) ? result.message : bytes;
  };

  test('bind: `::` without an address', async () => {
    expect(place(await bound())).toEqual(['::', 'IPv6']);
    expect(place(await bound('::1'))).toEqual(['::1', 'IPv6']);
    expect(place(await bound('::1%lo'))).toEqual(['::1', 'IPv6']);
    expect(place(await bound('::ffff:127.0.0.1'))).toEqual(['::ffff:127.0.0.1', 'IPv6']);
  });

  test.each([
    ['127.0.0.1', 'bind EINVAL 127.0.0.1'],
    [NOWHERE, `bind EADDRNOTAVAIL ${NOWHERE}`],
    ['fe80::1', 'bind EINVAL fe80::1'],
    ['fe80::1%lo', 'bind EADDRNOTAVAIL fe80::1%lo'],
    ['ff02::99%nope', 'bind EINVAL ff02::99%nope'],
  ])('bind to %s: %s', async (address, text) => {
    const socket = create(dgram, { type: 'udp6' });
    const failed = errorOf(socket);
    socket.bind(0, address);
    expect((await failed).message).toBe(text);
  });

  test('datagrams come with the family and the address of the socket', async () => {
    const socket = await bound();
    const { port } = socket.address();
    const four = create(dgram);
    const six = create(dgram, { type: 'udp6' });
    const heard: RemoteInfo[] = [];
    for (const [from, ...to] of [
      [four, '127.0.0.1'],
      [six, '::1'],
      [six],
      [six, '::ffff:127.0.0.1'],
      [four, '127.0.0.1'],
    ] as const) {
      const next = message(socket);
      from.send('x', port, ...to);
      heard.push((await next).from);
    }
    const mapped = { address: '::ffff:127.0.0.1', family: 'IPv6', size: 1 };
    const own = { address: '::1', family: 'IPv6', size: 1 };
    expect(heard).toMatchObject([mapped, own, own, mapped, mapped]);
    expect(Object.keys(heard[0] ?? {})).toEqual(['address', 'family', 'port', 'size']);
  });

  test('an answer to ::ffff:127.0.0.1 goes over IPv4', async () => {
    const socket = await bound();
    socket.on('message', (data, { port, address }) => {
      socket.send(`re: ${String(data)}`, port, address);
    });
    const client = create(dgram);
    const answer = message(client);
    client.send('x', socket.address().port, '127.0.0.1');
    expect(await answer).toMatchObject({ text: 're: x', from: { address: '127.0.0.1', family: 'IPv4' } });
  });

  test('ipv6Only: nothing of IPv4, in or out', async () => {
    const socket = await bound(undefined, 0, 'udp6', true);
    create(dgram).send('x', socket.address().port, '127.0.0.1');
    expect(await silence(socket)).toEqual([]);
    expect(await told(socket, 'x', 9, '::ffff:127.0.0.1')).toBe('send ENETUNREACH ::ffff:127.0.0.1:9');
  });

  test.each([
    ['127.0.0.1', 'send EINVAL 127.0.0.1:9'],
    ['fe80::1%lo', 'send ENETUNREACH fe80::1%lo:9'],
    ['::ffff:127.0.0.1', 1],
    ['::', 1],
    ['::1%lo', 1],
  ])('send to %s: %s', async (address, result) => {
    expect(await told(create(dgram, { type: 'udp6' }), 'x', 9, address)).toBe(result);
  });

  test('a socket of one family sends nothing to the other', async () => {
    for (const address of ['::1', '::ffff:127.0.0.1', 'fe80::1%lo']) {
      expect(await told(create(dgram), 'x', 9, address)).toBe(`send EINVAL ${address}:9`);
    }
    expect(await told(await bound('::1'), 'x', 9, '::ffff:127.0.0.1')).toBe('send ENETUNREACH ::ffff:127.0.0.1:9');
    expect(await told(await bound('::ffff:127.0.0.1'), 'x', 9, '::1')).toBe('send EAFNOSUPPORT ::1:9');
  });

  test.each([
    ['::1', '::1'],
    ['', '::1'],
    ['::', '::1'],
    ['::ffff:127.0.0.1', '::ffff:127.0.0.1'],
  ])('connect to %j: %s', async (address, shown) => {
    const socket = create(dgram, { type: 'udp6' });
    socket.connect(9, address);
    await once(socket, 'connect');
    expect(place(socket)).toEqual([shown, 'IPv6']);
    expect(socket.remoteAddress()).toEqual({ address: shown, family: 'IPv6', port: 9 });
  });

  test.each([
    ['127.0.0.1', 'connect EINVAL 127.0.0.1:9'],
    ['fe80::1%nope', 'connect EINVAL fe80::1%nope:9'],
    ['fe80::1%lo', 'connect ENETUNREACH fe80::1%lo:9'],
  ])('connect to %s: %s', async (address, text) => {
    const socket = create(dgram, { type: 'udp6' });
    const failed = errorOf(socket);
    socket.connect(9, address);
    expect((await failed).message).toBe(text);
  });

  test('nobody at ::1: recvmsg ECONNREFUSED', async () => {
    const gone = await bound('::1');
    const { port } = gone.address();
    await new Promise<void>((resolve) => gone.close(resolve));
    const socket = create(dgram, { type: 'udp6' });
    socket.connect(port, '::1');
    await once(socket, 'connect');
    const failed = errorOf(socket);
    socket.send('x');
    expect((await failed).message).toBe('recvmsg ECONNREFUSED');
  });

  test.each([
    ['udp6', '::', 'udp4', '0.0.0.0'],
    ['udp4', '0.0.0.0', 'udp6', '::'],
    ['udp6', '::', 'udp4', '127.0.0.1'],
    ['udp6', '::', 'udp6', '::1'],
    ['udp6', '::ffff:127.0.0.1', 'udp4', '127.0.0.1'],
  ] as const)('a port of %s on %s is in use for %s on %s', async (type, one, otherType, other) => {
    const { port } = (await bound(one, 0, type)).address();
    const socket = create(dgram, { type: otherType });
    const failed = errorOf(socket);
    socket.bind(port, other);
    expect((await failed).message).toBe(`bind EADDRINUSE ${other}:${port}`);
  });

  test('ipv6Only leaves the port of IPv4 to others', async () => {
    const { port } = (await bound(undefined, 0, 'udp6', true)).address();
    expect(place(await bound('0.0.0.0', port, 'udp4'))).toEqual(['0.0.0.0', 'IPv4']);
  });

  test('lookup is asked for addresses of family 6', async () => {
    const asked: unknown[] = [];
    const lookup = (
      name: string,
      family: unknown,
      found: (error: null, address: string, family: number) => void,
    ): void => {
      asked.push([name, family]);
      found(null, '::1', 6);
    };
    const socket = create(dgram, { type: 'udp6', lookup: lookup });
    await new Promise<void>((resolve) => socket.bind(resolve));
    await told(socket, 'x', 9, 'foo.test');
    await told(socket, 'x', 9);
    expect(asked).toEqual([
      ['::', 6],
      ['foo.test', 6],
      ['::1', 6],
    ]);
  });

  test.each([
    ['::%lo', undefined],
    ['::%nope', undefined],
    ['::', undefined],
    ['::1', undefined],
    ['0.0.0.0', undefined],
    ['nonsense', 'setMulticastInterface EINVAL'],
    ['', 'setMulticastInterface EINVAL'],
  ])('setMulticastInterface(%j): %s', async (by, text) => {
    const socket = await bound();
    const error = thrown(() => {
      socket.setMulticastInterface(by);
    }) as Error | undefined;
    expect(error?.message).toBe(text);
  });

  test.each([
    ['ff02::1234', '::%lo', undefined],
    ['ff02::1234', '::1%lo', undefined],
    ['ff02::1234%lo', '::%lo', undefined],
    ['224.0.0.114', '127.0.0.1', undefined],
    ['ff02::1234', '127.0.0.1', 'addMembership EINVAL'],
    ['ff02::1234', 'nonsense', 'addMembership EINVAL'],
    ['224.0.0.114', '::%lo', 'addMembership EINVAL'],
    ['::1', '::%lo', 'addMembership EINVAL'],
    ['nonsense', '::%lo', 'addMembership EINVAL'],
  ])('addMembership(%j, %j): %s', async (group, by, text) => {
    const socket = await bound();
    const error = thrown(() => {
      socket.addMembership(group, by);
    }) as Error | undefined;
    expect(error?.message).toBe(text);
  });

  test('addMembership on udp4: no groups of IPv6', async () => {
    const socket = await bound('127.0.0.1', 0, 'udp4');
    const refusal = (group: string, by?: string): unknown =>
      (
        thrown(() => {
          socket.addMembership(group, by);
        }) as Error
      ).message;
    expect(refusal('ff02::1234')).toBe('addMembership ENOPROTOOPT');
    expect(refusal('ff02::1234', '127.0.0.1')).toBe('addMembership EINVAL');
    expect(refusal('224.0.0.114', '::%lo')).toBe('addMembership EINVAL');
    expect(
      thrown(() => {
        socket.setMulticastInterface('::1');
      }),
    ).toMatchObject({ code: 'ENOPROTOOPT' });
  });

  test('a group of IPv6 is joined once, and left once', async () => {
    const socket = await bound();
    socket.addMembership('ff02::1234', '::%lo');
    expect(
      thrown(() => {
        socket.addMembership('ff02::1234', '::%lo');
      }),
    ).toMatchObject({ code: 'EADDRINUSE' });
    socket.dropMembership('ff02::1234', '::%lo');
    expect(
      thrown(() => {
        socket.dropMembership('ff02::1234', '::%lo');
      }),
    ).toMatchObject({ code: 'EADDRNOTAVAIL' });
  });

  test.each([
    ['::1', 'ff32::1234', '::%lo', undefined],
    ['127.0.0.1', 'ff32::1234', '::%lo', 'addSourceSpecificMembership EINVAL'],
    ['::1', '224.0.0.1', '::%lo', 'addSourceSpecificMembership EINVAL'],
    ['::1', 'fd00::1', '::%lo', 'addSourceSpecificMembership EINVAL'],
    ['::1', 'ff32::1234', '127.0.0.1', 'addSourceSpecificMembership EINVAL'],
    ['nonsense', 'ff32::1234', '::%lo', 'addSourceSpecificMembership EINVAL'],
  ])('addSourceSpecificMembership(%j, %j, %j): %s', async (source, group, by, text) => {
    const socket = await bound();
    const error = thrown(() => {
      socket.addSourceSpecificMembership(source, group, by);
    }) as Error | undefined;
    expect(error?.message).toBe(text);
  });

  test('setMulticastTTL, setTTL, setMulticastLoopback, setBroadcast', async () => {
    const socket = await bound();
    expect([socket.setMulticastTTL(0), socket.setTTL(255), socket.setMulticastLoopback(false)]).toEqual([
      0,
      255,
      false,
    ]);
    expect(thrown(() => socket.setMulticastTTL(256))).toMatchObject({ code: 'EINVAL' });
    expect(
      thrown(() => {
        socket.setBroadcast(true);
      }),
    ).toBeUndefined();
  });
});
