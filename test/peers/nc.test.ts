import { expect } from 'expect';
import { netcatSuite } from './netcat';

const nc = {
  program: 'nc', // OpenBSD's
  asClient: {
    args: (address: string, port: number) => ['-v', '-N', address, `${port}`],
    whenPeerEnds: 'sends',
    whenReset: [0, ''], // it takes a reset for an end
  },
  asServer: {
    args: (address: string, port: number) => ['-N', '-l', address, `${port}`],
    whenPeerEnds: 'ends',
    whenReset: [0, ''],
  },
} as const;

netcatSuite(__filename, nc, (test) => {
  test('as scanner: finds the open port among closed ones', async (lab) => {
    lab.attach().net.createServer().listen(4001);
    const scan = lab.start('nc', '-z', '-v', lab.address, '4000-4002');
    expect(await scan.ended).toBe(0);
    const found = scan.stderr.split('\n').map((line) => /\b(400\d)\b.*(refused|succeeded)/.exec(line)?.slice(1));
    expect(found.slice(0, 3)).toEqual([
      ['4000', 'refused'],
      ['4001', 'succeeded'],
      ['4002', 'refused'],
    ]);
  });
});
