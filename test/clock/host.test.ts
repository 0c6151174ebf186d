import { afterEach, describe, expect, jest, test } from '@jest/globals';
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { HOST, type Host } from '../../src/clock/host';

afterEach(() => {
  jest.restoreAllMocks();
  jest.useRealTimers();
});

/** A copy of its own, which takes the timers that are there now. */
function load(): Host {
  const loaded: Host[] = [];
  jest.isolateModules(() => {
    loaded.push(jest.requireActual<{ HOST: Host }>('../../src/clock/host').HOST);
  });
  const [host] = loaded;
  if (host === undefined) throw new Error('the module was not loaded');
  return host;
}

describe('the host', () => {
  test('does not keep the process alive for a timer', () => {
    const setTimeout = jest.spyOn(globalThis, 'setTimeout');
    const clearTimeout = jest.spyOn(globalThis, 'clearTimeout');
    const host = load();
    const cancel = host.later(60_000, () => undefined);
    const timer = setTimeout.mock.results[0]?.value as NodeJS.Timeout;
    expect(timer.hasRef()).toBe(false);
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

  test('goes on where a program has put clocks of its own in the place of those of the system', async () => {
    jest.useFakeTimers();
    const before = HOST.now();
    await new Promise<void>((resolve) => HOST.later(5, resolve));
    await new Promise<void>((resolve) => HOST.soon(resolve));
    expect(HOST.now() - before).toBeGreaterThan(4);
  });

  test('does the same where there is no setImmediate, as in a browser', () => {
    const program = `
      delete globalThis.setImmediate;
      const { HOST } = require('./src/clock/host');
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
