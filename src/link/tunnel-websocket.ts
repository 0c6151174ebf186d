import { WebSocket as NodeWebSocket } from 'ws';
import type { Clock, Scheduled } from '../clock/clock';
import { SystemClock } from '../clock/system-clock';
import { LinkError } from './errors';
import { DEFAULT_SEND_BUFFER, requireWhole, TunnelLink, type Fate, type TunnelOptions } from './tunnel';

/** What a tunnel needs of a WebSocket: `ws` has it, and the browser's. */
export interface TunnelSocket {
  binaryType: string;
  readonly readyState: number;
  readonly bufferedAmount: number;
  send(bytes: Uint8Array): void;
  close(): void;
  addEventListener(type: 'open' | 'close', listener: () => void): void;
  addEventListener(type: 'message', listener: (event: { data: unknown }) => void): void;
  addEventListener(type: 'error', listener: (event: { message?: string; error?: unknown }) => void): void;
  /** `ws` alone: asks for a sign of life, and hears of it. */
  ping?(): void;
  on?(event: 'pong', listener: () => void): unknown;
  /** `ws` alone: ends without a farewell. */
  terminate?(): void;
}

export interface WebSocketTunnelOptions extends TunnelOptions {
  /**
   * Milliseconds between attempts to connect again after the connection was lost: at first, and, twice as long after each that failed, at
   * most. `false`: it is not tried. Default 250 and 30,000.
   */
  readonly reconnect?: { readonly first?: number; readonly most?: number } | false;
  /** Milliseconds between pings; one that is not answered before the next ends the connection. 0: none. Default 15,000. */
  readonly keepAlive?: number;
  /** What HTTP's request says besides, such as `{ authorization: 'Bearer …' }`. */
  readonly headers?: Readonly<Record<string, string>>;
  /** Milliseconds that a connection may take to come about. Default 10,000. */
  readonly timeout?: number;
  /** Makes a socket in place of `ws`: a browser's, or one over another stack. */
  readonly connect?: (url: string) => TunnelSocket;
  /** Default: the system's time. */
  readonly clock?: Clock;
}

export interface WebSocketTunnelState {
  /** Frames pass. */
  readonly connected: boolean;
  /** Times that the connection came about again. */
  readonly reconnects: number;
}

const OPEN = 1;
const MS = 1000;
/** A WebSocket does not tell when it has room; so often it is asked, µs. */
const LOOK_FOR_ROOM = 2 * MS;

/**
 * A cable through a WebSocket: each binary message is a frame, an empty one says that its sender is there. While there is no connection
 * frames are lost, as on a cable that is not plugged in. `wss:` encrypts, and `headers` can say who we are.
 */
export class WebSocketTunnelLink extends TunnelLink implements WebSocketTunnelState {
  /** The connection came about again, or was lost. */
  onConnection: (connected: boolean) => void = () => undefined;
  /** The latest that went wrong with the connection. */
  lastError: Error | undefined;

  readonly #clock: Clock;
  readonly #dial: (() => TunnelSocket) | undefined;
  readonly #sendBuffer: number;
  readonly #keepAlive: number;
  readonly #first: number;
  readonly #most: number;
  #socket: TunnelSocket | undefined;
  #delay: number;
  #reconnects = 0;
  #isAnswered = true;
  /** There was a connection, at some time; and since then one that is not told to be lost. */
  #hasOpened = false;
  #wasConnected = false;
  #timers = new Set<Scheduled>();
  #isLookingForRoom = false;

  private constructor(name: string, dial: (() => TunnelSocket) | undefined, options: WebSocketTunnelOptions) {
    super(options.name ?? name, options);
    const { reconnect = {}, keepAlive = 15_000, sendBuffer = DEFAULT_SEND_BUFFER } = options;
    const { first = 250, most = 30_000 } = reconnect === false ? {} : reconnect;
    requireWhole('keepAlive', keepAlive, 0);
    requireWhole('reconnect.first', first, 1);
    requireWhole('reconnect.most', most, first);
    this.#clock = options.clock ?? new SystemClock();
    this.#dial = reconnect === false ? undefined : dial;
    this.#sendBuffer = sendBuffer;
    this.#keepAlive = keepAlive * MS;
    this.#first = this.#delay = first * MS;
    this.#most = most * MS;
  }

  /**
   * Connects to `url`, as in `ws://relay.example:8080/lab`.
   * @throws LinkError (as its rejection) when the first attempt fails; later ones are made again and again
   */
  static open(url: string, options: WebSocketTunnelOptions = {}): Promise<WebSocketTunnelLink> {
    const { timeout = 10_000, headers = {} } = options;
    const connect =
      options.connect ??
      // Its own limit is for connections that are made again; of the first one our timer speaks, which says what was waited for.
      ((to): TunnelSocket =>
        new NodeWebSocket(to, {
          headers,
          perMessageDeflate: false,
          handshakeTimeout: 2 * timeout,
          maxPayload: 65_536,
        }));
    return new Promise((resolve, reject) => {
      try {
        const link = new WebSocketTunnelLink(url, () => connect(url), options);
        const socket = connect(url);
        const late = link.#after(timeout * MS, () => {
          fail(Object.assign(new Error(`nobody answered in ${timeout} ms`), { code: 'ETIMEDOUT' }));
        });
        let isSettled = false;
        const fail = (cause: unknown): void => {
          if (isSettled) return;
          isSettled = true;
          late.cancel();
          void link.close();
          end(socket);
          reject(cannotOpen(url, cause));
        };
        socket.addEventListener('error', (event) => {
          fail(event.error ?? new Error(event.message));
        });
        socket.addEventListener('close', () => {
          fail(new Error('the connection was closed at once'));
        });
        socket.addEventListener('open', () => {
          isSettled = true;
          late.cancel();
          resolve(link);
        });
        link.#use(socket);
      } catch (error) {
        reject(cannotOpen(url, error));
      }
    });
  }

  /** The tunnel through a socket that is there, as a server has it. It is not connected again. */
  static over(
    socket: TunnelSocket,
    options: Omit<WebSocketTunnelOptions, 'reconnect' | 'connect'> = {},
  ): WebSocketTunnelLink {
    const link = new WebSocketTunnelLink('ws', undefined, options);
    link.#use(socket);
    return link;
  }

  get connected(): boolean {
    return this.#socket?.readyState === OPEN;
  }

  get reconnects(): number {
    return this.#reconnects;
  }

  override async close(): Promise<void> {
    if (this.isClosed) return;
    await super.close();
    for (const timer of this.#timers) timer.cancel();
    this.#socket?.close();
    this.#socket = undefined;
  }

  protected override transmit(bytes: Uint8Array): Fate {
    const socket = this.#socket;
    if (socket?.readyState !== OPEN) return 'lost';
    if (socket.bufferedAmount > 0 && socket.bufferedAmount + bytes.length > this.#sendBuffer) {
      this.#lookForRoom();
      return 'full';
    }
    socket.send(bytes);
    return 'sent';
  }

  #use(socket: TunnelSocket): void {
    this.#socket = socket;
    socket.binaryType = 'arraybuffer';
    socket.addEventListener('message', ({ data }) => {
      if (data instanceof ArrayBuffer) this.take(new Uint8Array(data));
      else this.count.malformed++;
    });
    socket.addEventListener('error', (event) => {
      this.lastError = event.error instanceof Error ? event.error : new Error(event.message);
    });
    socket.addEventListener('close', () => {
      if (this.#socket === socket) this.#lost();
    });
    socket.on?.('pong', () => (this.#isAnswered = true));
    if (socket.readyState === OPEN) this.#opened(socket);
    else {
      socket.addEventListener('open', () => {
        if (this.#socket === socket) this.#opened(socket);
      });
    }
  }

  #opened(socket: TunnelSocket): void {
    this.#delay = this.#first;
    this.#isAnswered = true;
    if (this.#hasOpened) this.#reconnects++;
    const isAgain = this.#hasOpened;
    this.#hasOpened = this.#wasConnected = true;
    if (this.#keepAlive > 0) this.#pingLater(socket);
    if (isAgain) this.onConnection(true);
  }

  #ping(socket: TunnelSocket): void {
    if (this.#socket !== socket || socket.readyState !== OPEN) return;
    if (!this.#isAnswered) {
      this.lastError = new Error('the other end did not answer a ping');
      this.#lost();
      end(socket);
      return;
    }
    if (socket.ping === undefined) socket.send(new Uint8Array(0));
    else {
      this.#isAnswered = false;
      socket.ping();
    }
    this.#pingLater(socket);
  }

  #pingLater(socket: TunnelSocket): void {
    this.#after(this.#keepAlive, () => {
      this.#ping(socket);
    });
  }

  /** The connection is gone. The next attempt waits for a random part of the time, so that those whom one relay lost do not come at once. */
  #lost(): void {
    this.#socket = undefined;
    if (this.isClosed || !this.#hasOpened) return;
    // Whoever waits for room hears that frames are taken (and lost) again.
    this.hasRoom();
    if (this.#wasConnected) this.onConnection(false);
    this.#wasConnected = false;
    this.#dialLater();
  }

  #dialLater(): void {
    const dial = this.#dial;
    if (dial === undefined) return;
    const delay = Math.round(this.#delay * (0.5 + Math.random() / 2));
    this.#delay = Math.min(this.#delay * 2, this.#most);
    this.#after(delay, () => {
      try {
        this.#use(dial());
      } catch (error) {
        this.lastError = error instanceof Error ? error : new Error(String(error));
        this.#dialLater();
      }
    });
  }

  #lookForRoom(): void {
    if (this.#isLookingForRoom) return;
    this.#isLookingForRoom = true;
    this.#after(LOOK_FOR_ROOM, () => {
      this.#isLookingForRoom = false;
      const waiting = this.#socket?.bufferedAmount ?? 0;
      if (waiting > this.#sendBuffer / 2) this.#lookForRoom();
      else this.hasRoom();
    });
  }

  #after(delay: number, callback: () => void): Scheduled {
    const timer = this.#clock.schedule(this.#clock.now() + delay, () => {
      this.#timers.delete(timer);
      callback();
    });
    this.#timers.add(timer);
    return timer;
  }
}

function end(socket: TunnelSocket): void {
  if (socket.terminate === undefined) socket.close();
  else socket.terminate();
}

const REASONS: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'nobody listens there',
  ENOTFOUND: 'nobody knows that name',
  EAI_AGAIN: 'no name server answers; give an address',
};

function cannotOpen(url: string, cause: unknown): LinkError {
  const isInvalid = cause instanceof SyntaxError || cause instanceof RangeError || cause instanceof TypeError;
  const code = cause instanceof Error && 'code' in cause ? String(cause.code) : isInvalid ? 'EINVAL' : 'EPROTO';
  const message = cause instanceof Error ? cause.message : String(cause);
  return new LinkError(code, `cannot open WebSocket tunnel ${url}: ${REASONS[code] ?? message}`, { cause });
}
