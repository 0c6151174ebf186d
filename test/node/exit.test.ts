import { afterAll, describe, expect, test } from '@jest/globals';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import * as nodeNet from 'node:net';
import { bundleOf, endOfProgram, outputOfProgram } from '../support/stack-program';

/** Whether a program ends by itself is only seen from outside, so each of these is a process. */
const bundle = bundleOf('node/stack.ts');

afterAll(() => {
  bundle.remove();
});

/** Runs a program that has `net` and `server`, a server that listens on `port`. It says `alive` if it would not end. */
async function run(net: string, program: string, end: string): Promise<string> {
  const script = `
    const net = ${net};
    const server = net.createServer((socket) => socket.unref().resume());
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address();
      ${endOfProgram(end, 400)}
      ${program}
    });`;
  return await outputOfProgram(script);
}

const FACES = [
  ['node:net', `require('node:net')`],
  ['synack', `new (${bundle.required}.Stack)().net`],
] as const;

describe.each(FACES)('a program over %s', (_name, net) => {
  test.each([
    ['is kept alive by a server that listens', '', 'alive'],
    ['ends when the server is unref', 'server.unref();', 'ended'],
    ['ends when the server is closed', 'server.close();', 'ended'],
    ['is kept alive by a connected socket', `server.unref(); net.connect(port, '127.0.0.1');`, 'alive'],
    ['ends when the socket is unref', `server.unref(); net.connect(port, '127.0.0.1').unref();`, 'ended'],
    [
      'ends when the socket is unref later, and not when it is ref again',
      `server.unref(); net.connect(port, '127.0.0.1', function () { this.unref().ref().unref(); });`,
      'ended',
    ],
    ['ends when both ends have ended', `server.unref(); net.connect(port, '127.0.0.1').end('bye');`, 'ended'],
    [
      'ends when connect has thrown',
      `server.unref(); try { net.connect({ port, host: 'localhost', family: 5 }); } catch {}`,
      'ended',
    ],
    ['ends when nobody reads from its socket', `server.unref(); net.connect(port, '127.0.0.1').pause();`, 'ended'],
    [
      'is kept alive when it reads after all',
      `server.unref(); net.connect(port, '127.0.0.1').pause().on('connect', function () { setImmediate(() => this.resume()); });`,
      'alive',
    ],
    [
      'ends when its socket was ended, and what came before that stays unread',
      `server.close();
      const other = net.createServer((socket) => socket.unref().end('unread')).unref();
      other.listen(0, '127.0.0.1', () => net.connect(other.address().port, '127.0.0.1'));`,
      'ended',
    ],
    [
      'ends when a half-open socket was ended',
      `server.close();
      const other = net.createServer((socket) => socket.unref().end()).unref();
      other.listen(0, '127.0.0.1', () => net.connect({ port: other.address().port, host: '127.0.0.1', allowHalfOpen: true }));`,
      'ended',
    ],
    [
      'ends when nobody looks the name up',
      `server.unref(); net.connect({ port, host: 'localhost', lookup: () => {} });`,
      'ended',
    ],
    [
      'is kept alive by a connection whose server has paused it, once it reads',
      `server.close();
      const other = net.createServer({ pauseOnConnect: true }, (socket) => setImmediate(() => socket.resume()));
      other.listen(0, '127.0.0.1', () => net.connect(other.address().port, '127.0.0.1').unref());
      other.unref();`,
      'alive',
    ],
    ['ends when the socket is destroyed', `server.unref(); net.connect(port, '127.0.0.1').destroy();`, 'ended'],
  ])('%s', async (_what, program, end) => {
    expect(await run(net, program, end)).toBe(end);
  });

  test('listen({ fd }): a descriptor that it was given', async () => {
    const other = nodeNet.createServer().listen(0, '127.0.0.1');
    await once(other, 'listening');
    const { port } = other.address() as nodeNet.AddressInfo;
    const { fd } = Reflect.get(other, '_handle') as { fd: number };
    const script = `
      const server = ${net}.createServer((socket) => socket.end('by descriptor'));
      server.listen({ fd: 3 }, () => console.log('listens'));
      setTimeout(() => process.exit(), 10_000);`;
    const child = spawn(process.execPath, ['-e', script], { stdio: ['ignore', 'pipe', 'inherit', fd] });
    if (child.stdout === null) throw new Error('the child has no output');
    await once(child.stdout, 'data');
    other.close();
    const [said] = (await once(nodeNet.connect(port, '127.0.0.1'), 'data')) as [Buffer];
    expect(String(said)).toBe('by descriptor');
    child.kill();
    await once(child, 'exit');
  });
});

test.each([
  ['a socket that connects keeps a program alive', '', 'alive'],
  ['a socket that connects lets a program end when it is unref', '.unref()', 'ended'],
])('%s', async (_what, then, end) => {
  // One call waits to be accepted, and nobody hears the next.
  const program = `
    server.unref();
    const listener = stack.tcp.open({ passive: true, local: { address: '127.0.0.2', port: 7 }, backlog: 1 });
    stack.tcp.open({ remote: listener.local });
    net.connect(7, '127.0.0.2')${then};`;
  const net = `(globalThis.stack = new (${bundle.required}.Stack)()).net`;
  expect(await run(net, program, end)).toBe(end);
});

test.each([
  ['has closed its socket', 'client.destroySoon()'],
  ['reads nothing from its socket', 'client.pause()'],
])('a program that %s stays until all that it wrote has arrived', async (_what, then) => {
  // More than the receiver's buffer holds, so that the last of it waits in the sender's until the receiver reads.
  const program = `
    server.unref();
    let received = 0;
    server.on('connection', (socket) => {
      socket.on('data', ({ length }) => { received += length; }).pause();
      setTimeout(() => socket.resume(), 100).unref();
    });
    process.on('exit', () => console.log(received));
    const client = net.connect(port, '127.0.0.1', () => { client.write(Buffer.alloc(400_000)); ${then}; });`;
  expect(await run(FACES[1][1], program, 'ended')).toBe('ended\n400000');
});
