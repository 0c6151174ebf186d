import type { Stack } from '../stack';
import type { Server } from './server';
import type { Socket } from './socket';

/** What the faces need of a stack: the calls of RFC 9293 §3.10, and its time. */
export type Host = Pick<Stack, 'tcp' | 'clock'>;

/** What is open in a stack's `net`: every socket that has a connection, every server that listens. */
export type OpenHandles = Set<Socket | Server>;

/** What the sockets and servers of one `net` share. */
export interface NetContext {
  readonly host: Host;
  readonly open: OpenHandles;
}

/** Who has given out a socket, and is told once that has let go of its connection. */
export interface SocketOwner {
  socketReleased(): void;
}
