import { afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { once } from 'node:events';
import type * as nodeHttp from 'node:http';
import type * as nodeHttps from 'node:https';
import type { PeerCertificate, TLSSocket } from 'node:tls';
import { inherits } from 'node:util';
import { type Certificates, certificates } from '../../support/certificates';
import { closed, errorOf, listening, LOOPBACK, next, turns, unusedPort, WEB_FACES } from '../faces';
import { answerTo, textOf, tlsOf } from './exchange';

describe.each(WEB_FACES)('https over %s', (_name, { net, http, https, tls }) => {
  let made: Certificates;
  let trusting: nodeHttps.RequestOptions;
  beforeAll(async () => {
    made = await certificates();
    trusting = { host: LOOPBACK, servername: 'localhost', ca: made.ca.cert };
  });
  const endings: (() => void)[] = [];
  afterEach(() => {
    for (const ending of endings.splice(0)) ending();
  });

  async function serve(listener?: nodeHttp.RequestListener, options: nodeHttps.ServerOptions = {}) {
    const server = https.createServer({ ...made.server, ...options }, listener);
    const port = await listening(server);
    endings.push(() => {
      server.close();
      server.closeAllConnections();
    });
    return { server, port };
  }

  function agentOf(options?: nodeHttps.AgentOptions): nodeHttps.Agent {
    const agent = new https.Agent(options);
    endings.push(() => {
      agent.destroy();
    });
    return agent;
  }

  test('get, with a string, a URL, and options', async () => {
    const { port } = await serve((request, response) => response.end(`${request.headers.host} ${request.url}`));
    const url = `https://localhost:${port}/page`;
    const options = { ca: made.ca.cert, agent: false, family: 4 } as const;
    expect((await answerTo(https.get(url, options))).body).toBe(`localhost:${port} /page`);
    expect((await answerTo(https.get(new URL(url), options))).body).toBe(`localhost:${port} /page`);
    expect((await answerTo(https.get({ ...trusting, port, agent: false }))).body).toBe(`${LOOPBACK}:${port} /`);
  });

  test('the sockets are TLS, with addresses at both ends', async () => {
    const { port } = await serve((request, response) => {
      const { encrypted, remoteAddress, localPort } = tlsOf(request);
      response.end(JSON.stringify([encrypted, remoteAddress, localPort]));
    });
    const request = https.get({ ...trusting, port, agent: false });
    const [response] = (await once(request, 'response')) as [nodeHttp.IncomingMessage];
    expect(response.socket.remotePort).toBe(port);
    const body = await textOf(response);
    expect(JSON.parse(body)).toEqual([true, LOOPBACK, port]);
    expect(response.socket).toBeInstanceOf(tls.TLSSocket);
  });

  test("an agent's session cache: the second connection resumes", async () => {
    const { port } = await serve((request, response) => {
      response.end(String(tlsOf(request).isSessionReused()));
    });
    const agent = agentOf({ keepAlive: false });
    const bodies: string[] = [];
    for (let i = 0; i < 3; i++) bodies.push((await answerTo(https.get({ ...trusting, port, agent }))).body);
    expect(bodies).toEqual(['false', 'true', 'true']);
    const forgetful = agentOf({ maxCachedSessions: 0 });
    for (let i = 0; i < 2; i++) {
      expect((await answerTo(https.get({ ...trusting, port, agent: forgetful }))).body).toBe('false');
    }
  });

  test('keep-alive, a pool for each set of options', async () => {
    const { server, port } = await serve((_request, response) => response.end('ok'));
    let connections = 0;
    server.on('secureConnection', () => connections++);
    const agent = agentOf({ keepAlive: true });
    for (let i = 0; i < 3; i++) await answerTo(https.get({ ...trusting, port, agent }));
    expect(connections).toBe(1);
    await answerTo(https.get({ ...trusting, port, agent, maxVersion: 'TLSv1.2' }));
    expect([connections, Object.keys(agent.freeSockets).length <= 2]).toEqual([2, true]);
  });

  test("globalAgent is this module's own", async () => {
    const { port } = await serve((_request, response) => response.end('ok'));
    const request = https.get({ ...trusting, port });
    expect((request as unknown as { agent: unknown }).agent).toBe(https.globalAgent);
    await answerTo(request);
    https.globalAgent.destroy();
  });

  test('an agent called without new, and inherited from in the old way', async () => {
    const { port } = await serve((_request, response) => response.end('ok'));
    const old = (https.Agent as unknown as (options?: object) => nodeHttps.Agent)();
    function Older(this: nodeHttps.Agent): void {
      Reflect.apply(https.Agent as unknown as () => void, this, []);
    }
    inherits(Older, https.Agent);
    for (const agent of [old, Reflect.construct(Older, []) as nodeHttps.Agent]) {
      expect(agent).toBeInstanceOf(https.Agent);
      expect((await answerTo(https.get({ ...trusting, port, agent }))).body).toBe('ok');
    }
  });

  test('SNI and addContext', async () => {
    const { server, port } = await serve((request, response) => {
      response.end(String(tlsOf(request).servername));
    });
    server.addContext('other.test', made.other);
    const other = https.get({ ...trusting, servername: 'other.test', port, agent: false });
    const { body, response } = await answerTo(other);
    expect([body, tlsOf(response).getPeerCertificate().subject.CN]).toEqual(['other.test', 'other.test']);
  });

  test('the name in the Host header is the one asked for', async () => {
    const { port } = await serve((request, response) => response.end(String(tlsOf(request).servername)), made.other);
    const { ca, host } = { ca: made.ca.cert, host: LOOPBACK };
    const request = https.get({ ca, host, port, headers: { host: 'other.test' }, agent: agentOf() });
    expect((await answerTo(request)).body).toBe('other.test');
  });

  test('client certificates', async () => {
    const { port } = await serve(
      (request, response) => {
        const { authorized } = tlsOf(request);
        const { subject } = tlsOf(request).getPeerCertificate() as Partial<PeerCertificate>;
        response.end(`${authorized} ${String(subject?.CN)}`);
      },
      { requestCert: true, rejectUnauthorized: false, ca: made.ca.cert },
    );
    const ask = async (identity: object): Promise<string> =>
      (await answerTo(https.get({ ...trusting, ...identity, port, agent: false }))).body;
    expect(await ask({})).toBe('false undefined');
    expect(await ask(made.client)).toBe('true a client');
    expect(await ask(made.stranger)).toBe('false a stranger');
  });

  test('ALPN: http/1.1', async () => {
    const { port } = await serve((request, response) => {
      response.end(String(tlsOf(request).alpnProtocol));
    });
    const options = { ...trusting, port, agent: false, ALPNProtocols: ['h2', 'http/1.1'] } as const;
    expect((await answerTo(https.get(options))).body).toBe('http/1.1');
  });

  test('Upgrade over TLS', async () => {
    const { server, port } = await serve();
    server.on('upgrade', (_request: unknown, socket: TLSSocket) => {
      socket.write('HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: echo\r\n\r\n');
      socket.pipe(socket);
    });
    const headers = { connection: 'Upgrade', upgrade: 'echo' };
    const [, socket] = (await once(https.get({ ...trusting, port, headers, agent: false }), 'upgrade')) as [
      unknown,
      TLSSocket,
    ];
    expect(socket).toBeInstanceOf(tls.TLSSocket);
    socket.write('both ways');
    expect(String((await once(socket, 'data'))[0])).toBe('both ways');
    socket.end();
    await next(socket, 'close');
  });

  test('a server that is not to be trusted, one that speaks no TLS, and none', async () => {
    const { port } = await serve();
    const options = { host: LOOPBACK, port, agent: false } as const;
    expect(await errorOf(https.get(options))).toMatchObject({ code: 'UNABLE_TO_VERIFY_LEAF_SIGNATURE' });
    const plain = http.createServer();
    const plainPort = await listening(plain);
    expect(await errorOf(https.get({ ...trusting, port: plainPort, agent: false }))).toMatchObject({
      code: expect.stringMatching(/^(EPROTO|ERR_SSL_\w+)$/),
    });
    await closed(plain);
    const unused = await unusedPort(net);
    expect(await errorOf(https.get({ ...trusting, port: unused, agent: false }))).toMatchObject({
      code: 'ECONNREFUSED',
      syscall: 'connect',
      address: LOOPBACK,
      port: unused,
    });
  });

  test('plain http to it: the server tells clientError or tlsClientError, and goes on', async () => {
    const { server, port } = await serve((_request, response) => response.end('ok'));
    const seen = next(server, 'tlsClientError');
    expect(await errorOf(http.get({ host: LOOPBACK, port, agent: false }))).toMatchObject({ code: 'ECONNRESET' });
    expect(await seen).toEqual([expect.objectContaining({ code: 'ERR_SSL_HTTP_REQUEST' }), expect.anything()]);
    expect((await answerTo(https.get({ ...trusting, port, agent: false }))).body).toBe('ok');
  });

  test('the server hangs up', async () => {
    const { port } = await serve((request) => request.socket.destroy());
    expect(await errorOf(https.get({ ...trusting, port, agent: false }))).toMatchObject({
      code: 'ECONNRESET',
      message: 'socket hang up',
    });
  });

  test("timeouts: the request's, the agent's, and keepAliveTimeout of the server", async () => {
    const { server, port } = await serve((request, response) => {
      if (request.url === '/answered') response.end('ok');
    });
    for (const options of [{ timeout: 50, agent: false }, { agent: agentOf({ timeout: 50 }) }] as const) {
      const request = https.get({ ...trusting, port, ...options });
      await next(request, 'timeout');
      request.on('error', () => undefined).destroy();
    }
    server.keepAliveTimeout = 1;
    const agent = agentOf({ keepAlive: true });
    await answerTo(https.get({ ...trusting, port, path: '/answered', agent }));
    await turns();
    const [free] = Object.values(agent.freeSockets).flatMap((sockets) => sockets ?? []);
    if (free !== undefined) await next(free, 'close');
    expect(agent.freeSockets).toEqual({});
  });

  test("close with idle connections: 'close' once", async () => {
    const { server, port } = await serve((_request, response) => response.end('ok'));
    const agent = agentOf({ keepAlive: true });
    await Promise.all([1, 2].map(() => answerTo(https.get({ ...trusting, port, agent }))));
    await turns();
    let closes = 0;
    server.on('close', () => closes++);
    await closed(server);
    await turns();
    expect(closes).toBe(1);
  });

  test('closeAllConnections', async () => {
    const { server, port } = await serve(() => undefined);
    const request = https.get({ ...trusting, port, agent: false });
    const failed = errorOf(request);
    await once(server, 'request');
    const gone = closed(server);
    server.closeAllConnections();
    expect(await failed).toMatchObject({ code: 'ECONNRESET' });
    await gone;
  });

  test('servers in four ways', async () => {
    const answer: nodeHttp.RequestListener = (_request, response) => response.end('ok');
    class Sub extends https.Server {}
    function Old(this: nodeHttps.Server): void {
      Reflect.apply(https.Server as unknown as (...args: unknown[]) => void, this, [made.server, answer]);
    }
    inherits(Old, https.Server);
    const servers = [
      new https.Server(made.server, answer),
      (https.Server as unknown as (...args: unknown[]) => nodeHttps.Server)(made.server, answer),
      new Sub(made.server, answer),
      Reflect.construct(Old, []) as nodeHttps.Server,
    ];
    for (const server of servers) {
      expect(server).toBeInstanceOf(https.Server);
      const port = await listening(server);
      expect((await answerTo(https.get({ ...trusting, port, agent: false }))).body).toBe('ok');
      await closed(server);
    }
  });
});
