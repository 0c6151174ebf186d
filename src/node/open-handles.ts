import type { Server } from './server';
import type { Socket } from './socket';

/** Where a socket or a server stands among the open ones; -1: nowhere. */
export const PLACE = Symbol('place');

/**
 * What is open in a stack's `net`: every socket that has a connection, every server that listens. A list, since a Set keeps alive for long
 * what comes and goes in it by the thousands (see stack/quota.ts).
 */
export class OpenHandles {
  readonly #handles: (Socket | Server)[] = [];

  add(handle: Socket | Server): void {
    if (handle[PLACE] >= 0) return;
    handle[PLACE] = this.#handles.length;
    this.#handles.push(handle);
  }

  delete(handle: Socket | Server): void {
    const place = handle[PLACE];
    const last = this.#handles.at(-1);
    if (place < 0 || last === undefined) return;
    this.#handles[place] = last;
    last[PLACE] = place;
    this.#handles.pop();
    handle[PLACE] = -1;
  }

  /** All that are open now. */
  all(): (Socket | Server)[] {
    return [...this.#handles];
  }
}
