import type { ErrorCode } from '../tcp/errors';
import type { Connection } from '../tcp/user';

/** One write of a stream, on its way into a connection's send buffer. The bytes are kept by reference. */
export class Outgoing {
  /** In bytes. */
  readonly length: number;
  readonly #chunks: readonly Uint8Array[];
  readonly #done: (error?: Error | null) => void;
  #index = 0;
  #offset = 0;

  /** @param done the stream's callback for this write */
  constructor(chunks: readonly Uint8Array[], done: (error?: Error | null) => void) {
    this.#chunks = chunks;
    this.length = chunks.reduce((sum, chunk) => sum + chunk.length, 0);
    this.#done = done;
  }

  /**
   * Gives the connection as much as it takes now (RFC 9293 §3.10.2). Only the last chunk is pushed, so that a header and
   * its body leave together.
   * @returns `done` when all was taken, `EAGAIN` when the rest must wait for 'writable', or the code of what went wrong
   */
  sendTo(connection: Connection): 'done' | 'EAGAIN' | ErrorCode {
    for (let chunk = this.#chunks[this.#index]; chunk !== undefined; chunk = this.#chunks[++this.#index]) {
      const push = this.#index === this.#chunks.length - 1;
      while (this.#offset < chunk.length) {
        const taken = connection.send(this.#offset === 0 ? chunk : chunk.subarray(this.#offset), { push });
        if (typeof taken === 'string') return taken;
        this.#offset += taken;
      }
      this.#offset = 0;
    }
    return 'done';
  }

  /** Ends the write. */
  finish(error?: Error): void {
    this.#done(error ?? null);
  }
}
