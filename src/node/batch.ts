/**
 * Acts on things later, all that were added by then in one callback of the event loop, in the order in which they were added: thousands
 * of sockets that wake up at once cost one tick. What `act` throws is the process's, and the others are acted on all the same.
 */
export class Batch<T> {
  readonly #later: (run: () => void) => void;
  readonly #act: (item: T) => void;
  #items: T[] = [];

  /** @param later `nextTick` or `setImmediate` */
  constructor(later: (run: () => void) => void, act: (item: T) => void) {
    this.#later = later;
    this.#act = act;
  }

  add(item: T): void {
    if (this.#items.push(item) === 1) this.#later(this.#run);
  }

  readonly #run = (): void => {
    const items = this.#items;
    // What is added from here on has its own turn.
    this.#items = [];
    let count = 0;
    try {
      for (const item of items) {
        count++;
        this.#act(item);
      }
    } finally {
      if (count < items.length) this.#goOn(items.slice(count));
    }
  };

  #goOn(rest: T[]): void {
    const isDue = this.#items.length > 0;
    this.#items = [...rest, ...this.#items];
    if (!isDue) this.#later(this.#run);
  }
}

export function nextTick(run: () => void): void {
  process.nextTick(run);
}
