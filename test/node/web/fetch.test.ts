import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { randomBytes } from 'node:crypto';
import { Stack } from '../../../src/node/stack';
import { type Certificates, certificates } from '../../support/certificates';
import { listening, LOOPBACK, turns, unusedPort } from '../faces';

/** As much of `fetch` as these tests use; Node's, undici's and the stack's have it. */
type Fetch = (url: string, init?: RequestInit) => Promise<Response>;

let made: Certificates;
const stack = new Stack();
beforeAll(async () => {
  made = await certificates();
});
afterAll(() => stack.close());

const FACES: readonly (readonly [name: string, fetch: () => Fetch])[] = [
  ['stack.fetch', () => stack.fetch],
  [
    "Node's fetch with stack.dispatcher()",
    () => {
      const dispatcher = stack.dispatcher();
      return (url, init) => fetch(url, by(dispatcher, init));
    },
  ],
];

describe.each(FACES)('%s', (_name, face) => {
  test('GET, headers, JSON', async () => {
    const ask = face();
    const server = stack.http.createServer((request, response) => {
      response.setHeader('content-type', 'application/json');
      response.end(JSON.stringify({ url: request.url, custom: request.headers['x-custom'] }));
    });
    const port = await listening(server);
    const response = await ask(`http://${LOOPBACK}:${port}/page`, { headers: { 'x-custom': 'yes' } });
    expect([response.status, await response.json()]).toEqual([200, { url: '/page', custom: 'yes' }]);
    server.close();
  });

  test('a megabyte up and down', async () => {
    const ask = face();
    const server = stack.http.createServer((request, response) => request.pipe(response));
    const port = await listening(server);
    const sent = randomBytes(1_000_000);
    const response = await ask(`http://localhost:${port}/`, { method: 'POST', body: sent });
    expect(Buffer.from(await response.arrayBuffer()).equals(sent)).toBe(true);
    server.close();
  });

  test('redirects', async () => {
    const ask = face();
    const server = stack.http.createServer((request, response) => {
      if (request.url === '/') response.end('there');
      else response.writeHead(302, { location: '/' }).end();
    });
    const port = await listening(server);
    const response = await ask(`http://${LOOPBACK}:${port}/elsewhere`);
    expect([response.redirected, await response.text()]).toEqual([true, 'there']);
    server.close();
  });

  test('nobody listens: the cause tells', async () => {
    const ask = face();
    const port = await unusedPort(stack.net);
    await expect(ask(`http://${LOOPBACK}:${port}/`)).rejects.toMatchObject({
      message: 'fetch failed',
      cause: { code: 'ECONNREFUSED', port },
    });
  });

  test('a server that is not to be trusted', async () => {
    const ask = face();
    const server = stack.https.createServer(made.stranger);
    const port = await listening(server);
    await expect(ask(`https://localhost:${port}/`)).rejects.toMatchObject({
      cause: { code: 'DEPTH_ZERO_SELF_SIGNED_CERT' },
    });
    server.close();
  });

  test('an AbortSignal', async () => {
    const ask = face();
    const server = stack.http.createServer(() => undefined);
    const port = await listening(server);
    const control = new AbortController();
    const asked = ask(`http://${LOOPBACK}:${port}/`, { signal: control.signal });
    await turns();
    control.abort();
    await expect(asked).rejects.toMatchObject({ name: 'AbortError' });
    server.close();
    server.closeAllConnections();
  });
});

describe('stack.dispatcher with options', () => {
  test('https with a certificate of its own, and resumed', async () => {
    const dispatcher = stack.dispatcher({ connect: { ca: made.ca.cert }, pipelining: 0 });
    let sockets = 0;
    let resumed = 0;
    const server = stack.https.createServer(made.server, (_request, response) => response.end('secret'));
    server.on('secureConnection', (socket) => {
      sockets++;
      if (socket.isSessionReused()) resumed++;
    });
    const port = await listening(server);
    for (let i = 0; i < 2; i++) {
      const response = await fetch(`https://localhost:${port}/`, by(dispatcher));
      expect(await response.text()).toBe('secret');
    }
    expect([sockets, resumed]).toEqual([2, 1]);
    server.close();
    await dispatcher.close();
  });

  test('HTTP/2, where both want it', async () => {
    const dispatcher = stack.dispatcher({ connect: { ca: made.ca.cert }, allowH2: true });
    const server = stack.http2.createSecureServer(made.server, (request, response) => {
      response.end(request.httpVersion);
    });
    const port = await listening(server);
    const response = await stack.fetch(`https://localhost:${port}/`, { dispatcher });
    expect(await response.text()).toBe('2.0');
    await dispatcher.close();
    server.close();
  });

  test('connect.timeout', async () => {
    const dispatcher = stack.dispatcher({ connect: { timeout: 30 } });
    // A listener that speaks no TLS, and does not say so.
    const server = stack.net.createServer((socket) => socket.resume());
    const port = await listening(server);
    await expect(stack.fetch(`https://${LOOPBACK}:${port}/`, { dispatcher })).rejects.toMatchObject({
      cause: { code: 'UND_ERR_CONNECT_TIMEOUT' },
    });
    server.close();
  });
});

/** Node's `fetch` takes undici's dispatchers, also those of another copy of undici than its own. */
function by(dispatcher: object, init: RequestInit = {}): RequestInit {
  return Object.assign({ ...init }, { dispatcher });
}
