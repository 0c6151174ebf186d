import type { Lateness } from './server-calls';

/** ms. Short enough for many samples, long enough that Node's whole milliseconds do not matter. */
const DELAY = 4;

/** A timeout that is set again each time it goes off, and how late it was. */
export class LateTimer {
  readonly #late: number[] = [];
  #due = 0;
  #timer: NodeJS.Timeout;

  constructor() {
    this.#timer = this.#set();
  }

  #set(): NodeJS.Timeout {
    this.#due = performance.now() + DELAY;
    return setTimeout(() => {
      this.#late.push(Math.max(0, performance.now() - this.#due));
      this.#timer = this.#set();
    }, DELAY);
  }

  stop(): Lateness {
    clearTimeout(this.#timer);
    const late = this.#late.sort((one, other) => one - other);
    const at = (quantile: number): number => late[Math.floor((late.length - 1) * quantile)] ?? NaN;
    return { count: late.length, p50: at(0.5), p99: at(0.99), max: at(1) };
  }
}
