import { describe, expect, test } from '@jest/globals';
import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { ADDRCONFIG, V4MAPPED } from 'node:dns';
import { once } from 'node:events';
import type { Server, Socket } from 'node:net';
import { isNativeError } from 'node:util/types';
import type { Net } from '../../src/node/net';
import {
  call,
  closed,
  errorOf,
  FACES,
  LOOPBACK,
  listening,
  lookupOf,
  next,
  SILENT,
  silence,
  thrown,
  turns,
  unusedPort,
} from './faces';

const ATTEMPTS = ['connectionAttempt', 'connectionAttemptFailed', 'connectionAttemptTimeout'];

/** Notes all arguments of each event, errors by their message. */
function noted(socket: Socket): unknown[][] {
  const seen: unknown[][] = [];
  for (const event of ['lookup', ...ATTEMPTS, 'connect', 'ready', 'end', 'error', 'close']) {
    socket.on(event, (...args: unknown[]) => {
      seen.push([event, ...args.map((arg) => (isNativeError(arg) ? arg.message : arg))]);
    });
  }
  return seen;
}

describe.each(FACES)('connect of %s', (_name, net) => {
  async function served<T>(work: (port: number, server: Server) => Promise<T>): Promise<T> {
    const server = net.createServer((socket) => socket.on('error', () => undefined).end());
    const port = await listening(server);
    const result = await work(port, server);
    await closed(server);
    return result;
  }

  type Way = (net: Net, port: number, done: () => void) => Socket;
  test.each([
    ['net.connect(options)', (net, port, done) => net.connect({ port, host: LOOPBACK }, done)],
    ['net.connect(port, host)', (net, port, done) => net.connect(port, LOOPBACK, done)],
    ['net.connect(port)', (net, port, done) => call(net, 'connect', port, done) as Socket],
    ["net.connect('port')", (net, port, done) => call(net, 'connect', String(port), done) as Socket],
    ['net.createConnection(options)', (net, port, done) => net.createConnection({ port }, done)],
    ['net.createConnection(port, host)', (net, port, done) => net.createConnection(port, LOOPBACK, done)],
    ['socket.connect(options)', (net, port, done) => new net.Socket().connect({ port, host: LOOPBACK }, done)],
    ['socket.connect(port, host)', (net, port, done) => new net.Socket().connect(port, LOOPBACK, done)],
    ['socket.connect(port)', (net, port, done) => new net.Socket().connect(port, done)],
    [
      'socket.connect(what _normalizeArgs gave)',
      (net, port, done) => new net.Socket().connect(call(net, '_normalizeArgs', [port, LOOPBACK, done]) as never),
    ],
  ] as [string, Way][])('%s', async (_what, connect) => {
    await served(async (port) => {
      const socket = await new Promise<Socket>((resolve) => {
        const made = connect(net, port, () => {
          resolve(made);
        });
        expect(made).toBeInstanceOf(net.Socket);
        expect([made.connecting, made.pending, made.readyState]).toEqual([true, true, 'opening']);
      });
      expect(socket.remotePort).toBe(port);
      await next(socket.resume(), 'close');
    });
  });

  test("the events of a connection by name: 'lookup', 'connectionAttempt', 'connect', 'ready'", async () => {
    await served(async (port) => {
      const client = net.connect({ port, host: 'example.test', lookup: lookupOf([LOOPBACK]) }).resume();
      const seen = noted(client);
      await next(client, 'close');
      expect(seen).toEqual([
        ['lookup', null, LOOPBACK, 4, 'example.test'],
        ['connectionAttempt', LOOPBACK, port, 4],
        ['connect'],
        ['ready'],
        ['end'],
        ['close', false],
      ]);
      expect(client.autoSelectFamilyAttemptedAddresses).toBeUndefined();
    });
  });

  test.each([
    ['nothing', {}, { family: undefined, hints: ADDRCONFIG, all: true }],
    ['family: 4', { family: 4 }, { family: 4, hints: 0 }],
    ["family: 'IPv4'", { family: 'IPv4' as never }, { family: 4, hints: 0 }],
    ['family: 0', { family: 0 }, { family: 0, hints: ADDRCONFIG, all: true }],
    ['hints', { hints: V4MAPPED }, { family: undefined, hints: V4MAPPED, all: true }],
    ['localAddress', { localAddress: LOOPBACK }, { family: undefined, hints: ADDRCONFIG }],
    ['autoSelectFamily: false', { autoSelectFamily: false }, { family: undefined, hints: ADDRCONFIG }],
  ])('what a lookup function is asked: %s', async (_what, options, question) => {
    await served(async (port) => {
      const asked: unknown[] = [];
      const client = net.connect({ port, host: 'example.test', lookup: lookupOf([LOOPBACK], asked), ...options });
      await next(client.resume(), 'close');
      expect(asked).toEqual([['example.test', question]]);
    });
  });

  test('several addresses are tried in turn, until one answers', async () => {
    await served(async (port) => {
      const lookup = lookupOf([SILENT, LOOPBACK]);
      const client = net.connect({ port, host: 'example.test', lookup }).resume();
      const seen = noted(client);
      await next(client, 'close');
      expect(seen).toEqual([
        ['lookup', null, SILENT, 4, 'example.test'],
        ['lookup', null, LOOPBACK, 4, 'example.test'],
        ['connectionAttempt', SILENT, port, 4],
        ['connectionAttemptFailed', SILENT, port, 4, `connect ECONNREFUSED ${SILENT}:${port}`],
        ['connectionAttempt', LOOPBACK, port, 4],
        ['connect'],
        ['ready'],
        ['end'],
        ['close', false],
      ]);
      expect(client.autoSelectFamilyAttemptedAddresses).toEqual([`${SILENT}:${port}`, `${LOOPBACK}:${port}`]);
    });
  });

  test('no address answers: AggregateError', async () => {
    const port = await unusedPort(net);
    const lookup = lookupOf([LOOPBACK, '::1', SILENT, LOOPBACK]);
    const client = net.connect({ port, host: 'example.test', lookup });
    const seen = noted(client);
    const error = (await errorOf(client)) as NodeJS.ErrnoException & AggregateError;
    await next(client, 'close');
    expect([error.constructor.name, error.name, error.message, error.code]).toEqual([
      'AggregateError',
      'AggregateError',
      '',
      'ECONNREFUSED',
    ]);
    expect(Object.keys(error)).toEqual(['code']);
    const errors = error.errors as NodeJS.ErrnoException[];
    // What a host says of an IPv6 address depends on whether it has IPv6.
    expect(errors.map(({ code }) => code)).toEqual(['ECONNREFUSED', expect.any(String), 'ECONNREFUSED']);
    expect(errors[0]).toMatchObject({ syscall: 'connect', address: LOOPBACK, port, errno: -111 });
    expect(seen.filter(([event]) => event !== 'lookup').map(([event, address]) => [event, address])).toEqual([
      ...[LOOPBACK, '::1', SILENT].flatMap((address) => [
        ['connectionAttempt', address],
        ['connectionAttemptFailed', address],
      ]),
      ['error', ''],
      ['close', true],
    ]);
    expect(client.autoSelectFamilyAttemptedAddresses).toEqual([
      `${LOOPBACK}:${port}`,
      `::1:${port}`,
      `${SILENT}:${port}`,
    ]);
  });

  test('families are tried by turns, that of the first address first', async () => {
    const port = await unusedPort(net);
    const lookup = lookupOf(['127.0.0.3', '127.0.0.4', '127.0.0.5', '::1', 'nonsense']);
    const client = net.connect({ port, host: 'example.test', lookup });
    const tried: string[] = [];
    client.on('connectionAttempt', (address) => tried.push(address));
    await errorOf(client);
    expect(tried).toEqual(['127.0.0.3', '::1', '127.0.0.4', '127.0.0.5']);
  });

  test('an address that says nothing is left after autoSelectFamilyAttemptTimeout', async () => {
    const { port, end } = await silence(net);
    const server = net.createServer((socket) => socket.end()).listen(port, LOOPBACK);
    await once(server, 'listening');
    const lookup = lookupOf([SILENT, LOOPBACK]);
    const client = net.connect({ port, host: 'example.test', lookup, autoSelectFamilyAttemptTimeout: 40 }).resume();
    const seen = noted(client);
    await next(client, 'close');
    expect(seen.slice(2, -1)).toEqual([
      ['connectionAttempt', SILENT, port, 4],
      ['connectionAttemptTimeout', SILENT, port, 4],
      ['connectionAttempt', LOOPBACK, port, 4],
      ['connect'],
      ['ready'],
      ['end'],
    ]);
    await closed(server);
    end();
  });

  test('the time that an attempt was given is among the errors', async () => {
    const { port, end } = await silence(net);
    const lookup = lookupOf([SILENT, LOOPBACK]);
    const client = net.connect({ port, host: 'example.test', lookup, autoSelectFamilyAttemptTimeout: 1 });
    const error = (await errorOf(client)) as NodeJS.ErrnoException & AggregateError;
    expect((error.errors as Error[]).map(({ message }) => message)).toEqual([
      `connect ETIMEDOUT ${SILENT}:${port}`,
      `connect ECONNREFUSED ${LOOPBACK}:${port}`,
    ]);
    expect(error.code).toBe('ETIMEDOUT');
    end();
  });

  test('destroy between two addresses: no more is tried', async () => {
    await served(async (port) => {
      const client = net.connect({ port, host: 'example.test', lookup: lookupOf([SILENT, LOOPBACK]) });
      const seen = noted(client);
      client.on('connectionAttemptFailed', () => client.destroy());
      await next(client, 'close');
      await turns();
      expect(seen.map(([event]) => event).slice(2)).toEqual(['connectionAttempt', 'connectionAttemptFailed', 'close']);
    });
  });

  test('autoSelectFamily: false tries the first address alone', async () => {
    await served(async (port) => {
      const lookup = lookupOf([SILENT, LOOPBACK]);
      const client = net.connect({ port, host: 'example.test', lookup, autoSelectFamily: false });
      const error = await errorOf(client);
      expect(error.message).toBe(`connect ECONNREFUSED ${SILENT}:${port}`);
    });
  });

  test('localAddress and localPort are where it calls from', async () => {
    await served(async (port) => {
      const localPort = await unusedPort(net);
      const client = net.connect({ port, host: LOOPBACK, localAddress: SILENT, localPort });
      await once(client, 'connect');
      expect(client.address()).toEqual({ address: SILENT, family: 'IPv4', port: localPort });
      expect([client.localAddress, client.localPort, client.localFamily]).toEqual([SILENT, localPort, 'IPv4']);
      await next(client.resume(), 'close');
    });
  });

  test('bind EADDRINUSE: a local port that is in use', async () => {
    await served(async (port) => {
      const client = net.connect({ port, host: LOOPBACK, localAddress: LOOPBACK, localPort: port });
      const seen = noted(client);
      const error = await errorOf(client);
      expect(error.message).toBe(`bind EADDRINUSE ${LOOPBACK}:${port}`);
      expect({ ...error }).toEqual({ errno: -98, code: 'EADDRINUSE', syscall: 'bind', address: LOOPBACK, port });
      await next(client, 'close');
      expect(seen.map(([event]) => event)).toEqual(['error', 'close']);
    });
  });

  test('bind EINVAL: a local address of the other family', async () => {
    const error = await errorOf(net.connect({ port: 80, host: LOOPBACK, localAddress: '::1' }));
    expect(error.message).toBe('bind EINVAL ::1');
    expect({ ...error }).toEqual({ errno: -22, code: 'EINVAL', syscall: 'bind', address: '::1' });
  });

  test('0.0.0.0 is this host, and errors have it as it was given', async () => {
    const port = await unusedPort(net);
    const error = await errorOf(net.connect(port, '0.0.0.0'));
    expect(error.message).toBe(`connect ECONNREFUSED 0.0.0.0:${port}`);
    expect(error).toMatchObject({ address: '0.0.0.0', port });
  });

  test("timeout: 'timeout' also while nobody answers", async () => {
    const { port, end } = await silence(net);
    const client = net.connect({ port, host: SILENT, timeout: 30 });
    expect(client.timeout).toBe(30);
    await next(client, 'timeout');
    expect(client.connecting).toBe(true);
    client.destroy();
    end();
  });

  test('signal: an abort ends the attempt', async () => {
    const { port, end } = await silence(net);
    const controller = new AbortController();
    const client = net.connect({ port, host: SILENT, signal: controller.signal });
    const seen = noted(client);
    setTimeout(() => {
      controller.abort();
    }, 20);
    expect(await errorOf(client)).toMatchObject({ name: 'AbortError', code: 'ABORT_ERR' });
    await next(client, 'close');
    expect(seen.map(([event]) => event)).toEqual(['connectionAttempt', 'error', 'close']);
    end();
  });

  test('keepAlive, keepAliveInitialDelay and noDelay are taken', async () => {
    await served(async (port) => {
      const options = { port, host: LOOPBACK, keepAlive: true, keepAliveInitialDelay: 5000, noDelay: true };
      const client = net.connect(options).resume();
      await next(client, 'close');
      expect(client.destroyed).toBe(true);
    });
  });

  test('a socket is told to who watches net.client.socket', async () => {
    await served(async (port) => {
      const told: unknown[] = [];
      const note = (message: unknown): unknown => told.push(message);
      subscribe('net.client.socket', note);
      const client = net.connect(port, LOOPBACK).resume();
      unsubscribe('net.client.socket', note);
      expect(told).toEqual([{ socket: client }]);
      await next(client, 'close');
    });
  });

  test('a lookup function that answers while the socket is being destroyed', async () => {
    const client = net.connect({ port: 1, host: 'example.test', lookup: lookupOf([LOOPBACK]) });
    const seen = noted(client);
    client.destroy();
    await next(client, 'close');
    await turns();
    expect(seen).toEqual([['close', false]]);
  });

  const isBad = 'Received type';
  test.each([
    ['connect()', [], 'ERR_MISSING_ARGS', 'The "options" or "port" or "path" argument must be specified'],
    [
      'connect(function)',
      [errorOf],
      'ERR_INVALID_ARG_TYPE',
      'The "options.port" property must be one of type number or string. Received function errorOf',
    ],
    [
      'connect({ autoSelectFamily: 1 })',
      [{ port: 1, autoSelectFamily: 1 }],
      'ERR_INVALID_ARG_TYPE',
      `The "options.autoSelectFamily" property must be of type boolean. ${isBad} number (1)`,
    ],
    [
      "connect({ autoSelectFamilyAttemptTimeout: 'x' })",
      [{ port: 1, autoSelectFamilyAttemptTimeout: 'x' }],
      'ERR_INVALID_ARG_TYPE',
      `The "options.autoSelectFamilyAttemptTimeout" property must be of type number. ${isBad} string ('x')`,
    ],
    [
      'connect({ autoSelectFamilyAttemptTimeout: 0 })',
      [{ port: 1, autoSelectFamilyAttemptTimeout: 0 }],
      'ERR_OUT_OF_RANGE',
      'The value of "options.autoSelectFamilyAttemptTimeout" is out of range. It must be >= 1 && <= 2147483647. Received 0',
    ],
    [
      'connect({ autoSelectFamilyAttemptTimeout: 1.5 })',
      [{ port: 1, autoSelectFamilyAttemptTimeout: 1.5 }],
      'ERR_OUT_OF_RANGE',
      'The value of "options.autoSelectFamilyAttemptTimeout" is out of range. It must be an integer. Received 1.5',
    ],
    [
      'connect({ autoSelectFamilyAttemptTimeout: 2 ** 40 })',
      [{ port: 1, autoSelectFamilyAttemptTimeout: 2 ** 40 }],
      'ERR_OUT_OF_RANGE',
      'The value of "options.autoSelectFamilyAttemptTimeout" is out of range. It must be >= 1 && <= 2147483647. Received 1_099_511_627_776',
    ],
    [
      'connect({ family: 5 })',
      [{ port: 1, host: 'localhost', family: 5 }],
      'ERR_INVALID_ARG_VALUE',
      "The property 'options.family' must be one of: 0, 4, 6. Received 5",
    ],
    [
      'connect({ hints: 1 })',
      [{ port: 1, host: 'localhost', hints: 1 }],
      'ERR_INVALID_ARG_VALUE',
      "The argument 'hints' is invalid. Received 1",
    ],
    [
      'connect({ path: 1 })',
      [{ path: 1 }],
      'ERR_INVALID_ARG_TYPE',
      `The "options.path" property must be of type string. ${isBad} number (1)`,
    ],
    [
      'connect({ signal: 1 })',
      [{ port: 1, signal: 1 }],
      'ERR_INVALID_ARG_TYPE',
      `The "signal" argument must be an instance of AbortSignal. ${isBad} number (1)`,
    ],
  ])('%s', (_what, args, code, message) => {
    expect(thrown(() => call(net, 'connect', ...args))).toMatchObject({ code, message });
  });
});
