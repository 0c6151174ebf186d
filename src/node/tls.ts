import type { Http2Session } from 'node:http2';
import type * as net from 'node:net';
import * as nodeTls from 'node:tls';
import nodeTlsModule from 'node:tls';
import { callArguments } from './arguments';
import { deriveServer } from './derive-server';
import type { NetContext } from './host';
import type { SocketClass } from './listening';
import type { Net } from './net';
import { Socket } from './socket';
import { adoptStreamSocket, adoptTlsSocket } from './tls-socket';

export type Tls = typeof nodeTls;

/** A line of an NSS key log: what Wireshark needs to read a connection. */
export type KeylogListener = (line: Buffer) => void;

/** Who wants the secrets of all TLS connections, if anybody does. */
export interface Keylog {
  listener: KeylogListener | undefined;
}

/** What a program may set for all its connections: Node's own module is where Node looks for it. */
const SETTINGS = ['DEFAULT_CIPHERS', 'DEFAULT_ECDH_CURVE', 'DEFAULT_MIN_VERSION', 'DEFAULT_MAX_VERSION'] as const;
const nodesOwn = nodeTlsModule as unknown as Record<(typeof SETTINGS)[number], unknown>;

/** Node's types do not know all that a `TLSSocket` takes. */
type TlsSocketOptions = nodeTls.TLSSocketOptions & { readonly allowHalfOpen?: boolean };

type ConnectOptions = nodeTls.ConnectionOptions & { readonly signal?: AbortSignal };

/** What concerns the connection below TLS, without what TLS itself takes of `connect`'s options. */
function connectionOptions(options: ConnectOptions): net.NetConnectOpts {
  const tlsOnly = { onread: undefined, signal: undefined, timeout: undefined, highWaterMark: undefined };
  return { ...options, ...tlsOnly } as unknown as net.NetConnectOpts;
}

/** What a socket takes of them when it is made: nothing that says how its stream is read, for that is TLS's. */
function socketOptions(options: ConnectOptions): net.SocketConstructorOpts {
  const { allowHalfOpen, noDelay, keepAlive, keepAliveInitialDelay } = connectionOptions(
    options,
  ) as net.SocketConstructorOpts & net.TcpSocketConnectOpts;
  return { allowHalfOpen, noDelay, keepAlive, keepAliveInitialDelay } as net.SocketConstructorOpts;
}

/** @returns whether a socket is one of this or another stack's */
function isSynackSocket(below: unknown): boolean {
  return below instanceof Socket;
}

/** By this a `TLSSocket` begins its handshake, or waits for `connect` while it has `connecting`; there since Node 0.12, and not in its types. */
interface Starting {
  connecting: boolean;
  once(event: 'connect', listener: () => void): unknown;
  _start(): void;
}

/**
 * Makes a TLS socket on a socket of ours that has no connection yet. Node's `connect` would begin the handshake at once, whose first error
 * comes before the program can listen for it.
 */
function startsLater(connect: () => nodeTls.TLSSocket): nodeTls.TLSSocket {
  const prototype = nodeTls.TLSSocket.prototype as unknown as Starting;
  const start: () => void = Reflect.get(prototype, '_start');
  prototype._start = function () {
    this.connecting = true;
    this.once('connect', start);
  };
  try {
    return connect();
  } finally {
    prototype._start = start;
  }
}

/**
 * The way in which TLS sockets come to stand on the stack: its servers' and its clients', in `tls`, `https` and `http2` alike.
 */
export class TlsOverStack {
  readonly #net: Net;
  readonly #keylog: Keylog;

  constructor(netModule: Net, keylog: Keylog) {
    this.#net = netModule;
    this.#keylog = keylog;
  }

  /**
   * `tls.connect` with options: a connection of the stack, and Node's TLS on it. Paths and sockets that the program brings are Node's.
   * @param connect makes the TLS socket: `tls.connect`, or an agent's `createConnection`
   */
  connect(options: ConnectOptions, connect: (options: ConnectOptions) => nodeTls.TLSSocket): nodeTls.TLSSocket {
    const hasOwn = Boolean(options.socket) || Boolean(options.path);
    const ours = hasOwn ? undefined : new this.#net.Socket(socketOptions(options));
    const below = ours ?? options.socket;
    const make = (): nodeTls.TLSSocket => connect({ ...options, ...(below && { socket: below }) });
    const isLater = below instanceof Socket && below.pending;
    const socket = isLater ? startsLater(make) : make();
    // What cannot be is told in Node's order: first of TLS, then of the connection.
    ours?.connect(connectionOptions(options));
    this.adopt(socket);
    // Node sets it only where it makes the connection itself.
    if (!hasOwn && options.timeout) socket.setTimeout(options.timeout);
    return socket;
  }

  /** Makes a client's TLS socket tell what it stands on, and its secrets to who wants them. */
  adopt(socket: nodeTls.TLSSocket): void {
    adoptTlsSocket(socket, isSynackSocket);
    const { listener } = this.#keylog;
    if (listener !== undefined) socket.on('keylog', listener);
  }

  /** A class of servers as `base`, over the stack, whose TLS sockets know what they stand on, and tell their secrets to who wants them. */
  deriveServer<Base extends abstract new (...args: never[]) => nodeTls.Server>(base: Base, context: NetContext): Base {
    return deriveServer(base, context, this.#net.Socket as unknown as SocketClass, this.#emitting, this.#watch);
  }

  /** A server's TLS sockets are adopted when the program first hears of them. */
  readonly #emitting = (args: readonly unknown[]): void => {
    for (let i = 1; i < args.length; i++) adoptTlsSocket(args[i], isSynackSocket);
  };

  /** The same for a server of HTTP/2 without TLS, whose sessions have a socket over the stack's. */
  readonly emittingSessions = ([event, session]: readonly unknown[]): void => {
    if (event === 'session') adoptStreamSocket((session as Http2Session).socket, isSynackSocket);
  };

  /** Lets a server that begins to listen tell the secrets of its connections. */
  readonly #watch = (server: nodeTls.Server): void => {
    const { listener } = this.#keylog;
    if (listener !== undefined && !server.listeners('keylog').includes(listener)) server.on('keylog', listener);
  };
}

/**
 * Node's own `tls`, whose servers listen and whose sockets connect over the stack. Nothing of TLS is written here.
 */
export function createTls(context: NetContext, netModule: Net, over: TlsOverStack): Tls {
  const Server = over.deriveServer(nodeTls.Server, context);

  function connect(...args: unknown[]): nodeTls.TLSSocket {
    const { options, callback } = callArguments<ConnectOptions>(args);
    const [, second, third] = args;
    Object.assign(options, [second, third].find((argument) => typeof argument === 'object') ?? {});
    return over.connect(options, (complete) => nodeTls.connect(complete, callback));
  }

  const TLSSocket = new Proxy(nodeTls.TLSSocket, {
    construct(target, [below, options]: [net.Socket | null | undefined, TlsSocketOptions?], made): object {
      const on = below ?? new netModule.Socket({ allowHalfOpen: options?.allowHalfOpen });
      const socket = Reflect.construct(target, [on, options], made) as nodeTls.TLSSocket;
      over.adopt(socket);
      if (on !== below) connectBelow(socket, on);
      return socket;
    },
  });

  // Not all of it is plain: the list of root certificates is made when it is asked for.
  const tls = Object.defineProperties({}, Object.getOwnPropertyDescriptors(nodeTlsModule)) as Tls;
  Object.assign(tls, {
    Server,
    TLSSocket,
    connect: connect,
    createServer: ((...args: ConstructorParameters<Tls['Server']>) => new Server(...args)) as Tls['createServer'],
  });
  for (const name of SETTINGS) {
    Object.defineProperty(tls, name, {
      get: () => nodesOwn[name],
      set: (value: never) => {
        nodesOwn[name] = value;
      },
      enumerable: true,
      configurable: true,
    });
  }
  return tls;
}

/** A TLS socket that was made without a connection makes one of the stack's when it is told to connect. */
function connectBelow(socket: nodeTls.TLSSocket, below: net.Socket): void {
  const connect = (...args: unknown[]): nodeTls.TLSSocket => {
    below.connect(...(args as [net.NetConnectOpts]));
    return socket;
  };
  Object.assign(socket, { connect });
}
