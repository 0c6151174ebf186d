import type { Clock, Scheduled } from '../clock/clock';

/** What a stack does when a turn ends. */
export interface Aftermath {
  /** True when nothing is left to do. */
  isSettled(): boolean;
  /** Does one round of what is left. */
  settle(): void;
  /** Nothing is left. */
  finish(): void;
}

/**
 * The stack's turns. Whatever enters the stack (packets, a user's call, a timer) is a turn; when the outermost one ends, the stack
 * settles: it sends what is to be sent, tells users what happened, and goes on until nothing is left. What arrives from
 * inside a turn waits for that, so that the machine is never entered twice.
 */
export class Turns implements Clock {
  readonly resolution: number;
  private depth = 0;
  /** A turn was begun and will be ended by the event loop's callback. */
  private lasting = false;
  private waiting: (() => void)[] = [];

  constructor(
    private readonly clock: Clock,
    private readonly after: Aftermath,
  ) {
    this.resolution = clock.resolution;
  }

  now(): number {
    return this.clock.now();
  }

  schedule(at: number, callback: () => void): Scheduled {
    return this.clock.schedule(at, () => {
      this.turn(callback);
    });
  }

  turn<T>(work: () => T): T {
    if (this.depth > 0) return work();
    if (this.lasting) return this.within(work);
    return this.clock.turn(() => {
      this.depth = 1;
      try {
        return work();
      } finally {
        try {
          this.finish();
        } finally {
          this.depth = 0;
        }
      }
    });
  }

  /** A turn begins that `end` ends, for the callback of an event loop: what it calls, and what that puts off, are parts of it. */
  begin(): void {
    this.lasting = true;
  }

  /** Harmless without `begin`. */
  end(): void {
    if (!this.lasting) return;
    this.lasting = false;
    this.turn(() => undefined);
  }

  /** A part of a turn that lasts. */
  private within<T>(work: () => T): T {
    this.depth = 1;
    try {
      return work();
    } finally {
      this.depth = 0;
    }
  }

  /** The machine is not at work. */
  get isIdle(): boolean {
    return this.depth === 0;
  }

  /** Runs `work` as a turn: at once, or when a turn is going on, after what it does now. */
  enqueue(work: () => void): void {
    if (this.depth > 0) this.waiting.push(work);
    else this.turn(work);
  }

  private finish(): void {
    for (;;) {
      while (!this.after.isSettled()) this.after.settle();
      const next = this.waiting.shift();
      if (next !== undefined) next();
      else {
        this.after.finish();
        // A link may have called back.
        if (this.waiting.length === 0 && this.after.isSettled()) return;
      }
    }
  }
}
