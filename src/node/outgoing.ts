import type { ErrorCode } from '../tcp/errors';
import type { Connection } from '../tcp/user';

/** Data that more of the same write follows. */
const MORE = { push: false, more: true };
/** The last of a write. */
const LAST = {};

/** Chunks of a write below this size are copied into one, since each piece costs more than the copy. */
const SMALL = 1024;
/** The longest piece of small chunks: Node's pool gives memory for it without an allocation. */
const GATHERED = 4000;

/** Gives a connection a chunk; the result is that of `Connection.send`. */
export function sendChunk(connection: Pick<Connection, 'send'>, chunk: Uint8Array): number | 'EAGAIN' | ErrorCode {
  return chunk.length === 0 ? 0 : connection.send(chunk, LAST);
}

/** What a stream cannot give away at once, of one of its writes. The bytes are kept by reference. */
export class Outgoing {
  /** In bytes, also those that are gone. */
  readonly length: number;
  readonly #chunks: readonly Uint8Array[];
  readonly #done: (error?: Error | null) => void;
  #index = 0;
  #offset: number;

  /**
   * @param done the stream's callback for this write
   * @param taken how many bytes of the first chunk the connection has taken already
   */
  constructor(chunks: readonly Uint8Array[], done: (error?: Error | null) => void, taken = 0) {
    let length = 0;
    for (const chunk of chunks) length += chunk.length;
    this.length = length;
    this.#chunks = chunks;
    this.#done = done;
    this.#offset = taken;
  }

  /**
   * Gives the connection as much as it takes now (RFC 9293 §3.10.2). Only the last chunk is pushed, so that a header and
   * its body leave together.
   * @returns `done` when all was taken, `EAGAIN` when the rest must wait for 'writable', or the code of what went wrong
   */
  sendTo(connection: Pick<Connection, 'send'>): 'done' | 'EAGAIN' | ErrorCode {
    for (let chunk = this.#chunks[this.#index]; chunk !== undefined; chunk = this.#chunks[++this.#index]) {
      const options = this.#index === this.#chunks.length - 1 ? LAST : MORE;
      const rest = this.#offset === 0 ? chunk : chunk.subarray(this.#offset);
      if (rest.length > 0) {
        const taken = connection.send(rest, options);
        if (typeof taken === 'string') return taken;
        this.#offset += taken;
        // A connection that takes a part says so when there is room again.
        if (taken < rest.length) return 'EAGAIN';
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

/**
 * The chunks of a write, with the small ones that stand side by side as one: what a protocol writes as a header and a short body is
 * one segment, also without Nagle's algorithm.
 */
export function gather(writes: readonly { readonly chunk: Buffer }[]): Buffer[] {
  const pieces: Buffer[] = [];
  let small: Buffer[] = [];
  let length = 0;
  const flush = (): void => {
    const [first] = small;
    if (first === undefined) return;
    pieces.push(small.length === 1 ? first : Buffer.concat(small, length));
    small = [];
    length = 0;
  };
  for (const { chunk } of writes) {
    const isSmall = chunk.length < SMALL;
    if (!isSmall || length + chunk.length > GATHERED) flush();
    if (!isSmall) {
      pieces.push(chunk);
    } else if (chunk.length > 0) {
      small.push(chunk);
      length += chunk.length;
    }
  }
  flush();
  return pieces;
}
