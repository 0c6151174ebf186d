import { afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { once } from 'node:events';
import * as nodeHttps from 'node:https';
import type { IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import { WebSocket, WebSocketServer } from 'ws';
import { Stack } from '../../../src/node/stack';
import { type Certificates, certificates } from '../../support/certificates';
import { errorOf, listening, LOOPBACK, portOf } from '../faces';
import { answerTo, tlsOf } from './exchange';

let made: Certificates;
beforeAll(async () => {
  made = await certificates();
});

const endings: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const ending of endings.splice(0)) await ending();
});

/** A stack with a web server for http and one for https on their own ports, and a proxy that answers CONNECT as told. */
async function site(answer: (request: IncomingMessage) => string = () => 'HTTP/1.1 200 Connection established') {
  const stack = new Stack();
  endings.push(() => stack.close());
  const { http, https, net } = stack;
  const asked: string[] = [];
  const heads: IncomingMessage['headers'][] = [];
  const proxy = http.createServer();
  proxy.on('connect', (request: IncomingMessage, socket: Socket, head: Buffer) => {
    asked.push(request.url ?? '');
    heads.push(request.headers);
    const said = answer(request);
    if (!said.includes(' 200 ')) {
      socket.end(`${said}\r\nContent-Length: 0\r\n\r\n`);
      return;
    }
    socket.write(`${said}\r\n\r\n`);
    const [, host, port] = /^(.*):(\d+)$/.exec(request.url ?? '') ?? [];
    const far = net.connect(Number(port), host);
    far.write(head);
    far.pipe(socket).pipe(far);
    for (const end of [far, socket]) end.on('error', () => undefined);
  });
  const port = await listening(proxy);
  const plain = http.createServer((request, response) => response.end(`plain ${request.headers.host}`));
  const secure = https.createServer(made.server, (request, response) => {
    response.end(`secure ${request.headers.host} ${tlsOf(request).remoteAddress}`);
  });
  plain.listen(80, LOOPBACK);
  secure.listen(443, LOOPBACK);
  await Promise.all([once(plain, 'listening'), once(secure, 'listening')]);
  return { stack, proxy, url: `http://${LOOPBACK}:${port}`, host: `${LOOPBACK}:${port}`, plain, secure, asked, heads };
}

describe('stack.proxyAgent', () => {
  test('http and https by one agent, with the port that each has', async () => {
    const { stack, url, asked } = await site();
    const agent = stack.proxyAgent(url);
    const ca = made.ca.cert;
    expect((await answerTo(stack.http.get('http://localhost/', { agent }))).body).toBe('plain localhost');
    expect((await answerTo(stack.https.get('https://localhost/', { agent, ca }))).body).toBe(
      `secure localhost ${LOOPBACK}`,
    );
    expect((await answerTo(stack.http.get({ host: LOOPBACK, port: 80, agent }))).body).toMatch(/^plain 127.0.0.1/);
    expect(asked).toEqual(['localhost:80', 'localhost:443', '127.0.0.1:80']);
  });

  test("Node's own https may use it", async () => {
    const { stack, url, asked } = await site();
    const request = nodeHttps.get('https://localhost/', { agent: stack.proxyAgent(url), ca: made.ca.cert });
    expect((await answerTo(request)).body).toMatch(/^secure/);
    expect(asked).toEqual(['localhost:443']);
  });

  test('keep-alive keeps tunnels, each for what it was made', async () => {
    const { stack, url, asked } = await site();
    const agent = stack.proxyAgent(url, { keepAlive: true });
    for (let i = 0; i < 3; i++) {
      await answerTo(stack.http.get('http://localhost/', { agent }));
      await answerTo(stack.https.get('https://localhost/', { agent, ca: made.ca.cert }));
    }
    expect(asked).toEqual(['localhost:80', 'localhost:443']);
    agent.destroy();
  });

  test.each(['ws', 'wss'] as const)('%s', async (scheme) => {
    const { stack, url, plain, secure, asked } = await site();
    const server = new WebSocketServer({ server: scheme === 'ws' ? plain : secure });
    server.on('connection', (socket) => {
      socket.on('message', (data) => {
        socket.send(data, { binary: false });
      });
    });
    const client = new WebSocket(`${scheme}://localhost/`, { agent: stack.proxyAgent(url), ca: made.ca.cert });
    await once(client, 'open');
    client.send('through a tunnel');
    expect(String((await once(client, 'message'))[0])).toBe('through a tunnel');
    expect(asked).toEqual([scheme === 'ws' ? 'localhost:80' : 'localhost:443']);
    client.terminate();
  });

  test('a name, a password, and headers', async () => {
    const { stack, host, heads } = await site();
    const agent = stack.proxyAgent(`http://me:p%40ss@${host}`, { proxyHeaders: { 'x-more': 'yes' } });
    await answerTo(stack.http.get('http://localhost/', { agent }));
    const expected = `Basic ${Buffer.from('me:p@ss').toString('base64')}`;
    expect(heads).toEqual([expect.objectContaining({ 'proxy-authorization': expected, 'x-more': 'yes' })]);
  });

  test('a proxy that is spoken to by TLS', async () => {
    const { stack, proxy } = await site();
    const outer = stack.tls.createServer(made.server, (socket) => proxy.emit('connection', socket));
    const port = await listening(outer);
    const agent = stack.proxyAgent(`https://localhost:${port}`, { proxyTls: { ca: made.ca.cert } });
    const request = stack.https.get('https://localhost/', { agent, ca: made.ca.cert });
    expect((await answerTo(request)).body).toMatch(/^secure/);
  });

  test('a server that speaks first: what comes right behind the answer is not lost', async () => {
    const { stack } = await site();
    const proxy = stack.net.createServer((socket) => {
      socket.once('data', () => {
        socket.write('HTTP/1.1 200 OK\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nearly');
      });
    });
    const agent = stack.proxyAgent(`http://${LOOPBACK}:${await listening(proxy)}`);
    expect((await answerTo(stack.http.get('http://localhost/', { agent }))).body).toBe('early');
  });

  describe('says what is wrong', () => {
    test.each([
      ['407 Proxy Authentication Required', '', /wants a name and a password .* give them in its URL/],
      ['407 Proxy Authentication Required', 'me:wrong@', /does not accept the name and password/],
      ['403 Forbidden', '', /does not allow CONNECT localhost:80; its rules must permit/],
      ['405 Method Not Allowed', '', /makes no tunnels/],
      ['502 Bad Gateway', '', /could not connect to localhost:80; can it be reached/],
      ['418 Teapot', '', /has made no tunnel .* \(it answers 418 Teapot\)/],
    ])('%s %s', async (line, credentials, words) => {
      const { stack, host } = await site(() => `HTTP/1.1 ${line}`);
      const agent = stack.proxyAgent(`http://${credentials}${host}`);
      const error = await errorOf(stack.http.get('http://localhost/', { agent }));
      expect(error).toMatchObject({ name: 'ProxyError', code: 'ERR_PROXY_TUNNEL', statusCode: Number.parseInt(line) });
      expect(error.message).toMatch(words);
      expect(error.message).toContain(host);
      expect(error.message).not.toContain('wrong');
    });

    test('no proxy there', async () => {
      const { stack } = await site();
      const error = await errorOf(
        stack.http.get('http://localhost/', { agent: stack.proxyAgent('http://localhost:9') }),
      );
      expect(error).toMatchObject({ code: 'ECONNREFUSED', cause: { code: 'ECONNREFUSED' } });
      expect(error.message).toMatch(/is not to be reached .* does it run there\?/);
    });

    /** Through a proxy that does this with each connection. */
    async function through(handle: (socket: Socket) => void, proxyTimeout?: number): Promise<NodeJS.ErrnoException> {
      const { stack } = await site();
      const server = stack.net.createServer((socket) => {
        socket.on('error', () => undefined).resume();
        handle(socket);
      });
      server.listen(0);
      await once(server, 'listening');
      const options = proxyTimeout === undefined ? {} : { proxyTimeout };
      const agent = stack.proxyAgent(`http://localhost:${portOf(server)}`, options);
      return await errorOf(stack.http.get('http://localhost/', { agent }));
    }

    test('no answer in time', async () => {
      const error = await through(() => undefined, 30);
      expect(error).toMatchObject({ code: 'ETIMEDOUT' });
      expect(error.message).toMatch(/has not answered CONNECT localhost:80 within 30 ms/);
    });

    test('an end instead of an answer', async () => {
      const error = await through((socket) => socket.end());
      expect(error).toMatchObject({ code: 'ECONNRESET' });
      expect(error.message).toMatch(/ended the connection instead of an answer/);
    });

    test('an answer that is no HTTP, and one that does not end', async () => {
      expect((await through((socket) => socket.write('SSH-2.0-x\r\n'))).message).toMatch(
        /is no HTTP .* is there an HTTP proxy/,
      );
      const endless = await through((socket) => {
        socket.write('HTTP/1.1 200 OK\r\n');
        for (let i = 0; i < 1000; i++) socket.write(`x-${i}: ${'y'.repeat(100)}\r\n`);
      });
      expect(endless.message).toMatch(/a head that is too long/);
    });

    test('a URL that is none of a proxy', async () => {
      const { stack } = await site();
      expect(() => stack.proxyAgent('socks5://localhost')).toThrow(/must begin with http: or https:/);
      expect(() => stack.proxyAgent('localhost')).toThrow(/Invalid URL/);
    });
  });
});
