import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { buildSync } from 'esbuild';
import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

/** What a resolver does to the process that it is in is only seen from outside, so each of these is a process. */
const directory = mkdtempSync(join(tmpdir(), 'synack-'));
const bundle = join(directory, 'dns.cjs');
const entry = join(directory, 'entry.ts');

beforeAll(() => {
  const source = (file: string): string => JSON.stringify(join(__dirname, '../../src/node', file));
  writeFileSync(
    entry,
    `export { Stack } from ${source('stack.ts')}; export { createDns } from ${source('dns/dns.ts')};`,
  );
  buildSync({
    entryPoints: [entry],
    outfile: bundle,
    bundle: true,
    platform: 'node',
    target: 'node20',
    nodePaths: [join(__dirname, '../../node_modules')],
  });
});

afterAll(() => {
  rmSync(directory, { recursive: true });
});

/** Runs a program that has `dns`, `dgram` and `silent`, the address of a server that answers nothing and keeps nobody alive. */
async function run(face: string, program: string): Promise<string> {
  const script = `
    ${face}
    process.on('exit', (code) => code === 0 && console.log('ended'));
    const server = dgram.createSocket('udp4').unref();
    server.bind(0, '127.0.0.1', () => {
      const silent = '127.0.0.1:' + server.address().port;
      setTimeout(() => { console.log('alive'); process.exit(1); }, 600).unref();
      ${program}
    });`;
  // A program that is still alive leaves with 1, and says so.
  const { stdout } = await promisify(execFile)(process.execPath, ['-e', script], { timeout: 10_000 }).catch(
    (error: unknown) => error as { stdout: string },
  );
  return stdout.trim();
}

const FACES = [
  ['node:dns', `const dns = require('node:dns'), dgram = require('node:dgram');`],
  [
    "ours over Node's sockets",
    `const { Stack, createDns } = require(${JSON.stringify(bundle)}), dgram = require('node:dgram');
     const dns = createDns({ net: require('node:net'), dgram, clock: new Stack().clock });`,
  ],
  [
    'synack',
    `const { Stack, createDns } = require(${JSON.stringify(bundle)}), stack = new Stack(), { dgram } = stack;
     const dns = createDns(stack);`,
  ],
] as const;

describe.each(FACES)('a program over %s', (_, face) => {
  test.each([
    ['ends when nothing is asked', 'new dns.Resolver().setServers([silent]);', 'ended'],
    [
      'is kept alive by a question',
      'const r = new dns.Resolver(); r.setServers([silent]); r.resolve4("a.test", () => undefined);',
      'alive',
    ],
    [
      'ends when the question is given up',
      `const r = new dns.Resolver({ timeout: 250, tries: 1 }); r.setServers([silent]);
       r.resolve4("a.test", (error) => console.log(error.code));`,
      'ETIMEOUT\nended',
    ],
    [
      'ends when the question is cancelled',
      'const r = new dns.Resolver(); r.setServers([silent]); r.resolve4("a.test", () => undefined); r.cancel();',
      'ended',
    ],
    [
      'ends after a lookup',
      `dns.lookup('localhost', 4, (...args) => console.log(args));`,
      `[ null, '127.0.0.1', 4 ]\nended`,
    ],
    [
      'learns of what its callback throws as an uncaught exception',
      `process.on('uncaughtException', (error) => console.log('uncaught', error.message));
       dns.lookup('localhost', 4, () => { throw new Error('mine'); });`,
      'uncaught mine\nended',
    ],
  ])('%s', async (_title, program, end) => {
    expect(await run(face, program)).toBe(end);
  });
});
