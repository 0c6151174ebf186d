import { AsyncResource } from 'node:async_hooks';
import { channel } from 'node:diagnostics_channel';
import type { EventEmitter } from 'node:events';
import * as nodeNet from 'node:net';
import { isIPv6 } from 'node:net';
import { TcpError } from '../tcp/errors';
import type { Connection, Endpoint, Listener } from '../tcp/user';
import { isLinkLocal6, isMulticast6, parseIpv6Address } from '../wire/address';
import { addressInfo, ANY, ANY_6, familyOf } from './addresses';
import { checkSignal, invalidArgValue, serverAlreadyListening, serverNotRunning, validPort } from './argument-errors';
import { callArguments } from './arguments';
import type { Sleeper } from './awake';
import { AWAKE, RESOURCE, WOKEN_UP } from './awake';
import type { SystemErrorCode } from './errors';
import { listenException } from './errors';
import type { NetContext, SocketOwner } from './host';
import { CLOSED } from './liveness';
import { PLACE } from './open-handles';
import type { Socket } from './socket';
import type { AcceptOptions, SocketOptions } from './socket-options';
import { keepAliveOption } from './socket-options';
import { endToProgram, toStack } from './zones';

/** The class of the sockets that a server gives out: a stack's own `net.Socket`. */
export type SocketClass = new (options: SocketOptions, owner?: SocketOwner) => Socket;

/** Told of each socket that is accepted, as Node's own is. */
const SERVER_SOCKETS = channel('net.server.socket');

/** What `server.listen` may be given, after `callArguments`; nothing of it is checked yet. */
interface ListenOptions extends Omit<nodeNet.ListenOptions, 'port'> {
  readonly port?: unknown;
  /** A file descriptor, or an object that has one: the kernel's. */
  readonly fd?: unknown;
}

/** How to listen at an address. */
interface OpenOptions {
  readonly backlog?: number | undefined;
  readonly ipv6Only?: boolean | undefined;
}

/**
 * A server as its users see it: the stack's `net.Server`, or one of Node's own that are made from `net.Server` (`http`, `https`, `tls`).
 * It tells its settings, and emits what happens.
 */
export interface ServerFace extends EventEmitter {
  allowHalfOpen: boolean;
  pauseOnConnect: boolean;
  noDelay: boolean;
  keepAlive: boolean;
  /** In seconds, as Node's servers keep it. */
  keepAliveInitialDelay: number;
  highWaterMark: number;
  maxConnections: number;
  close(): unknown;
}

/** What a server listens with, whatever server it is: `listen`, `close` and the rest of `net.Server`, over a listener of the stack. */
export class Listening implements SocketOwner, Sleeper {
  [PLACE] = -1;
  [RESOURCE]: AsyncResource | undefined;

  readonly #context: NetContext;
  readonly #socketClass: SocketClass;
  readonly #face: ServerFace;
  #liveness = CLOSED;
  #listener: Listener | undefined;
  /** Listens at a path or a file descriptor, which are the kernel's. */
  #kernels: nodeNet.Server | undefined;
  #connections = 0;
  /** Tells a call of `listen` that still looks up its address from the one that counts. */
  #attempt = 0;
  #accepting = false;
  /** It listens at an address of IPv6, and so do those that call it with IPv4. */
  #asIpv6 = false;
  /** The options that its connections come with. */
  #acceptOptions: AcceptOptions = {};

  constructor(context: NetContext, socketClass: SocketClass, face: ServerFace) {
    this.#context = context;
    this.#socketClass = socketClass;
    this.#face = face;
  }

  // ── listen ─────────────────────────────────────────────────────────────────────────────────────────────────────────

  /** @throws ERR_SERVER_ALREADY_LISTEN, RangeError ERR_SOCKET_BAD_PORT, TypeError ERR_INVALID_ARG_VALUE */
  listen(args: readonly unknown[]): void {
    const { options, callback } = callArguments<ListenOptions>(args);
    if (this.listening) throw serverAlreadyListening();
    if (callback !== undefined) this.#face.once('listening', callback);
    this.#abortWith(options.signal);

    const attempt = ++this.#attempt;
    const { host } = options;
    const backlog = options.backlog ?? args.slice(1, 3).find((argument) => typeof argument === 'number');
    const kernels = kernelsPlace(options, args[0]);
    if (kernels !== undefined) {
      this.#listenAtKernels(kernels, backlog);
      return;
    }
    const port = portOf(options, args);
    if (port === undefined) {
      const reason = 'port' in options || 'path' in options ? undefined : 'must have the property "port" or "path"';
      throw invalidArgValue('options', options, reason);
    } else if (!host) {
      // `ipv6Only` is for who names an address, as in Node.
      this.#listen(this.#context.host.ipv6 === false ? ANY : ANY_6, port, { backlog });
    } else {
      this.#context.lookup(host, {}, (error, address) => {
        if (attempt !== this.#attempt) return;
        if (error) this.#face.emit('error', error);
        else this.#listen(typeof address === 'string' ? address : host, port, { backlog, ipv6Only: options.ipv6Only });
      });
    }
  }

  #listen(address: string, port: number, options: OpenOptions): void {
    const listener = this.#passiveOpen(address, port, options);
    if (typeof listener === 'string') {
      this.#emitLater('error', listenException(listener, address, port));
      return;
    }
    this.#listener = listener;
    this[RESOURCE] = new AsyncResource('TCPSERVERWRAP');
    this.#context.open.add(this);
    this.#liveness = this.#liveness.open();
    listener.on('connection', this.#onConnection);
    process.nextTick(() => {
      if (this.#listener === listener) this.#face.emit('listening');
    });
  }

  #passiveOpen(address: string, port: number, { backlog, ipv6Only }: OpenOptions): Listener | SystemErrorCode {
    const { host } = this.#context;
    this.#asIpv6 = isIPv6(address);
    if (this.#asIpv6 && host.ipv6 === false) return 'EAFNOSUPPORT';
    const local = toStack(address, host.ip);
    if (local === undefined) return 'EINVAL';
    const { noDelay, keepAlive, keepAliveInitialDelay } = this.#face;
    try {
      // The same for all that are accepted, so that they share them.
      this.#acceptOptions = {
        ...(noDelay && { noDelay: true }),
        ...(keepAlive && { keepAlive: keepAliveOption(true, keepAliveInitialDelay * 1000) }),
      };
      return host.tcp.open({
        passive: true,
        local: { address: local, port },
        ...(ipv6Only === true && this.#asIpv6 && { ipv6Only }),
        ...(backlog && { backlog }),
        ...this.#acceptOptions,
      });
    } catch (error) {
      if (error instanceof TcpError) return isNobodys(local) ? 'EINVAL' : error.code;
      throw error;
    }
  }

  /** Paths and file descriptors are no matter of TCP/IP: the program gets what Node itself makes of them. */
  #listenAtKernels(place: object, backlog: number | undefined): void {
    const face = this.#face;
    const { allowHalfOpen, pauseOnConnect, highWaterMark } = face;
    const server = nodeNet.createServer({ allowHalfOpen, pauseOnConnect, highWaterMark });
    server.maxConnections = face.maxConnections;
    server.on('listening', () => face.emit('listening'));
    server.on('drop', (data) => face.emit('drop', data));
    server.on('error', (error) => {
      this.#kernels = undefined;
      this.#context.open.delete(this);
      face.emit('error', error);
    });
    server.on('connection', (socket) => {
      this.#connections++;
      socket.once('close', () => {
        this.socketReleased();
      });
      face.emit('connection', socket);
    });
    server.listen(place, backlog);
    if (this.#liveness !== CLOSED) server.unref();
    this.#kernels = server;
    this.#context.open.add(this);
  }

  #abortWith(signal: AbortSignal | undefined): void {
    if (signal === undefined) return;
    checkSignal('options.signal', signal);
    const abort = (): void => {
      this.#face.close();
    };
    if (signal.aborted) {
      process.nextTick(abort);
      return;
    }
    signal.addEventListener('abort', abort, { once: true });
    this.#face.once('close', () => {
      signal.removeEventListener('abort', abort);
    });
  }

  // ── accept ─────────────────────────────────────────────────────────────────────────────────────────────────────────

  readonly #onConnection = (): void => {
    if (this.#accepting) return;
    this.#accepting = true;
    AWAKE.add(this);
  };

  /** Accepts all that wait. What a listener throws keeps no other connection waiting. */
  [WOKEN_UP](): void {
    let done = false;
    try {
      for (;;) {
        const connection = this.#listener?.accept() ?? 'EINVAL';
        if (typeof connection === 'string') break;
        const { maxConnections } = this.#face;
        // As Node has it, 0 is no limit.
        if (maxConnections && this.#connections >= maxConnections) this.#drop(connection);
        else this.#welcome(connection);
      }
      this.#accepting = false;
      done = true;
    } finally {
      if (!done) AWAKE.add(this);
    }
  }

  #drop(connection: Connection): void {
    const local = this.#shown(connection.local);
    const remote = this.#shown(connection.remote);
    this.#face.emit('drop', {
      localAddress: local.address,
      localPort: local.port,
      localFamily: familyOf(local.address),
      remoteAddress: remote.address,
      remotePort: remote.port,
      remoteFamily: familyOf(remote.address),
    });
    connection.close();
  }

  #welcome(connection: Connection): void {
    const face = this.#face;
    const { noDelay = false, keepAlive = false } = this.#acceptOptions;
    const options: SocketOptions = {
      handle: connection,
      asIpv6: this.#asIpv6,
      allowHalfOpen: face.allowHalfOpen,
      pauseOnCreate: face.pauseOnConnect,
      readableHighWaterMark: face.highWaterMark,
      writableHighWaterMark: face.highWaterMark,
      noDelay,
      keepAlive: keepAlive !== false,
      keepAliveInitialDelay: face.keepAliveInitialDelay * 1000,
    };
    const socket = new this.#socketClass(options, this);
    this.#connections++;
    // Where they were changed since it began to listen.
    if (face.noDelay !== noDelay) socket.setNoDelay(face.noDelay);
    if (face.keepAlive !== (keepAlive !== false)) {
      socket.setKeepAlive(face.keepAlive, face.keepAliveInitialDelay * 1000);
    }
    // Node's types know it only as something that is there.
    Object.assign(socket, { server: face });
    face.emit('connection', socket);
    if (SERVER_SOCKETS.hasSubscribers) SERVER_SOCKETS.publish({ socket });
  }

  /** For the sockets that it has given out. */
  socketReleased(): void {
    this.#connections--;
    this.emitCloseIfDrained();
  }

  // ── close ──────────────────────────────────────────────────────────────────────────────────────────────────────────

  /** Accepts no more. Whoever calls lets `emitCloseIfDrained` follow. */
  close(callback?: (error?: Error) => void): void {
    this.#attempt++;
    const wasListening = this.listening;
    // Node takes anything, and calls what it can.
    if (typeof callback === 'function') {
      this.#face.once('close', () => {
        if (wasListening) callback();
        else callback(serverNotRunning());
      });
    }
    this.#kernels?.close();
    this.#kernels = undefined;
    this.#context.open.delete(this);
    const listener = this.#listener;
    if (listener === undefined) return;
    listener.off('connection', this.#onConnection);
    listener.close();
    this.#listener = undefined;
    this.#liveness = this.#liveness.close();
  }

  /** 'close' follows once nobody listens and every connection has ended. */
  emitCloseIfDrained(): void {
    if (!this.listening && this.#connections === 0) this.#emitLater('close');
  }

  async dispose(): Promise<void> {
    if (!this.listening) return;
    await new Promise<void>((resolve) => {
      this.#face.once('close', resolve);
      this.#face.close();
    });
  }

  /** The stack closes. */
  destroy(): void {
    this.#face.close();
  }

  #emitLater(event: string, ...args: unknown[]): void {
    process.nextTick(() => this.#face.emit(event, ...args));
  }

  // ── what it is ─────────────────────────────────────────────────────────────────────────────────────────────────────

  get listening(): boolean {
    return this.#listener !== undefined || this.#kernels !== undefined;
  }

  get connections(): number {
    return this.#connections;
  }

  address(): nodeNet.AddressInfo | string | null {
    if (this.#kernels !== undefined) return this.#kernels.address();
    return this.#listener === undefined ? null : addressInfo(this.#shown(this.#listener.local));
  }

  #shown(end: Endpoint): Endpoint {
    return endToProgram(end, this.#asIpv6, this.#context.host.ip);
  }

  getConnections(callback: (error: Error | null, count: number) => void): void {
    process.nextTick(callback, null, this.#connections);
  }

  ref(): void {
    this.#kernels?.ref();
    this.#liveness = this.#liveness.ref();
  }

  unref(): void {
    this.#kernels?.unref();
    this.#liveness = this.#liveness.unref();
  }
}

/** True for what Linux takes for no address to listen at: a group of IPv6, and a link-local address of which nobody says the link. */
function isNobodys(address: string): boolean {
  const value = parseIpv6Address(address);
  return value !== undefined && (isMulticast6(value) || (isLinkLocal6(value) && !address.includes('%')));
}

/** What a server that listens has as its `_handle`: nothing to use, but there. Node's own classes close it before they close us. */
export const HANDLE: object = Object.freeze({ close: () => undefined });

/** Where to listen, as Node's own server is told it, when that is the kernel's: a handle, a file descriptor, a path; else `undefined`. */
function kernelsPlace(options: ListenOptions, first: unknown): object | undefined {
  const handle = handleOf(first);
  if (handle !== undefined) return handle;
  const { fd, path, exclusive, readableAll, writableAll } = options;
  if (typeof fd === 'number' && fd >= 0) return { fd };
  const isPath = typeof path === 'string' && path !== '' && !(Number(path) >= 0);
  // A port that is there, be it undefined, comes first.
  return isPath && !('port' in options) ? { path, exclusive, readableAll, writableAll } : undefined;
}

/** A handle of the kernel's, or that of a server of Node's own. */
function handleOf(value: unknown): object | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  const { _handle, handle } = value as { _handle?: object | null; handle?: object | null };
  const one: { listen?: unknown; fd?: unknown } = _handle ?? handle ?? value;
  return typeof one.listen === 'function' && typeof one.fd === 'number' ? one : undefined;
}

/**
 * The port to listen on; `undefined` when none was given in any way. No arguments, or a port of null, mean "any port".
 * @throws RangeError ERR_SOCKET_BAD_PORT
 */
function portOf(options: ListenOptions, args: readonly unknown[]): number | undefined {
  const { port } = options;
  const isAny = port === null || (port === undefined && (typeof args[0] !== 'object' || 'port' in options));
  if (isAny) return 0;
  return typeof port === 'number' || typeof port === 'string' ? validPort('options.port', port) : undefined;
}
