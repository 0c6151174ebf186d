import { afterAll, describe, expect, test } from '@jest/globals';
import { bundleOf, endOfProgram, outputOfProgram } from '../support/stack-program';

/** What a resolver does to the process that it is in is only seen from outside, so each of these is a process. */
const bundle = bundleOf(`export { Stack } from './node/stack';
export { createDns } from './node/dns/dns';`);

afterAll(() => {
  bundle.remove();
});

/** Runs a program that has `dns`, `dgram` and `silent`, the address of a server that answers nothing and keeps nobody alive. */
async function run(face: string, program: string, end: string): Promise<string> {
  const script = `
    ${face}
    const server = dgram.createSocket('udp4').unref();
    server.bind(0, '127.0.0.1', () => {
      const silent = '127.0.0.1:' + server.address().port;
      ${endOfProgram(end, 600)}
      ${program}
    });`;
  return await outputOfProgram(script);
}

const FACES = [
  ['node:dns', `const dns = require('node:dns'), dgram = require('node:dgram');`],
  [
    "ours over Node's sockets",
    `const { Stack, createDns } = ${bundle.required}, dgram = require('node:dgram');
     const dns = createDns({ net: require('node:net'), dgram, clock: new Stack().clock });`,
  ],
  [
    'synack',
    `const { Stack, createDns } = ${bundle.required}, stack = new Stack(), { dgram } = stack;
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
    expect(await run(face, program, end)).toBe(end);
  });
});
