import type { Endpoint } from '../../src';
import type { ImpairSettings } from '../../src/link/impair';
import type { ImpairmentCounters } from '../../src/link/impairment';
import type { TcpOptions } from '../../src/stack/tcp-options';

/** One transfer as one end saw it. Times in µs of CLOCK_MONOTONIC, the same for all processes. */
export interface End {
  readonly bytes: number;
  /** When its handshake was done. */
  readonly start: number;
  /** When it had the last byte; of a sender, when the receiver had closed. */
  readonly end: number;
}

export interface Sent extends End {
  readonly congestion: string;
  /** Segments. */
  readonly retransmissions: number;
}

export interface Received extends End {
  readonly sha256: string;
}

/** How much to carry, and how many ms it may take from the handshake on. */
export interface Load {
  readonly bytes: number;
  readonly limit: number;
}

/** What can be asked of the process in which the bad network and synack run. */
export interface PathCalls {
  /** Makes the bad network and the stack anew. */
  begin(options: { seed: number; network: ImpairSettings; tcp: TcpOptions }): void;
  /** synack connects and sends. */
  send(options: Load & { to: Endpoint }): Promise<Sent>;
  /** synack listens; `received` has what comes of it. */
  listen(options: Load & { port: number }): void;
  received(options: { port: number }): Promise<Received>;
  /** What became of the frames since `begin`: to the right, and to the left. */
  end(options: object): { right: ImpairmentCounters; left: ImpairmentCounters };
}

export type CallName = keyof PathCalls;
export type Argument<Name extends CallName> = Parameters<PathCalls[Name]>[0];
export type Answer<Name extends CallName> = Awaited<ReturnType<PathCalls[Name]>>;

export interface Request<Name extends CallName = CallName> {
  readonly id: number;
  readonly call: Name;
  readonly argument: Argument<Name>;
}

export type Reply = { readonly id: number } & ({ readonly answer: unknown } | { readonly error: string });
