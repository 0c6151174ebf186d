import { execFileSync } from 'node:child_process';
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';

const ROOT = resolve(__dirname, '../..');

/** The address of the page of web/lab, built when it is not there or is old. */
export function labPage(): string {
  execFileSync('node', ['scripts/build-web.mjs', '--if-needed', 'lab'], { cwd: ROOT });
  return pathToFileURL(resolve(ROOT, 'dist/web/lab.html')).href;
}
