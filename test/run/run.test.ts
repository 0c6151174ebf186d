import { describe, expect, test } from '@jest/globals';
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { kernelHasIpv6 } from '../support/kernel-ipv6';
import { whyNoTap } from '../support/netns';

const ROOT = join(__dirname, '../..');
const SYNACK = [join(ROOT, 'bin/synack.js'), 'run'];
const programs = join(__dirname, 'programs');

interface Outcome {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

function run(command: string, ...args: string[]): Promise<Outcome> {
  const child = spawn(command, args, { cwd: ROOT, timeout: 50_000, stdio: ['ignore', 'pipe', 'pipe'] });
  const outcome = { stdout: '', stderr: '' };
  child.stdout.setEncoding('utf8').on('data', (text: string) => (outcome.stdout += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (outcome.stderr += text));
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code) => {
      resolve({ code, ...outcome });
    });
  });
}

const reason = whyNoTap();
/** A namespace without any network: not even the kernel's loopback is up in it. What works there is synack's. */
const NO_NETWORK = reason === undefined ? ['unshare', '--net'] : [];

describe(`synack run says what node says${reason === undefined ? ', where the kernel has no network' : ''}`, () => {
  const all = ['express.cjs', 'fastify.mjs', 'websockets.cjs', 'socket-io.cjs', 'modules.mjs', 'unanswered.cjs'];
  test.each([...all, ...(kernelHasIpv6 ? ['both-families.cjs'] : [])])('%s', async (name) => {
    const program = join(programs, name);
    const line = [...NO_NETWORK, process.execPath, ...SYNACK, program];
    const [node, synack] = await Promise.all([run(process.execPath, program), run('env', ...line)]);
    expect(node.stdout).not.toBe('');
    expect(node).toMatchObject({ code: 0, stderr: '' });
    expect(synack.stderr).toMatch(/^synack: no TAP device here.*\n$/);
    expect({ ...synack, stderr: '' }).toEqual(node);
  });

  test('mistakes are told in a line', async () => {
    const outcomes = await Promise.all([
      run(process.execPath, ...SYNACK, 'not-there.js'),
      run(process.execPath, ...SYNACK, '--pcap', '-', join(programs, 'express.cjs')),
      run(process.execPath, ...SYNACK),
    ]);
    for (const { code, stdout, stderr } of outcomes) {
      expect([code, stdout]).toEqual([1, '']);
      expect(stderr).toMatch(/there is no program|give --pcap a file|missing required argument/);
      expect(stderr).not.toMatch(/^ {4}at /m);
    }
  });
});

const onTap = reason === undefined ? describe : describe.skip;

/** In a lab, where the kernel is 10.9.0.1 and the program 10.9.0.2. */
async function inLab(script: string): Promise<Outcome> {
  const node = `${process.execPath} ${SYNACK.join(' ')}`;
  return await run('scripts/lab.sh', 'bash', '-c', `run() { timeout 40 ${node} "$@"; }\n${script}`);
}

onTap(`synack run on a TAP${reason === undefined ? '' : ` (skipped: ${reason})`}`, () => {
  test('ioredis, at a real redis-server', async () => {
    const { stdout, stderr } = await inLab(`
      redis-server --bind 10.9.0.1 --port 6379 --save '' --protected-mode no --dir /tmp > /dev/null & redis=$!
      until redis-cli -h 10.9.0.1 ping > /dev/null 2>&1; do sleep 0.1; done
      run ${programs}/redis.cjs 10.9.0.1 6379; echo "exit $?"
      kill $redis`);
    expect(stderr).toBe('');
    expect(stdout).toBe('1000000 PONG\n1000 news: it works\nexit 0\n');
  });

  // `timeout 20 nc < <(sleep 20)` would make sleep a child of timeout's, which is in a process group of its own: when sleep ends, ours has
  // no parent outside it any more, and where something in it is stopped the kernel sends SIGHUP to all of it, Jest too.
  test('process.exit and signals: what was written last arrives, and the connection is closed, not forgotten', async () => {
    const { stdout } = await inLab(`
      said() { until grep -q listening /tmp/leaves.$$; do sleep 0.1; done; }
      run ${programs}/leaves.cjs > /tmp/leaves.$$ 2>&1 & program=$!
      said; timeout 20 curl --silent --write-out ' %{http_code}\\n' http://10.9.0.2/exit; wait $program; echo "exit $?"
      rm /tmp/leaves.$$; ${process.execPath} ${SYNACK.join(' ')} ${programs}/leaves.cjs > /tmp/leaves.$$ 2>&1 & program=$!
      said; (until ss -tnH state established dst 10.9.0.2 | grep -q .; do sleep 0.1; done; sleep 0.5; kill $program) &
      exec 9< <(sleep 20); timeout 20 nc 10.9.0.2 80 <&9; echo "nc $?"; wait $program; echo "exit $?"
      rm /tmp/leaves.$$`);
    // 143: ended by SIGTERM, as a program without a handler is. nc hears that the other end has closed.
    expect(stdout).toBe('gone 200\nexit 3\nnc 0\nexit 143\n');
  });
});
