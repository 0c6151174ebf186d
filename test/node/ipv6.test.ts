import { describe, expect, test } from '@jest/globals';
import { once } from 'node:events';
import type { AddressInfo, ListenOptions, Server, Socket, TcpNetConnectOpts } from 'node:net';
import { call, closed, errorOf, next, portOf } from './faces';
import { NETS6 } from './ipv6-faces';

/** What both ends of a connection say of themselves; ports are left out. */
interface Ends {
  readonly server: unknown;
  readonly client: unknown;
  readonly accepted: unknown;
}

function withoutPort(address: ReturnType<Server['address']>): unknown {
  const { address: text, family } = address as AddressInfo;
  return [text, family];
}

const end = (socket: Socket): unknown => [
  [socket.localAddress, socket.localFamily],
  [socket.remoteAddress, socket.remoteFamily],
  withoutPort(socket.address() as AddressInfo),
];

const FOUR = ['127.0.0.1', 'IPv4'];
const SIX = ['::1', 'IPv6'];
const MAPPED = ['::ffff:127.0.0.1', 'IPv6'];
const all = (each: unknown): unknown => [each, each, each];

describe.each(NETS6)('IPv6, %s', (_, net) => {
  async function listening(options: ListenOptions): Promise<Server> {
    const server = net.createServer().listen(options);
    await once(server, 'listening');
    return server;
  }

  async function ends(options: ListenOptions, to: Partial<TcpNetConnectOpts>): Promise<Ends> {
    const server = await listening({ port: 0, ...options });
    const accepting = once(server, 'connection') as Promise<[Socket]>;
    const client = net.connect({ port: portOf(server), ...to });
    await once(client, 'connect');
    const [accepted] = await accepting;
    const told = { server: withoutPort(server.address()), client: end(client), accepted: end(accepted) };
    accepted.destroy();
    client.destroy();
    await closed(server);
    return told;
  }

  async function refused(options: Partial<TcpNetConnectOpts>): Promise<unknown> {
    const client = net.connect({ port: 9, ...options });
    const { message, code, syscall } = await errorOf(client);
    return { message, code, syscall };
  }

  test('listen without a host: `::`, and IPv4 clients are seen as ::ffff:127.0.0.1', async () => {
    expect(await ends({}, { host: '127.0.0.1' })).toEqual({
      server: ['::', 'IPv6'],
      client: all(FOUR),
      accepted: all(MAPPED),
    });
    expect(await ends({}, { host: '::1' })).toEqual({ server: ['::', 'IPv6'], client: all(SIX), accepted: all(SIX) });
  });

  test.each([
    ['::1', '::1', SIX, SIX, SIX],
    ['0:0:0:0:0:0:0:1', '0:0::0001', SIX, SIX, SIX],
    ['::1%lo', '::1%lo', SIX, SIX, SIX],
    ['::', '::ffff:127.0.0.1', ['::', 'IPv6'], MAPPED, MAPPED],
    ['127.0.0.1', '::ffff:127.0.0.1', FOUR, MAPPED, FOUR],
    ['::ffff:127.0.0.1', '127.0.0.1', MAPPED, FOUR, MAPPED],
    ['::', '::', ['::', 'IPv6'], SIX, SIX],
    ['::', '0.0.0.0', ['::', 'IPv6'], FOUR, MAPPED],
    ['0.0.0.0', '127.0.0.1', ['0.0.0.0', 'IPv4'], FOUR, FOUR],
  ])('listen on %s, connect to %s', async (host, to, server, client, accepted) => {
    expect(await ends({ host }, { host: to })).toEqual({ server, client: all(client), accepted: all(accepted) });
  });

  test.each([
    ['::1', '::1', SIX],
    ['::1', '::', SIX],
    ['::ffff:127.0.0.1', '::ffff:127.0.0.1', MAPPED],
  ])('connect to %s from %s', async (host, localAddress, client) => {
    expect(await ends({}, { host, localAddress })).toMatchObject({ client: all(client) });
  });

  test.each([
    [{ host: '::1', localAddress: '127.0.0.1' }, 'bind EINVAL 127.0.0.1'],
    [{ host: '127.0.0.1', localAddress: '::1' }, 'bind EINVAL ::1'],
    [{ host: '::1', localAddress: 'fd00:dead::1' }, 'bind EADDRNOTAVAIL fd00:dead::1'],
    [
      { host: '::1', localAddress: '::ffff:127.0.0.1', localPort: 5678 },
      'connect EAFNOSUPPORT ::1:9 - Local (::ffff:127.0.0.1:5678)',
    ],
    [
      { host: '::ffff:127.0.0.1', localAddress: '::1', localPort: 5679 },
      'connect ENETUNREACH ::ffff:127.0.0.1:9 - Local (::1:5679)',
    ],
    [{ host: 'fe80::1%nope' }, 'connect EINVAL fe80::1%nope:9 - Local (:::0)'],
  ])('connect with %j: %s', async (options, message) => {
    expect(await refused(options)).toMatchObject({ message });
  });

  test('connect ECONNREFUSED ::1, with address and port', async () => {
    const server = await listening({ port: 0 });
    const port = portOf(server);
    await closed(server);
    const client = net.connect(port, '::1');
    const seen: unknown[] = [];
    client.on('connectionAttempt', (...args) => seen.push(args));
    const { message, ...rest } = await errorOf(client);
    expect(message).toBe(`connect ECONNREFUSED ::1:${port}`);
    expect({ ...rest }).toEqual({ errno: -111, code: 'ECONNREFUSED', syscall: 'connect', address: '::1', port });
    expect(seen).toEqual([['::1', port, 6]]);
  });

  test.each([
    ['fd00:dead::1', 'listen EADDRNOTAVAIL: address not available fd00:dead::1'],
    ['ff02::1', 'listen EINVAL: invalid argument ff02::1'],
    ['fe80::1%nope', 'listen EINVAL: invalid argument fe80::1%nope'],
    ['fe80::1%lo', 'listen EADDRNOTAVAIL: address not available fe80::1%lo'],
  ])('listen on %s: %s', async (host, message) => {
    expect((await errorOf(net.createServer().listen(0, host))).message).toBe(message);
  });

  test.each([
    ['::', '0.0.0.0'],
    ['0.0.0.0', '::'],
    ['::', '127.0.0.1'],
    ['127.0.0.1', undefined],
    ['::', '::1'],
    ['::1', undefined],
    [undefined, '0.0.0.0'],
    ['::ffff:127.0.0.1', '127.0.0.1'],
  ])('a port that has a listener on %s is in use for %s', async (one, other) => {
    const server = await listening({ port: 0, host: one });
    const port = portOf(server);
    const error = await errorOf(net.createServer().listen({ port, host: other }));
    const address = other ?? '::';
    expect(error.message).toBe(`listen EADDRINUSE: address already in use ${address}:${port}`);
    expect({ ...error }).toEqual({ code: 'EADDRINUSE', errno: -98, syscall: 'listen', address, port });
    await closed(server);
  });

  test.each([
    [{ host: '::1' }, { host: '127.0.0.1' }],
    [{ host: '::1' }, { host: '0.0.0.0' }],
    [{ host: '::', ipv6Only: true }, { host: '0.0.0.0' }],
    [{ host: '127.0.0.1' }, { host: '::', ipv6Only: true }],
  ])('listeners on %j and %j do not disturb each other', async (one, other) => {
    const server = await listening({ port: 0, ...one });
    const second = await listening({ port: portOf(server), ...other });
    expect(portOf(second)).toBe(portOf(server));
    await closed(server);
    await closed(second);
  });

  test('ipv6Only: no IPv4; without a host it says nothing', async () => {
    const server = await listening({ port: 0, host: '::', ipv6Only: true });
    const port = portOf(server);
    expect(await refused({ port, host: '127.0.0.1' })).toMatchObject({
      message: `connect ECONNREFUSED 127.0.0.1:${port}`,
    });
    const client = net.connect(port, '::1');
    await once(client, 'connect');
    client.destroy();
    await closed(server);
    expect(await ends({ ipv6Only: true }, { host: '127.0.0.1' })).toMatchObject({ accepted: all(MAPPED) });
  });

  test("'drop' tells addresses as sockets do", async () => {
    const server = net.createServer();
    server.maxConnections = 1;
    server.listen(0);
    await once(server, 'listening');
    const port = portOf(server);
    const dropped = next(server, 'drop');
    const clients = [net.connect(port, '127.0.0.1'), net.connect(port, '127.0.0.1')];
    for (const client of clients) client.on('error', () => undefined);
    const [data] = await dropped;
    expect(data).toMatchObject({
      localAddress: '::ffff:127.0.0.1',
      localFamily: 'IPv6',
      remoteAddress: '::ffff:127.0.0.1',
      remoteFamily: 'IPv6',
    });
    for (const client of clients) client.destroy();
    await closed(server);
  });

  test('a local port that a listener has, on the other family of `::`: bind EADDRINUSE', async () => {
    const server = await listening({ port: 0 });
    const localPort = portOf(server);
    const to = await listening({ port: 0, host: '127.0.0.1' });
    const client = call(net, 'connect', { port: portOf(to), host: '127.0.0.1', localPort }) as Socket;
    expect(await errorOf(client)).toMatchObject({ code: 'EADDRINUSE', syscall: 'bind' });
    await closed(server);
    await closed(to);
  });
});
