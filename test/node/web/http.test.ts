import { afterEach, describe, expect, test } from '@jest/globals';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import type * as nodeHttp from 'node:http';
import type { Socket } from 'node:net';
import { inherits } from 'node:util';
import { closed, errorOf, listening, LOOPBACK, next, portOf, turns, unusedPort, WEB_FACES } from '../faces';
import { answerTo, textOf } from './exchange';

describe.each(WEB_FACES)('http over %s', (_name, { net, http }) => {
  const endings: (() => void)[] = [];
  afterEach(() => {
    for (const ending of endings.splice(0)) ending();
  });

  /** A server that answers, on a port of its own, and goes with the test. */
  async function serve(listener?: nodeHttp.RequestListener, options: nodeHttp.ServerOptions = {}) {
    const server = http.createServer(options, listener);
    const port = await listening(server);
    endings.push(() => {
      server.close();
      server.closeAllConnections();
    });
    return { server, port };
  }

  /** An agent that goes with the test. */
  function agentOf(options?: nodeHttp.AgentOptions): nodeHttp.Agent {
    const agent = new http.Agent(options);
    endings.push(() => {
      agent.destroy();
    });
    return agent;
  }

  /** A plain connection to it, what was written on it, and all that came back until it was closed. */
  async function spoken(port: number, ...lines: string[]): Promise<string> {
    const socket = net.connect(port, LOOPBACK);
    for (const line of lines) socket.write(line);
    return await textOf(socket);
  }

  describe('requests', () => {
    test('get, with a string, a URL, options, and both', async () => {
      const { port } = await serve((request, response) => response.end(`${request.headers.host} ${request.url}`));
      const url = `http://${LOOPBACK}:${port}/page?a=b`;
      const expected = `${LOOPBACK}:${port} /page?a=b`;
      expect((await answerTo(http.get(url))).body).toBe(expected);
      expect((await answerTo(http.get(new URL(url)))).body).toBe(expected);
      expect((await answerTo(http.get({ host: LOOPBACK, port, path: '/page?a=b' }))).body).toBe(expected);
      expect((await answerTo(http.get(url, { path: '/other' }))).body).toBe(`${LOOPBACK}:${port} /other`);
      const [response] = await new Promise<[nodeHttp.IncomingMessage]>((resolve) =>
        http.get(url, { agent: false }, (...args) => {
          resolve(args);
        }),
      );
      expect(await textOf(response)).toBe(expected);
    });

    test('the addresses and ports of both ends', async () => {
      const seen: unknown[] = [];
      const { port } = await serve((request, response) => {
        const { remoteAddress, remoteFamily, localAddress, localPort } = request.socket;
        seen.push(remoteAddress, remoteFamily, localAddress, localPort);
        response.end();
      });
      const { response } = await answerTo(http.get({ host: LOOPBACK, port, agent: false }));
      const { remoteAddress, remotePort } = response.socket;
      expect(seen).toEqual([LOOPBACK, 'IPv4', LOOPBACK, port]);
      expect([remoteAddress, remotePort]).toEqual([LOOPBACK, port]);
    });

    test('a megabyte up and down again, in chunks', async () => {
      const { port } = await serve((request, response) => {
        expect(request.headers['transfer-encoding']).toBe('chunked');
        request.pipe(response);
      });
      const sent = randomBytes(1_000_000).toString('base64');
      const request = http.request({ host: LOOPBACK, port, method: 'POST', agent: false });
      for (let at = 0; at < sent.length; at += 100_000) request.write(sent.slice(at, at + 100_000));
      request.end();
      const { headers, body } = await answerTo(request);
      expect(headers['transfer-encoding']).toBe('chunked');
      expect(body === sent).toBe(true);
    });

    test('trailers both ways', async () => {
      const { port } = await serve((request, response) => {
        request.resume().on('end', () => {
          response.writeHead(200, { trailer: 'x-sum' });
          response.write('body');
          response.addTrailers({ 'x-sum': `got ${request.trailers['x-count']}` });
          response.end();
        });
      });
      const request = http.request({
        host: LOOPBACK,
        port,
        method: 'POST',
        headers: { trailer: 'x-count' },
        agent: false,
      });
      request.write('one');
      request.addTrailers({ 'x-count': '1' });
      request.end();
      const { response, body } = await answerTo(request);
      expect([body, response.trailers]).toEqual(['body', { 'x-sum': 'got 1' }]);
    });

    test('Expect: 100-continue', async () => {
      const { server, port } = await serve();
      const order: string[] = [];
      server.on('checkContinue', (request: nodeHttp.IncomingMessage, response: nodeHttp.ServerResponse) => {
        order.push('checkContinue');
        response.writeContinue();
        void textOf(request).then((body) => response.end(body));
      });
      const headers = { expect: '100-continue', 'content-length': 4 };
      const request = http.request({ host: LOOPBACK, port, method: 'POST', headers, agent: false });
      request.flushHeaders();
      request.on('continue', () => {
        order.push('continue');
        request.end('body');
      });
      const { body } = await answerTo(request);
      expect([body, order]).toEqual(['body', ['checkContinue', 'continue']]);
    });

    test('information before the answer: 102, and 103 with early hints', async () => {
      const { port } = await serve((_request, response) => {
        response.writeProcessing();
        response.writeEarlyHints({ link: '</style.css>; rel=preload' });
        response.end('done');
      });
      const codes: number[] = [];
      const request = http.get({ host: LOOPBACK, port, agent: false });
      request.on('information', ({ statusCode }) => codes.push(statusCode));
      expect((await answerTo(request)).body).toBe('done');
      expect(codes).toEqual([102, 103]);
    });

    test('Upgrade, and bytes right behind it', async () => {
      const { server, port } = await serve();
      server.on('upgrade', (_request: unknown, socket: Socket, head: Buffer) => {
        socket.write('HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: echo\r\n\r\nfirst ');
        socket.write(head);
        socket.pipe(socket);
      });
      const headers = { connection: 'Upgrade', upgrade: 'echo' };
      const request = http.get({ host: LOOPBACK, port, headers });
      const [response, socket, head] = (await once(request, 'upgrade')) as [nodeHttp.IncomingMessage, Socket, Buffer];
      expect([response.statusCode, head.toString()]).toEqual([101, 'first ']);
      expect(socket).toBeInstanceOf(net.Socket);
      socket.end('both ways');
      expect(await textOf(socket)).toBe('both ways');
    });

    test('CONNECT: a tunnel', async () => {
      const { server, port } = await serve();
      server.on('connect', (request: nodeHttp.IncomingMessage, socket: Socket) => {
        socket.write(`HTTP/1.1 200 to ${request.url}\r\n\r\n`);
        socket.pipe(socket);
      });
      const request = http.request({ host: LOOPBACK, port, method: 'CONNECT', path: 'a.test:443' });
      request.end();
      const [response, socket] = (await once(request, 'connect')) as [nodeHttp.IncomingMessage, Socket];
      expect([response.statusCode, response.statusMessage]).toEqual([200, 'to a.test:443']);
      socket.end('through it');
      expect(await textOf(socket)).toBe('through it');
    });
  });

  describe('agents', () => {
    test('keep-alive: ten requests, one connection', async () => {
      const { server, port } = await serve((_request, response) => response.end('ok'));
      let connections = 0;
      server.on('connection', () => connections++);
      const agent = agentOf({ keepAlive: true, maxSockets: 1 });
      const requests = Array.from({ length: 10 }, () => answerTo(http.get({ host: LOOPBACK, port, agent })));
      expect((await Promise.all(requests)).map(({ body }) => body).join('')).toBe('ok'.repeat(10));
      expect(connections).toBe(1);
    });

    test('without keep-alive each has its own, and `Connection: close`', async () => {
      const { server, port } = await serve((request, response) => response.end(request.headers.connection));
      let connections = 0;
      server.on('connection', () => connections++);
      const agent = agentOf({ keepAlive: false });
      for (let i = 0; i < 3; i++) {
        expect((await answerTo(http.get({ host: LOOPBACK, port, agent }))).body).toBe('close');
      }
      expect((await answerTo(http.get({ host: LOOPBACK, port, agent: false }))).body).toBe('close');
      expect(connections).toBe(4);
    });

    test('sockets, freeSockets, requests; reusedSocket', async () => {
      const { port } = await serve((_request, response) => response.end('ok'));
      const agent = agentOf({ keepAlive: true, maxSockets: 1 });
      const [first, second] = [http.get({ host: LOOPBACK, port, agent }), http.get({ host: LOOPBACK, port, agent })];
      const name = agent.getName({ host: LOOPBACK, port });
      expect(name).toBe(`${LOOPBACK}:${port}:`);
      expect([agent.sockets[name]?.length, agent.requests[name]?.length]).toEqual([1, 1]);
      await Promise.all([answerTo(first), answerTo(second)]);
      await turns();
      expect([agent.freeSockets[name]?.length, agent.sockets[name], agent.requests[name]]).toEqual([
        1,
        undefined,
        undefined,
      ]);
      const third = http.get({ host: LOOPBACK, port, agent });
      await answerTo(third);
      expect([first.reusedSocket, third.reusedSocket]).toEqual([false, true]);
    });

    test('maxTotalSockets over two servers', async () => {
      const one = await serve((_request, response) => setTimeout(() => response.end('one'), 10));
      const other = await serve((_request, response) => response.end('other'));
      const agent = agentOf({ maxTotalSockets: 1 });
      const order: string[] = [];
      await Promise.all(
        [one, other].map(async ({ port }) => {
          order.push((await answerTo(http.get({ host: LOOPBACK, port, agent }))).body);
        }),
      );
      expect(order).toEqual(['one', 'other']);
    });

    test('a kept connection that the server closes goes from the pool', async () => {
      const { server, port } = await serve((_request, response) => response.end('ok'));
      const agent = agentOf({ keepAlive: true });
      await answerTo(http.get({ host: LOOPBACK, port, agent }));
      await turns();
      const [free] = agent.freeSockets[agent.getName({ host: LOOPBACK, port })] ?? [];
      const gone = free === undefined ? undefined : next(free, 'close');
      server.closeIdleConnections();
      await gone;
      await turns();
      expect(agent.freeSockets).toEqual({});
      expect((await answerTo(http.get({ host: LOOPBACK, port, agent }))).body).toBe('ok');
    });

    test('the timeout of an agent lets go of what is idle', async () => {
      const { port } = await serve((_request, response) => response.end('ok'));
      const agent = agentOf({ keepAlive: true, timeout: 30 });
      await answerTo(http.get({ host: LOOPBACK, port, agent }));
      await turns();
      const [free] = agent.freeSockets[agent.getName({ host: LOOPBACK, port })] ?? [];
      expect(free?.timeout).toBe(30);
      if (free !== undefined) await next(free, 'close');
      expect(agent.freeSockets).toEqual({});
    });

    test("globalAgent: what is asked without an agent is kept there, by this module's own", async () => {
      const { port } = await serve((_request, response) => response.end('ok'));
      const request = http.get({ host: LOOPBACK, port });
      expect((request as unknown as { agent: unknown }).agent).toBe(http.globalAgent);
      await answerTo(request);
      await turns();
      const name = http.globalAgent.getName({ host: LOOPBACK, port });
      expect(http.globalAgent.freeSockets[name]).toHaveLength(1);
      expect(http.globalAgent.freeSockets[name]?.[0]).toBeInstanceOf(net.Socket);
      http.globalAgent.destroy();
    });

    test('an agent by inheritance, whose createConnection may call back later', async () => {
      const { port } = await serve((_request, response) => response.end('ok'));
      class Late extends http.Agent {
        override createConnection(
          options: nodeHttp.ClientRequestArgs,
          callback?: (error: Error | null, socket: Socket) => void,
        ): Socket {
          setImmediate(() => callback?.(null, super.createConnection(options) as Socket));
          return undefined as unknown as Socket;
        }
      }
      const agent = new Late();
      expect(agent).toBeInstanceOf(http.Agent);
      expect((await answerTo(http.get({ host: LOOPBACK, port, agent }))).body).toBe('ok');
    });

    test('called without new, and inherited from in the old way', async () => {
      const { port } = await serve((_request, response) => response.end('ok'));
      const old = (http.Agent as unknown as (options: object) => nodeHttp.Agent)({ keepAlive: false });
      expect(old).toBeInstanceOf(http.Agent);
      function Older(this: nodeHttp.Agent): void {
        Reflect.apply(http.Agent as unknown as (options: object) => void, this, [{ maxSockets: 3 }]);
      }
      inherits(Older, http.Agent);
      const older = Reflect.construct(Older, []) as nodeHttp.Agent;
      expect([older instanceof http.Agent, older.maxSockets]).toEqual([true, 3]);
      for (const agent of [old, older]) {
        expect((await answerTo(http.get({ host: LOOPBACK, port, agent }))).body).toBe('ok');
      }
    });

    test('agent.createConnection and a createConnection of one request', async () => {
      const { port } = await serve((_request, response) => response.end('ok'));
      const agent = agentOf();
      const socket = (agent as unknown as { createConnection: (options: object) => Socket }).createConnection({
        host: LOOPBACK,
        port,
      });
      await once(socket, 'connect');
      const request = http.get({ createConnection: () => socket });
      expect((await answerTo(request)).body).toBe('ok');
    });
  });

  describe('servers', () => {
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
        headersTimeout: 30,
        requestTimeout: 60,
        connectionsCheckingInterval: 10,
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
      expect(await errorOf(silent)).toMatchObject({ code: 'ECONNRESET', message: 'socket hang up' });
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

  describe('close', () => {
    test("with idle connections: they are closed, and 'close' comes once", async () => {
      const { server, port } = await serve((_request, response) => response.end('ok'));
      const agent = agentOf({ keepAlive: true });
      const bodies = await Promise.all([1, 2, 3].map(() => answerTo(http.get({ host: LOOPBACK, port, agent }))));
      expect(bodies).toHaveLength(3);
      await turns();
      let closes = 0;
      server.on('close', () => closes++);
      await closed(server);
      await turns();
      expect([closes, server.listening, server.address()]).toEqual([1, false, null]);
    });

    test('with a request under way: it is answered first', async () => {
      let answer: () => void = () => undefined;
      const { server, port } = await serve((_request, response) => {
        answer = () => response.end('late');
      });
      const request = http.get({ host: LOOPBACK, port, agent: false });
      await once(server, 'request');
      const gone = closed(server);
      await turns();
      answer();
      expect((await answerTo(request)).body).toBe('late');
      await gone;
      const late = http.get({ host: LOOPBACK, port, agent: false });
      expect(await errorOf(late)).toMatchObject({ code: 'ECONNREFUSED' });
    });

    test('closeAllConnections ends those too', async () => {
      const { server, port } = await serve(() => undefined);
      const request = http.get({ host: LOOPBACK, port, agent: false });
      await once(server, 'request');
      const failed = errorOf(request);
      const gone = closed(server);
      server.closeAllConnections();
      expect(await failed).toMatchObject({ code: 'ECONNRESET' });
      await gone;
    });

    test('of a server that does not listen: ERR_SERVER_NOT_RUNNING', async () => {
      const server = http.createServer();
      const error = await new Promise((resolve) => server.close(resolve));
      expect(error).toMatchObject({ code: 'ERR_SERVER_NOT_RUNNING' });
    });

    test('and listen again', async () => {
      const { server, port } = await serve((_request, response) => response.end('ok'));
      await closed(server);
      server.listen(port, LOOPBACK);
      await once(server, 'listening');
      expect(portOf(server)).toBe(port);
      expect((await answerTo(http.get({ host: LOOPBACK, port, agent: false }))).body).toBe('ok');
    });

    test('by Symbol.asyncDispose', async () => {
      const server = http.createServer();
      await listening(server);
      await server[Symbol.asyncDispose]();
      expect(server.listening).toBe(false);
    });
  });

  describe('what fails', () => {
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
      const [incoming, response] = (await once(server, 'request')) as [
        nodeHttp.IncomingMessage,
        nodeHttp.ServerResponse,
      ];
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
});

function notFound(hostname: string, _options: unknown, callback: (error: Error, address: string) => void): void {
  const error = Object.assign(new Error(`getaddrinfo ENOTFOUND ${hostname}`), { code: 'ENOTFOUND' });
  process.nextTick(callback, error, '');
}
