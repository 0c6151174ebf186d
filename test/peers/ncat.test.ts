import { expect } from 'expect';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { netcatSuite } from './netcat';

const ncat = {
  program: 'ncat',
  asClient: {
    args: (address: string, port: number) => [address, `${port}`],
    whenPeerEnds: 'sends',
    whenReset: [[1], 'Connection reset by peer'],
  },
  asServer: {
    args: (address: string, port: number) => ['-l', address, `${port}`],
    whenPeerEnds: 'ends',
    whenReset: [[0, 1], ''], // 1 when it was writing
  },
} as const;

netcatSuite(__filename, ncat, (test) => {
  test('--send-only: all that it sends, and its end', async (lab) => {
    const server = lab.attach().net.createServer().listen(4000);
    const ncat = lab.start('ncat', '--send-only', lab.address, '4000');
    ncat.stdin.end('one way\n');
    const [socket] = (await once(server, 'connection')) as [NodeJS.ReadableStream];
    expect(await text(socket)).toBe('one way\n');
    expect(await ncat.ended).toBe(0);
  });

  test('-u: a closed UDP port refuses', async (lab) => {
    lab.attach();
    const ncat = lab.start('ncat', '-u', lab.address, '4000');
    ncat.stdin.write('anybody?');
    expect(await ncat.ended).toBe(1);
    expect(ncat.stderr).toContain('Connection refused');
  });

  test('--recv-only: all that we send, and our end', async (lab) => {
    lab
      .attach()
      .net.createServer((socket) => socket.end('one way\n'))
      .listen(4000);
    const ncat = lab.start('ncat', '--recv-only', lab.address, '4000');
    expect(await ncat.ended).toBe(0);
    expect(ncat.output.toString()).toBe('one way\n');
  });
});
