import { afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { once } from 'node:events';
import type * as nodeHttp from 'node:http';
import type { Server, Socket } from 'node:net';
import type { TLSSocket } from 'node:tls';
import { WebSocket, WebSocketServer } from 'ws';
import { Stack } from '../../../src/node/stack';
import { type Certificates, certificates } from '../../support/certificates';
import { portOf } from '../faces';
import { WEBS6 } from '../ipv6-faces';
import { answerTo, textOf } from './exchange';

let made: Certificates;
beforeAll(async () => {
  made = await certificates();
});

const endings: (() => unknown)[] = [];
afterEach(async () => {
  for (const ending of endings.splice(0)) await ending();
});

async function listening(server: Server): Promise<number> {
  server.listen(0);
  await once(server, 'listening');
  endings.push(() => server.close());
  return portOf(server);
}

/** Tells a request's Host and who asks. */
const whoAsks: nodeHttp.RequestListener = ({ headers, socket }, response) => {
  response.end(`${headers.host ?? ''} ${socket.remoteAddress ?? ''} ${socket.remoteFamily ?? ''}`);
};

describe.each(WEBS6)('the web over IPv6, %s', (_, { http, https, tls, http2 }) => {
  test('http: a URL, its Host, and an IPv4 client at the same server', async () => {
    const port = await listening(http.createServer(whoAsks));
    const asked = async (...args: unknown[]): Promise<string> =>
      (await answerTo(Reflect.apply(http.get, http, args) as nodeHttp.ClientRequest)).body;
    const agent = new http.Agent();
    expect(await asked(`http://[::1]:${port}/`, { agent })).toBe(`[::1]:${port} ::1 IPv6`);
    expect(await asked({ host: '::1', port, agent })).toBe(`[::1]:${port} ::1 IPv6`);
    expect(await asked({ host: '::1', family: 6, port, agent })).toBe(`[::1]:${port} ::1 IPv6`);
    expect(await asked(`http://127.0.0.1:${port}/`, { agent })).toBe(`127.0.0.1:${port} ::ffff:127.0.0.1 IPv6`);
    expect(agent.getName({ host: '::1', port, family: 6 })).toBe(`::1:${port}::6`);
  });

  test('https: a certificate for ::1, and no server name for an address', async () => {
    const server = https.createServer(made.server, whoAsks);
    const names: unknown[] = [];
    server.on('secureConnection', ({ servername }: TLSSocket & { servername: unknown }) => names.push(servername));
    const port = await listening(server);
    const { body } = await answerTo(https.get(`https://[::1]:${port}/`, { ca: made.ca.cert, agent: false }));
    expect(body).toBe(`[::1]:${port} ::1 IPv6`);
    expect(names).toEqual([false]);
  });

  test('tls.connect: what the certificate is not for is refused', async () => {
    const port = await listening(tls.createServer(made.other));
    const client = tls.connect({ host: '::1', port, ca: made.ca.cert });
    const [error] = (await once(client, 'error').catch((reason: unknown) => [reason])) as [NodeJS.ErrnoException];
    expect(error.code).toBe('ERR_TLS_CERT_ALTNAME_INVALID');
    client.destroy();
  });

  test.each(['http', 'https'] as const)('http2, %s', async (scheme) => {
    const server = scheme === 'http' ? http2.createServer() : http2.createSecureServer(made.server);
    server.on('stream', (stream, headers) => {
      stream.respond({ ':status': 200 });
      stream.end(headers[':authority']);
    });
    const port = await listening(server);
    const session = http2.connect(`${scheme}://[::1]:${port}`, { ca: made.ca.cert });
    endings.unshift(() => {
      session.destroy();
    });
    // Node 20 forgets the brackets.
    expect(await textOf(session.request({ ':path': '/' }))).toMatch(new RegExp(`^(::1|\\[::1\\]):${port}$`));
    expect(session.socket.remoteAddress).toBe('::1');
  });
});

describe('the web over IPv6, what is not Node’s', () => {
  test.each(['ws', 'wss'] as const)('WebSockets, %s', async (scheme) => {
    const stack = new Stack();
    endings.push(() => stack.close());
    const web = scheme === 'ws' ? stack.http.createServer() : stack.https.createServer(made.server);
    const server = new WebSocketServer({ server: web });
    server.on('connection', (socket, { headers }) => {
      socket.send(headers.host ?? '');
    });
    web.listen(8080);
    await once(web, 'listening');
    const agent = scheme === 'ws' ? new stack.http.Agent() : new stack.https.Agent({ ca: made.ca.cert });
    const client = new WebSocket(`${scheme}://[::1]:8080/`, { agent });
    const [data] = (await once(client, 'message')) as [Buffer];
    expect(data.toString()).toBe('[::1]:8080');
    client.terminate();
  });

  test('fetch and an undici dispatcher', async () => {
    const stack = new Stack();
    endings.push(() => stack.close());
    stack.http.createServer(whoAsks).listen(8080);
    const answer = await stack.fetch('http://[::1]:8080/');
    expect(await answer.text()).toBe('[::1]:8080 ::1 IPv6');
  });

  test('a proxy at ::1: CONNECT [::1]:443', async () => {
    const stack = new Stack();
    endings.push(() => stack.close());
    stack.https.createServer(made.server, whoAsks).listen(443);
    const asked: unknown[] = [];
    const proxy = stack.http.createServer();
    proxy.on('connect', ({ url, headers }: nodeHttp.IncomingMessage, socket: Socket) => {
      asked.push([url, headers.host]);
      socket.write('HTTP/1.1 200 Connection established\r\n\r\n');
      const far = stack.net.connect(443, '::1');
      far.pipe(socket).pipe(far);
      for (const end of [far, socket]) end.on('error', () => undefined);
    });
    proxy.listen(3128);
    const agent = stack.proxyAgent('http://[::1]:3128');
    const { body } = await answerTo(stack.https.get('https://[::1]/', { agent, ca: made.ca.cert }));
    expect(body).toBe('[::1] ::1 IPv6');
    expect(asked).toEqual([['[::1]:443', '[::1]:443']]);
  });
});
