import { expect } from 'expect';
import { randomBytes } from 'node:crypto';
import type { Connection } from '../../src/tcp/user';
import { sha256 } from '../support/lab-bytes';
import { netcatSuite } from './netcat';

const nc = {
  program: 'nc', // OpenBSD's
  asClient: {
    args: (address: string, port: number) => ['-v', '-N', address, `${port}`],
    whenPeerEnds: 'sends',
    whenReset: [[0], ''], // it takes a reset for an end
  },
  asServer: {
    args: (address: string, port: number) => ['-N', '-l', address, `${port}`],
    whenPeerEnds: 'ends',
    whenReset: [[0], ''],
  },
} as const;

netcatSuite(__filename, nc, (test) => {
  test('5 MB are echoed by the low-level API', async (lab) => {
    const listener = lab.attach().tcp.open({ passive: true, local: { port: 4000 } });
    listener.on('connection', () => {
      const connection = listener.accept();
      if (typeof connection !== 'string') echo(connection);
    });
    const bytes = randomBytes(5_000_000);
    const nc = lab.start('nc', '-N', lab.address, '4000');
    nc.stdin.end(bytes);
    expect(await nc.ended).toBe(0);
    expect(sha256(nc.output)).toBe(sha256(bytes));
    await lab.enters('CLOSED');
  });

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

/** Sends back what comes, at the pace at which the peer takes it, and closes when the peer has closed. */
function echo(connection: Connection): void {
  let pending: Uint8Array = new Uint8Array(0);
  const advance = (): void => {
    for (;;) {
      if (pending.length === 0) {
        const received = connection.receive();
        if (received === 'EOF') connection.close();
        if (typeof received === 'string') return;
        pending = received;
      }
      const taken = connection.send(pending);
      if (typeof taken === 'string') return;
      pending = pending.subarray(taken);
    }
  };
  connection.on('readable', advance).on('writable', advance);
  advance();
}
