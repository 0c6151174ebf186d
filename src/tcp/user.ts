import type { ErrorCode } from './errors';
import type { State } from './states';
import type { Status } from './status';

/** One end: an IP address in its usual text form, and a port. */
export interface Endpoint {
  readonly address: string;
  readonly port: number;
}

/** What a connection can be told. All of it may be given to `open`, and most of it changed later with `set`. */
export interface ConnectionOptions {
  /** Send small segments at once instead of waiting for an ACK (turns Nagle's algorithm off, RFC 9293 MUST-17). Default `false`. */
  noDelay?: boolean;
  /** Probe an idle peer (RFC 9293 §3.8.4). Off by default. Times in µs; defaults 2 h, 75 s, 9 probes. */
  keepAlive?: false | { idle?: number; interval?: number; probes?: number };
  /** The most bytes that wait to be acknowledged or sent. Default 262,144. */
  sendBuffer?: number;
  /** The most bytes that wait to be received; what the window offers. Default 262,144. */
  receiveBuffer?: number;
  /** The largest segment in bytes that we ask the peer to send. Default: the interface's MTU less 40. Only before `open`. */
  mss?: number;
  /** What `close` does with unsent data: wait in the background (`undefined`), or abort after so many µs; 0 aborts at once. */
  linger?: number;
  /** How long in µs sent data may stay unacknowledged before the connection is aborted with ETIMEDOUT (RFC 9293 §3.10.8). */
  userTimeout?: number;
  /** IPv4's time to live, 1 to 255. Default 64 (RFC 9293 MUST-49). */
  ttl?: number;
  /** The Diffserv field's six bits (RFC 9293 MUST-48). Default 0. */
  dscp?: number;
  /** Maximum segment lifetime in µs; TIME-WAIT lasts twice as long. Default 30 s (RFC 9293 §3.4.2 suggests 2 min). */
  msl?: number;
  /**
   * R2 for data (RFC 9293 §3.8.3): how long in µs the peer may acknowledge nothing of what was sent. The first retransmission
   * time-out after that ends the connection. Default 924.6 s.
   */
  r2?: number;
  /** R2 for a SYN, in µs. Default 180 s (RFC 9293 MUST-23). */
  synR2?: number;
  /** Bounds of the retransmission time-out, µs. Defaults: initial 1 s, minimum 200 ms, maximum 60 s. */
  rto?: { initial?: number; min?: number; max?: number };
  /** How long an ACK may be delayed, µs, under 500 ms (RFC 9293 MUST-40). Default 40 ms; 0 acknowledges at once. */
  delayedAck?: number;
  /** The most pieces of out-of-order data held for reassembly. Default 1024; what comes beyond it is dropped and counted. */
  outOfOrderLimit?: number;
  /** How long in µs a connection that was closed waits in FIN-WAIT-2 for the peer's FIN. Default 60 s. After `shutdown` it waits for ever. */
  finWait2Timeout?: number;
}

/** Active OPEN (RFC 9293 §3.10.1): call somebody. */
export interface ActiveOpen extends ConnectionOptions {
  /** Defaults: the address that the route to the peer has; an ephemeral port (RFC 6056). */
  readonly local?: Partial<Endpoint>;
  readonly remote: Endpoint;
  readonly passive?: false;
}

/** Passive OPEN (RFC 9293 §3.10.1): wait to be called. The options hold for each connection that is accepted. */
export interface PassiveOpen extends ConnectionOptions {
  readonly passive: true;
  /** No address, `0.0.0.0`: every address of the stack. No port, 0: an ephemeral port. */
  readonly local?: Partial<Endpoint>;
  /** Accept only this peer ("fully specified" passive OPEN). */
  readonly remote?: Endpoint;
  /** The most connections that wait to be accepted, handshakes in progress counted apart. Default 511. */
  readonly backlog?: number;
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
  /** The connection is CLOSED and out of the table; `aborted` when it did not end by two FINs (RFC 9293 MUST-12). */
  closed: (how: 'closed' | 'aborted') => void;
}

export interface SendOptions {
  /** Push what was given so far (RFC 9293 MAY-15). Default `true`: PSH stands on the last segment of what is buffered. */
  readonly push?: boolean;
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
  /** How many connections wait to be accepted. */
  readonly pending: number;
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
