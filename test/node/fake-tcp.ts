import type { Clock } from '../../src/clock/clock';
import type { ErrorCode } from '../../src/tcp/errors';
import { TcpError } from '../../src/tcp/errors';
import type { State } from '../../src/tcp/states';
import type {
  ActiveOpen,
  Connection,
  ConnectionEvents,
  Endpoint,
  Listener,
  ListenerEvents,
  PassiveOpen,
  Tcp,
} from '../../src/tcp/user';

/** How many bytes a connection holds for a reader that does not read. */
const CAPACITY = 65_536;

type Listeners<Events> = { [E in keyof Events]?: Set<Events[E]> };

/** A stand-in for a stack on loopback: pairs of connections in memory, with bounded buffers, and no protocol at all. */
export class FakeTcp implements Tcp {
  readonly #listeners = new Map<number, FakeListener>();
  readonly #ports = new Set<number>();
  #nextPort = 50_000;
  #nextId = 1;

  open(options: ActiveOpen): Connection;
  open(options: PassiveOpen): Listener;
  open(options: ActiveOpen | PassiveOpen): Connection | Listener {
    const address = options.local?.address ?? (options.passive ? '0.0.0.0' : '127.0.0.1');
    if (address !== '0.0.0.0' && !address.startsWith('127.')) throw new TcpError('EADDRNOTAVAIL', address);
    const port = options.local?.port || this.#nextPort++;
    if (this.#ports.has(port)) throw new TcpError('EADDRINUSE', `${address}:${port}`);
    this.#ports.add(port);
    const local = { address, port };
    if (options.passive) {
      const listener = new FakeListener(this.#nextId++, local, () => {
        this.#ports.delete(port);
        this.#listeners.delete(port);
      });
      this.#listeners.set(port, listener);
      return listener;
    }
    if (!options.remote.address.startsWith('127.')) throw new TcpError('ENETUNREACH', options.remote.address);
    const free = (): void => void this.#ports.delete(port);
    const caller = new FakeConnection(this.#nextId++, local, options.remote, free);
    setImmediate(() => {
      const listener = this.#listeners.get(options.remote.port);
      if (caller.state !== 'SYN-SENT') return;
      if (listener === undefined) {
        caller.fail('ECONNREFUSED');
        return;
      }
      const callee = new FakeConnection(this.#nextId++, options.remote, local, () => undefined);
      caller.join(callee);
      callee.join(caller);
      listener.add(callee);
    });
    return caller;
  }

  connections(): Connection[] {
    return [];
  }

  listeners(): Listener[] {
    return [...this.#listeners.values()];
  }
}

class FakeListener implements Listener {
  state: 'LISTEN' | 'CLOSED' = 'LISTEN';
  readonly #queue: FakeConnection[] = [];
  readonly #listeners: Listeners<ListenerEvents> = {};

  constructor(
    readonly id: number,
    readonly local: Endpoint,
    readonly free: () => void,
  ) {}

  get pending(): number {
    return this.#queue.length;
  }

  add(connection: FakeConnection): void {
    this.#queue.push(connection);
    for (const listener of this.#listeners.connection ?? []) listener();
  }

  accept(): Connection | 'EAGAIN' | 'EINVAL' {
    if (this.state === 'CLOSED') return 'EINVAL';
    return this.#queue.shift() ?? 'EAGAIN';
  }

  close(): void {
    this.state = 'CLOSED';
    this.free();
    for (const connection of this.#queue) connection.abort();
  }

  on(event: 'connection', listener: ListenerEvents['connection']): this {
    (this.#listeners[event] ??= new Set()).add(listener);
    return this;
  }

  off(event: 'connection', listener: ListenerEvents['connection']): this {
    this.#listeners[event]?.delete(listener);
    return this;
  }
}

class FakeConnection implements Connection {
  state: State = 'SYN-SENT';
  error: ErrorCode | undefined;
  #peer: FakeConnection | undefined;
  readonly #received: Uint8Array[] = [];
  #held = 0;
  #finSent = false;
  #finReceived = false;
  #full = false;
  #closed = false;
  readonly #listeners: Listeners<ConnectionEvents> = {};

  constructor(
    readonly id: number,
    readonly local: Endpoint,
    readonly remote: Endpoint,
    readonly free: () => void,
  ) {}

  join(peer: FakeConnection): void {
    this.#peer = peer;
    this.state = 'ESTABLISHED';
    this.#emit('connect');
  }

  get readable(): boolean {
    return this.#received.length > 0 || this.#finReceived || this.state === 'CLOSED';
  }

  get writable(): boolean {
    return !this.#full;
  }

  send(data: Uint8Array): number | 'EAGAIN' | ErrorCode {
    if (this.error !== undefined) return this.error;
    const peer = this.#peer;
    if (this.#finSent || peer === undefined) return 'EPIPE';
    const taken = Math.min(CAPACITY - peer.#held, data.length);
    if (taken < data.length) this.#full = true;
    if (taken === 0 && data.length > 0) return 'EAGAIN';
    peer.#held += taken;
    const copy = data.slice(0, taken);
    setImmediate(() => {
      if (peer.#closed) {
        this.fail('ECONNRESET');
        return;
      }
      peer.#received.push(copy);
      peer.#emit('readable');
    });
    return taken;
  }

  receive(): Uint8Array | 'EAGAIN' | 'EOF' | ErrorCode {
    const bytes = this.#received.shift();
    if (bytes === undefined) return this.#finReceived ? 'EOF' : (this.error ?? 'EAGAIN');
    this.#held -= bytes.length;
    const peer = this.#peer;
    if (peer?.#full && this.#held <= CAPACITY / 2) {
      peer.#full = false;
      setImmediate(() => {
        peer.#emit('writable');
      });
    }
    return bytes;
  }

  shutdown(): void {
    if (this.#finSent || this.state === 'CLOSED') return;
    this.#finSent = true;
    this.state = this.#finReceived ? 'LAST-ACK' : 'FIN-WAIT-1';
    const peer = this.#peer;
    setImmediate(() => {
      if (peer === undefined || peer.state === 'CLOSED') return;
      peer.#finReceived = true;
      if (peer.#finSent) peer.#end();
      else peer.state = 'CLOSE-WAIT';
      if (this.#finReceived) this.#end();
      else this.state = 'FIN-WAIT-2';
      peer.#emit('readable');
    });
  }

  close(): void {
    this.#closed = true;
    if (this.#received.length > 0 || this.state === 'SYN-SENT') this.abort();
    else this.shutdown();
  }

  abort(): void {
    const peer = this.#peer;
    this.#closed = true;
    this.#end();
    if (peer !== undefined && peer.state !== 'CLOSED') {
      setImmediate(() => {
        peer.fail('ECONNRESET');
      });
    }
  }

  fail(code: ErrorCode): void {
    if (this.state === 'CLOSED') return;
    this.error = code;
    this.#end();
    this.#emit('error', code);
  }

  #end(): void {
    if (this.state === 'CLOSED') return;
    this.state = 'CLOSED';
    this.free();
    this.#emit('closed', this.error === undefined ? 'closed' : 'aborted');
  }

  status(): never {
    throw new Error('a fake connection has no status');
  }

  set(): void {
    // Nothing to set.
  }

  #emit<E extends keyof ConnectionEvents>(event: E, ...args: Parameters<ConnectionEvents[E]>): void {
    for (const listener of [...(this.#listeners[event] ?? [])]) Reflect.apply(listener, undefined, args);
  }

  on<E extends keyof ConnectionEvents>(event: E, listener: ConnectionEvents[E]): this {
    const listeners: Set<ConnectionEvents[E]> = (this.#listeners[event] ??= new Set<never>());
    listeners.add(listener);
    return this;
  }

  off<E extends keyof ConnectionEvents>(event: E, listener: ConnectionEvents[E]): this {
    this.#listeners[event]?.delete(listener);
    return this;
  }
}

/** The system's time, for a host that has nothing but this. */
export const fakeClock: Clock = {
  now: () => Math.floor(performance.now() * 1000),
  resolution: 1000,
  schedule(at, callback) {
    const timeout = setTimeout(callback, Math.max(0, (at - fakeClock.now()) / 1000)).unref();
    return {
      cancel: () => {
        clearTimeout(timeout);
      },
    };
  },
  turn: (work) => work(),
};
