import { describe, expect, test } from '@jest/globals';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import type * as nodeHttp from 'node:http';
import type { Socket } from 'node:net';
import { LOOPBACK, WEB_FACES } from '../faces';
import { answerTo, textOf } from './exchange';
import { httpSite } from './site';

describe.each(WEB_FACES)('http, requests, over %s', (_name, { net, http }) => {
  const { serve } = httpSite(http);

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
