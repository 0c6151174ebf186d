import { RESOURCE, type Sleeper } from './awake';
import { Batch } from './batch';
import type { Outgoing } from './outgoing';

/** What is still to be told when a socket has been destroyed. */
interface Closing {
  readonly socket: NodeJS.EventEmitter & Pick<Sleeper, typeof RESOURCE>;
  readonly failed: boolean;
  /** A write that did not end, and what kept it from doing so, unless that was its socket's end. */
  readonly outgoing: Outgoing | undefined;
  readonly unsent: Error | undefined;
}

/** Sockets whose 'close' is due: after 'error', which comes on the next tick. */
export const CLOSING = new Batch<Closing>(setImmediate, (closing) => {
  const resource = closing.socket[RESOURCE];
  if (resource === undefined) close(closing);
  else resource.runInAsyncScope(close, undefined, closing);
});

function close({ socket, failed, outgoing, unsent }: Closing): void {
  outgoing?.finish(unsent);
  socket.emit('close', failed);
}
