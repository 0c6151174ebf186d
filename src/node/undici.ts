import { createRequire } from 'node:module';
import type * as net from 'node:net';
import type { ConnectionOptions, TLSSocket } from 'node:tls';
import type * as undici from 'undici';
import type { Agent, Dispatcher, RequestInfo, RequestInit, Response } from 'undici';
import type { Net } from './net';
import type { Tls } from './tls';

/** What undici asks of who makes its connections. */
interface ConnectorOptions {
  readonly hostname: string;
  readonly protocol: string;
  readonly port: string;
  readonly servername?: string;
  readonly localAddress?: string | null;
  /** A connection that is there already: a proxy's tunnel. */
  readonly httpSocket?: net.Socket;
}

type ConnectorCallback = (...args: [error: null, socket: net.Socket] | [error: Error, socket: null]) => void;

/** In ms; undici's own default. */
const CONNECT_TIMEOUT = 10_000;

export interface DispatcherOptions extends Omit<Agent.Options, 'connect'> {
  /** Options of the connections: TLS's, and `timeout` in ms for how long connecting may take. */
  readonly connect?: ConnectionOptions & { readonly timeout?: number };
}

/** `fetch` and dispatchers of the undici package, whose connections are the stack's. */
export class UndiciOverStack {
  readonly #net: Net;
  readonly #tls: Tls;
  #default: Dispatcher | undefined;

  constructor(netModule: Net, tls: Tls) {
    this.#net = netModule;
    this.#tls = tls;
  }

  /** An undici `Agent` over the stack: `fetch(url, { dispatcher })`, `undici.request(url, { dispatcher })`. */
  dispatcher({ connect = {}, ...options }: DispatcherOptions = {}): Agent {
    return new (loadUndici().Agent)({ ...options, connect: this.#connector(connect, options.allowH2) });
  }

  /** `fetch` over the stack. */
  async fetch(input: RequestInfo, init?: RequestInit): Promise<Response> {
    this.#default ??= this.dispatcher();
    return await loadUndici().fetch(input, { dispatcher: this.#default, ...init });
  }

  #connector(
    { timeout = CONNECT_TIMEOUT, ...common }: NonNullable<DispatcherOptions['connect']>,
    allowH2: boolean | undefined,
  ) {
    const ALPNProtocols = allowH2 ? ['http/1.1', 'h2'] : ['http/1.1'];
    // One a host, so that the next connection need not shake hands in full.
    const sessions = new SessionCache();

    return (options: ConnectorOptions, callback: ConnectorCallback): net.Socket => {
      const { hostname, protocol, localAddress, httpSocket } = options;
      const host = hostname.replace(/^\[(.*)\]$/, '$1');
      const isSecure = protocol === 'https:';
      const port = Number(options.port || (isSecure ? 443 : 80));
      const from = { ...(localAddress && { localAddress }) };
      const socket = isSecure
        ? this.#connectTls({ ALPNProtocols, ...common, ...from, host, port, socket: httpSocket }, options, sessions)
        : (httpSocket ?? this.#net.connect({ ...from, host, port, noDelay: true }));
      socket.setKeepAlive(true, 60_000);
      settle(socket, isSecure ? 'secureConnect' : 'connect', timeout, callback);
      return socket;
    };
  }

  #connectTls(options: ConnectionOptions, asked: ConnectorOptions, sessions: SessionCache): TLSSocket {
    const { host = '', port = 443 } = options;
    const servername = asked.servername ?? options.servername ?? (this.#net.isIP(host) ? undefined : host);
    const key = `${servername ?? host}:${port}`;
    const session = sessions.get(key);
    const socket = this.#tls.connect({
      noDelay: true,
      ...(servername && { servername }),
      ...(session && { session }),
      ...options,
    } as ConnectionOptions);
    return socket.on('session', (received: Buffer) => {
      sessions.set(key, received);
    });
  }
}

/** It is a large library, which most programs do not need. */
function loadUndici(): typeof undici {
  return createRequire(__filename)('undici') as typeof undici;
}

/** Calls back once: connected, failed, or too late. */
function settle(socket: net.Socket, event: string, timeout: number, callback: ConnectorCallback): void {
  const timer = setTimeout(() => {
    socket.destroy(Object.assign(new Error(`not connected after ${timeout} ms`), { code: 'UND_ERR_CONNECT_TIMEOUT' }));
  }, timeout);
  let settled = false;
  const once = (call: () => void) => () => {
    clearTimeout(timer);
    if (settled) return;
    settled = true;
    call();
  };
  socket.once(
    event,
    once(() => {
      callback(null, socket);
    }),
  );
  socket.once('error', (error) => {
    once(() => {
      callback(error, null);
    })();
  });
}

const SESSIONS = 100;

/** TLS sessions by host; the one that came first goes first. */
class SessionCache {
  readonly #sessions = new Map<string, Buffer>();

  get(key: string): Buffer | undefined {
    return this.#sessions.get(key);
  }

  set(key: string, session: Buffer): void {
    this.#sessions.delete(key);
    this.#sessions.set(key, session);
    const [first] = this.#sessions.keys();
    if (this.#sessions.size > SESSIONS && first !== undefined) this.#sessions.delete(first);
  }
}
