import { setImmediate as turn, setTimeout as delay } from 'node:timers/promises';

/**
 * Waits so many ms, and then until all that has come meanwhile is heard. To wait alone is not enough: where a busy machine has kept
 * the process from running, its timers go off first, and only then does it read what waits for it.
 */
export async function quiet(time: number): Promise<void> {
  await delay(time);
  for (let round = 0; round < 20; round++) await turn();
}

/** Waits until what `count` counts has come, for 10 s at most, and nothing has followed for so many ms. */
export async function settled(count: () => number, time: number): Promise<void> {
  const end = Date.now() + 10_000;
  for (let before = -1; before !== count() || (before === 0 && Date.now() < end);) {
    before = count();
    await quiet(time);
  }
}
