import { captureRejectionSymbol } from 'node:events';
import type * as net from 'node:net';
import { getDefaultHighWaterMark } from 'node:stream';
import { checkNumber, invalidArgType } from './argument-errors';
import { CallableEmitter } from './callable';
import type { NetContext } from './host';
import type { ServerFace, SocketClass } from './listening';
import { HANDLE, Listening } from './listening';

export type ConnectionListener = (socket: net.Socket) => void;

/** `net.Server` over a listener of the stack (passive OPEN, RFC 9293 §3.10.1). */
export class Server extends CallableEmitter implements net.Server, ServerFace {
  allowHalfOpen: boolean;
  pauseOnConnect: boolean;
  noDelay: boolean;
  keepAlive: boolean;
  keepAliveInitialDelay: number;
  highWaterMark: number;
  /** Node leaves it undefined until somebody sets it, whatever its types say. */
  declare maxConnections: number;

  readonly #listening: Listening;

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

    this.#listening = new Listening(context, socketClass, this);
    this.allowHalfOpen = given.allowHalfOpen ?? false;
    this.pauseOnConnect = given.pauseOnConnect ?? false;
    this.noDelay = given.noDelay ?? false;
    this.keepAlive = given.keepAlive ?? false;
    this.keepAliveInitialDelay = Math.trunc(Math.max(0, given.keepAliveInitialDelay ?? 0) / 1000);
    const { highWaterMark = -1 } = given;
    this.highWaterMark = highWaterMark < 0 ? getDefaultHighWaterMark(false) : highWaterMark;
  }

  /** @throws ERR_SERVER_ALREADY_LISTEN, RangeError ERR_SOCKET_BAD_PORT, TypeError ERR_INVALID_ARG_VALUE */
  listen(...args: unknown[]): this {
    this.#listening.listen(args);
    return this;
  }

  /** Accepts no more. 'close' follows once every connection has ended. */
  close(callback?: (error?: Error) => void): this {
    this.#listening.close(callback);
    this.#listening.emitCloseIfDrained();
    return this;
  }

  /** For `captureRejections`: a connection whose listener was rejected ends with the reason. */
  override [captureRejectionSymbol](error: Error, event: string, socket?: net.Socket): void {
    if (event === 'connection' && socket !== undefined) socket.destroy(error);
    else this.emit('error', error);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#listening.dispose();
  }

  /** Node does not document it, and supertest asks it whether there is something to close. */
  get _handle(): object | null {
    return this.listening ? HANDLE : null;
  }

  get listening(): boolean {
    return #listening in this && this.#listening.listening;
  }

  get connections(): number {
    return #listening in this ? this.#listening.connections : 0;
  }

  address(): net.AddressInfo | string | null {
    return this.#listening.address();
  }

  getConnections(callback: (error: Error | null, count: number) => void): this {
    this.#listening.getConnections(callback);
    return this;
  }

  ref(): this {
    this.#listening.ref();
    return this;
  }

  unref(): this {
    this.#listening.unref();
    return this;
  }
}

/** @throws TypeError ERR_INVALID_ARG_TYPE */
function serverOptions(options: unknown): net.ServerOpts {
  if (options === undefined || options === null || typeof options === 'function') return {};
  if (typeof options === 'object') return options;
  throw invalidArgType('options', 'of type object', options);
}
