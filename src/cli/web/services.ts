import type { IncomingMessage, RequestListener, Server, ServerResponse } from 'node:http';
import type { Server as SecureServer } from 'node:https';
import type { Socket } from 'node:net';
import type { Lang } from '../../inspect';
import type { Stack } from '../../node/stack';
import { peerOf } from '../addresses';
import { Failure, reasonOf } from '../failure';
import { logAccess, type WriteLine } from './access-log';
import { makeCertificate, readCertificate, type Certificate } from './certificate';
import { WebSocketEcho } from './echo';
import { serveFiles } from './files';
import { servePage } from './page';

/** A service on Node's own http over the stack. */
export interface WebService {
  readonly port: number;
  readonly rfc: string;
  readonly description: string;
  readonly secure: boolean;
  readonly serves: 'files' | 'echo';
}

export const WEB_SERVICES = {
  http: { port: 80, rfc: 'RFC 9112', description: 'the files of a directory', secure: false, serves: 'files' },
  https: { port: 443, rfc: 'RFC 9110 §4.2.2', description: 'the same over TLS', secure: true, serves: 'files' },
  ws: { port: 80, rfc: 'RFC 6455', description: 'WebSocket echo, and a page to try it', secure: false, serves: 'echo' },
  wss: { port: 443, rfc: 'RFC 6455', description: 'the same over TLS', secure: true, serves: 'echo' },
} as const satisfies Readonly<Record<string, WebService>>;

export type WebServiceName = keyof typeof WEB_SERVICES;

export function isWebService(name: string): name is WebServiceName {
  return Object.hasOwn(WEB_SERVICES, name);
}

/** What the command line says about a service of the web. */
export interface WebOptions {
  readonly directory?: string;
  readonly cert?: string;
  readonly key?: string;
  readonly lang: Lang;
}

/** A server that does not listen yet. */
export interface WebServer {
  readonly server: Server | SecureServer;
  /** The certificate, where there is one, and whether we made it. */
  readonly certificate?: Certificate & { readonly isOurs: boolean };
  /** Says goodbye to all clients, and resolves when they are gone; after `patience` ms, whether or not they are. */
  end(patience: number): Promise<void>;
}

/** A service whose options were looked at. */
export interface Prepared {
  readonly name: WebServiceName;
  readonly listener: RequestListener;
  /** The certificate that the options name. */
  readonly certificate: Certificate | undefined;
}

/**
 * Looks at the options before anything is opened; `undefined` for a service that is none of the web's.
 * @throws Failure when an option is not the service's, or what it names cannot be used
 */
export function prepareWeb(name: string, { directory, cert, key, lang }: WebOptions): Prepared | undefined {
  const service: WebService | undefined = isWebService(name) ? WEB_SERVICES[name] : undefined;
  if (directory !== undefined && service?.serves !== 'files')
    throw new Failure(`${name} serves no directory; http and https do`);
  const one = cert ?? key;
  if (one !== undefined && service?.secure !== true)
    throw new Failure(`${name} has no certificate; https and wss have`);
  if (one !== undefined && (cert === undefined || key === undefined)) {
    const [given, missing] = cert === undefined ? ['--key', '--cert'] : ['--cert', '--key'];
    throw new Failure(`${given} ${one} needs ${missing} with it; without both a certificate is made`);
  }
  if (!isWebService(name)) return undefined;
  const listener = service?.serves === 'files' ? serveFiles(directory ?? '.') : servePage(lang);
  const certificate = cert === undefined || key === undefined ? undefined : readCertificate(cert, key);
  return { name, listener, certificate };
}

/**
 * Makes the server for a service.
 * @param address ours, for the certificate
 * @param write takes a line for each request, and for what else clients do
 */
export async function createWebServer(
  stack: Stack,
  address: string,
  { name, listener, certificate: given }: Prepared,
  write: WriteLine,
): Promise<WebServer> {
  const { secure, serves }: WebService = WEB_SERVICES[name];
  const certificate = secure
    ? { ...(given ?? (await makeCertificate(address))), isOurs: given === undefined }
    : undefined;
  const server =
    certificate === undefined
      ? stack.http.createServer()
      : stack.https.createServer({ cert: certificate.cert, key: certificate.key });
  server.on('request', (request: IncomingMessage, response: ServerResponse) => {
    logAccess(request, response, write);
    listener(request, response);
  });
  server.on('tlsClientError', (error: Error, socket: Socket) => {
    write(`${peerOf(socket)} TLS failed: ${tlsReason(error)}`);
  });
  const echo = serves === 'echo' ? new WebSocketEcho(server, write) : undefined;
  return {
    server,
    ...(certificate && { certificate }),
    end: (patience) =>
      new Promise((resolve) => {
        const late = setTimeout(() => {
          echo?.terminate();
          server.closeAllConnections();
          resolve();
        }, patience);
        server.close(() => {
          clearTimeout(late);
          resolve();
        });
        echo?.close();
        server.closeIdleConnections();
      }),
  };
}

/** Why a client and we did not come to TLS, in OpenSSL's words, which are short. */
function tlsReason(error: Error & { readonly reason?: string }): string {
  const { reason = reasonOf(error) } = error;
  return /unknown ca|certificate unknown|bad certificate/.test(reason)
    ? `${reason}: the client does not trust our certificate`
    : reason;
}
