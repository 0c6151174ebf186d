import type { Host } from './host';

/**
 * Tells when nothing has happened for some time: `socket.setTimeout`. It runs on the stack's clock, so it is exact under
 * virtual time, and `touch` only notes the time: a busy connection sets no timer for each segment.
 */
export class IdleTimer {
  readonly #clock: Host['clock'];
  readonly #fire: () => void;
  /** In µs; 0 is "off". */
  #limit = 0;
  #last = 0;
  #alarm: { cancel(): void } | undefined;

  /** @param fire called, outside of the stack's turn, once for each time of idleness */
  constructor(clock: Host['clock'], fire: () => void) {
    this.#clock = clock;
    this.#fire = fire;
  }

  /** Starts to wait for `ms` milliseconds without activity; 0 stops waiting. */
  set(ms: number): void {
    this.stop();
    this.#limit = Math.round(ms * 1000);
    this.touch();
  }

  /** Something happened. */
  touch(): void {
    if (this.#limit === 0) return;
    this.#last = this.#clock.now();
    if (this.#alarm === undefined) this.#arm();
  }

  /** Waits no more, until `set` is called again. */
  stop(): void {
    this.#limit = 0;
    this.#alarm?.cancel();
    this.#alarm = undefined;
  }

  #arm(): void {
    this.#alarm = this.#clock.schedule(this.#last + this.#limit, () => {
      if (this.#clock.now() < this.#last + this.#limit) {
        this.#arm();
        return;
      }
      this.#alarm = undefined;
      // What a listener throws must reach the process, not the clock.
      process.nextTick(() => {
        if (this.#limit > 0 && this.#alarm === undefined) this.#fire();
      });
    });
  }
}
