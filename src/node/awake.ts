import { Batch } from './batch';

export const WOKEN_UP = Symbol('woken up');

/** A socket or server that the stack has told something. It acts on that outside of the stack's work. */
export interface Sleeper {
  [WOKEN_UP](): void;
}

/** Those who have news to act on, on the next tick or when the work of the event loop's own call is done. */
export const AWAKE = new Batch<Sleeper>(
  (run) => {
    process.nextTick(run);
  },
  (sleeper) => {
    sleeper[WOKEN_UP]();
  },
);
