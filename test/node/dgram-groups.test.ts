import { afterEach, describe, expect, test } from '@jest/globals';
import type { Socket } from 'node:dgram';
import type { Dgram } from '../../src/node/dgram/dgram';
import { bound, closeAll, create, DGRAMS, LOOPBACK, message, silence, thrown } from './dgram-faces';

afterEach(closeAll);

const GROUP = '239.77.77.1';
const OTHER_GROUP = '239.77.77.2';
const SSM_GROUP = '232.77.77.1';

/** A receiver on every address, and who sends to groups by loopback. */
async function receiverAndSender(dgram: Dgram): Promise<{ receiver: Socket; sender: Socket; port: number }> {
  const receiver = create(dgram, { reuseAddr: true });
  await new Promise<void>((resolve) => receiver.bind(0, resolve));
  const sender = await bound(dgram);
  sender.setMulticastInterface(LOOPBACK);
  return { receiver, sender, port: receiver.address().port };
}

function failed(syscall: string, code: string): object {
  return { message: `${syscall} ${code}`, code, syscall };
}

describe.each(DGRAMS)('groups of %s', (_name, dgram) => {
  test('addMembership: what is sent to the group arrives', async () => {
    const { receiver, sender, port } = await receiverAndSender(dgram);
    receiver.addMembership(GROUP, LOOPBACK);
    const got = message(receiver);
    sender.send('to the group', port, GROUP);
    expect((await got).text).toBe('to the group');
    expect((await got).from).toMatchObject({ address: LOOPBACK, port: sender.address().port });
  });

  test('without it, and after dropMembership, nothing arrives', async () => {
    const { receiver, sender, port } = await receiverAndSender(dgram);
    const got = silence(receiver);
    sender.send('too early', port, GROUP);
    receiver.addMembership(GROUP, LOOPBACK);
    receiver.dropMembership(GROUP, LOOPBACK);
    sender.send('too late', port, GROUP);
    expect(await got).toEqual([]);
  });

  test('every member on the port gets it', async () => {
    const { receiver, sender, port } = await receiverAndSender(dgram);
    const second = create(dgram, { reuseAddr: true });
    await new Promise<void>((resolve) => second.bind(port, resolve));
    for (const each of [receiver, second]) each.addMembership(GROUP, LOOPBACK);
    const got = Promise.all([message(receiver), message(second)]);
    sender.send('for both', port, GROUP);
    expect((await got).map(({ text }) => text)).toEqual(['for both', 'for both']);
  });

  test('a socket that is bound to the group gets what is sent to it', async () => {
    const receiver = create(dgram);
    await new Promise<void>((resolve) => receiver.bind(0, GROUP, resolve));
    receiver.addMembership(GROUP, LOOPBACK);
    receiver.addMembership(OTHER_GROUP, LOOPBACK);
    const { port } = receiver.address();
    const sender = await bound(dgram);
    sender.setMulticastInterface(LOOPBACK);
    const got = silence(receiver);
    sender.send('other', port, OTHER_GROUP);
    sender.send('unicast', port, LOOPBACK);
    sender.send('mine', port, GROUP);
    expect(await got).toEqual(['mine']);
  });

  test.each<[string, string, string | undefined, string]>([
    ['an address that is no group', '192.0.2.1', LOOPBACK, 'EINVAL'],
    ['what is no address', 'bogus', LOOPBACK, 'EINVAL'],
    ['an interface that is none', GROUP, 'bogus', 'EINVAL'],
    ['an interface that is not ours', GROUP, '192.0.2.1', 'ENODEV'],
  ])('addMembership refuses %s', async (_what, group, by, code) => {
    const socket = await bound(dgram);
    expect(
      thrown(() => {
        socket.addMembership(group, by);
      }),
    ).toMatchObject(failed('addMembership', code));
  });

  test('addMembership twice: EADDRINUSE; dropMembership twice: EADDRNOTAVAIL', async () => {
    const socket = await bound(dgram);
    socket.addMembership(GROUP, LOOPBACK);
    expect(
      thrown(() => {
        socket.addMembership(GROUP, LOOPBACK);
      }),
    ).toMatchObject(failed('addMembership', 'EADDRINUSE'));
    socket.dropMembership(GROUP, LOOPBACK);
    expect(
      thrown(() => {
        socket.dropMembership(GROUP, LOOPBACK);
      }),
    ).toMatchObject(failed('dropMembership', 'EADDRNOTAVAIL'));
  });

  test.each(['addMembership', 'dropMembership'] as const)('%s without a group: ERR_MISSING_ARGS', async (name) => {
    const socket = await bound(dgram);
    expect(
      thrown(() => {
        (socket[name] as () => void)();
      }),
    ).toMatchObject({ code: 'ERR_MISSING_ARGS', message: 'The "multicastAddress" argument must be specified' });
  });

  test('addMembership of a socket that is not bound gives it a port; it cannot be bound then', async () => {
    const socket = create(dgram);
    socket.addMembership(GROUP, LOOPBACK);
    expect(socket.address()).toMatchObject({ address: '0.0.0.0', family: 'IPv4' });
    expect(socket.address().port).toBeGreaterThan(0);
    const error = new Promise((resolve) => socket.once('error', resolve));
    socket.bind(0, LOOPBACK);
    expect(await error).toMatchObject({ message: `bind EINVAL ${LOOPBACK}`, code: 'EINVAL' });
  });

  test('twenty groups, and no more: ENOBUFS', async () => {
    const socket = await bound(dgram);
    for (let index = 1; index <= 20; index++) socket.addMembership(`239.77.78.${index}`, LOOPBACK);
    expect(
      thrown(() => {
        socket.addMembership('239.77.78.21', LOOPBACK);
      }),
    ).toMatchObject(failed('addMembership', 'ENOBUFS'));
  });

  test('addSourceSpecificMembership: only that source is heard', async () => {
    const { receiver, sender, port } = await receiverAndSender(dgram);
    const stranger = create(dgram);
    await new Promise<void>((resolve) => stranger.bind(0, '127.0.0.2', resolve));
    stranger.setMulticastInterface(LOOPBACK);
    receiver.addSourceSpecificMembership(LOOPBACK, SSM_GROUP, LOOPBACK);
    const got = silence(receiver);
    stranger.send('from a stranger', port, SSM_GROUP);
    sender.send('from the source', port, SSM_GROUP);
    expect(await got).toEqual(['from the source']);
  });

  test('sources come and go one by one', async () => {
    const socket = await bound(dgram);
    const add = (source: string, group = SSM_GROUP): unknown =>
      thrown(() => {
        socket.addSourceSpecificMembership(source, group, LOOPBACK);
      });
    const drop = (source: string, group = SSM_GROUP): unknown =>
      thrown(() => {
        socket.dropSourceSpecificMembership(source, group, LOOPBACK);
      });
    expect(add('127.0.0.1')).toBeUndefined();
    expect(add('127.0.0.1')).toMatchObject(failed('addSourceSpecificMembership', 'EADDRNOTAVAIL'));
    expect(add('127.0.0.2')).toBeUndefined();
    expect(drop('127.0.0.3')).toMatchObject(failed('dropSourceSpecificMembership', 'EADDRNOTAVAIL'));
    expect(drop('127.0.0.1', '232.77.77.9')).toMatchObject(failed('dropSourceSpecificMembership', 'EINVAL'));
    expect(drop('127.0.0.1')).toBeUndefined();
    expect(drop('127.0.0.2')).toBeUndefined();
    expect(drop('127.0.0.2')).toMatchObject(failed('dropSourceSpecificMembership', 'EINVAL'));
    expect(add('127.0.0.1', '192.0.2.1')).toMatchObject(failed('addSourceSpecificMembership', 'EINVAL'));
    expect(add('bogus')).toMatchObject(failed('addSourceSpecificMembership', 'EINVAL'));
  });

  test('a source for a group that all are heard in: only the source is, from then on', async () => {
    const { receiver, sender, port } = await receiverAndSender(dgram);
    receiver.addMembership(GROUP, LOOPBACK);
    receiver.addSourceSpecificMembership('127.0.0.2', GROUP, LOOPBACK);
    const got = silence(receiver);
    sender.send('from another', port, GROUP);
    expect(await got).toEqual([]);
    expect(
      thrown(() => {
        receiver.addMembership(GROUP, LOOPBACK);
      }),
    ).toMatchObject(failed('addMembership', 'EADDRINUSE'));
    receiver.dropMembership(GROUP, LOOPBACK);
  });

  test('addresses that are no strings: ERR_INVALID_ARG_TYPE', async () => {
    const socket = await bound(dgram);
    for (const name of ['addSourceSpecificMembership', 'dropSourceSpecificMembership'] as const) {
      const call = socket[name].bind(socket) as (...args: unknown[]) => void;
      expect(
        thrown(() => {
          call(1, GROUP);
        }),
      ).toMatchObject({ message: 'The "sourceAddress" argument must be of type string. Received type number (1)' });
      expect(
        thrown(() => {
          call(LOOPBACK, 1);
        }),
      ).toMatchObject({ message: 'The "groupAddress" argument must be of type string. Received type number (1)' });
    }
  });
});
