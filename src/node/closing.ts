import { Batch } from './batch';
import type { Outgoing } from './outgoing';

/** What is still to be told when a socket has been destroyed. */
interface Closing {
  readonly socket: NodeJS.EventEmitter;
  readonly failed: boolean;
  /** A write that did not end, and what kept it from doing so, unless that was its socket's end. */
  readonly outgoing: Outgoing | undefined;
  readonly unsent: Error | undefined;
}

/** Sockets whose 'close' is due: after 'error', which comes on the next tick. */
export const CLOSING = new Batch<Closing>(setImmediate, ({ socket, failed, outgoing, unsent }) => {
  outgoing?.finish(unsent);
  socket.emit('close', failed);
});
