import { isUint8Array } from 'node:util/types';
import type { Connection } from '../tcp/user';

/** The option `onread`, as Node's types have it but for what calls it. */
export interface OnRead {
  readonly buffer: Uint8Array | (() => Uint8Array);
  readonly callback: (this: unknown, length: number, buffer: Uint8Array) => boolean;
}

/**
 * The option `onread` of a socket: what arrives is put into memory of the user's, which is used again and again, and told by one call;
 * the stream has no part in it.
 */
export class UserBuffer {
  readonly #socket: unknown;
  readonly #callback: OnRead['callback'];
  /** Gives the memory for each read; else it is always the same. */
  readonly #next: (() => Uint8Array) | undefined;
  #buffer: Uint8Array;

  private constructor(socket: unknown, buffer: Uint8Array, callback: OnRead['callback'], next?: () => Uint8Array) {
    this.#socket = socket;
    this.#buffer = buffer;
    this.#callback = callback;
    this.#next = next;
  }

  /**
   * @param socket what the callback has as `this`
   * @returns `undefined` when `option` is not what Node's documentation describes: Node then ignores it
   */
  static of(socket: unknown, option: OnRead | undefined): UserBuffer | undefined {
    if (typeof option !== 'object' || (option as unknown) === null) return undefined;
    const { buffer, callback } = option;
    if (typeof callback !== 'function') return undefined;
    if (typeof buffer === 'function') return new UserBuffer(socket, new Uint8Array(0), callback, buffer);
    return isUint8Array(buffer) ? new UserBuffer(socket, buffer, callback) : undefined;
  }

  /** A connection begins: the memory for its first read. */
  begin(): void {
    this.#renew();
  }

  /**
   * RECEIVE (RFC 9293 §3.10.3) until the memory is full.
   * @returns the number of bytes, never 0; or why there are none, as `Connection.receive` says it
   */
  fill(
    connection: Pick<Connection, 'readable' | 'receive'>,
  ): number | Exclude<ReturnType<Connection['receive']>, Uint8Array> {
    const buffer = this.#buffer;
    let length = 0;
    while (length < buffer.length && connection.readable) {
      const bytes = connection.receive(buffer.length - length);
      // What ends the connection is told again, with the next call.
      if (typeof bytes === 'string') return length === 0 ? bytes : length;
      buffer.set(bytes, length);
      length += bytes.length;
    }
    return length === 0 ? 'EAGAIN' : length;
  }

  /** @returns false when the user wants no more for now */
  tell(length: number): boolean {
    const wantsMore = this.#callback.call(this.#socket, length, this.#buffer);
    this.#renew();
    // Node's documentation has `false`, so nothing else stops it.
    return (wantsMore as unknown) !== false;
  }

  #renew(): void {
    const buffer = this.#next?.();
    if (isUint8Array(buffer)) this.#buffer = buffer;
  }
}
