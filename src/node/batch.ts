/**
 * Acts on things later, all that were added by then in one callback of the event loop, in the order in which they were added: thousands
 * of sockets that wake up at once cost one tick. What `act` throws is the process's, and the others are acted on all the same.
 */
export class Batch<T> {
  readonly #later: (run: () => void) => void;
  readonly #act: (item: T) => void;
  #items: T[] = [];
  /** Whoever adds now need not ask for a turn. */
  #collecting = false;

  /** @param later `process.nextTick` or `setImmediate` */
  constructor(later: (run: () => void) => void, act: (item: T) => void) {
    this.#later = later;
    this.#act = act;
  }

  add(item: T): void {
    if (this.#items.push(item) === 1 && !this.#collecting) this.#later(this.#run);
  }

  /**
   * Does `work`, and then acts on what it has added without waiting for a turn: for who is called by the event loop itself, so that what is
   * thrown here is the process's too.
   */
  after(work: () => void): void {
    // What waits already comes first, when its turn comes.
    if (this.#collecting || this.#items.length > 0) {
      work();
      return;
    }
    this.#collecting = true;
    let done = false;
    try {
      work();
      done = true;
    } finally {
      this.#collecting = false;
      if (this.#items.length > 0) {
        if (done) this.#run();
        else this.#later(this.#run);
      }
    }
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
