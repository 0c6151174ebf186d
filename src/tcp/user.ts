import type { ConnectionOptions } from './connection-options';
import type { ErrorCode } from './errors';
import type { State } from './states';
import type { Status } from './status';

export type { ConnectionOptions } from './connection-options';

/** One end: an IP address in its usual text form, and a port. */
export interface Endpoint {
  readonly address: string;
  readonly port: number;
}

/** Active OPEN (RFC 9293 §3.10.1): call somebody. */
export interface ActiveOpen extends ConnectionOptions {
  /** Defaults: the address that the route to the peer has; an ephemeral port (RFC 6056). */
  readonly local?: Partial<Endpoint>;
  readonly remote: Endpoint;
  readonly passive?: false;
  /** The first data, as `send` would take it: by reference. It has to go into the send buffer whole. */
  readonly data?: Uint8Array;
  /**
   * Fast Open (RFC 7413): with a cookie from an earlier connection to this peer `data` goes with the SYN, a round trip sooner; without
   * one the SYN asks for it. The peer may get that data twice, so it is only for requests that may be repeated. Default `false`.
   */
  readonly fastOpen?: boolean;
  /**
   * The routers that every packet passes, the nearest first (RFC 9293 MUST-51): only where the stack has `ip: { sourceRoute: true }`.
   * `strict`: no others lie between them; default `false`.
   */
  readonly sourceRoute?: { readonly strict?: boolean; readonly hops: readonly string[] };
}

/** Passive OPEN (RFC 9293 §3.10.1): wait to be called. The options hold for each connection that is accepted. */
export interface PassiveOpen extends ConnectionOptions {
  readonly passive: true;
  /**
   * No address, `0.0.0.0`: every IPv4 address of the stack; `::`: every one, or with `ipv6Only` those of IPv6. No port, 0: an ephemeral
   * port.
   */
  readonly local?: Partial<Endpoint>;
  /** On `::`: connections over IPv4 are for others (RFC 3493 §5.3). Default `false`: they are taken, too. */
  readonly ipv6Only?: boolean;
  /** Accept only this peer ("fully specified" passive OPEN). */
  readonly remote?: Endpoint;
  /** The most connections that wait to be accepted, handshakes in progress counted apart. Default 511. */
  readonly backlog?: number;
  /** As the stack's option of this name (`TcpOptions`), for this listener. */
  readonly fastOpen?: false | { readonly queue?: number };
}

/** What went wrong without ending the connection (RFC 9293 MUST-47, SHLD-9). */
export interface SoftError {
  readonly code: ErrorCode;
  readonly detail: string;
}

/** What a connection tells its user. Called after the stack has done its work, so any call may be made from inside. */
export interface ConnectionEvents {
  /** The handshake is done. */
  connect: () => void;
  /** `receive` has something to say: bytes, `EOF` or an error. */
  readable: () => void;
  /** `send` has room again, after it answered `EAGAIN` or took only a part. */
  writable: () => void;
  /** The connection was ended by a failure. No `error` follows a normal close. */
  error: (code: ErrorCode) => void;
  /** Something to know, such as an ICMP "host unreachable" or many retransmissions; the connection goes on. */
  warning: (error: SoftError) => void;
  /**
   * Urgent data starts, or reaches further than was known (RFC 9293 MUST-32). `status().urgent` says how much of it is still to be
   * read (MUST-33). New applications should not use it (SHLD-13; RFC 6093).
   */
  urgent: () => void;
  /** The connection is CLOSED and out of the table; `aborted` when it did not end by two FINs (RFC 9293 MUST-12). */
  closed: (how: 'closed' | 'aborted') => void;
}

/**
 * Who is told that something of a connection has changed, whatever it is, by one call: what `on` tells with a function for each event,
 * but nothing has to be kept for it. Called after the stack has done its work.
 */
export interface ConnectionUser {
  /** @param connected the handshake is done: the event `connect` is among what happened */
  connectionChanged(connected: boolean): void;
}

export interface SendOptions {
  /** Push what was given so far (RFC 9293 MAY-15). Default `true`: PSH stands on the last segment of what is buffered. */
  readonly push?: boolean;
  /**
   * The caller gives more at once: what does not fill a segment waits for that, as with Linux's MSG_MORE. Without a further SEND it waits for
   * what happens next. Default `false`.
   */
  readonly more?: boolean;
  /** The data is urgent, up to its last octet (RFC 9293 MUST-30, RFC 6093). It stays in line with the rest. Default `false`. */
  readonly urgent?: boolean;
}

/**
 * One connection: the calls of RFC 9293 §3.10, none of which blocks. A result that is a string is a refusal: `EAGAIN`
 * (would block), `EOF` (the peer has closed and all was read), or the code of what ended the connection.
 */
export interface Connection {
  /** Unique in its stack, never 0. */
  readonly id: number;
  readonly local: Endpoint;
  readonly remote: Endpoint;
  readonly state: State;
  /** True when `receive` would not answer `EAGAIN`. */
  readonly readable: boolean;
  /** True when `send` would not answer `EAGAIN`. */
  readonly writable: boolean;
  /** What ended the connection, if it ended badly. */
  readonly error: ErrorCode | undefined;
  /** Told of every change, beside those who called `on`. */
  user: ConnectionUser | undefined;

  /**
   * SEND (§3.10.2). Queues a prefix of `data`, by reference: do not change it until it is acknowledged.
   * @returns how many bytes were taken (1 to `data.length`; 0 only for empty data), `EAGAIN` when there is no room now, `EPIPE`
   *   after `shutdown` or `close`, or the code of what ended the connection
   */
  send(data: Uint8Array, options?: SendOptions): number | 'EAGAIN' | ErrorCode;

  /**
   * RECEIVE (§3.10.3). Takes the next bytes in order.
   * @param max the most bytes wanted; default all that stand in one piece
   * @returns a slice (at least one byte, never copied), `EAGAIN` when there is nothing yet, `EOF` when the peer sent FIN and
   *   everything before it was received, or the code of what ended the connection
   */
  receive(max?: number): Uint8Array | 'EAGAIN' | 'EOF' | ErrorCode;

  /** CLOSE (§3.10.4): "I have no more to send". FIN goes out behind what is queued; receiving goes on. */
  shutdown(): void;

  /**
   * CLOSE in both directions, as an operating system's `close`: nothing more will be sent or received. With unread data a RST
   * is sent instead of a FIN (RFC 9293 MAY-1, SHLD-3). The connection finishes by itself.
   */
  close(): void;

  /** ABORT (§3.10.5): RST at once, and the connection is gone. */
  abort(): void;

  /** STATUS (§3.10.6). */
  status(): Status;

  /** Changes options that can be changed while the connection stands. */
  set(options: ConnectionOptions): void;

  on<E extends keyof ConnectionEvents>(event: E, listener: ConnectionEvents[E]): this;
  off<E extends keyof ConnectionEvents>(event: E, listener: ConnectionEvents[E]): this;
}

/** What a listener tells its user. */
export interface ListenerEvents {
  /** A connection waits in the accept queue. */
  connection: () => void;
}

/** A passive OPEN: waits for SYNs, shakes hands, and queues the connections until they are accepted. */
export interface Listener {
  readonly id: number;
  /** `address` is `0.0.0.0` when it listens on every address. */
  readonly local: Endpoint;
  readonly state: 'LISTEN' | 'CLOSED';
  /** How many connections wait to be accepted, and how many may. */
  readonly pending: number;
  readonly backlog: number;
  /** The oldest connection whose handshake is done, or `EAGAIN`; `EINVAL` once the listener is closed. */
  accept(): Connection | 'EAGAIN' | 'EINVAL';
  /**
   * SEND in LISTEN (§3.10.2): a listener that was opened for one peer (`remote`) turns from passive to active. It sends its
   * SYN, and `data` follows when the handshake is done. The listener is gone; the connection is returned.
   * @throws TcpError EINVAL when the listener is closed or was opened for any peer
   */
  send(data: Uint8Array): Connection;
  /** Stops listening. Connections not yet accepted are reset; accepted ones go on. */
  close(): void;
  on<E extends keyof ListenerEvents>(event: E, listener: ListenerEvents[E]): this;
  off<E extends keyof ListenerEvents>(event: E, listener: ListenerEvents[E]): this;
}

/** `stack.tcp`: OPEN, and what is there already. */
export interface Tcp {
  /**
   * OPEN (§3.10.1).
   * @throws TcpError EADDRINUSE, EADDRNOTAVAIL (no such local address, or no ephemeral port left), ENETUNREACH (no route),
   *   EINVAL (a broadcast, multicast or malformed address, a port out of range: RFC 9293 MUST-46), ENOBUFS (the table is full)
   */
  open(options: ActiveOpen): Connection;
  open(options: PassiveOpen): Listener;
  /** Every connection that has a state other than CLOSED, oldest first. */
  connections(): Connection[];
  listeners(): Listener[];
}
