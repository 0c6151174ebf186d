/** Who takes what waits. */
export interface PcapQueueUser {
  deliver(batch: readonly Uint8Array[]): void;
  /** Called after `deliver`, when all that it has put off to the next tick was done. */
  delivered(): void;
}

/** So many frames at a time, so that timers and other descriptors have their turn. */
const BATCH = 256;
/** Frames are cut from a block of so many bytes. */
const BLOCK = 256 * 1024;

/**
 * Frames on their way from a capture to a stack. The capture hands them out one by one, as long as there are any; the stack takes
 * them in batches, when the event loop has been round.
 */
export class PcapQueue {
  readonly #frames: number;
  readonly #bytes: number;
  readonly #user: PcapQueueUser;
  #waiting: Uint8Array[] = [];
  #waitingBytes = 0;
  #isAwaited = false;
  #block = new Uint8Array(0);
  #used = 0;

  /** @param frames at most so many wait @param bytes at most so many bytes wait */
  constructor(frames: number, bytes: number, user: PcapQueueUser) {
    this.#frames = frames;
    this.#bytes = bytes;
    this.#user = user;
  }

  /** Takes a copy of the frame. `false`: there is no room. */
  add(frame: Uint8Array): boolean {
    if (this.#waiting.length >= this.#frames || this.#waitingBytes + frame.length > this.#bytes) return false;
    this.#waiting.push(this.#copy(frame));
    this.#waitingBytes += frame.length;
    this.#await();
    return true;
  }

  clear(): void {
    this.#waiting = [];
    this.#waitingBytes = 0;
  }

  #copy(frame: Uint8Array): Uint8Array {
    if (this.#used + frame.length > this.#block.length) {
      this.#block = new Uint8Array(Math.max(BLOCK, frame.length));
      this.#used = 0;
    }
    const copy = this.#block.subarray(this.#used, this.#used + frame.length);
    copy.set(frame);
    this.#used += frame.length;
    return copy;
  }

  /** Node does what an immediate has put off to the next tick before it calls the next one. */
  #await(): void {
    if (this.#isAwaited) return;
    this.#isAwaited = true;
    setImmediate(() => {
      this.#isAwaited = false;
      const batch = this.#waiting.length > BATCH ? this.#waiting.splice(0, BATCH) : this.#waiting;
      if (batch === this.#waiting) this.clear();
      else for (const frame of batch) this.#waitingBytes -= frame.length;
      if (batch.length > 0) this.#user.deliver(batch);
    });
    setImmediate(() => {
      this.#user.delivered();
      if (this.#waiting.length > 0) this.#await();
    });
  }
}
