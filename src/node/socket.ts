import { AsyncResource } from 'node:async_hooks';
import type * as net from 'node:net';
import { addAbortSignal } from 'node:stream';
import { isUint8Array } from 'node:util/types';
import { isSynchronized } from '../tcp/states';
import type { ConnectionUser, Endpoint } from '../tcp/user';
import {
  endedByPeer,
  invalidHandleType,
  socketClosed,
  socketClosedBeforeConnection,
  validDuration,
} from './argument-errors';
import { connectArguments } from './arguments';
import { AWAKE, NOBODY, RESOURCE, type Sleeper, WOKEN_UP } from './awake';
import { Batch } from './batch';
import { CLOSING } from './closing';
import { type ConnectOptions, connectPath, connectTarget } from './connect-options';
import { type Caller, Connecting, LET_GO, LIFE, OPEN } from './connecting';
import { LOCAL, REMOTE } from './ends';
import { errnoException, type SystemErrorCode } from './errors';
import type { NetContext, SocketOwner } from './host';
import { IdleTimer, listenForTimeout } from './idle-timer';
import { HOLD, IS_RESTING, LET_DIE, LivingDuplex, REST, ROUSE } from './living';
import { NodeConnection, type SocketConnection } from './node-connection';
import { UserBuffer } from './onread';
import { PLACE } from './open-handles';
import { gather, Outgoing, sendChunk } from './outgoing';
import type { KeepAlive, SocketOptions } from './socket-options';
import { givenConnection, keepAliveOption, socketOptions, streamOptions } from './socket-options';

type WriteCallback = (error?: Error | null) => void;

/**
 * `net.Socket` over a connection of the stack: a stream both ways, with back-pressure both ways. What is written waits
 * until the connection's send buffer takes it; what arrives waits in the connection, and closes the peer's window, while
 * nobody reads.
 *
 * The stack tells its news from inside its own work. A socket only notes them, and acts on the next tick, so that events
 * come after the call that caused them, as in Node, and nothing that a listener throws goes through the stack.
 */
export class Socket extends LivingDuplex implements net.Socket, ConnectionUser, Sleeper, Caller {
  connecting = false;
  [PLACE] = -1;
  [RESOURCE]: AsyncResource | undefined;
  timeout?: number;
  bytesRead = 0;
  /** Node has it once several addresses are tried, whatever its types say. */
  declare autoSelectFamilyAttemptedAddresses: string[];

  readonly #context: NetContext;
  readonly #owner: SocketOwner | undefined;
  /** Not there before a time-out is asked for. */
  #idle: IdleTimer | undefined;
  #connection: SocketConnection | undefined;
  /** While it connects. */
  #way: Connecting | undefined;
  readonly #onread: UserBuffer | undefined;
  #remote: Endpoint | undefined;
  #noDelay: boolean;
  #keepAlive: KeepAlive;
  #established = false;
  [LIFE] = 0;
  #isAwake = false;
  /** The stream wants bytes. */
  #reading = false;
  /** The end, or a failure, came right behind bytes. */
  #isEndDue = false;
  #ended = false;
  #outgoing: Outgoing | undefined;
  #bytesDispatched = 0;

  constructor(context: NetContext, given?: SocketOptions | number | null, owner?: SocketOwner) {
    const options = socketOptions(given);
    super(streamOptions(options), context.host.ip);
    this.#context = context;
    this.#owner = owner;
    this.#noDelay = Boolean(options.noDelay);
    // As if the stream were about to read on after each chunk, which it would do with a tick of its own. Bytes are pushed as they come
    // until it has enough, whether it has asked for more or not.
    this._readableState.readingMore = true;
    this.#keepAlive = keepAliveOption(Boolean(options.keepAlive), options.keepAliveInitialDelay ?? 0);
    this.#onread = options.onread && UserBuffer.of(this, options.onread);
    const connection = givenConnection(options);
    if (connection !== undefined) {
      this.#onread?.begin();
      this[RESOURCE] = NOBODY;
      context.open.add(this);
      this.#attach(connection);
      this.#remote = connection.remote;
      if (options.pauseOnCreate) this.pause();
      else if (options.readable !== false) this.read(0);
      if (!this.#reading) this.#rest();
    }
    // At the end: a signal that is aborted already destroys the socket at once.
    if (options.signal !== undefined) addAbortSignal(options.signal, this);
  }

  // ── connect ────────────────────────────────────────────────────────────────────────────────────────────────────────

  /** @throws as `connectTarget` does, for arguments that cannot be */
  connect(...args: unknown[]): this {
    const { options, callback } = connectArguments<ConnectOptions>(args);
    if (callback !== undefined) this.once('connect', callback);
    const path = options.path ? connectPath(options.path) : undefined;
    const target = path === undefined ? connectTarget(options) : undefined;

    if (this.destroyed) this.#renew();
    this.connecting = true;
    this.#onread?.begin();
    this[RESOURCE] = new AsyncResource('TCPWRAP');
    this.#context.open.add(this);
    this.#idle?.touch();
    if (target !== undefined) {
      this.#way = new Connecting(this, this.#context, target);
      try {
        this.#way.begin();
      } catch (error) {
        this.#context.open.delete(this);
        throw error;
      }
    } else if (path !== undefined) {
      this.#connectPath(path);
    }
    return this;
  }

  #connectPath(path: string): void {
    this.emit('connectionAttempt', path, undefined, undefined);
    const connection = NodeConnection.toPath(path, (error) => {
      if (this.#connection !== connection) return;
      this.emit('connectionAttemptFailed', path, undefined, undefined, error);
      this.destroy(error);
    });
    this.#attach(connection);
  }

  /** For `Connecting`. */
  [OPEN](remote: Endpoint, local: Partial<Endpoint> | undefined): boolean {
    this.#idle?.touch();
    if (this.#connection !== undefined) {
      // A socket that is connected says so again, as Node's does.
      if (this.#established) this.#wake();
      return this.#established;
    }
    const { tcp } = this.#context.host;
    this.#attach(tcp.open({ remote, local, noDelay: this.#noDelay, keepAlive: this.#keepAlive }));
    return true;
  }

  /** For `Connecting`. */
  [LET_GO](): void {
    if (this.#connection === undefined) return;
    this.#connection.user = undefined;
    this.#connection.close();
    this.#connection = undefined;
  }

  #attach(connection: SocketConnection): void {
    this.#connection = connection;
    connection.user = this;
    // While a name is looked up, what keeps the process alive is who looks it up.
    this[HOLD]();
    // Under virtual time all of a handshake may be over when `open` returns.
    this.#established = isSynchronized(connection.state);
    if (this.connecting || connection.readable) this.#wake();
  }

  /** For the stack. */
  connectionChanged(connected: boolean): void {
    if (connected) this.#established = true;
    this.#wake();
  }

  #wake(): void {
    if (this.#isAwake) return;
    this.#isAwake = true;
    AWAKE.add(this);
  }

  [WOKEN_UP](): void {
    this.#isAwake = false;
    let returned = false;
    try {
      this.#advance();
      returned = true;
    } finally {
      // A listener has thrown. Whoever catches that, the socket goes on.
      if (!returned) this.#wake();
    }
  }

  /** Does what can be done now, in Node's order. */
  #advance(): void {
    const connection = this.#connection;
    if (connection === undefined) return;
    if (this.connecting) {
      if (this.#established) this.#connected(connection);
      else {
        if (connection.state === 'CLOSED') this.#way?.failed(connection.error ?? 'ECONNABORTED');
        return;
      }
    }
    this.#pull();
    this.#flush();
    if (connection.state === 'CLOSED') this[LET_DIE]();
  }

  #connected(connection: SocketConnection): void {
    this.connecting = false;
    this.#way?.end();
    this.#way = undefined;
    this.#remote = connection.remote;
    this.#idle?.touch();
    this.emit('connect');
    this.emit('ready');
    if (this.readable && !this.isPaused()) this.read(0);
    if (!this.#reading) this.#rest();
  }

  // ── read ───────────────────────────────────────────────────────────────────────────────────────────────────────────

  override _read(): void {
    this.#reading = true;
    if (this[IS_RESTING]) this[ROUSE]();
    if (this.#connection?.readable) this.#wake();
  }

  /** RECEIVE (RFC 9293 §3.10.3) until the stream has enough. */
  #pull(): void {
    if (this.#onread !== undefined) {
      this.#pullInto(this.#onread);
      return;
    }
    // Each call is a turn of the stack, so it is not asked for what it does not have.
    for (let count = 0; this.#reading && this.#connection?.readable; count++) {
      const bytes = this.#connection.receive();
      if (typeof bytes === 'string') {
        this.#stop(bytes, count > 0);
        return;
      }
      this.#idle?.touch();
      this.bytesRead += bytes.length;
      // The stream makes a Buffer of it, over the same memory.
      if (!this.push(bytes)) this.#reading = false;
    }
  }

  #pullInto(onread: UserBuffer): void {
    for (let count = 0; this.#reading && this.#connection?.readable; count++) {
      const length = onread.fill(this.#connection);
      if (typeof length === 'string') {
        this.#stop(length, count > 0);
        return;
      }
      this.#idle?.touch();
      this.bytesRead += length;
      if (!onread.tell(length)) this.#reading = false;
    }
  }

  /** With `onread` the stream does not know when bytes are wanted again. */
  #readOn(): void {
    if (this.#onread === undefined || this.pending) return;
    this._read();
  }

  override read(size?: number): unknown {
    this.#readOn();
    return super.read(size) as unknown;
  }

  override pause(): this {
    if (this.#onread !== undefined && !this.pending) this.#reading = false;
    return super.pause();
  }

  override resume(): this {
    // The stream's part comes first, since it reads too.
    super.resume();
    this.#readOn();
    return this;
  }

  static readonly #ENDS_DUE = new Batch<Socket>(setImmediate, (socket) => {
    socket.#isEndDue = false;
    socket.#wake();
  });

  /**
   * There are no bytes, for now or at all.
   * @param after there were some a moment ago. What their reader does about them, in any number of ticks, comes before the end: a kernel
   *   tells of that by a call of its own
   */
  #stop(reason: 'EAGAIN' | 'EOF' | SystemErrorCode, after: boolean): void {
    if (reason === 'EAGAIN') return;
    if (after && !this.#isEndDue) {
      this.#isEndDue = true;
      Socket.#ENDS_DUE.add(this);
    }
    if (this.#isEndDue) return;
    this.#reading = false;
    if (reason !== 'EOF') {
      this.destroy(errnoException('read', reason));
      return;
    }
    this.#ended = true;
    this.push(null);
    // 'end' is due although nobody has asked for bytes, when there are none.
    this.read(0);
    if (this.allowHalfOpen || this.readableLength > 0) this.#rest();
  }

  // ── write ──────────────────────────────────────────────────────────────────────────────────────────────────────────

  /**
   * As Node's. The bytes are kept by reference until the peer has acknowledged them; only a write with a callback is
   * copied, since its callback says that the caller may use the memory again.
   */
  override write(
    chunk: Uint8Array | string,
    encodingOrDone?: BufferEncoding | WriteCallback,
    callback?: WriteCallback,
  ): boolean {
    const isShort = typeof encodingOrDone === 'function';
    const done = isShort ? encodingOrDone : typeof callback === 'function' ? callback : undefined;
    const encoding = isShort ? undefined : encodingOrDone;
    if (this.readableEnded && this.writableEnded && !this.allowHalfOpen) {
      const error = endedByPeer();
      if (done !== undefined) process.nextTick(done, error);
      this.destroy(error);
      return false;
    }
    const bytes = done !== undefined && isUint8Array(chunk) ? Buffer.from(chunk) : chunk;
    return encoding ? super.write(bytes, encoding, done) : super.write(bytes, done);
  }

  override _write(chunk: Buffer, _encoding: BufferEncoding, callback: WriteCallback): void {
    const connection = this.#connection;
    if (connection === undefined || this.connecting) {
      this.#send([chunk], callback);
      return;
    }
    // Mostly all of it is taken at once, and nothing has to be noted.
    this.#bytesDispatched += chunk.length;
    this.#idle?.touch();
    const result = sendChunk(connection, chunk);
    if (result === chunk.length) {
      if (this[IS_RESTING]) this.#rest();
      callback();
      return;
    }
    const isCode = typeof result === 'string';
    const outgoing = new Outgoing([chunk], callback, isCode ? 0 : result);
    this.#outgoing = outgoing;
    this.#sent(outgoing, isCode ? result : 'EAGAIN');
  }

  override _writev(chunks: { chunk: Buffer }[], callback: WriteCallback): void {
    const [first, ...more] = gather(chunks);
    if (first !== undefined && more.length === 0) this._write(first, 'utf8', callback);
    else this.#send(first === undefined ? [] : [first, ...more], callback);
  }

  #send(chunks: Uint8Array[], callback: WriteCallback): void {
    if (this.pending && !this.connecting) {
      callback(socketClosed());
      return;
    }
    this.#outgoing = new Outgoing(chunks, callback);
    this.#bytesDispatched += this.#outgoing.length;
    this.#idle?.touch();
    if (!this.connecting) this.#flush();
  }

  /** SEND (RFC 9293 §3.10.2) as much as the connection takes. */
  #flush(): void {
    const outgoing = this.#outgoing;
    if (outgoing === undefined || this.#connection === undefined) return;
    this.#sent(outgoing, outgoing.sendTo(this.#connection));
  }

  #sent(outgoing: Outgoing, result: ReturnType<Outgoing['sendTo']>): void {
    this.#idle?.touch();
    if (result !== 'EAGAIN') this.#outgoing = undefined;
    if (this[IS_RESTING]) this.#rest();
    if (result === 'EAGAIN') return;
    // To one that writes to a peer that had closed, Linux reports its reset as EPIPE.
    const code = result === 'ECONNRESET' && this.#ended ? 'EPIPE' : result;
    outgoing.finish(code === 'done' ? undefined : errnoException('write', code));
  }

  /** CLOSE (RFC 9293 §3.10.4): FIN follows what was sent. 'finish' says that it is queued, not that it was acknowledged. */
  override _final(callback: WriteCallback): void {
    if (this.pending) {
      this.once('connect', () => {
        this._final(callback);
      });
      return;
    }
    this.#connection?.shutdown();
    if (this[IS_RESTING]) this.#rest();
    callback();
  }

  // ── close ──────────────────────────────────────────────────────────────────────────────────────────────────────────

  override _destroy(error: Error | null, callback: (error?: Error | null) => void): void {
    const connection = this.#connection;
    const outgoing = this.#outgoing;
    const unsent = this.connecting ? socketClosedBeforeConnection() : undefined;
    this[LIFE]++;
    this.connecting = false;
    this.#way?.end();
    this.#way = undefined;
    this.#connection = undefined;
    this.#outgoing = undefined;
    this.#reading = false;
    this.#idle?.stop();
    if (connection !== undefined) {
      connection.user = undefined;
      connection.close();
    }
    this.#context.open.delete(this);
    this[LET_DIE](connection);
    callback(error);
    // After 'error', which is due on the next tick.
    CLOSING.add({ socket: this, failed: error !== null, outgoing, unsent });
    this.#owner?.socketReleased();
  }

  resetAndDestroy(): this {
    if (this.connecting) {
      this.once('connect', () => this.resetAndDestroy());
      return this;
    }
    if (this.#connection === undefined) return this.destroy(socketClosed());
    if (this.#connection.local === undefined) throw invalidHandleType();
    this.#connection.user = undefined;
    this.#connection.abort();
    return this.destroy();
  }

  #rest(): void {
    if (this.#connection !== undefined) this[REST](this.#connection, this.#outgoing !== undefined);
  }

  /** Makes a destroyed socket new, so that it can connect again. */
  #renew(): void {
    this._undestroy();
    this.#remote = undefined;
    this.#established = this.#ended = false;
    this.#bytesDispatched = this.bytesRead = 0;
  }

  // ── options ────────────────────────────────────────────────────────────────────────────────────────────────────────

  setNoDelay(noDelay: unknown = true): this {
    const wanted = Boolean(noDelay);
    // Each set of options that a connection does not share with its listener costs it memory.
    if (wanted === this.#noDelay) return this;
    this.#noDelay = wanted;
    this.#connection?.set({ noDelay: wanted });
    return this;
  }

  /** @param initialDelay how long the connection must be idle before it is probed, in ms; 0 leaves the default */
  setKeepAlive(enable: unknown = false, initialDelay = 0): this {
    this.#keepAlive = keepAliveOption(Boolean(enable), initialDelay);
    this.#connection?.set({ keepAlive: this.#keepAlive });
    return this;
  }

  setTimeout(ms: number, callback?: () => void): this {
    if (this.destroyed) return this;
    this.timeout = ms;
    const limit = validDuration('msecs', ms);
    if (limit > 0) this.#idle ??= new IdleTimer(this.#context.host.clock, this);
    this.#idle?.set(limit);
    listenForTimeout(this, limit, callback);
    return this;
  }

  // ── what it is ─────────────────────────────────────────────────────────────────────────────────────────────────────

  get pending(): boolean {
    return !(#connection in this) || this.#connection === undefined || this.connecting;
  }

  /** Everything that was given to `write`, also what still waits. */
  get bytesWritten(): number {
    // Who looks over a prototype's members is told so, as by Node's.
    if (!(#connection in this)) return undefined as unknown as number;
    return this.#bytesDispatched + this.writableLength - (this.#outgoing?.length ?? 0);
  }

  get [LOCAL](): Endpoint | undefined {
    return #connection in this ? this.#connection?.local : undefined;
  }

  get [REMOTE](): Endpoint | undefined {
    return #connection in this ? this.#remote : undefined;
  }
}
