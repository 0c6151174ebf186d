import type { DnsCounters } from './counters';

/** Lets so many queries be under way at once, and so many wait for their turn, first come first served. */
export class Gate {
  private inside = 0;
  private readonly waiting = new Set<() => void>();

  constructor(
    private readonly most: number,
    private readonly mostWaiting: number,
    private readonly counters: DnsCounters,
  ) {}

  /**
   * Calls `start` now or when another leaves; who has been started must `leave`.
   * @returns false when too many wait
   */
  enter(start: () => void): boolean {
    if (this.inside < this.most) {
      this.inside++;
      start();
    } else if (this.waiting.size < this.mostWaiting) {
      this.counters.waited++;
      this.waiting.add(start);
    } else {
      this.counters.refused++;
      return false;
    }
    return true;
  }

  /** One that was started has ended. */
  leave(): void {
    this.inside--;
    const [next] = this.waiting;
    if (next === undefined) return;
    this.waiting.delete(next);
    this.inside++;
    next();
  }

  /** One that waits does not want to any more. */
  withdraw(start: () => void): void {
    this.waiting.delete(start);
  }
}
