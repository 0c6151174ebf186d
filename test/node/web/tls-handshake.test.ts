import { describe, expect, test } from '@jest/globals';
import { once } from 'node:events';
import type { Socket } from 'node:net';
import type { TLSSocket } from 'node:tls';
import { errorOf, LOOPBACK, next, WEB_FACES } from '../faces';
import { textOf } from './exchange';
import { tlsSite } from './tls-site';

describe.each(WEB_FACES)('tls, the handshake, over %s', (_name, { net, tls }) => {
  const { certificates, serve, call, pair } = tlsSite(tls);

  test.each(['TLSv1.2', 'TLSv1.3'] as const)('%s', async (version) => {
    const { client, server } = await pair({ minVersion: version, maxVersion: version });
    for (const end of [client, server]) {
      expect([end.getProtocol(), end.encrypted, end.getCipher().name]).toEqual([
        version,
        true,
        expect.stringMatching(/AES|CHACHA/),
      ]);
    }
    expect([client.authorized, client.authorizationError]).toEqual([true, null]);
    expect(client.exportKeyingMaterial(16, 'a label', CONTEXT)).toEqual(
      server.exportKeyingMaterial(16, 'a label', CONTEXT),
    );
  });

  test('no version in common', async () => {
    const { server, port } = await serve({ minVersion: 'TLSv1.3' });
    const seen = next(server, 'tlsClientError');
    const client = call(port, { maxVersion: 'TLSv1.2' });
    expect(await errorOf(client)).toMatchObject({ code: 'ERR_SSL_TLSV1_ALERT_PROTOCOL_VERSION' });
    expect(await seen).toEqual([expect.objectContaining({ code: 'ERR_SSL_UNSUPPORTED_PROTOCOL' }), expect.anything()]);
  });

  test.each(['TLSv1.2', 'TLSv1.3'] as const)('resumption in %s', async (version) => {
    const { port } = await serve({ minVersion: version, maxVersion: version }, (socket) => socket.end('hello'));
    const first = call(port);
    const [[session]] = (await Promise.all([next(first, 'session'), textOf(first)])) as [[Buffer], string];
    expect(first.isSessionReused()).toBe(false);
    const second = call(port, { session });
    expect(await textOf(second)).toBe('hello');
    expect(second.isSessionReused()).toBe(true);
  });

  test("resumption from the server's own store: newSession and resumeSession", async () => {
    // Tickets off: the server has to know the session by its number.
    const { server, port } = await serve(
      { maxVersion: 'TLSv1.2', secureOptions: SSL_OP_NO_TICKET, sessionTimeout: 60 },
      (socket) => socket.end('hello'),
    );
    const store = new Map<string, Buffer>();
    server.on('newSession', (id: Buffer, data: Buffer, done: () => void) => {
      store.set(id.toString('hex'), data);
      done();
    });
    server.on('resumeSession', (id: Buffer, done: (error: Error | null, data: Buffer | null) => void) => {
      setTimeout(() => {
        done(null, store.get(id.toString('hex')) ?? null);
      }, 5);
    });
    const first = call(port);
    expect(await textOf(first)).toBe('hello');
    const session = first.getSession();
    expect([store.size, session]).toEqual([1, expect.any(Buffer)]);
    const second = call(port, { ...(session && { session }) });
    expect(await textOf(second)).toBe('hello');
    expect(second.isSessionReused()).toBe(true);
  });

  test('SNI: contexts by name', async () => {
    const { server, port } = await serve({}, (socket) => socket.end(String(socket.servername)));
    server.addContext('*.test', certificates().other);
    const names = ['localhost', 'other.test'].map(async (servername) => {
      const client = call(port, { servername });
      const said = textOf(client);
      await once(client, 'secureConnect');
      return [client.getPeerCertificate().subject.CN, await said];
    });
    expect(await Promise.all(names)).toEqual([
      ['localhost', 'localhost'],
      ['other.test', 'other.test'],
    ]);
  });

  test('SNICallback', async () => {
    const asked: string[] = [];
    const { port } = await serve({
      SNICallback(servername, callback) {
        asked.push(servername);
        setImmediate(callback, null, tls.createSecureContext(certificates().other));
      },
    });
    const client = call(port, { servername: 'other.test' });
    await once(client, 'secureConnect');
    expect([asked, client.getPeerCertificate().subject.CN]).toEqual([['other.test'], 'other.test']);
  });

  test('a certificate for another name', async () => {
    const { port } = await serve(certificates().other);
    expect(await errorOf(call(port))).toMatchObject({ code: 'ERR_TLS_CERT_ALTNAME_INVALID', host: 'localhost' });
  });

  test('a certificate that nobody vouches for', async () => {
    const { port } = await serve(certificates().stranger);
    expect(await errorOf(call(port))).toMatchObject({ code: 'DEPTH_ZERO_SELF_SIGNED_CERT' });
    const careless = call(port, { rejectUnauthorized: false });
    await once(careless, 'secureConnect');
    expect([careless.authorized, careless.authorizationError]).toEqual([false, 'DEPTH_ZERO_SELF_SIGNED_CERT']);
  });

  test('checkServerIdentity of the caller', async () => {
    const { port } = await serve();
    const client = call(port, { checkServerIdentity: (name) => new Error(`not ${name}`) });
    expect(await errorOf(client)).toMatchObject({ message: 'not localhost' });
  });

  test('ALPN: chosen, by ALPNCallback, and none in common', async () => {
    const chosen = await pair({ ALPNProtocols: ['two', 'one'] }, { ALPNProtocols: ['one', 'two'] });
    expect([chosen.client.alpnProtocol, chosen.server.alpnProtocol]).toEqual(['two', 'two']);
    const asked: unknown[] = [];
    const called = await pair(
      {
        ALPNCallback(offer) {
          asked.push(offer);
          return offer.protocols[1];
        },
      },
      { ALPNProtocols: ['one', 'two'] },
    );
    expect([called.client.alpnProtocol, asked]).toEqual([
      'two',
      [{ servername: 'localhost', protocols: ['one', 'two'] }],
    ]);
    const { port } = await serve({ ALPNProtocols: ['one'] });
    expect(await errorOf(call(port, { ALPNProtocols: ['two'] }))).toMatchObject({
      code: 'ERR_SSL_TLSV1_ALERT_NO_APPLICATION_PROTOCOL',
    });
  });

  describe('client certificates', () => {
    const asking = (): object => ({ requestCert: true, rejectUnauthorized: false, ca: certificates().ca.cert });

    test('one that is trusted', async () => {
      const { server } = await pair(asking(), certificates().client);
      expect([server.authorized, server.getPeerCertificate().subject.CN]).toEqual([true, 'a client']);
    });

    test('none, and a stranger, where that is allowed', async () => {
      const without = await pair(asking());
      expect([without.server.authorized, without.server.getPeerCertificate()]).toEqual([false, {}]);
      const { server } = await pair(asking(), certificates().stranger);
      expect([server.authorized, server.authorizationError]).toEqual([false, 'DEPTH_ZERO_SELF_SIGNED_CERT']);
    });

    test.each(['TLSv1.2', 'TLSv1.3'] as const)('none where it must be, in %s', async (maxVersion) => {
      const { server, port } = await serve({ ...asking(), rejectUnauthorized: true, maxVersion });
      const seen = next(server, 'tlsClientError');
      const client = call(port);
      client.resume();
      expect(await errorOf(client)).toMatchObject({
        code: expect.stringMatching(/^ERR_SSL_(TLSV13_ALERT_CERTIFICATE_REQUIRED|SSLV3_ALERT_HANDSHAKE_FAILURE)$/),
      });
      expect(await seen).toEqual([
        expect.objectContaining({ code: 'ERR_SSL_PEER_DID_NOT_RETURN_A_CERTIFICATE' }),
        expect.anything(),
      ]);
    });
  });

  test('keylog: the same secrets at both ends', async () => {
    const { server, port } = await serve();
    const lines: Record<'client' | 'server', string[]> = { client: [], server: [] };
    server.on('keylog', (line: Buffer, socket: TLSSocket) => {
      expect(socket.remoteAddress).toBe(LOOPBACK);
      lines.server.push(line.toString());
    });
    const client = call(port);
    client.on('keylog', (line: Buffer) => lines.client.push(line.toString()));
    const [accepted] = (await once(server, 'secureConnection')) as [TLSSocket];
    accepted.end('x');
    await textOf(client);
    expect(lines.client).toContainEqual(expect.stringMatching(/^CLIENT_TRAFFIC_SECRET_0 [0-9a-f]{64} [0-9a-f]+\n$/));
    expect(lines.client.sort()).toEqual(lines.server.sort());
  });

  test('renegotiation: no longer when it is disabled', async () => {
    const { client, server } = await pair({ maxVersion: 'TLSv1.2' });
    await new Promise((resolve) => client.renegotiate({ rejectUnauthorized: false }, resolve));
    server.disableRenegotiation();
    const failed = errorOf(server);
    client.on('error', () => undefined);
    client.renegotiate({}, () => undefined);
    expect(await failed).toMatchObject({ code: 'ERR_TLS_RENEGOTIATION_DISABLED' });
  });

  test('handshakeTimeout', async () => {
    const { server, port } = await serve({ handshakeTimeout: 30 });
    const seen = next(server, 'tlsClientError');
    const silent = net.connect(port, LOOPBACK);
    silent.resume();
    const [error, socket] = (await seen) as [NodeJS.ErrnoException, TLSSocket];
    expect([error.code, socket instanceof tls.TLSSocket]).toEqual(['ERR_TLS_HANDSHAKE_TIMEOUT', true]);
    socket.destroy();
    await next(silent, 'close');
  });

  test('a client that speaks no TLS, and one that goes in the middle', async () => {
    const { server, port } = await serve();
    const first = next(server, 'tlsClientError');
    net
      .connect(port, LOOPBACK)
      .on('error', () => undefined)
      .end('GET / HTTP/1.0\r\n\r\n');
    expect(await first).toEqual([expect.objectContaining({ code: 'ERR_SSL_HTTP_REQUEST' }), expect.anything()]);
    const second = next(server, 'tlsClientError');
    net.connect(port, LOOPBACK).end();
    expect(await second).toEqual([
      expect.objectContaining({ code: 'ECONNRESET', message: 'socket hang up' }),
      expect.anything(),
    ]);
  });

  test('a server that goes in the middle', async () => {
    let gone: (socket: Socket) => void = (socket) => socket.end();
    const server = net.createServer((socket) => {
      socket.on('error', () => undefined);
      gone(socket.resume());
    });
    server.listen(0, LOOPBACK);
    await once(server, 'listening');
    const { port } = server.address() as { port: number };
    expect(await errorOf(call(port))).toMatchObject({
      code: 'ECONNRESET',
      message: 'Client network socket disconnected before secure TLS connection was established',
      host: LOOPBACK,
      port,
    });
    gone = (socket) => socket.resetAndDestroy();
    expect(await errorOf(call(port))).toMatchObject({ code: 'ECONNRESET' });
    server.close();
  });

  test('certificates of both ends', async () => {
    const { client, server } = await pair();
    expect(client.getPeerCertificate(true).issuerCertificate.subject.CN).toBe('synack test authority');
    expect(client.getPeerX509Certificate()?.subjectAltName).toContain('IP Address:127.0.0.1');
    expect(server.getCertificate()).toMatchObject({ subject: { CN: 'localhost' } });
  });
});

const CONTEXT = Buffer.from('a context');
/** Of OpenSSL: no session tickets. */
const SSL_OP_NO_TICKET = 0x4000;
