import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { whyNoTap } from '../support/netns';

const ROOT = join(__dirname, '../..');

function run(command: string, ...args: string[]): string {
  return execFileSync(command, args, {
    cwd: ROOT,
    encoding: 'utf8',
    timeout: 30_000,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
}

test('packet-by-packet.ts sends its SYN again after 1, 2, 4 and 8 seconds', () => {
  const lines = run('node', '-r', 'ts-node/register', 'examples/packet-by-packet.ts').trim().split('\n');
  expect(lines.map((line) => /^(\d+) s {2}S /.exec(line)?.[1])).toEqual(['0', '1', '3', '7', '15', undefined]);
  expect(lines.at(-1)).toBe('SYN-SENT { retransmission: 31000000 }');
}, 30_000);

const reason = whyNoTap();
const withTap = reason === undefined ? test : test.skip;

describe(`on a TAP${reason === undefined ? '' : ` (skipped: ${reason})`}`, () => {
  withTap(
    'http.ts serves curl',
    () => {
      const script = `
      node -r ts-node/register examples/http.ts & server=$!
      curl --silent --show-error --retry 20 --retry-delay 1 --retry-all-errors --max-time 2 http://10.9.0.2/
      kill $server`;
      expect(run('scripts/lab.sh', 'bash', '-c', script)).toBe('hello over a TCP of our own\n');
    },
    40_000,
  );

  withTap(
    'workers.ts serves curl from two workers',
    () => {
      const script = `
      ip link delete tap0
      node -r ts-node/register examples/workers.ts & server=$!
      get="curl --silent --show-error --retry 20 --retry-delay 1 --retry-all-errors --max-time 2 http://10.9.0.2/"
      for i in $(seq 20); do $get; done
      kill $server`;
      const lines = new Set(run('scripts/lab.sh', 'bash', '-c', script).trim().split('\n'));
      expect(lines).toEqual(new Set(['hello from worker 0', 'hello from worker 1']));
    },
    40_000,
  );
});
