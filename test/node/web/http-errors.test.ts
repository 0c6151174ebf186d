import { describe, expect, test } from '@jest/globals';
import { once } from 'node:events';
import type * as nodeHttp from 'node:http';
import type { Socket } from 'node:net';
import { closed, errorOf, listening, LOOPBACK, next, turns, unusedPort, WEB_FACES } from '../faces';
import { httpSite } from './site';

describe.each(WEB_FACES)('http, what fails, over %s', (_name, { net, http }) => {
  const { serve } = httpSite(http);

  /** What a request tells from its beginning to its end. */
  async function told(request: nodeHttp.ClientRequest): Promise<string[]> {
    const events: string[] = [];
    request.on('socket', (socket: Socket) => {
      events.push('socket');
      for (const event of ['connect', 'lookup', 'error', 'close'])
        socket.on(event, () => events.push(`socket ${event}`));
    });
    for (const event of ['response', 'abort', 'timeout']) request.on(event, () => events.push(event));
    request.on('error', ({ code = '', message }: NodeJS.ErrnoException) => events.push(`error ${code} ${message}`));
    await next(request, 'close');
    events.push('close');
    await turns();
    return events;
  }

  test('nobody listens: ECONNREFUSED', async () => {
    const port = await unusedPort(net);
    const request = http.get({ host: LOOPBACK, port, agent: false });
    const error = errorOf(request);
    expect(await told(request)).toEqual([
      'socket',
      `error ECONNREFUSED connect ECONNREFUSED ${LOOPBACK}:${port}`,
      'socket error',
      'socket close',
      'close',
    ]);
    expect(await error).toMatchObject({ errno: -111, syscall: 'connect', address: LOOPBACK, port });
  });

  test('no such name: ENOTFOUND', async () => {
    const request = http.get({ host: 'nowhere.invalid', lookup: notFound, agent: false });
    expect(await told(request)).toContain('error ENOTFOUND getaddrinfo ENOTFOUND nowhere.invalid');
  });

  test('the server hangs up before, and in, its answer', async () => {
    const { port } = await serve((request, response) => {
      if (request.url === '/before') request.socket.destroy();
      else {
        response.writeHead(200, { 'content-length': 10 });
        response.write('half', () => request.socket.destroy());
      }
    });
    const before = http.get({ host: LOOPBACK, port, path: '/before', agent: false });
    expect((await told(before)).filter((each) => !each.startsWith('socket '))).toEqual([
      'socket',
      'error ECONNRESET socket hang up',
      'close',
    ]);
    const within = http.get({ host: LOOPBACK, port, path: '/in', agent: false });
    const [response] = (await once(within, 'response')) as [nodeHttp.IncomingMessage];
    response.resume();
    expect(await errorOf(response)).toMatchObject({ code: 'ECONNRESET', message: 'aborted' });
    expect(response.complete).toBe(false);
  });

  test('the server resets', async () => {
    const { port } = await serve((request) => {
      request.socket.resetAndDestroy();
    });
    const request = http.get({ host: LOOPBACK, port, agent: false });
    expect(await errorOf(request)).toMatchObject({ code: 'ECONNRESET', syscall: 'read', message: 'read ECONNRESET' });
  });

  test('the client gives up: the server hears of it', async () => {
    const { server, port } = await serve(() => undefined);
    const request = http.request({ host: LOOPBACK, port, method: 'POST', agent: false });
    request.write('some');
    const [incoming, response] = (await once(server, 'request')) as [nodeHttp.IncomingMessage, nodeHttp.ServerResponse];
    const failed = errorOf(incoming);
    const gone = next(response, 'close');
    incoming.resume();
    request.on('error', () => undefined);
    request.destroy();
    expect(await failed).toMatchObject({ code: 'ECONNRESET', message: 'aborted' });
    await gone;
    expect([incoming.destroyed, response.writableEnded]).toEqual([true, false]);
  });

  test('an AbortSignal', async () => {
    const { server, port } = await serve(() => undefined);
    const control = new AbortController();
    const request = http.get({ host: LOOPBACK, port, signal: control.signal, agent: false });
    await once(server, 'request');
    const failed = errorOf(request);
    control.abort();
    expect(await failed).toMatchObject({ name: 'AbortError', code: 'ABORT_ERR' });
  });

  test("request.setTimeout and the option: 'timeout', and nothing else", async () => {
    const { port } = await serve(() => undefined);
    for (const timeout of [20, undefined]) {
      const request = http.get({ host: LOOPBACK, port, agent: false, ...(timeout && { timeout }) });
      if (timeout === undefined) request.setTimeout(20);
      await next(request, 'timeout');
      expect(request.destroyed).toBe(false);
      request.on('error', () => undefined);
      request.destroy();
    }
  });

  test('an answer that is no HTTP', async () => {
    const server = net.createServer((socket) => socket.resume().end('nonsense\r\n\r\n'));
    const port = await listening(server);
    const request = http.get({ host: LOOPBACK, port, agent: false });
    expect(await errorOf(request)).toMatchObject({ code: 'HPE_INVALID_CONSTANT' });
    await closed(server);
  });

  test('a protocol that is another', () => {
    expect(() => http.get('https://localhost/')).toThrow(expect.objectContaining({ code: 'ERR_INVALID_PROTOCOL' }));
  });
});

function notFound(hostname: string, _options: unknown, callback: (error: Error, address: string) => void): void {
  const error = Object.assign(new Error(`getaddrinfo ENOTFOUND ${hostname}`), { code: 'ENOTFOUND' });
  process.nextTick(callback, error, '');
}
