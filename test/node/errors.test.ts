import { describe, expect, test } from '@jest/globals';
import type { Server } from 'node:net';
import { once } from 'node:events';
import { call, closed, errorOf, FACES, LOOPBACK, listening, next, record, unusedPort } from './faces';

/** An address that no host of the tests has (RFC 5737). */
const FOREIGN = '192.0.2.1';

describe.each(FACES)('errors of %s', (_name, net) => {
  test('connect ECONNREFUSED', async () => {
    const port = await unusedPort(net);
    const client = net.connect({ port, host: LOOPBACK });
    const seen = record(client, ['connectionAttempt', 'connectionAttemptFailed', 'connect', 'error', 'close']);
    const error = await errorOf(client);
    expect(error.message).toBe(`connect ECONNREFUSED 127.0.0.1:${port}`);
    expect({ ...error }).toEqual({ errno: -111, code: 'ECONNREFUSED', syscall: 'connect', address: LOOPBACK, port });
    await next(client, 'close');
    expect(seen).toEqual(['connectionAttempt', 'connectionAttemptFailed', `error ${error.message}`, 'close true']);
  });

  test('connect ECONNREFUSED from a port of our own says which', async () => {
    const [port, localPort] = [await unusedPort(net), await unusedPort(net)];
    const error = await errorOf(net.connect({ port, host: LOOPBACK, localAddress: LOOPBACK, localPort }));
    expect(error.message).toBe(`connect ECONNREFUSED 127.0.0.1:${port} - Local (127.0.0.1:${localPort})`);
    expect(error).toMatchObject({ localAddress: LOOPBACK, localPort });
  });

  test('bind EADDRNOTAVAIL: a local address that the host does not have', async () => {
    const error = await errorOf(net.connect({ port: 80, host: LOOPBACK, localAddress: FOREIGN }));
    expect(error.message).toBe('bind EADDRNOTAVAIL 192.0.2.1');
    expect({ ...error }).toEqual({ errno: -99, code: 'EADDRNOTAVAIL', syscall: 'bind', address: FOREIGN });
  });

  test('listen EADDRINUSE', async () => {
    const first = net.createServer();
    const port = await listening(first);
    const second = net.createServer();
    const seen = record(second, ['listening', 'error', 'close']);
    expect(second.listen(port, LOOPBACK)).toBe(second);
    expect(seen).toEqual([]);
    const error = await errorOf(second);
    expect(error.message).toBe(`listen EADDRINUSE: address already in use 127.0.0.1:${port}`);
    expect({ ...error }).toEqual({ code: 'EADDRINUSE', errno: -98, syscall: 'listen', address: LOOPBACK, port });
    expect(second.listening).toBe(false);
    await closed(first);
    await listeningOn(second, port);
    await closed(second);
    expect(seen).toEqual([`error ${error.message}`, 'listening', 'close']);
  });

  test('listen EADDRNOTAVAIL, with and without a port', async () => {
    const error = await errorOf(net.createServer().listen(8080, FOREIGN));
    expect(error.message).toBe('listen EADDRNOTAVAIL: address not available 192.0.2.1:8080');
    const any = await errorOf(net.createServer().listen(0, FOREIGN));
    expect(any.message).toBe('listen EADDRNOTAVAIL: address not available 192.0.2.1');
    expect(any).not.toHaveProperty('port');
  });

  test("what a lookup function says is the socket's error", async () => {
    const failure = Object.assign(new Error('no such name'), { code: 'ENOTFOUND' });
    const client = net.connect({
      port: 80,
      host: 'example.test',
      lookup: (_hostname, _options, callback) => {
        callback(failure, '');
      },
    });
    const seen = record(client, ['lookup', 'error', 'close']);
    expect(await errorOf(client)).toBe(failure);
    await next(client, 'close');
    expect(seen).toEqual(['error no such name', 'close true']);
  });

  test.each([
    ['an array', [{ address: LOOPBACK, family: 4 }]],
    ['one address', LOOPBACK],
  ])('a lookup function may answer with %s', async (_what, answer) => {
    const server = net.createServer((socket) => socket.end());
    const port = await listening(server);
    const asked: unknown[] = [];
    const client = net.connect({
      port,
      host: 'example.test',
      family: Array.isArray(answer) ? 0 : 4,
      lookup: (hostname, options, callback) => {
        asked.push(hostname, options.all ?? false);
        process.nextTick(callback, null, answer, 4);
      },
    });
    const lookup = once(client, 'lookup');
    await once(client.resume(), 'close');
    expect(asked).toEqual(['example.test', Array.isArray(answer)]);
    expect(await lookup).toEqual([null, LOOPBACK, 4, 'example.test']);
    await closed(server);
  });

  test('a lookup function that answers no address', async () => {
    const connect = (address: string, family: number): Promise<NodeJS.ErrnoException> =>
      errorOf(
        net.connect({
          port: 80,
          host: 'example.test',
          family: 4,
          lookup: (_hostname, _options, callback) => {
            callback(null, address, family);
          },
        }),
      );
    expect(await connect('not an address', 4)).toMatchObject({
      code: 'ERR_INVALID_IP_ADDRESS',
      message: 'Invalid IP address: not an address',
    });
    expect(await connect(LOOPBACK, 5)).toMatchObject({
      code: 'ERR_INVALID_ADDRESS_FAMILY',
      message: 'Invalid address family: 5 example.test:80',
    });
  });

  test('a second connect while the first is under way: connect EALREADY', async () => {
    const server = net.createServer((socket) => socket.resume());
    const port = await listening(server);
    const client = net.connect(port, LOOPBACK);
    const { message } = await errorOf(client.connect(port, LOOPBACK));
    expect(message.replace(/\d+\)$/, 'port)')).toBe(`connect EALREADY 127.0.0.1:${port} - Local (127.0.0.1:port)`);
    await closed(server);
  });

  const port = 'Port should be >= 0 and < 65536. Received type';
  test.each([
    ['connect(65536)', () => net.connect(65536), 'ERR_SOCKET_BAD_PORT', `${port} number (65536).`],
    ['connect(-1)', () => net.connect(-1), 'ERR_SOCKET_BAD_PORT', `${port} number (-1).`],
    ['connect(1.5)', () => net.connect(1.5), 'ERR_SOCKET_BAD_PORT', `${port} number (1.5).`],
    [
      "connect({ port: 'x' })",
      () => call(net, 'connect', { port: 'x' }),
      'ERR_SOCKET_BAD_PORT',
      `${port} string ('x').`,
    ],
    ["connect({ port: '' })", () => call(net, 'connect', { port: '' }), 'ERR_SOCKET_BAD_PORT', `${port} string ('').`],
    [
      'connect({ port: null })',
      () => call(net, 'connect', { port: null }),
      'ERR_INVALID_ARG_TYPE',
      'The "options.port" property must be one of type number or string. Received null',
    ],
    [
      'connect({})',
      () => call(net, 'connect', {}),
      'ERR_MISSING_ARGS',
      'The "options" or "port" or "path" argument must be specified',
    ],
    [
      'connect with a local address that is none',
      () => net.connect({ port: 1, localAddress: 'here' }),
      'ERR_INVALID_IP_ADDRESS',
      'Invalid IP address: here',
    ],
    [
      'connect with a local port that is no number',
      () => call(net, 'connect', { port: 1, localPort: '5' }),
      'ERR_INVALID_ARG_TYPE',
      `The "options.localPort" property must be of type number. Received type string ('5')`,
    ],
    [
      'connect with a lookup that is no function',
      () => call(net, 'connect', { port: 1, host: 'h', lookup: 1 }),
      'ERR_INVALID_ARG_TYPE',
      'The "options.lookup" property must be of type function. Received type number (1)',
    ],
    [
      'listen({})',
      () => net.createServer().listen({}),
      'ERR_INVALID_ARG_VALUE',
      `The argument 'options' must have the property "port" or "path". Received {}`,
    ],
    [
      'listen({ port: true })',
      () => call(net.createServer(), 'listen', { port: true }),
      'ERR_INVALID_ARG_VALUE',
      "The argument 'options' is invalid. Received { port: true }",
    ],
    [
      'listen(70000)',
      () => net.createServer().listen(70000),
      'ERR_SOCKET_BAD_PORT',
      'options.port should be >= 0 and < 65536. Received type number (70000).',
    ],
    [
      "createServer('x')",
      () => call(net, 'createServer', 'x'),
      'ERR_INVALID_ARG_TYPE',
      `The "options" argument must be of type object. Received type string ('x')`,
    ],
    [
      'createServer with a bad delay',
      () => call(net, 'createServer', { keepAliveInitialDelay: 'x' }),
      'ERR_INVALID_ARG_TYPE',
      `The "options.keepAliveInitialDelay" property must be of type number. Received type string ('x')`,
    ],
    [
      'setTimeout(-1)',
      () => new net.Socket().setTimeout(-1),
      'ERR_OUT_OF_RANGE',
      'The value of "msecs" is out of range. It must be a non-negative finite number. Received -1',
    ],
    [
      "setTimeout('x')",
      () => call(new net.Socket(), 'setTimeout', 'x'),
      'ERR_INVALID_ARG_TYPE',
      `The "msecs" argument must be of type number. Received type string ('x')`,
    ],
    [
      "setTimeout(1, 'x')",
      () => call(new net.Socket(), 'setTimeout', 1, 'x'),
      'ERR_INVALID_ARG_TYPE',
      `The "callback" argument must be of type function. Received type string ('x')`,
    ],
    [
      'a socket in object mode',
      () => Reflect.construct(net.Socket, [{ objectMode: true }]) as unknown,
      'ERR_INVALID_ARG_VALUE',
      `The property 'options.objectMode' is not supported. Received true`,
    ],
  ])('%s', (_what, wrong, code, message) => {
    expect(wrong).toThrow(expect.objectContaining({ code, message }));
  });
});

async function listeningOn(server: Server, port: number): Promise<void> {
  server.listen(port, LOOPBACK);
  await once(server, 'listening');
}
