import { afterEach, beforeAll } from '@jest/globals';
import { once } from 'node:events';
import type { Socket } from 'node:net';
import type { ConnectionOptions, Server, TlsOptions, TLSSocket } from 'node:tls';
import type { Tls } from '../../../src/node/tls';
import { type Certificates, certificates } from '../../support/certificates';
import { listening, LOOPBACK } from '../faces';

/** What `tls.connect` takes, also what Node's types forget. */
export type CallOptions = ConnectionOptions & { readonly family?: number; readonly allowHalfOpen?: boolean };

/** What a test of TLS has; what it makes goes with it. */
export interface TlsSite {
  /** Made before the first test. */
  readonly certificates: () => Certificates;
  /** A server on loopback with the certificate for `localhost`. */
  readonly serve: (
    options?: TlsOptions,
    listener?: (socket: TLSSocket) => void,
  ) => Promise<{ server: Server; port: number }>;
  /** A client that trusts it, not yet connected. */
  readonly call: (port: number, options?: CallOptions) => TLSSocket;
  /** Both ends of a connection that stands. */
  readonly pair: (server?: TlsOptions, client?: CallOptions) => Promise<{ client: TLSSocket; server: TLSSocket }>;
}

/** To be called in a `describe`. */
export function tlsSite(tls: Tls): TlsSite {
  let made: Certificates | undefined;
  beforeAll(async () => {
    made = await certificates();
  });
  const endings: (() => void)[] = [];
  afterEach(() => {
    for (const ending of endings.splice(0)) ending();
  });
  const all = (): Certificates => {
    if (made === undefined) throw new Error('the certificates are made before the first test');
    return made;
  };
  const site: TlsSite = {
    certificates: all,
    serve: async (options = {}, listener) => {
      const server = tls.createServer({ ...all().server, ...options }, listener);
      server.on('connection', (socket: Socket) => {
        socket.on('error', () => undefined);
        endings.push(() => socket.destroy());
      });
      endings.push(() => server.close());
      return { server, port: await listening(server) };
    },
    call: (port, options = {}) => {
      const socket = tls.connect({ port, host: LOOPBACK, ca: all().ca.cert, servername: 'localhost', ...options });
      endings.push(() => socket.destroy());
      return socket;
    },
    pair: async (serverOptions, clientOptions) => {
      const { server, port } = await site.serve(serverOptions);
      const accepted = once(server, 'secureConnection') as Promise<[TLSSocket]>;
      const client = site.call(port, clientOptions);
      await once(client, 'secureConnect');
      const [other] = await accepted;
      return { client, server: other };
    },
  };
  return site;
}
