import { spawn } from 'node:child_process';
import type { Ended } from './suite';

/** A network of its own: loopback alone, 127.0.0.1 and ::1, which is what the stack has. */
const ALONE = [
  'unshare',
  ...(process.getuid?.() === 0 ? [] : ['--map-root-user']),
  '--net',
  'sh',
  '-c',
  'ip link set lo up; exec "$@"',
  'sh',
];

/** Ends what runs, and its children. */
const running = new Set<() => void>();
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.once(signal, () => {
    for (const kill of running) kill();
    process.kill(process.pid, signal);
  });
}

/** What a process may say before the rest of it is thrown away. */
const MOST_SAID = 8 << 20;

/**
 * Runs Node in a network namespace of its own.
 * @param limit ms after which it is killed, and its children with it
 */
export function runNode(
  args: readonly string[],
  { cwd, limit, env }: { cwd: string; limit: number; env: NodeJS.ProcessEnv },
): Promise<Ended> {
  const [command = '', ...before] = ALONE;
  const child = spawn(command, [...before, process.execPath, ...args], {
    cwd,
    env: { ...process.env, ...env },
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const said = { stdout: '', stderr: '' };
  for (const name of ['stdout', 'stderr'] as const) {
    child[name].setEncoding('utf8').on('data', (text: string) => {
      if (said[name].length < MOST_SAID) said[name] += text;
    });
  }
  return new Promise((resolve, reject) => {
    const kill = (): void => {
      // The group: what the test has started does not outlive it.
      try {
        if (child.pid !== undefined) process.kill(-child.pid, 'SIGKILL');
      } catch {
        // It is over.
      }
    };
    running.add(kill);
    let isLate = false;
    const timer = setTimeout(() => {
      isLate = true;
      kill();
    }, limit);
    child.on('error', reject).on('exit', () => {
      clearTimeout(timer);
      kill();
      running.delete(kill);
    });
    child.on('close', (code) => {
      resolve({ code: isLate ? undefined : (code ?? undefined), ...said });
    });
  });
}
