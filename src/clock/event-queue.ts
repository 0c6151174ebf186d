import type { Scheduled } from './clock';

/** A callback that waits in an `EventQueue`. */
export class ScheduledCallback implements Scheduled {
  /** Its place in the heap, −1 once it has left. */
  index = -1;

  readonly #queue: EventQueue;
  #callback: (() => void) | undefined;

  constructor(
    queue: EventQueue,
    readonly at: number,
    readonly order: number,
    callback: () => void,
  ) {
    this.#queue = queue;
    this.#callback = callback;
  }

  cancel(): void {
    this.#queue.remove(this);
    // Whoever keeps the handle does not keep all that the callback refers to.
    this.#callback = undefined;
  }

  /** Leaves the queue, then calls: the queue is in order whatever the callback does, also when it throws. */
  run(): void {
    const callback = this.#callback;
    this.cancel();
    callback?.();
  }
}

/**
 * Callbacks by time, and at one time in the order in which they were added. A binary heap in which every event knows its
 * place, so that a cancelled one leaves at once and is kept by nobody.
 */
export class EventQueue {
  readonly #heap: ScheduledCallback[] = [];
  #added = 0;

  get size(): number {
    return this.#heap.length;
  }

  /** The next event. */
  get first(): ScheduledCallback | undefined {
    return this.#heap[0];
  }

  /** How many have ever been added. An event with `order` below it was there when it was read. */
  get added(): number {
    return this.#added;
  }

  /** @param at µs; the part of a microsecond counts as a whole one. RangeError when it is not a time. */
  add(at: number, callback: () => void): ScheduledCallback {
    if (!Number.isFinite(at)) throw new RangeError(`cannot schedule a callback at ${at} µs: that is not a time`);
    const event = new ScheduledCallback(this, Math.ceil(at), this.#added++, callback);
    this.#up(event, this.#heap.length);
    return event;
  }

  remove(event: ScheduledCallback): void {
    const { index } = event;
    if (index < 0) return;
    event.index = -1;
    const last = this.#heap.pop();
    if (last === undefined || last === event) return;
    const parent = this.#heap[(index - 1) >> 1];
    if (parent !== undefined && before(last, parent)) this.#up(last, index);
    else this.#down(last, index);
  }

  #put(event: ScheduledCallback, index: number): void {
    this.#heap[index] = event;
    event.index = index;
  }

  #up(event: ScheduledCallback, from: number): void {
    let index = from;
    while (index > 0) {
      const above = (index - 1) >> 1;
      const parent = this.#heap[above];
      if (parent === undefined || !before(event, parent)) break;
      this.#put(parent, index);
      index = above;
    }
    this.#put(event, index);
  }

  #down(event: ScheduledCallback, from: number): void {
    let index = from;
    for (;;) {
      const left = this.#heap[2 * index + 1];
      const right = this.#heap[2 * index + 2];
      const child = right !== undefined && left !== undefined && before(right, left) ? right : left;
      if (child === undefined || !before(child, event)) break;
      const below = child.index;
      this.#put(child, index);
      index = below;
    }
    this.#put(event, index);
  }
}

function before(one: ScheduledCallback, other: ScheduledCallback): boolean {
  return one.at < other.at || (one.at === other.at && one.order < other.order);
}
