import { describe, expect, test } from '@jest/globals';
import { once } from 'node:events';
import type * as nodeHttp from 'node:http';
import type { Socket } from 'node:net';
import { inherits } from 'node:util';
import { closed, errorOf, listening, LOOPBACK, next, WEB_FACES } from '../faces';
import { answerTo, textOf } from './exchange';
import { httpSite } from './site';

describe.each(WEB_FACES)('http, servers, over %s', (_name, { net, http }) => {
  const { serve, agentOf } = httpSite(http);

  /** A plain connection to it, what was written on it, and all that came back until it was closed. */
  async function spoken(port: number, ...lines: string[]): Promise<string> {
    const socket = net.connect(port, LOOPBACK);
    for (const line of lines) socket.write(line);
    return await textOf(socket);
  }

  test('in four ways: class, no new, subclass, util.inherits', async () => {
    const answer: nodeHttp.RequestListener = (_request, response) => response.end('ok');
    class Sub extends http.Server {
      readonly own = 'kept';
    }
    function Old(this: nodeHttp.Server, listener: nodeHttp.RequestListener): void {
      Reflect.apply(http.Server as unknown as (listener: nodeHttp.RequestListener) => void, this, [listener]);
    }
    inherits(Old, http.Server);
    const servers = [
      new http.Server(answer),
      (http.Server as unknown as (listener: nodeHttp.RequestListener) => nodeHttp.Server)(answer),
      new Sub(answer),
      Reflect.construct(Old, [answer]) as nodeHttp.Server,
      http.createServer(answer),
    ];
    for (const server of servers) {
      expect(server).toBeInstanceOf(http.Server);
      const port = await listening(server);
      expect((await answerTo(http.get({ host: LOOPBACK, port, agent: false }))).body).toBe('ok');
      await closed(server);
    }
    expect((servers[2] as Sub).own).toBe('kept');
    expect(servers[2]).toBeInstanceOf(Sub);
  });

  test('listen, address, listening, and a port that is taken', async () => {
    const { server, port } = await serve();
    expect([server.listening, server.address()]).toEqual([true, { address: LOOPBACK, family: 'IPv4', port }]);
    expect(() => server.listen(port)).toThrow(expect.objectContaining({ code: 'ERR_SERVER_ALREADY_LISTEN' }));
    const second = http.createServer();
    second.listen(port, LOOPBACK);
    expect(await errorOf(second)).toMatchObject({ code: 'EADDRINUSE', syscall: 'listen', address: LOOPBACK, port });
  });

  test('pipelined requests are answered in order', async () => {
    const { port } = await serve((request, response) => {
      setTimeout(() => response.end(request.url), request.url === '/slow' ? 20 : 0);
    });
    const ask = (path: string, rest = ''): string => `GET ${path} HTTP/1.1\r\nHost: a\r\n${rest}\r\n`;
    const said = await spoken(port, ask('/slow') + ask('/fast') + ask('/last', 'Connection: close\r\n'));
    expect(said.match(/\/(slow|fast|last)/g)).toEqual(['/slow', '/fast', '/last']);
  });

  test('HTTP/1.0 is closed after the answer', async () => {
    const { port } = await serve((_request, response) => response.end('old'));
    expect(await spoken(port, 'GET / HTTP/1.0\r\n\r\n')).toMatch(/^HTTP\/1.1 200 OK\r\n.*Connection: close.*old$/s);
  });

  test('clientError: an answer of its own, or 400 without a listener', async () => {
    const { server, port } = await serve();
    expect(await spoken(port, 'nonsense\r\n\r\n')).toBe('HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n');
    const codes: unknown[] = [];
    server.on('clientError', (error: NodeJS.ErrnoException, socket: Socket) => {
      codes.push(error.code, socket instanceof net.Socket);
      socket.end('HTTP/1.1 418 no\r\n\r\n');
    });
    expect(await spoken(port, 'nonsense\r\n\r\n')).toBe('HTTP/1.1 418 no\r\n\r\n');
    expect(codes).toEqual(['HPE_INVALID_METHOD', true]);
  });

  test('headersTimeout: 408', async () => {
    const { port } = await serve(undefined, {
      // Long enough for the server to have read what it closes then: else TCP resets, and the answer may be lost.
      headersTimeout: 300,
      requestTimeout: 600,
      connectionsCheckingInterval: 50,
    });
    expect(await spoken(port, 'GET / HTTP/1.1\r\n')).toMatch(/^HTTP\/1.1 408 Request Timeout\r\n/);
  });

  test('keepAliveTimeout ends what is idle', async () => {
    const { port } = await serve((_request, response) => response.end('ok'), { keepAliveTimeout: 20 });
    const said = await spoken(port, 'GET / HTTP/1.1\r\nHost: a\r\n\r\n');
    expect(said).toMatch(/Keep-Alive: timeout=0\r\n/);
  });

  test('server.setTimeout: the socket is ended, or the listener has it', async () => {
    const { server, port } = await serve(() => undefined);
    server.setTimeout(20);
    const silent = http.get({ host: LOOPBACK, port, agent: false });
    expect(await errorOf(silent)).toMatchObject({ code: 'ECONNRESET' });
    const [socket] = await new Promise<[Socket]>((resolve) => {
      server.on('timeout', (...args: [Socket]) => {
        resolve(args);
      });
      http.get({ host: LOOPBACK, port, agent: false }).on('error', () => undefined);
    });
    expect([socket instanceof net.Socket, socket.destroyed]).toEqual([true, false]);
    socket.destroy();
  });

  test('maxRequestsPerSocket', async () => {
    const { server, port } = await serve((_request, response) => response.end('ok'));
    server.maxRequestsPerSocket = 1;
    const agent = agentOf({ keepAlive: true });
    const { headers } = await answerTo(http.get({ host: LOOPBACK, port, agent }));
    expect(headers.connection).toBe('close');
  });

  test('maxConnections: one too many is closed, and tells drop', async () => {
    const { server, port } = await serve(() => undefined);
    server.maxConnections = 1;
    const held = http.get({ host: LOOPBACK, port, agent: false });
    held.on('error', () => undefined);
    await once(server, 'request');
    const dropped = next(server, 'drop');
    const second = http.get({ host: LOOPBACK, port, agent: false });
    expect(await errorOf(second)).toMatchObject({ code: 'ECONNRESET' });
    expect(await dropped).toEqual([expect.objectContaining({ localPort: port, remoteFamily: 'IPv4' })]);
    held.destroy();
  });

  test('getConnections', async () => {
    const { server, port } = await serve(() => undefined);
    const request = http.get({ host: LOOPBACK, port, agent: false });
    request.on('error', () => undefined);
    await once(server, 'request');
    const count = await new Promise((resolve) => {
      server.getConnections((_error, connections) => {
        resolve(connections);
      });
    });
    expect(count).toBe(1);
    request.destroy();
  });
});
