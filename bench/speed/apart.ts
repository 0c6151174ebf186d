import { fork } from 'node:child_process';
import { resolve } from 'node:path';
import type { Row } from './row';

/** ms that one may take. */
const LIMIT = 150_000;

/**
 * A module's `measure`, called in a process of its own: what V8 learned of other loads is not there, and when it fails, the
 * other works go on.
 * @param path of the module, from this folder
 */
export function apart(path: string): () => Promise<Row[]> {
  return () =>
    new Promise((done, reject) => {
      const child = fork(resolve(__dirname, 'module.ts'), [path], { execArgv: ['--require', 'ts-node/register'] });
      const end = (): void => {
        child.kill('SIGKILL');
      };
      process.on('exit', end);
      const timer = setTimeout(() => {
        end();
        reject(new Error(`${path} took more than ${LIMIT / 1000} s`));
      }, LIMIT);
      // `module.ts` sends what `measure` gave it.
      child.on('message', (rows) => {
        done(rows as Row[]);
      });
      child.on('exit', (code, signal) => {
        clearTimeout(timer);
        process.off('exit', end);
        // Nothing any more when the rows have come.
        reject(new Error(`its process ended without rows: ${code ?? signal}`));
      });
    });
}
