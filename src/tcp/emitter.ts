type Listener = (...parameters: never[]) => void;

const NOBODY: readonly never[] = [];

/** Functions that wait for named events. Calls them in the order in which they were added. */
export class Emitter<Events extends { [E in keyof Events]: (...parameters: never[]) => void }> {
  /** Events and their functions by turns, in one array that is never changed: small, and whoever emits may go through it in peace. */
  private waiting: readonly (keyof Events | Listener)[] = NOBODY;

  on<E extends keyof Events>(event: E, listener: Events[E]): this {
    this.waiting = [...this.waiting, event, listener];
    return this;
  }

  off<E extends keyof Events>(event: E, listener: Events[E]): this {
    const { waiting } = this;
    this.waiting = waiting.filter((_, index) => {
      const first = index - (index % 2);
      return waiting[first] !== event || waiting[first + 1] !== listener;
    });
    return this;
  }

  protected emit<E extends keyof Events>(event: E, ...parameters: Parameters<Events[E]>): void {
    const { waiting } = this;
    for (let index = 0; index < waiting.length; index += 2) {
      const listener = waiting[index + 1];
      // Only `on` puts functions in, and it takes those of this event alone.
      if (waiting[index] === event && typeof listener === 'function') listener(...(parameters as never[]));
    }
  }
}
