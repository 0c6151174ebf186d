import { afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import type * as nodeHttp2 from 'node:http2';
import type { TLSSocket } from 'node:tls';
import { buffer } from 'node:stream/consumers';
import { type Certificates, certificates } from '../../support/certificates';
import { closed, errorOf, listening, LOOPBACK, next, thrown, unusedPort, WEB_FACES } from '../faces';
import { answerTo, textOf } from './exchange';

type AnyServer = nodeHttp2.Http2Server | nodeHttp2.Http2SecureServer;
type OnStream = (stream: nodeHttp2.ServerHttp2Stream, headers: nodeHttp2.IncomingHttpHeaders) => void;

describe.each(WEB_FACES)('http2 over %s', (_name, { net, https, http2 }) => {
  let made: Certificates;
  let trusting: nodeHttp2.SecureClientSessionOptions;
  beforeAll(async () => {
    made = await certificates();
    trusting = { ca: made.ca.cert, servername: 'localhost' };
  });
  const endings: (() => void)[] = [];
  afterEach(() => {
    for (const ending of endings.splice(0)) ending();
  });

  function call(url: string, options: nodeHttp2.SecureClientSessionOptions = {}): nodeHttp2.ClientHttp2Session {
    const session = http2.connect(url, options);
    endings.push(() => {
      session.destroy();
    });
    return session;
  }

  describe.each(['http', 'https'] as const)('%s', (scheme) => {
    async function serve(onStream?: OnStream): Promise<{ server: AnyServer; url: string }> {
      const server: AnyServer = scheme === 'http' ? http2.createServer() : http2.createSecureServer(made.server);
      if (onStream !== undefined) server.on('stream', onStream);
      const port = await listening(server);
      endings.push(() => server.close());
      return { server, url: `${scheme}://${LOOPBACK}:${port}` };
    }

    const echo: OnStream = (stream, headers) => {
      stream.respond({ ':status': 200, 'x-path': headers[':path'] });
      stream.pipe(stream);
    };

    test('a stream: headers and body both ways', async () => {
      const { url } = await serve(echo);
      const stream = call(url, trusting).request({ ':method': 'POST', ':path': '/page' });
      const headers = once(stream, 'response') as Promise<[nodeHttp2.IncomingHttpHeaders & { 'x-path': string }]>;
      stream.end('body');
      const body = await textOf(stream);
      const [{ ':status': status, 'x-path': path }] = await headers;
      expect([status, path, body]).toEqual([200, '/page', 'body']);
    });

    test('a hundred streams on one connection', async () => {
      const { server, url } = await serve(echo);
      let sessions = 0;
      server.on('session', () => sessions++);
      const session = call(url, trusting);
      const bodies = Array.from({ length: 100 }, async (_, index) => {
        const stream = session.request({ ':method': 'POST' });
        stream.end(`number ${index}`);
        return await textOf(stream);
      });
      expect(await Promise.all(bodies)).toEqual(Array.from({ length: 100 }, (_, index) => `number ${index}`));
      expect(sessions).toBe(1);
    });

    test('a megabyte through an echo', async () => {
      const { url } = await serve(echo);
      const sent = randomBytes(1_000_000);
      const stream = call(url, trusting).request({ ':method': 'POST' });
      stream.end(sent);
      expect((await buffer(stream)).equals(sent)).toBe(true);
    });

    test('the session and its socket', async () => {
      const { server, url } = await serve(echo);
      const seen = once(server, 'session') as Promise<[nodeHttp2.ServerHttp2Session]>;
      const session = call(url, trusting);
      await once(session, 'connect');
      const [other] = await seen;
      expect([session.encrypted ?? false, session.alpnProtocol]).toEqual(
        scheme === 'https' ? [true, 'h2'] : [false, 'h2c'],
      );
      expect([session.socket.remoteAddress, other.socket.remoteAddress]).toEqual([LOOPBACK, LOOPBACK]);
      expect(session.socket.localPort).toBe(other.socket.remotePort);
    });

    test('ping, settings, goaway', async () => {
      const { server, url } = await serve(echo);
      const seen = once(server, 'session') as Promise<[nodeHttp2.ServerHttp2Session]>;
      const session = call(url, trusting);
      await once(session, 'connect');
      const payload = await new Promise((resolve) => {
        session.ping(Buffer.from('12345678'), (_error, _duration, back) => {
          resolve(back.toString());
        });
      });
      expect(payload).toBe('12345678');
      const [other] = await seen;
      session.settings({ initialWindowSize: 100_000 });
      await next(session, 'localSettings');
      expect(other.remoteSettings.initialWindowSize).toBe(100_000);
      const goaway = next(session, 'goaway');
      other.goaway(http2.constants.NGHTTP2_NO_ERROR);
      expect((await goaway)[0]).toBe(0);
      // Node lets a session that has said so live on.
      other.destroy();
    });

    test('the compatible face: request and response', async () => {
      const { server, url } = await serve();
      server.on('request', (request: nodeHttp2.Http2ServerRequest, response: nodeHttp2.Http2ServerResponse) => {
        response.end(`${request.httpVersion} ${request.url} ${request.socket.remoteAddress}`);
      });
      const stream = call(url, trusting).request({ ':path': '/compatible' });
      expect(await textOf(stream)).toBe(`2.0 /compatible ${LOOPBACK}`);
    });

    test('push', async () => {
      const { url } = await serve((stream) => {
        stream.pushStream({ ':path': '/pushed' }, (_error, pushed) => {
          pushed.respond();
          pushed.end('pushed');
        });
        stream.respond();
        stream.end('asked');
      });
      const session = call(url, trusting);
      const pushed = new Promise<string>((resolve) => {
        session.on('stream', (stream) => {
          resolve(textOf(stream));
        });
      });
      expect([await textOf(session.request()), await pushed]).toEqual(['asked', 'pushed']);
    });

    test('a stream that is cancelled, by either side', async () => {
      const { url } = await serve((stream, headers) => {
        stream.on('error', () => undefined);
        if (headers[':path'] === '/theirs') stream.close(http2.constants.NGHTTP2_INTERNAL_ERROR);
      });
      const session = call(url, trusting);
      expect(await errorOf(session.request({ ':path': '/theirs' }))).toMatchObject({ code: 'ERR_HTTP2_STREAM_ERROR' });
      const ours = session.request({ ':path': '/ours' });
      ours.close(http2.constants.NGHTTP2_CANCEL);
      await next(ours, 'close');
      expect(ours.rstCode).toBe(http2.constants.NGHTTP2_CANCEL);
    });

    test('close: the session ends, the server closes', async () => {
      const { server, url } = await serve(echo);
      const session = call(url, trusting);
      const stream = session.request();
      stream.end();
      await textOf(stream);
      const ended = next(session, 'close');
      session.close();
      await ended;
      await closed(server);
      expect([session.closed, server.listening]).toEqual([true, false]);
    });

    test('nobody listens', async () => {
      const port = await unusedPort(net);
      const session = call(`${scheme}://${LOOPBACK}:${port}`, trusting);
      expect(await errorOf(session)).toMatchObject({ code: 'ECONNREFUSED', port });
    });

    test('the connection is destroyed under the session', async () => {
      const { server, url } = await serve(() => undefined);
      const seen = once(server, 'session') as Promise<[nodeHttp2.ServerHttp2Session]>;
      const session = call(url, trusting);
      const stream = session.request();
      stream.on('error', () => undefined);
      session.on('error', () => undefined);
      const [other] = await seen;
      const ended = next(session, 'close');
      other.destroy();
      await ended;
      expect([session.destroyed, stream.destroyed]).toEqual([true, true]);
    });
  });

  test('allowHTTP1: both protocols at one port', async () => {
    const server = http2.createSecureServer({ ...made.server, allowHTTP1: true }, (request, response) => {
      response.end(`${request.httpVersion} ${(request.socket as TLSSocket).alpnProtocol}`);
    });
    const port = await listening(server);
    endings.push(() => server.close());
    const old = https.get({ host: LOOPBACK, port, ...(trusting as object), agent: false });
    expect((await answerTo(old)).body).toMatch(/^1.1 (false|http\/1.1)$/);
    expect(await textOf(call(`https://${LOOPBACK}:${port}`, trusting).request())).toBe('2.0 h2');
  });

  test('without it who speaks HTTP/1.1 only is turned away', async () => {
    const server = http2.createSecureServer({ ...made.server, unknownProtocolTimeout: 20 });
    const port = await listening(server);
    endings.push(() => server.close());
    const unknown = next(server, 'unknownProtocol');
    const ALPNProtocols = ['http/1.1'];
    const options = { host: LOOPBACK, port, ...(trusting as object), ALPNProtocols, agent: false } as const;
    https.get(options).on('error', () => undefined);
    await Promise.race([unknown, next(server, 'tlsClientError')]);
  });

  test('connect takes an object that is no URL, and refuses other protocols', async () => {
    const server = http2.createServer();
    const port = await listening(server);
    for (const authority of [{ hostname: LOOPBACK }, { host: LOOPBACK }]) {
      const session = http2.connect({ ...authority, protocol: 'http:', port } as unknown as URL);
      await once(session, 'connect');
      session.close();
      await once(session, 'close');
    }
    await closed(server);
    expect(thrown(() => http2.connect('ssh://localhost'))).toMatchObject({ code: 'ERR_HTTP2_UNSUPPORTED_PROTOCOL' });
  });

  test('createSecureServer has no place for a handler alone', () => {
    expect(thrown(() => http2.createSecureServer((() => undefined) as never))).toMatchObject({
      code: 'ERR_INVALID_ARG_TYPE',
    });
  });
});
