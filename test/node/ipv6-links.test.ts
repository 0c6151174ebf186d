import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { RemoteInfo, Socket as UdpSocket } from 'node:dgram';
import { once } from 'node:events';
import type { Socket } from 'node:net';
import { SystemClock } from '../../src/clock/system-clock';
import { memoryPair } from '../../src/link/memory';
import { Stack } from '../../src/node/stack';
import { closed, errorOf, next, portOf } from './faces';
import { message, silence, thrown } from './dgram-faces';

/** Two stacks and two wires between them, both with link-local addresses. */
let a: Stack;
let b: Stack;

beforeEach(() => {
  const clock = new SystemClock();
  [a, b] = [new Stack({ clock, seed: 1 }), new Stack({ clock, seed: 2 })];
  for (const wire of ['one', 'two']) {
    const [left, right] = memoryPair({ clock, names: [`${wire}0`, `${wire}.9`] });
    a.attach(left, { address: ['fe80::a/64', `fd00:${wire === 'one' ? 1 : 2}::a/64`] });
    b.attach(right, { address: ['fe80::b/64', `fd00:${wire === 'one' ? 1 : 2}::b/64`] });
  }
});

afterEach(async () => {
  await a.close();
  await b.close();
});

describe('net: link-local addresses', () => {
  test('an interface by its name or its index, shown by the name at both ends', async () => {
    const server = b.net.createServer().listen(0);
    for (const host of ['fe80::b%two0', 'fe80::b%3']) {
      const accepting = once(server, 'connection') as Promise<[Socket]>;
      const client = a.net.connect({ port: portOf(server), host });
      await once(client, 'connect');
      const [accepted] = await accepting;
      expect([client.localAddress, client.remoteAddress, client.remoteFamily]).toEqual([
        'fe80::a%two0',
        'fe80::b%two0',
        'IPv6',
      ]);
      expect([accepted.localAddress, accepted.remoteAddress]).toEqual(['fe80::b%two.9', 'fe80::a%two.9']);
      expect(client.address()).toMatchObject({ address: 'fe80::a%two0', family: 'IPv6' });
      client.destroy();
      accepted.destroy();
    }
    await closed(server);
  });

  test('without a zone, of several wires: connect EINVAL, listen EINVAL', async () => {
    const error = await errorOf(a.net.connect(80, 'fe80::b'));
    expect(error.message).toBe('connect EINVAL fe80::b:80 - Local (:::0)');
    expect((await errorOf(a.net.createServer().listen(80, 'fe80::a'))).message).toBe(
      'listen EINVAL: invalid argument fe80::a:80',
    );
  });

  test('listen on one, call from one', async () => {
    const server = b.net.createServer().listen(0, 'fe80::b%two.9');
    await once(server, 'listening');
    expect(server.address()).toMatchObject({ address: 'fe80::b%two.9', family: 'IPv6' });
    const client = a.net.connect({ port: portOf(server), host: 'fe80::b%two0', localAddress: 'fe80::a%two0' });
    await once(client, 'connect');
    client.destroy();
    const other = a.net.connect({ port: portOf(server), host: 'fe80::b%one0' });
    expect(await errorOf(other)).toMatchObject({ code: 'ECONNREFUSED', address: 'fe80::b%one0' });
    await closed(server);
  });

  test('a group is nobody to connect to', async () => {
    expect((await errorOf(a.net.connect(80, 'ff02::1%one0'))).message).toBe(
      'connect ENETUNREACH ff02::1%one0:80 - Local (:::0)',
    );
  });
});

describe('dgram: zones and groups', () => {
  async function bound(stack: Stack, port = 0): Promise<UdpSocket> {
    const socket = stack.dgram.createSocket({ type: 'udp6', reuseAddr: true });
    socket.bind(port);
    await once(socket, 'listening');
    return socket;
  }

  test('a datagram from a link-local address is answered by its name', async () => {
    const server = await bound(b);
    server.on('message', (data, { port, address }: RemoteInfo) => {
      server.send(`re: ${String(data)} ${address}`, port, address);
    });
    const client = await bound(a);
    const answer = message(client);
    client.send('x', server.address().port, 'fe80::b%two0');
    expect(await answer).toMatchObject({ text: 're: x fe80::a%two.9', from: { address: 'fe80::b%two0' } });
    client.connect(server.address().port, 'fe80::b%one0');
    await once(client, 'connect');
    expect([client.address().address, client.remoteAddress().address]).toEqual(['fe80::a%one0', 'fe80::b%one0']);
  });

  test('a group on one wire: by setMulticastInterface, or by the zone of its address', async () => {
    const member = await bound(b);
    const { port } = member.address();
    member.addMembership('ff02::1234', '::%two.9');
    const sender = await bound(a);
    for (const [by, to] of [
      ['::%two0', 'ff02::1234'],
      ['::%one0', 'ff02::1234%two0'],
    ] as const) {
      const got = message(member);
      sender.setMulticastInterface(by);
      sender.send('g', port, to);
      expect((await got).from).toMatchObject({ address: 'fe80::a%two.9', family: 'IPv6' });
    }
    sender.send('g', port, 'ff02::1234');
    expect(await silence(member)).toEqual([]);
    member.dropMembership('ff02::1234', '::%two.9');
    sender.send('g', port, 'ff02::1234%two0');
    expect(await silence(member)).toEqual([]);
  });

  test('a group further away is called from an address that reaches as far', async () => {
    const member = await bound(b);
    member.addMembership('ff0e::1234', '::%two.9');
    const sender = await bound(a);
    sender.setMulticastInterface('::%two0');
    const got = message(member);
    sender.send('g', member.address().port, 'ff0e::1234');
    expect((await got).from.address).toBe('fd00:2::a');
  });

  test('only one source', async () => {
    const member = await bound(b);
    member.addSourceSpecificMembership('fe80::a', 'ff32::1234', '::%two.9');
    const sender = await bound(a);
    const got = message(member);
    sender.send('g', member.address().port, 'ff32::1234%two0');
    expect((await got).text).toBe('g');
    member.dropSourceSpecificMembership('fe80::a', 'ff32::1234', '::%two.9');
    member.addSourceSpecificMembership('fe80::c', 'ff32::1234', '::%two.9');
    sender.send('g', member.address().port, 'ff32::1234%two0');
    expect(await silence(member)).toEqual([]);
  });

  test('its own members hear it, unless setMulticastLoopback(false)', async () => {
    const socket = await bound(a);
    socket.addMembership('ff02::1234', '::%one0');
    const got = message(socket);
    socket.send('me', socket.address().port, 'ff02::1234%one0');
    expect((await got).text).toBe('me');
    socket.setMulticastLoopback(false);
    socket.send('me', socket.address().port, 'ff02::1234%one0');
    expect(await silence(socket)).toEqual([]);
  });

  test('an interface that is not there', async () => {
    const socket = await bound(a);
    for (const by of ['::%7', '::%nope']) {
      expect(
        thrown(() => {
          socket.addMembership('ff02::1', by);
        }),
      ).toMatchObject({ code: 'ENODEV' });
    }
    const error = await new Promise((resolve) => {
      socket.send('x', 9, 'fe80::1%nope', resolve);
    });
    expect(error).toMatchObject({ message: 'send ENETUNREACH fe80::1%nope:9' });
    expect(
      thrown(() => {
        socket.setMulticastInterface('::%7');
      }),
    ).toMatchObject({ code: 'EADDRNOTAVAIL' });
  });
});

describe('names with addresses of both families', () => {
  const called = async (
    stack: Stack,
    port: number,
    options: object = {},
  ): Promise<{ client: Socket; seen: unknown[] }> => {
    const client = stack.net.connect({ host: 'both.test', port, ...options });
    const seen: unknown[] = [];
    for (const event of ['connectionAttempt', 'connectionAttemptFailed', 'connectionAttemptTimeout']) {
      client.on(event, (address: string) => seen.push([event, address]));
    }
    await next(client, 'connect');
    return { client, seen };
  };

  function withHosts(hosts: Record<string, string[]>): Stack {
    const clock = new SystemClock();
    const [left, right] = memoryPair({ clock });
    const stack = new Stack({ clock, dns: { hosts, hostsFile: false, resolvConf: false } });
    stack.attach(left, { address: ['10.9.0.1/24', '2001:db8:9::1/64'], gateway: ['10.9.0.2', '2001:db8:9::2'] });
    b.attach(right, { address: ['10.9.0.2/24', '2001:db8:9::2/64'] });
    return stack;
  }

  test('IPv6 is tried first, and IPv4 when it does not answer in time', async () => {
    // A router that knows no way: what goes to it is lost without a word.
    const stack = withHosts({ 'both.test': ['10.9.0.2', '2001:db8::dead'] });
    const server = b.net.createServer().listen(0);
    const { client, seen } = await called(stack, portOf(server), { autoSelectFamilyAttemptTimeout: 50 });
    expect(client.remoteAddress).toBe('10.9.0.2');
    expect(seen).toEqual([
      ['connectionAttempt', '2001:db8::dead'],
      ['connectionAttemptTimeout', '2001:db8::dead'],
      ['connectionAttempt', '10.9.0.2'],
    ]);
    expect(client.autoSelectFamilyAttemptedAddresses).toHaveLength(2);
    client.destroy();
    await stack.close();
    await closed(server);
  });

  test('where both answer it is IPv6; where there is no way to it, IPv4', async () => {
    const stack = withHosts({ 'both.test': ['10.9.0.2', '2001:db8:9::2'] });
    const server = b.net.createServer().listen(0);
    const { client } = await called(stack, portOf(server));
    expect(client.remoteAddress).toBe('2001:db8:9::2');
    client.destroy();
    await stack.close();

    const clock = new SystemClock();
    const [left, right] = memoryPair({ clock });
    const four = new Stack({ clock, dns: { hosts: { 'both.test': ['2001:db8:9::2', '10.8.0.2'] }, hostsFile: false } });
    four.attach(left, { address: '10.8.0.1/24' });
    b.attach(right, { address: '10.8.0.2/24' });
    const { client: old, seen } = await called(four, portOf(server));
    expect(seen).toEqual([['connectionAttempt', '10.8.0.2']]);
    old.destroy();
    await four.close();
    await closed(server);
  });

  test('autoSelectFamily: false calls the first and no other', async () => {
    const stack = withHosts({ 'both.test': ['10.9.0.2', '2001:db8:9::2'] });
    const server = b.net.createServer().listen(0, '0.0.0.0');
    const client = stack.net.connect({ host: 'both.test', port: await port(server), autoSelectFamily: false });
    expect(await errorOf(client)).toMatchObject({ code: 'ECONNREFUSED', address: '2001:db8:9::2' });
    await stack.close();
    await closed(server);
  });

  test('lookup: the order of RFC 6724, that of the options, and ADDRCONFIG', async () => {
    const stack = withHosts({ 'both.test': ['fd00::1', '10.9.0.2', '2001:db8:9::2'] });
    const found = async (options: object): Promise<string[]> => {
      const answers = (await stack.dns.promises.lookup('both.test', { all: true, ...options })) as unknown as {
        address: string;
      }[];
      return answers.map(({ address }) => address);
    };
    // fd00::1 would be called from 2001:db8:9::1, whose label is another (rule 5).
    expect(await found({})).toEqual(['2001:db8:9::2', '10.9.0.2', 'fd00::1']);
    expect(await found({ order: 'ipv6first' })).toEqual(['2001:db8:9::2', 'fd00::1', '10.9.0.2']);
    expect((await found({ order: 'ipv4first' }))[0]).toBe('10.9.0.2');
    expect((await found({ verbatim: false }))[0]).toBe('10.9.0.2');
    expect(await found({ family: 4 })).toEqual(['10.9.0.2']);
    const old = new Stack({ dns: { hosts: { 'both.test': ['10.9.0.2', '2001:db8:9::2'] }, hostsFile: false } });
    old.attach(memoryPair({ clock: old.clock })[0], { address: '10.9.0.1/24' });
    const four = await old.dns.promises.lookup('both.test', { all: true });
    expect(four.map(({ family }) => family)).toEqual([4, 6]);
    await old.close();
    await stack.close();
  });

  test('the names of addresses: an IPv4 address in IPv6’s clothes has those of IPv4', async () => {
    const stack = withHosts({ 'four.test': ['10.9.0.2'], 'six.test': ['2001:db8:9::2'] });
    const named = async (address: string): Promise<string> =>
      (await stack.dns.promises.lookupService(address, 80)).hostname;
    expect(await named('::ffff:10.9.0.2')).toBe('four.test');
    expect(await named('2001:0db8:9::2')).toBe('six.test');
    expect(await named('::1')).toBe('localhost');
    await stack.close();
  });

  test('localhost is ::1 and 127.0.0.1, whatever the stack is attached to', async () => {
    const stack = new Stack({ dns: { hostsFile: false } });
    const localhost = await stack.dns.promises.lookup('localhost', { all: true });
    expect(localhost.map(({ address }) => address)).toEqual(['::1', '127.0.0.1']);
    for (const host of ['localhost', '127.0.0.1']) {
      const server = stack.net.createServer().listen(0, host);
      await once(server, 'listening');
      const client = stack.net.connect(portOf(server), 'localhost');
      await once(client, 'connect');
      client.destroy();
      await closed(server);
    }
    await stack.close();
  });

  async function port(server: ReturnType<Stack['net']['createServer']>): Promise<number> {
    if (!server.listening) await once(server, 'listening');
    return portOf(server);
  }
});
