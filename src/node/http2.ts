import * as nodeHttp2 from 'node:http2';
import type { ConnectionOptions } from 'node:tls';
import type * as net from 'node:net';
import { deriveServer } from './derive-server';
import type { NetContext } from './host';
import type { SocketClass } from './listening';
import type { Net } from './net';
import type { Tls, TlsOverStack } from './tls';
import { streamSocketOver } from './tls-socket';

export type Http2 = typeof nodeHttp2;

type SessionOptions = nodeHttp2.ClientSessionOptions & nodeHttp2.SecureClientSessionOptions;

/** Node's own `http2` over the stack. */
export function createHttp2(context: NetContext, netModule: Net, tls: Tls, over: TlsOverStack): Http2 {
  // Node does not give the classes themselves.
  const Server = deriveServer(
    classOf<nodeHttp2.Http2Server>(nodeHttp2.createServer()),
    context,
    netModule.Socket as unknown as SocketClass,
    over.emittingSessions,
  );
  const SecureServer = over.deriveServer(classOf<nodeHttp2.Http2SecureServer>(nodeHttp2.createSecureServer()), context);

  function connect(authority: string | URL, ...args: unknown[]): nodeHttp2.ClientHttp2Session {
    const [first, second] = args;
    const [options, listener] =
      typeof first === 'function' ? [{}, first] : [first as SessionOptions | undefined, second];
    const { createConnection = connectTo } = options ?? {};
    return nodeHttp2.connect(authority, { ...options, createConnection }, listener as () => void);
  }

  /** As Node itself connects for a session. */
  function connectTo(authority: URL, options: SessionOptions): net.Socket {
    const protocol = firstOf(authority.protocol, options.protocol, 'https:');
    const isPlain = protocol === 'http:';
    // Node refuses any other by itself.
    if (!isPlain && protocol !== 'https:') nodeHttp2.connect(authority, { protocol } as object);
    const port = Number(authority.port || (isPlain ? 80 : 443));
    // An object that is no URL may have the one or the other.
    const { hostname, host: given } = authority as Partial<URL>;
    const host = firstOf(hostname?.replace(/^\[(.*)\]$/, '$1'), given, 'localhost');
    if (isPlain) return streamSocketOver(netModule.connect({ ...(options as object), port, host }));
    const secure: ConnectionOptions = { ALPNProtocols: ['h2'], ...options, port, host };
    if (secure.servername === undefined && netModule.isIP(host) === 0) secure.servername = host;
    return tls.connect(secure);
  }

  return {
    ...nodeHttp2,
    connect: connect,
    createServer: (...args: unknown[]) => new Server(...withOptions(args)),
    createSecureServer: (...args: unknown[]) => new SecureServer(...args),
  };
}

type ServerClass<Server extends net.Server> = new (...args: unknown[]) => Server;

function classOf<Server extends net.Server>(server: Server): ServerClass<Server> {
  return server.constructor as ServerClass<Server>;
}

/** `(options?, handler?)` and `(handler)`. */
function withOptions(args: readonly unknown[]): unknown[] {
  return typeof args[0] === 'function' ? [{}, args[0]] : [...args];
}

/** The first that says something: an object that is no URL may leave things out, a URL has them empty. */
function firstOf(...texts: (string | undefined)[]): string {
  return texts.find(Boolean) ?? '';
}
