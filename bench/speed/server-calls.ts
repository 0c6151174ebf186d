import type { Adapter } from '../adapters/adapter';

/** What a server process is to be, as JSON on its command line. */
export interface ServerOptions {
  /** Node's own `net` and `http`, or synack's; or no server: the kernel's end of a tunnel. */
  readonly kind: 'node' | 'synack' | 'relay';
  /** What is under synack, or how the relay is reached. Default: a TAP. */
  readonly adapter?: Adapter;
  /** Serves IPv6, too. Default `false`. */
  readonly ipv6?: boolean;
  /** Segmentation and checksums may be left to the TAP. Node's are as its veth is. */
  readonly offload: boolean;
  /** synack in so many worker threads, a queue of the TAP for each. Default: it runs in the main thread. */
  readonly queues?: number;
}

/** What the harness may ask a server process, and what that answers. */
export interface ServerCalls {
  /** Bytes that `data` listeners of the sink have seen, and connections that are open on the ports for idle ones. */
  counts: { readonly sunk: number; readonly idle: number };
  /** After garbage collection: bytes in memory, and on V8's heap of that. */
  memory: { readonly resident: number; readonly heap: number };
  /** A timer begins to run. */
  startTimer: null;
  /** … and ends: how late it was, ms. */
  stopTimer: Lateness;
  version: string;
}

export interface Lateness {
  readonly count: number;
  readonly p50: number;
  readonly p99: number;
  readonly max: number;
}

export type CallName = keyof ServerCalls;
