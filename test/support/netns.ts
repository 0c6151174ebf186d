import { spawn, spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { resolve } from 'node:path';
import { REGISTER } from './typescript';

/**
 * Runs parts of a test, its scenarios, in a network namespace of their own. A scenario is a function that a module
 * exports; it runs in a process of its own, may open TAP devices and start programs, which are then in the same
 * namespace, and what it returns (as JSON can carry) comes back to the test.
 *
 *   // ping.scenarios.ts
 *   export function ping(address: string): number { return spawnSync('ping', ['-c1', address]).status ?? 1; }
 *
 *   // ping.test.ts
 *   import type * as scenarios from './ping.scenarios';
 *   const inNamespace = namespace<typeof scenarios>(require.resolve('./ping.scenarios'));
 *   expect(await inNamespace('ping', '127.0.0.1')).toBe(0);
 *
 * The namespace is quiet: lo is up, IPv6 is off (by a /proc of its own, for a container's is read-only), and /sys is its own, so that /sys/class/net tells of its interfaces.
 */
export function namespace<Scenarios extends object>(
  file: string,
  { timeout = 50_000 }: { /** Milliseconds until a scenario is killed. */ timeout?: number } = {},
): InNamespace<Scenarios> {
  // Its type is the scenario's word; it is not looked at on the way.
  return (name, ...args) => runScenario(file, name, args, timeout) as never;
}

type InNamespace<Scenarios> = <Name extends keyof Scenarios & string>(
  name: Name,
  ...args: Scenarios[Name] extends (...args: infer Args) => unknown ? Args : never
) => Promise<Scenarios[Name] extends (...args: never[]) => infer Result ? Awaited<Result> : never>;

/** Why this machine can run no test with a TAP device, for the title of what is skipped; undefined if it can. */
export function whyNoTap(): string | undefined {
  if (process.platform !== 'linux') return 'needs Linux';
  if (process.getuid?.() !== 0) return 'needs root';
  if (!existsSync('/dev/net/tun')) return 'needs /dev/net/tun';
  if (spawnSync('unshare', ['--net', '--mount', 'true']).status !== 0) return 'needs to make namespaces: CAP_SYS_ADMIN';
  return undefined;
}

/** Why no device node can be made here, as in most containers; undefined if it can. */
export function whyNoMknod(): string | undefined {
  const make = 'mount -t tmpfs tmpfs /mnt && mknod /mnt/device c 10 200';
  if (spawnSync('unshare', ['--mount', 'sh', '-c', make]).status === 0) return undefined;
  return 'needs to make device nodes: CAP_MKNOD';
}

/** Why no two devices can be joined by a bridge, for the title of what is skipped; undefined if they can. */
export function whyNoBridge(): string | undefined {
  const make = ['ip', 'link', 'add', 'br0', 'type', 'bridge'];
  return spawnSync('unshare', ['--net', ...make]).status === 0 ? undefined : "needs the kernel's bridge";
}

/** Why another processor cannot take what a device brings in, so that it may be full; undefined if it can. */
export function whyNoSteering(): string | undefined {
  const isThere = existsSync('/sys/class/net/lo/queues/rx-0/rps_cpus') && availableParallelism() > 1;
  return isThere ? undefined : 'needs two processors';
}

/** What the process of a scenario reports. */
export type Report = { readonly result: unknown } | { readonly error: string };

const ENTER = `
  mount -t sysfs sysfs /sys
  mount -t proc proc /proc
  echo 1 2>/dev/null >/proc/sys/net/ipv6/conf/default/disable_ipv6
  ip link set lo up
  exec "$@"`;

function runScenario(file: string, name: string, args: readonly unknown[], timeout: number): Promise<unknown> {
  const node = [process.execPath, '--require', REGISTER, resolve(__dirname, 'netns-scenario.ts')];
  const child = spawn(
    'unshare',
    ['--net', '--mount', 'sh', '-c', ENTER, 'sh', ...node, file, name, JSON.stringify(args)],
    {
      cwd: resolve(__dirname, '../..'),
      detached: true, // leads a process group, so that what the scenario leaves running is ended with it
      stdio: ['ignore', 'inherit', 'pipe', 'ipc'],
    },
  );
  const endAll = (): void => {
    try {
      if (child.pid !== undefined) process.kill(-child.pid, 'SIGKILL');
    } catch {
      // Nothing of it runs any more.
    }
  };
  return new Promise((fulfil, reject) => {
    let stderr = '';
    let report: Report | undefined;
    const timer = setTimeout(endAll, timeout);
    child.stderr?.setEncoding('utf8').on('data', (text: string) => (stderr += text));
    child.on('error', reject);
    child.on('message', (message: Report) => (report = message));
    child.on('exit', () => {
      // Its group has no leader any more, yet those left in it keep the number from being given to others. Once they are gone it may be.
      clearTimeout(timer);
      endAll();
    });
    child.on('close', (code, signal) => {
      if (report === undefined)
        reject(new Error(`scenario ${name} ended without a result (${code ?? signal}):\n${stderr}`));
      else if ('error' in report) reject(new Error(`scenario ${name}: ${report.error}\n${stderr}`));
      else fulfil(report.result);
    });
  });
}
