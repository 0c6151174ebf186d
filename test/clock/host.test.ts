import { afterEach, describe, expect, jest, test } from '@jest/globals';
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { HOST } from '../../src/clock/host';

afterEach(() => {
  jest.restoreAllMocks();
});

describe('the host', () => {
  test('does not keep the process alive for a timer', () => {
    const setTimeout = jest.spyOn(globalThis, 'setTimeout');
    const cancel = HOST.later(60_000, () => undefined);
    const timer = setTimeout.mock.results[0]?.value as NodeJS.Timeout;
    expect(timer.hasRef()).toBe(false);
    const clearTimeout = jest.spyOn(globalThis, 'clearTimeout');
    cancel();
    expect(clearTimeout).toHaveBeenCalledWith(timer);
  });

  test('comes back after the microtasks, in order, and not for what was taken back', async () => {
    const ran: string[] = [];
    HOST.soon(() => ran.push('first'));
    HOST.soon(() => ran.push('taken back'))();
    const last = new Promise<void>((resolve) => {
      HOST.soon(() => {
        ran.push('last');
        resolve();
      });
    });
    void Promise.resolve().then(() => ran.push('microtask'));
    await last;
    expect(ran).toEqual(['microtask', 'first', 'last']);
  });

  test('does the same where there is no setImmediate, as in a browser', () => {
    const program = `
      const { HOST } = require('./src/clock/host');
      delete globalThis.setImmediate;
      HOST.soon(() => console.log('first'));
      HOST.soon(() => console.log('taken back'))();
      HOST.soon(() => { console.log('last'); process.exit(); });
      Promise.resolve().then(() => console.log('microtask'));
    `;
    const { stdout, stderr } = spawnSync(process.execPath, ['-r', 'ts-node/register/transpile-only', '-e', program], {
      cwd: join(__dirname, '../..'),
      encoding: 'utf8',
      timeout: 20_000,
    });
    expect(stderr).toBe('');
    expect(stdout.split('\n')).toEqual(['microtask', 'first', 'last', '']);
  });
});
