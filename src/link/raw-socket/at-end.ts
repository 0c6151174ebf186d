/** What has to be undone when the process ends, in whatever way but SIGKILL. */

/** The signals that end a process that does not listen to them, and are sent for that. */
const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/** The part of `process` that is used. */
export interface Ending {
  readonly pid: number;
  on(event: 'exit', listener: () => void): unknown;
  prependListener(event: NodeJS.Signals, listener: (signal: NodeJS.Signals) => void): unknown;
  off(event: NodeJS.Signals | 'exit', listener: (signal: NodeJS.Signals) => void): unknown;
  listenerCount(event: NodeJS.Signals): number;
  kill(pid: number, signal: NodeJS.Signals): unknown;
}

/**
 * Calls functions at the end of the process: when it exits (also by an exception that nobody catches), and on a signal that ends it.
 * It dies by that signal as it would have without us.
 *
 * While the program itself listens to the signal, it is the program's: the functions are called when it exits. Such a
 * listener may look whether it is the only one, as ours does, to end the process then; so while listeners run, ours is not there.
 */
export class AtEnd {
  readonly #process: Ending;
  readonly #later: (call: () => void) => void;
  readonly #functions = new Set<() => void>();

  /** @param later calls back when the listeners of a signal have run */
  constructor(ending: Ending, later: (call: () => void) => void) {
    this.#process = ending;
    this.#later = later;
  }

  /** @returns what takes it back */
  add(undo: () => void): () => void {
    if (this.#functions.size === 0) this.#listen();
    this.#functions.add(undo);
    return () => {
      if (this.#functions.delete(undo) && this.#functions.size === 0) this.#unlisten();
    };
  }

  readonly #run = (): void => {
    for (const undo of [...this.#functions]) undo();
  };

  readonly #onSignal = (signal: NodeJS.Signals): void => {
    const isOurs = this.#process.listenerCount(signal) === 1;
    this.#process.off(signal, this.#onSignal);
    if (isOurs) {
      this.#run();
      this.#process.kill(this.#process.pid, signal);
    } else {
      this.#later(() => {
        if (this.#functions.size > 0) this.#process.prependListener(signal, this.#onSignal);
      });
    }
  };

  #listen(): void {
    this.#process.on('exit', this.#run);
    // In front of others, which are to find us gone.
    for (const signal of SIGNALS) this.#process.prependListener(signal, this.#onSignal);
  }

  #unlisten(): void {
    this.#process.off('exit', this.#run);
    for (const signal of SIGNALS) this.#process.off(signal, this.#onSignal);
  }
}

/** Of this process. */
export const atEnd = new AtEnd(process, (call) => setImmediate(call).unref());
