import type { Host } from '../../src/node/host';
import type { Connection, ConnectionEvents, Endpoint, Listener } from '../../src/tcp/user';
import type { State } from '../../src/tcp/states';

/**
 * A connection that costs nothing: it takes whatever is sent, and gives what it is told to. What is measured over it is the Node
 * faces, and Node's own streams and http, alone.
 */
export class StubConnection {
  readonly id = 1;
  readonly local: Endpoint = LOCAL;
  readonly remote: Endpoint = REMOTE;
  state: State = 'ESTABLISHED';
  readonly error = undefined;
  readonly writable = true;
  /** What `receive` gives next. */
  arrived: Uint8Array | 'EOF' | undefined;
  sent = 0;
  sends = 0;
  onSend: ((data: Uint8Array) => void) | undefined;
  user: { connectionChanged(connected: boolean): void } | undefined;
  private listeners: (() => void)[] = [];

  get readable(): boolean {
    return this.arrived !== undefined;
  }

  receive(): Uint8Array | 'EAGAIN' | 'EOF' {
    const { arrived } = this;
    if (arrived === undefined) return 'EAGAIN';
    if (arrived !== 'EOF') this.arrived = undefined;
    return arrived;
  }

  send(data: Uint8Array): number {
    this.sent += data.length;
    this.sends++;
    this.onSend?.(data);
    return data.length;
  }

  shutdown(): void {
    this.state = 'FIN-WAIT-2';
  }

  close(): void {
    this.state = 'CLOSED';
  }

  abort(): void {
    this.state = 'CLOSED';
  }

  set(): void {
    // Nothing here has options.
  }

  on(event: keyof ConnectionEvents, listener: () => void): this {
    if (event === 'readable') this.listeners.push(listener);
    return this;
  }

  off(event: keyof ConnectionEvents, listener: () => void): this {
    if (event === 'readable') this.listeners = this.listeners.filter((other) => other !== listener);
    return this;
  }

  /** As the stack does when something has arrived. */
  arrive(data: Uint8Array | 'EOF'): void {
    this.arrived = data;
    if (this.user !== undefined) this.user.connectionChanged(false);
    else for (const listener of this.listeners) listener();
  }
}

const LOCAL: Endpoint = { address: '10.9.0.2', port: 80 };
const REMOTE: Endpoint = { address: '10.9.0.1', port: 40_000 };

/** A listener whose connections come when `call` is called. */
export class StubListener {
  readonly id = 2;
  readonly local = LOCAL;
  readonly state = 'LISTEN';
  private readonly queue: StubConnection[] = [];
  private notify: () => void = () => undefined;

  get pending(): number {
    return this.queue.length;
  }

  call(): StubConnection {
    const connection = new StubConnection();
    this.queue.push(connection);
    this.notify();
    return connection;
  }

  accept(): Connection | 'EAGAIN' {
    const connection = this.queue.shift();
    return connection === undefined ? 'EAGAIN' : (connection as unknown as Connection);
  }

  close(): void {
    this.queue.length = 0;
  }

  on(_event: string, listener: () => void): this {
    this.notify = listener;
    return this;
  }

  off(): this {
    this.notify = () => undefined;
    return this;
  }
}

/** A host whose every passive OPEN is `listener`. */
export function stubHost(listener: StubListener, clock: Host['clock']): Host {
  const tcp = { open: () => listener as unknown as Listener, connections: () => [], listeners: () => [] };
  return { tcp, clock } as unknown as Host;
}
