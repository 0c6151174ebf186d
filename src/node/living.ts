import { DuplexWithEnds } from './ends';
import { CLOSED, type LeftBehind } from './liveness';

export const HOLD = Symbol('hold');
export const REST = Symbol('rest');
export const ROUSE = Symbol('rouse');
export const LET_DIE = Symbol('let die');
export const IS_RESTING = Symbol('is resting');

/** A stream that keeps the process alive while somebody waits for something of it. */
export abstract class LivingDuplex extends DuplexWithEnds {
  #liveness = CLOSED;
  #isResting = false;

  /** As every Readable has it; it is only not in the types. */
  declare protected readonly _readableState: { readingMore: boolean };

  /** Every Duplex has it, and Node's own sockets call it for this; it is only not in the types. */
  declare protected readonly _undestroy: () => void;

  /** Nobody reads from it. */
  get [IS_RESTING](): boolean {
    return this.#isResting;
  }

  [HOLD](): void {
    this.#liveness = this.#liveness.open();
  }

  /**
   * As a kernel's socket that nobody reads from or writes to: it is open, and does not keep the process alive, once the peer has what was
   * sent.
   * @param isWriting somebody does write
   */
  [REST](connection: LeftBehind, isWriting: boolean): void {
    this.#isResting = true;
    const held = this.#liveness.open();
    this.#liveness = isWriting ? held : held.close(connection);
  }

  /** Somebody reads again. */
  [ROUSE](): void {
    this.#isResting = false;
    this[HOLD]();
  }

  /** It is closed, with its connection or before it had one. */
  [LET_DIE](connection?: LeftBehind): void {
    if (this.#isResting && connection !== undefined) this[HOLD]();
    this.#isResting = false;
    this.#liveness = this.#liveness.close(connection);
  }

  ref(): this {
    this.#liveness = this.#liveness.ref();
    return this;
  }

  unref(): this {
    this.#liveness = this.#liveness.unref();
    return this;
  }

  destroySoon(): void {
    if (this.writable) this.end();
    if (this.writableFinished) this.destroy();
    else this.once('finish', () => this.destroy());
  }
}
