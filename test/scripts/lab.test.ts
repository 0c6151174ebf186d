import { describe, expect, test } from '@jest/globals';
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { readdirSync, readlinkSync } from 'node:fs';
import { resolve } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { whyNoTap } from '../support/netns';
import { REGISTER } from '../support/typescript';

const ROOT = resolve(__dirname, '../..');
const LAB = resolve(ROOT, 'scripts/lab.sh');

interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Starts a program and tells how it ended. */
function start(program: string, ...args: readonly string[]): { child: ChildProcess; ended: Promise<Ended> } {
  const child = spawn(program, args, { cwd: ROOT });
  const output = { stdout: '', stderr: '' };
  child.stdout.setEncoding('utf8').on('data', (text: string) => (output.stdout += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (output.stderr += text));
  const ended = new Promise<Ended>((fulfil, reject) => {
    child.on('error', reject);
    child.on('close', (code) => {
      fulfil({ code, ...output });
    });
  });
  return { child, ended };
}

function lab(...command: readonly string[]): Promise<Ended> {
  return start(LAB, ...command).ended;
}

/** As a root without these capabilities, in a namespace that stands for the machine's; then shows its interfaces. */
function labWithout(capabilities: string, env: string, command: string, before = '', root = '/'): Promise<Ended> {
  const run = `env ${env} chroot ${root} setpriv --bounding-set=${capabilities} ${LAB} ${command}`;
  const script = `${before}\n ${run}; code=$?; ip -brief link; exit $code`;
  return start('unshare', '--net', '--mount', 'bash', '-c', script).ended;
}

/** Builds a root directory in /media/host, in mounts of its own, that has all of / but the marks of a container. */
const PLAIN_HOST = `
  mount -t tmpfs tmpfs /media && mkdir /media/host
  for each in /*; do
    if [[ -L $each ]]; then cp -P "$each" /media/host
    elif [[ -d $each && $each != /media && $each != /run ]]; then mkdir "/media/host$each"; mount --rbind "$each" "/media/host$each"
    fi
  done`;

/** Processes in the network namespace that /proc/PID/ns/net called so. */
function processesIn(namespace: string): string[] {
  return readdirSync('/proc').filter((pid) => {
    try {
      return /^\d+$/.test(pid) && readlinkSync(`/proc/${pid}/ns/net`) === namespace;
    } catch {
      return false; // ended meanwhile
    }
  });
}

/** Resolves with the first line that a child prints. */
function firstLine(child: ChildProcess): Promise<string> {
  return new Promise((fulfil) =>
    child.stdout?.once('data', (text: string) => {
      fulfil(text.trim());
    }),
  );
}

const reason = whyNoTap();
const describeHere = reason === undefined ? describe : describe.skip;

describeHere(`scripts/lab.sh${reason === undefined ? '' : ` (skipped: ${reason})`}`, () => {
  test('runs the command in a network namespace of its own, with lo and tap0 up', async () => {
    const before = execFileSync('ip', ['-brief', 'link']).toString();
    const { stdout, stderr, code } = await lab('bash', '-c', 'readlink /proc/self/ns/net; ip -brief address');
    expect({ stderr, code }).toEqual({ stderr: '', code: 0 });
    const [inside = '', lo, tap, ...others] = stdout.trimEnd().split('\n');
    expect(lo).toMatch(/^lo .*127\.0\.0\.1\/8/);
    expect(tap).toMatch(/^tap0 .*10\.9\.0\.1\/24/);
    expect(others).toEqual([]);
    expect(inside).not.toBe(readlinkSync('/proc/self/ns/net'));
    expect(processesIn(inside)).toEqual([]);
    expect(execFileSync('ip', ['-brief', 'link']).toString()).toBe(before);
  });

  test('tells the command where it is', async () => {
    const { stdout } = await lab('bash', '-c', 'echo $SYNACK_LAB $SYNACK_TAP $SYNACK_HOST $SYNACK_ADDRESS');
    expect(stdout).toBe('1 tap0 10.9.0.1 10.9.0.2/24\n');
  });

  test('--tun: the cable is a TUN; --ipv6: the kernel has addresses of it that can be used at once', async () => {
    const show = 'env | grep ^SYNACK_; ip -brief address show scope global; ip -details link show $SYNACK_TUN';
    const { stdout, code } = await lab('--tun', '--ipv6', '--', 'bash', '-c', show);
    expect(code).toBe(0);
    const variables = stdout.split('\n').filter((line) => /^SYNACK_(HOST|ADDRESS|LINK|TAP|TUN)/.test(line));
    expect(variables.sort()).toEqual([
      'SYNACK_ADDRESS6=fd00:9::2/64',
      'SYNACK_ADDRESS=10.9.0.2/24',
      'SYNACK_HOST6=fd00:9::1',
      'SYNACK_HOST=10.9.0.1',
      'SYNACK_LINK=tun:tun0',
      'SYNACK_TUN=tun0',
    ]);
    expect(stdout).toMatch(/^tun0 .*10\.9\.0\.1\/24 fd00:9::1\/64/m);
    expect(stdout).not.toMatch(/tentative|tap0/);
    expect(stdout).toContain('tun type tun');
  });

  test('passes on arguments as they are, standard input, and the exit code', async () => {
    const { child, ended } = start(LAB, '--', 'bash', '-c', 'printf "%s|" "$@"; cat; exit 7', 'sh', 'a b', '*', '');
    child.stdin?.end('typed');
    expect(await ended).toEqual({ stdout: 'a b|*||typed', stderr: '', code: 7 });
  });

  test('a command that is not there is told of', async () => {
    const { code, stderr } = await lab('no-such-program');
    expect(code).toBe(127);
    expect(stderr).toContain('no-such-program');
  });

  test('ends what the command left running', async () => {
    const { stdout, code } = await lab('bash', '-c', 'readlink /proc/self/ns/net; sleep 100 >/dev/null & exit 3');
    expect(code).toBe(3);
    expect(processesIn(stdout.trim())).toEqual([]);
  });

  test.each([
    ['SIGTERM', 143],
    ['SIGHUP', 129],
  ] as const)('%s ends the command and what it started', async (signal, expected) => {
    const { child, ended } = start(LAB, 'bash', '-c', 'readlink /proc/self/ns/net; sleep 100; true');
    const namespace = await firstLine(child);
    child.kill(signal);
    const { code } = await ended;
    expect(code).toBe(expected);
    expect(processesIn(namespace)).toEqual([]);
  });

  test('SIGINT lets the command end as it wishes', async () => {
    const command = 'process.on("SIGINT", () => process.exit(5)); setInterval(() => {}, 1000); console.log("ready")';
    const { child, ended } = start(LAB, process.execPath, '-e', command);
    await firstLine(child);
    child.kill('SIGINT');
    expect((await ended).code).toBe(5);
  });

  test('a command that ignores SIGTERM is killed after a while', async () => {
    const { child, ended } = start(
      LAB,
      'bash',
      '-c',
      'trap "" TERM; readlink /proc/self/ns/net; while :; do sleep 0.1; done',
    );
    const namespace = await firstLine(child);
    child.kill('SIGTERM');
    expect((await ended).code).toBe(137);
    expect(processesIn(namespace)).toEqual([]);
  });

  test('when lab.sh itself is killed, so is the command, and nothing keeps the namespace', async () => {
    const { child, ended } = start(
      LAB,
      process.execPath,
      '-e',
      'setInterval(() => {}, 1000); console.log(require("fs").readlinkSync("/proc/self/ns/net"))',
    );
    const namespace = await firstLine(child);
    child.kill('SIGKILL');
    await ended;
    for (let tenth = 0; tenth < 200 && processesIn(namespace).length > 0; tenth++) await delay(100);
    expect(processesIn(namespace)).toEqual([]);
  });

  test('the kernel is quiet: nothing arrives on the TAP that nobody asked for', async () => {
    const open = `require(${JSON.stringify(REGISTER)}); require('./src/link/tap').TapLink.open('tap0')`;
    // Where a cable is plugged in, a kernel says what it has to say within a second.
    const { stdout } = await lab(
      'bash',
      '-c',
      `exec 3< <(exec tcpdump --immediate-mode -i tap0 2>&1); tcpdump=$!
      while read -r line <&3 && [[ $line != *listening* ]]; do :; done
      timeout 20 ${process.execPath} -e "$0" &
      until ip link show dev tap0 | grep -q LOWER_UP; do sleep 0.05; done
      sleep 1; kill -INT $tcpdump; cat <&3`,
      open,
    );
    expect(stdout).toMatch(/^0 packets captured$/m);
  });

  test('in a container without CAP_SYS_ADMIN its own namespace is the lab, and the TAP is deleted at the end', async () => {
    const { code, stdout, stderr } = await labWithout(
      '-sys_admin',
      'SYNACK_IN_CONTAINER=1',
      'sh -c "ip -brief address; exit 4"',
    );
    expect(code).toBe(4);
    expect(stderr).toMatch(/its own one serves as the lab/);
    expect(stdout.split('\n').filter((line) => line.startsWith('tap0'))).toEqual([
      expect.stringContaining('10.9.0.1/24'),
    ]);
  });

  test('in a container without CAP_NET_ADMIN it says what to add', async () => {
    const { code, stderr } = await labWithout('-sys_admin,-net_admin', 'SYNACK_IN_CONTAINER=1', 'true');
    expect(code).toBe(125);
    expect(stderr).toContain('--cap-add NET_ADMIN');
  });

  test('on a host that may not make namespaces there is no lab', async () => {
    const { code, stdout, stderr } = await labWithout(
      '-sys_admin',
      '-u SYNACK_IN_CONTAINER',
      'true',
      PLAIN_HOST,
      '/media/host',
    );
    expect(code).toBe(125);
    expect(stderr).toMatch(/^synack lab: cannot make a network namespace: .*Operation not permitted$/m);
    expect(stdout).toMatch(/^lo .*\n$/);
  });

  test('the inner step, which ends whatever shares its namespace, refuses one in which something runs', async () => {
    const script = `sleep 100 & ${LAB} --in-new-namespace true; code=$?; kill $!; exit $code`;
    const { code, stderr } = await start('unshare', '--net', 'bash', '-c', script).ended;
    expect(code).toBe(125);
    expect(stderr).toContain('for its own use');
  });
});
