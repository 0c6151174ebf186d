import type { Stack } from '../stack';
import type { Server } from './server';
import type { Socket } from './socket';

/** What the faces need of a stack: the calls of RFC 9293 §3.10, and its time. */
export type Host = Pick<Stack, 'tcp' | 'clock'>;

/** What is open in a stack's `net`: every socket that has a connection, every server that listens. */
export type OpenHandles = Set<Socket | Server>;
