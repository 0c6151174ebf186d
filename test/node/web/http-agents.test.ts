import { describe, expect, test } from '@jest/globals';
import { once } from 'node:events';
import type * as nodeHttp from 'node:http';
import type { Socket } from 'node:net';
import { inherits } from 'node:util';
import { LOOPBACK, next, turns, WEB_FACES } from '../faces';
import { answerTo } from './exchange';
import { httpSite } from './site';

describe.each(WEB_FACES)('http, agents, over %s', (_name, { net, http }) => {
  const { serve, agentOf } = httpSite(http);

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
    const freed = next(agent, 'free');
    const request = http.get({ host: LOOPBACK, port, agent });
    request.on('response', (response) => response.resume());
    const [socket] = (await freed) as [Socket];
    expect(agent.freeSockets[agent.getName({ host: LOOPBACK, port })]).toEqual([socket]);
    expect(socket.timeout).toBe(30);
    await next(socket, 'close');
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
