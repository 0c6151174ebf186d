import { describe, expect, test } from '@jest/globals';
import { once } from 'node:events';
import { closed, errorOf, listening, LOOPBACK, portOf, turns, WEB_FACES } from '../faces';
import { answerTo } from './exchange';
import { httpSite } from './site';

describe.each(WEB_FACES)('http, close of a server, over %s', (_name, { http }) => {
  const { serve, agentOf } = httpSite(http);

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
