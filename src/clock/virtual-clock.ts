import type { Clock, Scheduled } from './clock';
import { EventQueue } from './event-queue';
import { HOST } from './host';

/** How far `run` and `runAsync` go. */
export interface RunOptions {
  /** Stop when time would pass this (µs), or as soon as this holds; it is asked before each step. */
  until?: number | (() => boolean);
  /** Give up with an error after so many steps (times at which something was due). Default 10 million. */
  limit?: number;
}

const STEPS = 10_000_000;
const CALLBACKS_IN_A_TURN = 3_000_000;

/**
 * Time that moves only when told. Everything is synchronous: when `turn` or `advanceTo` returns, all that follows
 * from it up to that time has happened.
 *
 * An exception from a callback comes out of the call that ran it. The clock stays in order: time stands where the
 * callback was due, that callback is gone, and what else was due runs with the next call.
 */
export class VirtualClock implements Clock {
  readonly resolution = 1;

  readonly #queue = new EventQueue();
  #now: number;
  #depth = 0;
  /** Counts what enters from outside, to see whether anything did while Node had its turn. */
  #entries = 0;

  /** @param start The time at the start, in µs. */
  constructor(start = 0) {
    if (!Number.isSafeInteger(start) || start < 0) {
      throw new RangeError(`a virtual clock starts at a whole number of µs, 0 or more, not at ${start}`);
    }
    this.#now = start;
  }

  now(): number {
    return this.#now;
  }

  /** How many callbacks wait. */
  get size(): number {
    return this.#queue.size;
  }

  /** When the next callback is due (µs), exactly; undefined when nothing is scheduled. */
  nextDeadline(): number | undefined {
    return this.#queue.first?.at;
  }

  schedule(at: number, callback: () => void): Scheduled {
    this.#entries++;
    // Comparing the clamped times is what makes "overdue" run after what was due before it was scheduled.
    return this.#queue.add(at < this.#now ? this.#now : at, callback);
  }

  turn<T>(work: () => T): T {
    this.#entries++;
    this.#depth++;
    try {
      return work();
    } finally {
      try {
        if (this.#depth === 1) this.#runDue();
      } finally {
        this.#depth--;
      }
    }
  }

  /** Moves time on to `time` (µs), and runs on the way whatever is due, each at its own time. RangeError for the past. */
  advanceTo(time: number): void {
    this.#checkAdvance(time);
    while (this.#step(time));
    this.#now = time;
  }

  /** As `advanceTo`, `duration` µs from now. */
  advanceBy(duration: number): void {
    this.advanceTo(this.#now + duration);
  }

  /**
   * Moves time on from one deadline to the next until nothing is scheduled, or until `until`. Time stays at the last
   * callback that ran when nothing is left, and at `until` when something is scheduled after it. Returns the time.
   */
  run(options: RunOptions = {}): number {
    const { step } = this.#course(options);
    while (step());
    return this.#now;
  }

  /** As `advanceTo`, and before each step lets Node run what waits: microtasks, `setImmediate`, I/O that is ready. */
  async advanceToAsync(time: number): Promise<void> {
    this.#checkAdvance(time);
    do await this.#settle();
    while (this.#step(time));
    if (time > this.#now) this.#now = time;
  }

  /** As `advanceBy`, and before each step lets Node run what waits. */
  async advanceByAsync(duration: number): Promise<void> {
    await this.advanceToAsync(this.#now + duration);
  }

  /** As `run`, and before each step lets Node run what waits. */
  async runAsync(options: RunOptions = {}): Promise<number> {
    const { done, step } = this.#course(options);
    do await this.#settle(done);
    while (step());
    return this.#now;
  }

  /** Runs what is due next, if that is not after `time`. Says whether there was anything. */
  #step(time: number): boolean {
    const next = this.#queue.first;
    if (next === undefined || next.at > time) return false;
    this.turn(() => {
      if (next.at > this.#now) this.#now = next.at;
    });
    return true;
  }

  #course({ until = Infinity, limit = STEPS }: RunOptions): { done: () => boolean; step: () => boolean } {
    const time = typeof until === 'number' ? until : Infinity;
    if (time === Infinity) this.#checkOutside();
    else this.#checkAdvance(time);
    const done = typeof until === 'number' ? () => false : until;
    let steps = 0;
    const step = (): boolean => {
      if (done()) return false;
      const next = this.nextDeadline();
      if (next !== undefined && next <= time && steps++ >= limit) {
        throw new Error(
          `the virtual clock ran ${limit} steps up to ${this.#now} µs, and something is still scheduled: ` +
            `a timer that sets itself again never ends; say how far to go with { until } or raise { limit }`,
        );
      }
      if (this.#step(time)) return true;
      if (next !== undefined && time > this.#now) this.#now = time;
      return false;
    };
    return { done, step };
  }

  #runDue(): void {
    let ran = 0;
    for (let next = this.#queue.first; next !== undefined && next.at <= this.#now; next = this.#queue.first) {
      if (++ran > CALLBACKS_IN_A_TURN) {
        throw new Error(
          `virtual time stands still at ${this.#now} µs: ${CALLBACKS_IN_A_TURN} callbacks ran and each time one more ` +
            `was due at once; look for something that schedules itself without a delay`,
        );
      }
      next.run();
    }
  }

  /** Lets Node run what waits until it has had its turn twice without doing anything here, or until `done`. */
  async #settle(done = () => false): Promise<void> {
    for (let quiet = 0; quiet < 2 && !done(); quiet++) {
      const before = this.#entries;
      await new Promise<void>((resolve) => HOST.soon(resolve));
      if (this.#entries !== before) quiet = -1;
    }
  }

  #checkAdvance(time: number): void {
    this.#checkOutside();
    if (!Number.isSafeInteger(time) || time < this.#now) {
      throw new RangeError(
        `cannot move the virtual clock from ${this.#now} µs to ${time} µs: time is whole and only goes forward`,
      );
    }
  }

  #checkOutside(): void {
    if (this.#depth > 0) {
      throw new Error(
        `cannot move the virtual clock from inside a turn (a callback of the clock or of the stack): ` +
          `all that is due now has to happen first; move it after the call that led here has returned`,
      );
    }
  }
}
