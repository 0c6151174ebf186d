import { afterEach, describe, expect, test } from '@jest/globals';
import { Stack } from '../../src/node/stack';
import { bound, closeAll, create, DGRAMS, LOOPBACK, message, messages, sent, thrown } from './dgram-faces';
import { errorOf, record, turns } from './faces';

afterEach(closeAll);

const EVENTS = ['listening', 'connect', 'error', 'close'];

describe.each(DGRAMS)('sending over %s', (_name, dgram) => {
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
});

describe('sending over synack', () => {
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
      socket.send('x', 9, LOOPBACK, (error) => told.push(error?.message));
    }
    socket.close();
    await turns();
    expect(told.filter((text) => text !== undefined)).toEqual(Array(2).fill(`send ECANCELED ${LOOPBACK}:9`));
    expect(told).toHaveLength(1026);
  });
});
