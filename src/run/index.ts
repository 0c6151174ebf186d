import type { Stack } from '../node/stack';
import { hookFetch } from './fetch';
import { hookImport } from './import';
import { modulesOf } from './modules';
import { hookRequire } from './require';

/**
 * Puts a stack below the rest of the process: modules that are loaded from now on get the stack's `net`, `http`, `https`, `http2`, `tls`,
 * `dgram` and `dns` when they ask for Node's, by `require`, `import` or `process.getBuiltinModule`; and the global `fetch` goes over it.
 * What is loaded already, worker threads and child processes keep Node's.
 *
 * @returns what undoes it
 */
export function replaceModules(stack: Stack): () => void {
  const table = modulesOf(stack);
  const undo = [hookFetch(stack), hookImport(table), hookRequire(table)];
  return () => {
    for (const each of undo.reverse()) each();
  };
}
