/**
 * Time, as the stack sees it. Nobody else in synack reads a clock or sets a timer.
 *
 * All times are in microseconds since an arbitrary start, as whole numbers.
 */
export interface Clock {
  /** The time now, in µs. It never goes back. */
  now(): number;

  /**
   * The finest distance in time, in µs, at which this clock tells two wake-ups apart: 1 for virtual time,
   * about 1000 for the system's timers.
   */
  readonly resolution: number;

  /**
   * Calls `callback` once, at time `at` (µs) or as soon after it as the clock can. A time that has passed means
   * "next", never "inside this call". Callbacks due at the same time run in the order in which they were scheduled.
   */
  schedule(at: number, callback: () => void): Scheduled;

  /**
   * Runs `work` as one turn. Every call that enters the stack from outside (a packet, a user's call) is a turn.
   * A virtual clock runs, before the outermost turn returns, all that is due by now, so that everything that
   * follows from the call has happened when it returns. Turns nest.
   */
  turn<T>(work: () => T): T;
}

/** A callback that waits for its time. */
export interface Scheduled {
  /** Takes it back. Harmless when it has run or was cancelled before. */
  cancel(): void;
}
