import type { ChildProcess } from 'node:child_process';

/** All that a program prints. @throws Error when it does not end within `limit` ms */
export function outputOf(child: ChildProcess, what: string, limit: number): Promise<string> {
  return new Promise((resolve, reject) => {
    let text = '';
    child.stdout?.setEncoding('utf8').on('data', (part: string) => (text += part));
    const timer = setTimeout(() => {
      child.kill('SIGKILL');
      reject(new Error(`${what} did not end in ${limit / 1000} s`));
    }, limit);
    child.on('error', reject);
    child.on('close', () => {
      clearTimeout(timer);
      resolve(text);
    });
  });
}
