import type { Stack } from '../node/stack';

/** Where Node's `fetch`, its `WebSocket`, and every copy of undici look for who makes their connections. */
const DISPATCHER = Symbol.for('undici.globalDispatcher.1');

/**
 * From now on the global `fetch` goes over the stack. Nothing is loaded for it before it is used.
 * @returns what undoes it
 */
export function hookFetch(stack: Stack): () => void {
  const before: unknown = Reflect.get(globalThis, DISPATCHER);
  let current: unknown;
  let isMaking = false;
  const get = (): unknown => {
    if (current !== undefined) return current;
    // The library that is loaded here looks too, and makes one of its own if there is none.
    if (isMaking) return {};
    isMaking = true;
    return (current = stack.dispatcher());
  };
  const set = (value: unknown): void => {
    current = value;
  };
  const isFixed = Object.getOwnPropertyDescriptor(globalThis, DISPATCHER)?.configurable === false;
  if (isFixed) Reflect.set(globalThis, DISPATCHER, stack.dispatcher());
  else Object.defineProperty(globalThis, DISPATCHER, { get, set, enumerable: false, configurable: true });
  return () => {
    if (isFixed) Reflect.set(globalThis, DISPATCHER, before);
    else Object.defineProperty(globalThis, DISPATCHER, { value: before, writable: true, configurable: true });
  };
}
