/** Where a socket or a server stands among the open ones; -1: nowhere. */
export const PLACE = Symbol('place');

/** A socket that has a connection, a server that listens, a bound datagram socket. */
export interface OpenHandle {
  [PLACE]: number;
  /** What becomes of it when the stack closes. */
  destroy(): unknown;
}

/**
 * What is open in the modules of a stack. A list, since a Set keeps alive for long
 * what comes and goes in it by the thousands (see stack/quota.ts).
 */
export class OpenHandles {
  readonly #handles: OpenHandle[] = [];

  add(handle: OpenHandle): void {
    if (handle[PLACE] >= 0) return;
    handle[PLACE] = this.#handles.length;
    this.#handles.push(handle);
  }

  delete(handle: OpenHandle): void {
    const place = handle[PLACE];
    const last = this.#handles.at(-1);
    if (place < 0 || last === undefined) return;
    this.#handles[place] = last;
    last[PLACE] = place;
    this.#handles.pop();
    handle[PLACE] = -1;
  }

  clear(): void {
    for (const handle of this.#handles.splice(0)) handle[PLACE] = -1;
  }

  /** All that are open now. */
  all(): OpenHandle[] {
    return [...this.#handles];
  }
}
