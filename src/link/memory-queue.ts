import type { Clock, Scheduled } from '../clock/clock';
import { copyFrame } from './frames';
import { CHECKED, UNFILLED, type Frame, type FrameBatch, type FrameInfo, type FrameWork } from './link';

/** How many frames wait for delivery at most, unless said otherwise. */
export const DEFAULT_QUEUE = 1024;

/** Frames on their way through memory: what is put in within one turn comes out as one batch, after it. */
export class MemoryQueue {
  #frames: Uint8Array[] = [];
  #info: FrameInfo[] = [];
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
    readonly deliver: (batch: FrameBatch, info: readonly FrameInfo[]) => void,
    readonly drained: () => void,
  ) {
    if (!Number.isInteger(limit) || limit < 1) {
      throw new RangeError(`a link's queue holds a whole number of frames, 1 or more, not ${limit}`);
    }
  }

  /** Takes a copy of the frame. `false`: the queue is full and did not. What is to be done with it is told, not done. */
  put(frame: Frame, work?: FrameWork): boolean {
    if (this.#frames.length >= this.limit) {
      this.#refused = true;
      return false;
    }
    this.#frames.push(copyFrame(frame));
    this.#info.push(work === undefined ? 0 : CHECKED | UNFILLED | work.segmentSize);
    this.#delivery ??= this.clock.schedule(this.clock.now(), () => {
      this.#deliver();
    });
    return true;
  }

  /** Forgets what waits. Returns how many frames that were. */
  clear(): number {
    this.#delivery?.cancel();
    const { frames } = this.#take();
    if (this.#refused) {
      this.clock.schedule(this.clock.now(), () => {
        this.#drain();
      });
    }
    return frames.length;
  }

  #deliver(): void {
    try {
      const { frames, info } = this.#take();
      this.deliver(frames, info);
    } finally {
      this.#drain();
    }
  }

  #take(): { frames: Uint8Array[]; info: FrameInfo[] } {
    const [frames, info] = [this.#frames, this.#info];
    this.#frames = [];
    this.#info = [];
    this.#delivery = undefined;
    return { frames, info };
  }

  #drain(): void {
    if (!this.#refused || this.#frames.length >= this.limit) return;
    this.#refused = false;
    this.drained();
  }
}
