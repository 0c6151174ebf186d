import type { LookupFunction } from 'node:net';
import type { Stack } from '../stack';
import type { OpenHandles } from './open-handles';

/** What the faces need of a stack: the calls of RFC 9293 §3.10, and its time. */
export type Host = Pick<Stack, 'tcp' | 'clock'>;

/** What the sockets and servers of one `net` share. */
export interface NetContext {
  readonly host: Host;
  readonly open: OpenHandles;
  /** Finds the addresses of names, where a socket does not bring a function of its own. Shaped as `dns.lookup`. */
  readonly lookup: LookupFunction;
}

/** Who has given out a socket, and is told once that has let go of its connection. */
export interface SocketOwner {
  socketReleased(): void;
}
