import type { Clock, Scheduled } from '../clock/clock';
import { copyFrame } from './frames';
import type { Frame, FrameBatch } from './link';

/** How many frames wait for delivery at most, unless said otherwise. */
export const DEFAULT_QUEUE = 1024;

/** Frames on their way through memory: what is put in within one turn comes out as one batch, after it. */
export class MemoryQueue {
  #frames: Uint8Array[] = [];
  #delivery: Scheduled | undefined;
  #refused = false;

  /**
   * @param limit How many frames wait at most.
   * @param deliver Takes each batch.
   * @param drained Called when there is room again after a frame was refused.
   */
  constructor(
    readonly clock: Clock,
    readonly limit: number,
    readonly deliver: (batch: FrameBatch) => void,
    readonly drained: () => void,
  ) {
    if (!Number.isInteger(limit) || limit < 1) {
      throw new RangeError(`a link's queue holds a whole number of frames, 1 or more, not ${limit}`);
    }
  }

  /** Takes a copy of the frame. `false`: the queue is full and did not. */
  put(frame: Frame): boolean {
    if (this.#frames.length >= this.limit) {
      this.#refused = true;
      return false;
    }
    this.#frames.push(copyFrame(frame));
    this.#delivery ??= this.clock.schedule(this.clock.now(), () => {
      this.#deliver();
    });
    return true;
  }

  /** Forgets what waits. Returns how many frames that were. */
  clear(): number {
    this.#delivery?.cancel();
    const frames = this.#take();
    if (this.#refused) {
      this.clock.schedule(this.clock.now(), () => {
        this.#drain();
      });
    }
    return frames.length;
  }

  #deliver(): void {
    try {
      this.deliver(this.#take());
    } finally {
      this.#drain();
    }
  }

  #take(): Uint8Array[] {
    const frames = this.#frames;
    this.#frames = [];
    this.#delivery = undefined;
    return frames;
  }

  #drain(): void {
    if (!this.#refused || this.#frames.length >= this.limit) return;
    this.#refused = false;
    this.drained();
  }
}
