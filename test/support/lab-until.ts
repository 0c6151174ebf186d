import { setTimeout as delay } from 'node:timers/promises';

const STEP = 5;
const LIMIT = 20_000;

/**
 * Waits for what a real program or the kernel does.
 * @param what for the message when it does not come within 20 s; may tell what was seen instead
 * @param look gives something true when it is there, which is returned
 */
export async function until<T>(
  what: () => string,
  look: () => T | Promise<T>,
): Promise<Exclude<T, undefined | null | false | ''>> {
  const end = Date.now() + LIMIT;
  for (;;) {
    const found = await look();
    if (found) return found as Exclude<T, undefined | null | false | ''>;
    if (Date.now() > end) throw new Error(`waited ${LIMIT} ms in vain for ${what()}`);
    await delay(STEP);
  }
}
