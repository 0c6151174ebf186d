import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { buildSync } from 'esbuild';
import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

/** Whether a program ends by itself is only seen from outside, so each of these is a process. */
const directory = mkdtempSync(join(tmpdir(), 'synack-'));
const bundle = join(directory, 'stack.cjs');

beforeAll(() => {
  buildSync({
    entryPoints: [join(__dirname, '../../src/node/stack.ts')],
    outfile: bundle,
    bundle: true,
    platform: 'node',
    target: 'node20',
  });
});

afterAll(() => {
  rmSync(directory, { recursive: true });
});

/** Runs a program that has `socket`. It says `alive` if it would not end. */
async function run(dgram: string, program: string): Promise<string> {
  const script = `
    const stack = ${dgram};
    const socket = (stack.dgram ?? stack).createSocket('udp4');
    process.on('exit', (code) => code === 0 && console.log('ended'));
    setTimeout(() => { console.log('alive'); process.exit(1); }, 400).unref();
    ${program}`;
  // A program that is still alive leaves with 1, and says so.
  const { stdout } = await promisify(execFile)(process.execPath, ['-e', script], { timeout: 10_000 }).catch(
    (error: unknown) => error as { stdout: string },
  );
  return stdout.trim();
}

const NODE = `require('node:dgram')`;
const OURS = `new (require(${JSON.stringify(bundle)}).Stack)()`;

describe.each([
  ['node:dgram', NODE],
  ['synack', OURS],
])('a program over %s', (_name, dgram) => {
  test.each([
    ['ends with a socket that is not bound', '', 'ended'],
    ['is kept alive by a bound socket', `socket.bind(0, '127.0.0.1');`, 'alive'],
    ['is kept alive by a socket that has sent', `socket.send('x', 9, '127.0.0.1');`, 'alive'],
    ['ends when the socket is unref', `socket.unref().bind(0, '127.0.0.1');`, 'ended'],
    [
      'ends when the socket is unref later, and not when it is ref again',
      `socket.bind(0, '127.0.0.1', () => socket.unref().ref().unref());`,
      'ended',
    ],
    ['is kept alive when it is ref again', `socket.unref().bind(0, () => socket.ref());`, 'alive'],
    ['ends when the socket is closed', `socket.bind(0, '127.0.0.1', () => socket.close());`, 'ended'],
  ])('%s', async (_what, program, end) => {
    expect(await run(dgram, program)).toBe(end);
  });
});

test('a program over synack ends when its stack is closed', async () => {
  expect(await run(OURS, `socket.bind(0, () => stack.close());`)).toBe('ended');
});
