import type { LookupFunction } from 'node:net';
import type { Stack } from '../stack';
import type { OpenHandles } from './open-handles';
import type { Interfaces } from './zones';

/** What the faces need of a stack: the calls of RFC 9293 §3.10, and its time. */
export interface Host extends Pick<Stack, 'tcp' | 'clock'> {
  /** What its interfaces are called, for zones. Default: they have their indexes. */
  readonly ip?: Interfaces;
  /** Default `true`: who says no address listens on `::`. */
  readonly ipv6?: boolean;
}

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
