import { AsyncResource } from 'node:async_hooks';
import { Batch } from './batch';

export const WOKEN_UP = Symbol('woken up');
/** In which async context a sleeper wakes up. */
export const RESOURCE = Symbol('async resource');

/**
 * A socket or server that the stack has told something. It acts on that outside of the stack's work, and in its own async context: what
 * `AsyncLocalStorage` held where it was made, not what it holds for whoever happened to bring the news.
 */
export interface Sleeper {
  [WOKEN_UP](): void;
  readonly [RESOURCE]: AsyncResource | undefined;
}

/** The context of connections that were accepted: nobody in this program has asked for them. As Node has it. */
export const NOBODY = new AsyncResource('TCPWRAP');

/** Those who have news to act on, on the next tick or when the work of the event loop's own call is done. */
export const AWAKE = new Batch<Sleeper>(
  (run) => {
    process.nextTick(run);
  },
  (sleeper) => {
    const resource = sleeper[RESOURCE];
    if (resource === undefined) sleeper[WOKEN_UP]();
    else resource.runInAsyncScope(sleeper[WOKEN_UP], sleeper);
  },
);
