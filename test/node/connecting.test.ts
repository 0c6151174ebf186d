import { describe, expect, test } from '@jest/globals';
import { once } from 'node:events';
import type { LookupFunction } from 'node:net';
import { VirtualClock } from '../../src/clock/virtual-clock';
import { byTurns, lookupLocally } from '../../src/node/lookup';
import { createNet } from '../../src/node/net';
import { Stack } from '../../src/node/stack';
import { closed, errorOf, LOOPBACK, listening, lookupOf, next, record, SILENT, turns } from './faces';

describe('the way to a connection, on a stack', () => {
  test('attempts run on the clock of the stack, 250 ms each', async () => {
    const clock = new VirtualClock();
    const stack = new Stack({ clock, seed: 1 });
    const listener = stack.tcp.open({ passive: true, local: { address: SILENT, port: 7 }, backlog: 1 });
    stack.tcp.open({ remote: listener.local });
    const server = stack.net.createServer().listen(7, LOOPBACK);
    await once(server, 'listening');
    const client = stack.net.connect({ port: 7, host: 'example.test', lookup: lookupOf([SILENT, LOOPBACK]) });
    const seen = record(client, ['connectionAttempt', 'connectionAttemptTimeout', 'connect', 'error']);
    await turns();
    const start = clock.now();
    clock.advanceTo(start + 249_999);
    await turns();
    expect(seen).toEqual(['connectionAttempt']);
    clock.advanceTo(start + 250_000);
    await turns();
    expect(seen).toEqual(['connectionAttempt', 'connectionAttemptTimeout', 'connectionAttempt', 'connect']);
    // The attempt that was left is left by TCP too.
    expect(stack.tcp.connections().filter(({ state }) => state === 'SYN-SENT')).toEqual([]);
    await stack.close();
  });

  test('a destroyed socket leaves no attempt and no alarm', async () => {
    const clock = new VirtualClock();
    const stack = new Stack({ clock, seed: 1 });
    const listener = stack.tcp.open({ passive: true, local: { address: SILENT, port: 7 }, backlog: 1 });
    stack.tcp.open({ remote: listener.local });
    const client = stack.net.connect({ port: 7, host: 'example.test', lookup: lookupOf([SILENT, LOOPBACK]) });
    const seen = record(client, ['connectionAttemptTimeout', 'connectionAttempt', 'error', 'close']);
    await turns();
    client.destroy();
    clock.advanceTo(clock.now() + 10_000_000);
    await turns();
    expect(seen).toEqual(['connectionAttempt', 'close false']);
    expect(stack.tcp.connections().filter(({ state }) => state === 'SYN-SENT')).toEqual([]);
    await stack.close();
  });

  test("names are the module's lookup function to answer, unless the socket brings its own", async () => {
    const stack = new Stack();
    const asked: unknown[] = [];
    const net = createNet(stack, undefined, lookupOf([LOOPBACK], asked));
    const server = net.createServer((socket) => socket.end());
    const port = await listening(server);
    await next(net.connect(port, 'one.test').resume(), 'close');
    await next(net.connect({ port, host: 'two.test', lookup: lookupOf([LOOPBACK]) }).resume(), 'close');
    expect(asked.map((question) => (question as unknown[])[0])).toEqual([LOOPBACK, 'one.test']);
    await closed(server);
    await stack.close();
  });

  test('a lookup function that gives one address although it is asked for all', async () => {
    const stack = new Stack();
    const server = stack.net.createServer((socket) => socket.end());
    const port = await listening(server);
    const lookup: LookupFunction = (_hostname, _options, callback) => {
      callback(null, LOOPBACK, 4);
    };
    const client = stack.net.connect({ port, host: 'example.test', lookup }).resume();
    await next(client, 'close');
    expect(client.remoteAddress).toBe(LOOPBACK);
    await stack.close();
  });

  test('a lookup function that knows no address at all: ENOTFOUND', async () => {
    const { net } = new Stack();
    expect(await errorOf(net.connect({ port: 1, host: 'example.test', lookup: lookupOf([]) }))).toMatchObject({
      code: 'ENOTFOUND',
      message: 'getaddrinfo ENOTFOUND example.test',
    });
  });
});

describe('lookupLocally', () => {
  const ask = (hostname: string, options: object): Promise<unknown[]> =>
    new Promise((resolve) => {
      lookupLocally(hostname, options, (error, ...answer) => {
        resolve(error ? [error.code] : answer);
      });
    });

  test.each([
    ['localhost', {}, ['127.0.0.1', 4]],
    ['LOCALHOST', { all: true }, [[{ address: '127.0.0.1', family: 4 }]]],
    ['localhost', { family: 6 }, ['::1', 6]],
    ['10.0.0.1', { family: 4 }, ['10.0.0.1', 4]],
    ['::1', {}, ['::1', 6]],
    ['example.test', {}, ['ENOTFOUND']],
  ])('%s %j', async (hostname, options, answer) => {
    expect(await ask(hostname, options)).toEqual(answer);
  });
});

test('byTurns: each address once, the families by turns', () => {
  const of = (...addresses: string[]): string[] =>
    byTurns(addresses.map((address) => ({ address, family: address.includes(':') ? 6 : 4 })));
  expect(of('1.1.1.1', '1.1.1.2', '::1', '1.1.1.1', '::2', 'x')).toEqual(['1.1.1.1', '::1', '1.1.1.2', '::2']);
  expect(of('::1', '1.1.1.1', '::2', '::3')).toEqual(['::1', '1.1.1.1', '::2', '::3']);
  expect(of()).toEqual([]);
  expect(byTurns([{ address: '1.1.1.1', family: 5 }])).toEqual([]);
});
