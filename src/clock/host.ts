/** What the clocks need of the program that runs us, Node or a browser. */
export interface Host {
  /** Milliseconds since an arbitrary start, with fractions. It never goes back. */
  now(): number;
  /** Calls `callback` as soon as what is waiting now (microtasks, I/O that is ready) has had its turn. Returns "take it back". */
  soon(callback: () => void): () => void;
  /** Calls `callback` after `delay` ms (at most 2³¹ − 1), and does not keep the process alive for it. Returns "take it back". */
  later(delay: number, callback: () => void): () => void;
}

/** The part of the global object that differs between Node and browsers: `setImmediate` is Node's. */
interface Globals {
  readonly setTimeout: (callback: () => void, delay: number) => unknown;
  readonly clearTimeout: (timer: unknown) => void;
  readonly setImmediate?: (callback: () => void) => unknown;
  readonly clearImmediate?: (immediate: unknown) => void;
}
const globals = globalThis as unknown as Globals;

/**
 * As they are when we are loaded. A program that puts clocks of its own in their place, for its tests, means its own timers: the network
 * goes on.
 */
const { setTimeout, clearTimeout, setImmediate, clearImmediate } = globals;
const now = performance.now.bind(performance);

/** The host that we run in. */
export const HOST: Host = {
  now: () => now(),

  soon(callback) {
    if (setImmediate === undefined) return post(callback);
    const immediate = setImmediate(callback);
    return () => clearImmediate?.(immediate);
  },

  later(delay, callback) {
    const timer = setTimeout(callback, delay);
    if (hasUnref(timer)) timer.unref();
    return () => {
      clearTimeout(timer);
    };
  },
};

/** Node's timers are objects that can let the process end; browsers' are numbers. */
function hasUnref(timer: unknown): timer is { unref(): void } {
  return typeof timer === 'object' && timer !== null && 'unref' in timer && typeof timer.unref === 'function';
}

let channel: InstanceType<typeof MessageChannel> | undefined;
const posted: (() => void)[] = [];

/** A browser's quickest way to come back after its other work: `setTimeout` would wait 4 ms once it is nested. */
function post(callback: () => void): () => void {
  if (channel === undefined) {
    channel = new MessageChannel();
    // Assigned so because Node's types, unlike its ports, have no `onmessage`.
    Object.assign(channel.port1, { onmessage: () => posted.shift()?.() });
  }
  let cancelled = false;
  posted.push(() => {
    if (!cancelled) callback();
  });
  channel.port2.postMessage(undefined);
  return () => {
    cancelled = true;
  };
}
