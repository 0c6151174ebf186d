import type * as dgram from 'node:dgram';
import type { LookupFunction } from 'node:net';
import { lookupLocally } from '../lookup';
import type { DgramContext } from './host';
import { Socket as BaseSocket } from './socket';

/** The part of `node:dgram` that a stack offers, with Node's own types: what takes Node's takes this. */
export type Dgram = Pick<typeof dgram, 'createSocket' | 'Socket'>;

/**
 * Makes a module shaped like `node:dgram` whose sockets are the stack's. They close when the stack does.
 *
 * @param host the stack
 * @param lookup how names become addresses, for sockets without a `lookup` of their own
 */
export function createDgram(host: DgramContext['host'], lookup: LookupFunction = lookupLocally): Dgram {
  const context: DgramContext = { host, lookup };

  class Socket extends BaseSocket {
    constructor(type?: unknown, listener?: unknown) {
      super(context, type, listener);
    }
  }

  function createSocket(type: unknown, listener?: unknown): Socket {
    return new Socket(type, listener);
  }

  return { createSocket, Socket };
}
