import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

/** Which of `count` objects still live after nobody but `keep` can have kept them. `make` is called with each index. */
export async function survivors(count: number, make: (index: number) => object): Promise<number> {
  const made = Array.from({ length: count }, (_, index) => new WeakRef(make(index)));
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as () => void;
  // What a WeakRef was made for, or asked for, lives until the end of the turn of the event loop.
  await new Promise((resolve) => setImmediate(resolve));
  collect();
  return made.filter((reference) => reference.deref() !== undefined).length;
}
