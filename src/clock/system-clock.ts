import type { Clock, Scheduled } from './clock';
import { EventQueue } from './event-queue';
import { HOST, type Host } from './host';

/** The longest that a system timer can wait, in ms: its delay is a signed 32-bit number. */
const LONGEST_TIMEOUT = 2 ** 31 - 1;

/**
 * Real time: µs since the process (in a browser, the page) started, from the host's monotonic clock.
 *
 * One system timer waits for the earliest callback. What is due in less than a millisecond, which system timers cannot
 * tell from one, is waited for by coming back after each round of the event loop. Waiting does not keep the process alive;
 * links and sockets decide on that.
 */
export class SystemClock implements Clock {
  readonly resolution = 1000;

  readonly #host: Host;
  readonly #queue = new EventQueue();
  /** When the host will wake us; Infinity when it will not. While callbacks run it has passed, and nothing is asked for. */
  #wakeAt = Infinity;
  #cancelWake = (): void => undefined;

  constructor(host: Host = HOST) {
    this.#host = host;
  }

  now(): number {
    return Math.floor(this.#host.now() * 1000);
  }

  schedule(at: number, callback: () => void): Scheduled {
    const event = this.#queue.add(Math.max(at, this.now()), callback);
    this.#arm();
    return event;
  }

  turn<T>(work: () => T): T {
    return work();
  }

  #arm(): void {
    const first = this.#queue.first;
    // A wake-up that comes too early costs less than asking anew each time that a timer is put off.
    if (first === undefined || this.#wakeAt <= first.at) return;
    this.#cancelWake();
    const delay = first.at - this.now();
    if (delay < 1000) {
      this.#wakeAt = first.at;
      this.#cancelWake = this.#host.soon(this.#wake);
    } else {
      const timeout = Math.min(Math.ceil(delay / 1000), LONGEST_TIMEOUT);
      this.#wakeAt = Math.min(first.at, this.now() + timeout * 1000);
      // Node runs timers before it looks for I/O. In a program that was busy the ACK that a timer waits for has often arrived: it goes
      // first.
      this.#cancelWake = this.#host.later(timeout, () => {
        this.#cancelWake = this.#host.soon(this.#wake);
      });
    }
  }

  readonly #wake = (): void => {
    const now = this.now();
    // What the callbacks schedule for now waits for the next round, so that I/O gets its turn.
    const { added } = this.#queue;
    try {
      for (let next = this.#queue.first; next !== undefined && next.at <= now && next.order < added;) {
        next.run();
        next = this.#queue.first;
      }
    } finally {
      this.#wakeAt = Infinity;
      this.#arm();
    }
  };
}
