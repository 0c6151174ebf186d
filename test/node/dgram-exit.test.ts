import { afterAll, describe, expect, test } from '@jest/globals';
import { bundleOf, endOfProgram, outputOfProgram } from '../support/stack-program';

/** Whether a program ends by itself is only seen from outside, so each of these is a process. */
const bundle = bundleOf('node/stack.ts');

afterAll(() => {
  bundle.remove();
});

/** Runs a program that has `socket`. It says `alive` if it would not end. */
async function run(dgram: string, program: string, end: string): Promise<string> {
  const script = `
    const stack = ${dgram};
    const socket = (stack.dgram ?? stack).createSocket('udp4');
    ${endOfProgram(end, 400)}
    ${program}`;
  return await outputOfProgram(script);
}

const NODE = `require('node:dgram')`;
const OURS = `new (${bundle.required}.Stack)()`;

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
    expect(await run(dgram, program, end)).toBe(end);
  });
});

test('a program over synack ends when its stack is closed', async () => {
  expect(await run(OURS, `socket.bind(0, () => stack.close());`, 'ended')).toBe('ended');
});
