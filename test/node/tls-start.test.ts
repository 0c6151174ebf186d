import { afterEach, describe, expect, test } from '@jest/globals';
import { once } from 'node:events';
import * as nodeNet from 'node:net';
import * as nodeTls from 'node:tls';
import nodeTlsModule from 'node:tls';
import { Stack } from '../../src/node/stack';
import { certificates } from '../support/certificates';
import { closed, listening, LOOPBACK, thrown } from './faces';

const { net: ourNet, tls: ourTls } = new Stack();

describe.each([
  ['node:tls', nodeNet, nodeTls],
  ['synack', ourNet, ourTls],
])('the beginning of a handshake: %s', (_name, net, tls) => {
  const server = net.createServer((socket) => socket.on('error', () => undefined).resume());
  afterEach(() => closed(server));

  /** A client that cannot even say hello. */
  const impossible = { maxVersion: 'TLSv1.1' } as const;

  test.each([
    ['its own connection', (port: number) => tls.connect({ ...impossible, port, host: LOOPBACK })],
    [
      'one that is not there yet',
      (port: number) => tls.connect({ ...impossible, socket: net.connect(port, LOOPBACK) }),
    ],
  ])('is behind that of %s', async (_over, call) => {
    const port = await listening(server);
    const socket = call(port);
    expect(socket.connecting).toBe(true);
    const events: string[] = [];
    socket.on('connect', () => events.push('connect'));
    socket.on('error', ({ code }: NodeJS.ErrnoException) => events.push(String(code)));
    await new Promise((resolve) => socket.on('close', resolve));
    expect(events).toEqual(['connect', 'ERR_SSL_NO_PROTOCOLS_AVAILABLE']);
  });
});

describe.each([
  ['node:tls', nodeNet, nodeTlsModule],
  ['synack', ourNet, ourTls],
])('the module %s', (_name, net, tls) => {
  test('says first what is wrong with TLS, and then with the connection', () => {
    expect(thrown(() => tls.connect({ minDHSize: -1 }))?.message).toMatch(/minDHSize is not a positive number/);
    expect(thrown(() => tls.connect({}))).toMatchObject({ code: 'ERR_MISSING_ARGS' });
  });

  test('has settings for all connections, and a list that is made when it is asked for', () => {
    const { DEFAULT_MAX_VERSION: before } = tls;
    try {
      tls.DEFAULT_MAX_VERSION = 'TLSv1.2';
      expect(nodeTlsModule.DEFAULT_MAX_VERSION).toBe('TLSv1.2');
    } finally {
      tls.DEFAULT_MAX_VERSION = before;
    }
    expect(Object.getOwnPropertyDescriptor(tls, 'rootCertificates')).toHaveProperty('get');
  });

  test.each([undefined, null])(
    'new TLSSocket(%s): begins its handshake with the first bytes, and can be half-open',
    async (none) => {
      const server = net.createServer((socket) => socket.on('error', () => undefined));
      const port = await listening(server);
      const socket = new tls.TLSSocket(none as never, { allowHalfOpen: true } as nodeTls.TLSSocketOptions);
      expect(socket.allowHalfOpen).toBe(true);
      socket
        .on('error', () => undefined)
        .connect(port, LOOPBACK)
        .write('hello');
      const [accepted] = (await once(server, 'connection')) as [nodeNet.Socket];
      const [hello] = (await once(accepted, 'data')) as [Buffer];
      expect(hello[0]).toBe(22);
      accepted.destroy();
      socket.destroy();
      await closed(server);
    },
  );

  test('both ends can end: a close_notify goes to a peer that has ended too', async () => {
    const { ca, server: certificate } = await certificates();
    const errors: Error[] = [];
    const server = tls.createServer(certificate, (socket) => {
      socket.on('error', (error: Error) => errors.push(error));
      socket.once('data', () => socket.end('bye'));
    });
    const port = await listening(server);
    // What a program's options say of other streams is nothing to the one below.
    const options = {
      port,
      host: LOOPBACK,
      servername: 'localhost',
      ca: ca.cert,
      encoding: 'binary',
      objectMode: true,
    };
    const client = tls.connect(options, () => client.write('hello'));
    client.on('error', (error: Error) => errors.push(error)).once('data', () => client.end());
    await new Promise((resolve) => client.on('close', resolve));
    await closed(server);
    expect(errors).toEqual([]);
  });

  test('a socket that is told to connect only after TLS stands on it', async () => {
    const server = net.createServer((socket) => socket.on('error', () => undefined));
    const port = await listening(server);
    const below = new net.Socket();
    const socket = tls.connect({ socket: below }).on('error', () => undefined);
    expect(socket.connecting).toBe(true);
    below.connect(port, LOOPBACK);
    const [accepted] = (await once(server, 'connection')) as [nodeNet.Socket];
    const [hello] = (await once(accepted, 'data')) as [Buffer];
    expect(hello[0]).toBe(22);
    accepted.destroy();
    socket.destroy();
    await closed(server);
  });
});
