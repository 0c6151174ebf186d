/** Who takes what waits. */
export interface ArrivalsUser {
  deliver(batch: readonly Uint8Array[]): void;
  /** Called after `deliver`, when all that it has put off to the next tick was done. */
  delivered(): void;
}

export interface ArrivalsOptions {
  /** Frames that may wait for the stack. Default 8192. */
  readonly queueFrames?: number;
  /** Bytes of frames that may wait for the stack. Default 16 MiB. */
  readonly queueBytes?: number;
}

export const DEFAULT_QUEUE_FRAMES = 8192;
export const DEFAULT_QUEUE_BYTES = 16 * 1024 * 1024;

/** So many frames at a time, so that timers and other descriptors have their turn. */
const BATCH = 256;

/**
 * Frames on their way from a module of Node's or npm's to a stack. Such a module hands them out one by one, as long as there are
 * any; the stack takes them in batches, when the event loop has been round.
 */
export class Arrivals {
  readonly #frames: number;
  readonly #bytes: number;
  readonly #user: ArrivalsUser;
  #waiting: Uint8Array[] = [];
  #waitingBytes = 0;
  #isAwaited = false;

  constructor(
    { queueFrames = DEFAULT_QUEUE_FRAMES, queueBytes = DEFAULT_QUEUE_BYTES }: ArrivalsOptions,
    user: ArrivalsUser,
  ) {
    this.#frames = queueFrames;
    this.#bytes = queueBytes;
    this.#user = user;
  }

  /** Whether a frame of so many bytes can be added. */
  hasRoom(length: number): boolean {
    return this.#waiting.length < this.#frames && this.#waitingBytes + length <= this.#bytes;
  }

  /** The frame is kept as it is, and is the receiver's. */
  add(frame: Uint8Array): void {
    this.#waiting.push(frame);
    this.#waitingBytes += frame.length;
    this.#await();
  }

  clear(): void {
    this.#waiting = [];
    this.#waitingBytes = 0;
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
