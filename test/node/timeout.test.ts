import { describe, expect, test } from '@jest/globals';
import { once } from 'node:events';
import { VirtualClock } from '../../src/clock/virtual-clock';
import { Stack } from '../../src/node/stack';
import { quiet } from '../support/quiet';
import { closed, FACES, LOOPBACK, listening, next, pair, record, turns } from './faces';

describe.each(FACES)('setTimeout of %s', (_name, net) => {
  test("'timeout' comes when nothing happens, once, and does not close the socket", async () => {
    const { client, server } = await pair(net);
    server.resume();
    const seen = record(client, ['timeout', 'close']);
    expect(client.setTimeout(20)).toBe(client);
    expect(client.timeout).toBe(20);
    await once(client, 'timeout');
    await quiet(60);
    expect(seen).toEqual(['timeout']);
    // It starts again with the next activity.
    client.write('x');
    await once(client, 'timeout');
    client.end();
    await next(client, 'close');
  });

  test('the callback is called once, and setTimeout(0) takes it back', async () => {
    const { client, server } = await pair(net);
    server.resume();
    let called = 0;
    const callback = (): unknown => ++called;
    client.setTimeout(10, callback);
    await once(client, 'timeout');
    client.write('x');
    await once(client, 'timeout');
    expect(called).toBe(1);
    client.setTimeout(10, callback);
    client.setTimeout(0, callback);
    expect(client.timeout).toBe(0);
    await quiet(40);
    expect(called).toBe(1);
    client.end();
    await next(client, 'close');
  });

  test('a socket that is closed tells nothing', async () => {
    const { client, server } = await pair(net);
    server.resume();
    const seen = record(client, ['timeout']);
    client.setTimeout(10);
    client.destroy();
    await quiet(40);
    expect(seen).toEqual([]);
    expect(client.setTimeout(5).timeout).toBe(10);
  });

  test('connect takes a timeout', async () => {
    const server = net.createServer((socket) => socket.resume());
    const port = await listening(server);
    const accepted = once(server, 'connection');
    const client = net.connect({ port, host: LOOPBACK, timeout: 20 });
    expect(client.timeout).toBe(20);
    // On a busy machine idleness may be over before the connection is there, which the end of the listener would reset.
    await Promise.all([once(client, 'timeout'), accepted]);
    client.end();
    await closed(server);
  });
});

describe('setTimeout under virtual time', () => {
  test('runs on the clock of the stack, to the microsecond', async () => {
    const clock = new VirtualClock();
    const stack = new Stack({ clock, seed: 1 });
    const server = stack.net.createServer();
    const port = await listening(server);
    const client = stack.net.connect(port, LOOPBACK);
    await once(client, 'connect');
    client.setTimeout(60_000);
    const seen = record(client, ['timeout']);
    const start = clock.now();
    clock.advanceTo(start + 59_999_999);
    await turns();
    expect(seen).toEqual([]);
    clock.advanceTo(start + 60_000_000);
    await turns();
    expect(seen).toEqual(['timeout']);
    await stack.close();
  });
});
