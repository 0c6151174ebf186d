import { EventEmitter } from 'node:events';
import type * as net from 'node:net';
import { isIPv4 } from 'node:net';
import { getDefaultHighWaterMark } from 'node:stream';
import { TcpError } from '../tcp/errors';
import type { Connection, Listener } from '../tcp/user';
import { addressInfo, ANY, familyOf } from './addresses';
import {
  checkNumber,
  invalidArgType,
  invalidArgValue,
  serverAlreadyListening,
  serverNotRunning,
  validPort,
} from './argument-errors';
import { callArguments } from './arguments';
import type { Sleeper } from './awake';
import { AWAKE, WOKEN_UP } from './awake';
import type { SystemErrorCode } from './errors';
import { listenException } from './errors';
import type { NetContext, SocketOwner } from './host';
import { CLOSED } from './liveness';
import { PLACE } from './open-handles';
import { lookupLocally } from './lookup';
import type { Socket } from './socket';
import type { AcceptOptions, SocketOptions } from './socket-options';
import { keepAliveOption } from './socket-options';

/** The class of the sockets that a server gives out: a stack's own `net.Socket`. */
export type SocketClass = new (options: SocketOptions, owner?: SocketOwner) => Socket;

/** What `server.listen` may be given, after `callArguments`; nothing of it is checked yet. */
interface ListenOptions extends Omit<net.ListenOptions, 'port'> {
  readonly port?: unknown;
}

export type ConnectionListener = (socket: net.Socket) => void;

/** `net.Server` over a listener of the stack (passive OPEN, RFC 9293 §3.10.1). */
export class Server extends EventEmitter implements net.Server, SocketOwner, Sleeper {
  [PLACE] = -1;
  allowHalfOpen: boolean;
  pauseOnConnect: boolean;
  noDelay: boolean;
  keepAlive: boolean;
  /** In ms. */
  keepAliveInitialDelay: number;
  highWaterMark: number;
  /** Node leaves it undefined until somebody sets it, whatever its types say. */
  declare maxConnections: number;

  readonly #context: NetContext;
  readonly #socketClass: SocketClass;
  #liveness = CLOSED;
  #listener: Listener | undefined;
  #connections = 0;
  /** Tells a call of `listen` that still looks up its address from the one that counts. */
  #attempt = 0;
  #accepting = false;
  /** The options that its connections come with. */
  #listenOptions: AcceptOptions = {};

  constructor(
    context: NetContext,
    socketClass: SocketClass,
    options?: unknown,
    connectionListener?: ConnectionListener,
  ) {
    super();
    const given = serverOptions(options);
    checkNumber('options.keepAliveInitialDelay', given.keepAliveInitialDelay);
    checkNumber('options.highWaterMark', given.highWaterMark);
    const listener = typeof options === 'function' ? (options as ConnectionListener) : connectionListener;
    if (listener !== undefined) this.on('connection', listener);

    this.#context = context;
    this.#socketClass = socketClass;
    this.allowHalfOpen = given.allowHalfOpen ?? false;
    this.pauseOnConnect = given.pauseOnConnect ?? false;
    this.noDelay = given.noDelay ?? false;
    this.keepAlive = given.keepAlive ?? false;
    this.keepAliveInitialDelay = given.keepAliveInitialDelay ?? 0;
    const { highWaterMark = -1 } = given;
    this.highWaterMark = highWaterMark < 0 ? getDefaultHighWaterMark(false) : highWaterMark;
  }

  // ── listen ─────────────────────────────────────────────────────────────────────────────────────────────────────────

  /** @throws ERR_SERVER_ALREADY_LISTEN, RangeError ERR_SOCKET_BAD_PORT, TypeError ERR_INVALID_ARG_VALUE */
  listen(...args: unknown[]): this {
    const { options, callback } = callArguments<ListenOptions>(args);
    if (this.#listener !== undefined) throw serverAlreadyListening();
    if (callback !== undefined) this.once('listening', callback);
    this.#abortWith(options.signal);

    const attempt = ++this.#attempt;
    const { host, path } = options;
    const port = portOf(options, args);
    const backlog = options.backlog ?? args.slice(1, 3).find((argument) => typeof argument === 'number');
    if (port === undefined) {
      const reason = 'port' in options || 'path' in options ? undefined : 'must have the property "port" or "path"';
      if (!path) throw invalidArgValue('options', options, reason);
      this.#emitLater('error', listenException('EAFNOSUPPORT', path, 0));
    } else if (!host) {
      this.#listen(ANY, port, backlog);
    } else {
      lookupLocally(host, {}, (error, address) => {
        if (attempt !== this.#attempt) return;
        if (error) this.emit('error', error);
        else this.#listen(typeof address === 'string' ? address : host, port, backlog);
      });
    }
    return this;
  }

  #listen(address: string, port: number, backlog: number | undefined): void {
    const listener = this.#passiveOpen(address, port, backlog);
    if (typeof listener === 'string') {
      this.#emitLater('error', listenException(listener, address, port));
      return;
    }
    this.#listener = listener;
    this.#context.open.add(this);
    this.#liveness = this.#liveness.open();
    listener.on('connection', this.#onConnection);
    process.nextTick(() => {
      if (this.#listener === listener) this.emit('listening');
    });
  }

  #passiveOpen(address: string, port: number, backlog: number | undefined): Listener | SystemErrorCode {
    if (!isIPv4(address)) return 'EAFNOSUPPORT';
    try {
      this.#listenOptions = this.#acceptOptions();
      return this.#context.host.tcp.open({
        passive: true,
        local: { address, port },
        ...(backlog && { backlog }),
        ...this.#listenOptions,
      });
    } catch (error) {
      if (error instanceof TcpError) return error.code;
      throw error;
    }
  }

  #abortWith(signal: AbortSignal | undefined): void {
    if (signal === undefined) return;
    const abort = (): void => {
      this.close();
    };
    if (signal.aborted) {
      process.nextTick(abort);
      return;
    }
    signal.addEventListener('abort', abort, { once: true });
    this.once('close', () => {
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
        // As Node has it, 0 is no limit.
        if (this.maxConnections && this.#connections >= this.maxConnections) this.#drop(connection);
        else this.#welcome(connection);
      }
      this.#accepting = false;
      done = true;
    } finally {
      if (!done) AWAKE.add(this);
    }
  }

  #drop(connection: Connection): void {
    const { local, remote } = connection;
    this.emit('drop', {
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
    const { noDelay = false, keepAlive = false } = this.#listenOptions;
    const options: SocketOptions = {
      handle: connection,
      allowHalfOpen: this.allowHalfOpen,
      pauseOnCreate: this.pauseOnConnect,
      readableHighWaterMark: this.highWaterMark,
      writableHighWaterMark: this.highWaterMark,
      noDelay,
      keepAlive: keepAlive !== false,
      keepAliveInitialDelay: this.keepAliveInitialDelay,
    };
    const socket = new this.#socketClass(options, this);
    this.#connections++;
    // Where they were changed since it began to listen.
    if (this.noDelay !== noDelay) socket.setNoDelay(this.noDelay);
    if (this.keepAlive !== (keepAlive !== false)) socket.setKeepAlive(this.keepAlive, this.keepAliveInitialDelay);
    this.emit('connection', socket);
  }

  /** The options of a connection that are the same for all that are accepted, so that it shares them. */
  #acceptOptions(): AcceptOptions {
    return {
      ...(this.noDelay && { noDelay: true }),
      ...(this.keepAlive && { keepAlive: keepAliveOption(true, this.keepAliveInitialDelay) }),
    };
  }

  /** For the sockets that it has given out. */
  socketReleased(): void {
    this.#connections--;
    this.#emitCloseIfDrained();
  }

  // ── close ──────────────────────────────────────────────────────────────────────────────────────────────────────────

  /** Accepts no more. 'close' follows once every connection has ended. */
  close(callback?: (error?: Error) => void): this {
    this.#attempt++;
    const listener = this.#listener;
    if (callback !== undefined) {
      this.once('close', () => {
        if (listener === undefined) callback(serverNotRunning());
        else callback();
      });
    }
    if (listener !== undefined) {
      listener.off('connection', this.#onConnection);
      listener.close();
      this.#listener = undefined;
      this.#context.open.delete(this);
      this.#liveness = this.#liveness.close();
    }
    this.#emitCloseIfDrained();
    return this;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#listener === undefined) return;
    await new Promise<void>((resolve) => {
      this.close(() => {
        resolve();
      });
    });
  }

  #emitCloseIfDrained(): void {
    if (this.#listener === undefined && this.#connections === 0) this.#emitLater('close');
  }

  #emitLater(event: string, ...args: unknown[]): void {
    process.nextTick(() => this.emit(event, ...args));
  }

  // ── what it is ─────────────────────────────────────────────────────────────────────────────────────────────────────

  get listening(): boolean {
    return this.#listener !== undefined;
  }

  get connections(): number {
    return this.#connections;
  }

  address(): net.AddressInfo | null {
    return this.#listener === undefined ? null : addressInfo(this.#listener.local);
  }

  getConnections(callback: (error: Error | null, count: number) => void): this {
    process.nextTick(callback, null, this.#connections);
    return this;
  }

  ref(): this {
    this.#liveness = this.#liveness.ref();
    return this;
  }

  unref(): this {
    this.#liveness = this.#liveness.unref();
    return this;
  }
}

/** @throws TypeError ERR_INVALID_ARG_TYPE */
function serverOptions(options: unknown): net.ServerOpts {
  if (options === undefined || options === null || typeof options === 'function') return {};
  if (typeof options === 'object') return options;
  throw invalidArgType('options', 'of type object', options);
}

/**
 * The port to listen on; `undefined` when none was given in any way. No arguments, or a port of null, mean "any port".
 * @throws RangeError ERR_SOCKET_BAD_PORT
 */
function portOf(options: ListenOptions, args: readonly unknown[]): number | undefined {
  const { port } = options;
  const isAny = port === null || (port === undefined && (typeof args[0] !== 'object' || 'port' in options));
  if (isAny && !options.path) return 0;
  return typeof port === 'number' || typeof port === 'string' ? validPort('options.port', port) : undefined;
}
