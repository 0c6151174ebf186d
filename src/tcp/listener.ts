import { Emitter } from './emitter';
import type { Driver } from './connection';
import { covers, isUnspecifiedAddress, parseAddress, type Address } from '../wire/address';
import type { FourTuple } from './tuple';
import type { Settings } from './options';
import type { Connection, Endpoint, Listener, ListenerEvents } from './user';

/** What whoever made the listener does for it. */
export interface ListenerOwner extends Driver {
  /** The listener leaves LISTEN: no SYN comes to it any more. */
  closed(listener: TcpListener): void;
  /** SEND in LISTEN: OPEN to the one peer that it waits for, with data behind the SYN. */
  becomeActive(listener: TcpListener, data: Uint8Array): Connection;
}

/** A passive OPEN, and the connections that it has made and nobody has accepted yet. */
export class TcpListener extends Emitter<ListenerEvents> implements Listener {
  state: 'LISTEN' | 'CLOSED' = 'LISTEN';
  /** It waits to tell its user of connections. */
  noticed = false;
  /** Handshakes in progress. */
  halfOpen = 0;
  /** Connections of Fast Open whose handshakes are in progress (RFC 7413 §5.1: PendingFastOpenRequests). */
  fastOpenPending = 0;
  /** When it last answered a SYN with a cookie, µs. */
  cookieSentAt = -Infinity;
  private queue: Connection[] = [];
  /** The addresses of `local` and `remote`. 0: any of IPv4; 0n: any of IPv6, and of IPv4 where it is not `ipv6Only`. */
  readonly localAddress: Address;
  readonly remoteAddress: Address;

  constructor(
    private readonly owner: ListenerOwner,
    readonly id: number,
    readonly local: Endpoint,
    /** The only peer that may call, if the OPEN named one. */
    readonly remote: Endpoint | undefined,
    readonly settings: Settings,
    readonly backlog: number,
    /** The most of `fastOpenPending`; `undefined`: no Fast Open. */
    readonly fastOpenQueue: number | undefined,
    /** On `::`: IPv4 is somebody else's (RFC 3493 §5.3). */
    readonly ipv6Only: boolean,
  ) {
    super();
    this.localAddress = parseAddress(local.address) ?? 0;
    this.remoteAddress = remote === undefined ? 0 : (parseAddress(remote.address) ?? 0);
  }

  get pending(): number {
    return this.queue.length;
  }

  get isFull(): boolean {
    return this.queue.length >= this.backlog;
  }

  accept(): Connection | 'EAGAIN' | 'EINVAL' {
    return this.queue.shift() ?? (this.state === 'LISTEN' ? 'EAGAIN' : 'EINVAL');
  }

  send(data: Uint8Array): Connection {
    return this.owner.becomeActive(this, data);
  }

  close(): void {
    if (this.state === 'CLOSED') return;
    this.owner.call(() => {
      this.state = 'CLOSED';
      this.owner.closed(this);
      const waiting = this.queue;
      this.queue = [];
      for (const connection of waiting) connection.abort();
    });
  }

  /** A handshake is done. Returns `false`, and takes nothing, when the backlog is reached. */
  enqueue(connection: Connection): boolean {
    if (this.state === 'CLOSED' || this.isFull) return false;
    this.queue.push(connection);
    return true;
  }

  deliverNotices(): void {
    if (this.queue.length > 0) this.emit('connection');
  }
}

const NOBODY: readonly TcpListener[] = [];

/** Who listens where: by port, then by address; an address of its own goes before the family's any, and that before `::` for IPv4. */
export class ListenerTable {
  private readonly ports = new Map<number, TcpListener[]>();

  add(listener: TcpListener): void {
    this.ports.set(listener.local.port, [...(this.ports.get(listener.local.port) ?? []), listener]);
  }

  remove(listener: TcpListener): void {
    const rest = (this.ports.get(listener.local.port) ?? []).filter((other) => other !== listener);
    if (rest.length > 0) this.ports.set(listener.local.port, rest);
    else this.ports.delete(listener.local.port);
  }

  /** The listener for a SYN from the remote end to the local one, the most specific one. */
  find(tuple: FourTuple): TcpListener | undefined {
    let best: TcpListener | undefined;
    for (const listener of this.ports.get(tuple.localPort) ?? NOBODY) {
      if (!matches(listener, tuple)) continue;
      if (best === undefined || specificity(listener, tuple) > specificity(best, tuple)) best = listener;
    }
    return best;
  }

  /**
   * The listener that keeps another one from `local` (EADDRINUSE): one on the same port and address, where a family's any is the same as
   * each of its addresses. Listeners on different addresses, or for different peers, do not disturb each other (MUST-41, MUST-42).
   */
  conflicting(local: Endpoint, remote: Endpoint | undefined, ipv6Only = false): TcpListener | undefined {
    const address = parseAddress(local.address) ?? 0;
    return (this.ports.get(local.port) ?? []).find(
      (other) =>
        (covers(other.localAddress, other.ipv6Only, address) || covers(address, ipv6Only, other.localAddress)) &&
        sameEndpoint(other.remote, remote),
    );
  }

  isListening(port: number): boolean {
    return this.ports.has(port);
  }

  *all(): IterableIterator<TcpListener> {
    for (const listeners of this.ports.values()) yield* listeners;
  }
}

function matches(listener: TcpListener, tuple: FourTuple): boolean {
  if (!covers(listener.localAddress, listener.ipv6Only, tuple.localAddress)) return false;
  if (listener.remote === undefined) return true;
  return listener.remoteAddress === tuple.remoteAddress && listener.remote.port === tuple.remotePort;
}

function specificity({ localAddress, remote }: TcpListener, tuple: FourTuple): number {
  const ofFamily = typeof localAddress === typeof tuple.localAddress ? 1 : 0;
  return ofFamily + (isUnspecifiedAddress(localAddress) ? 0 : 2) + (remote === undefined ? 0 : 4);
}

function sameEndpoint(one: Endpoint | undefined, other: Endpoint | undefined): boolean {
  return one?.address === other?.address && one?.port === other?.port;
}
