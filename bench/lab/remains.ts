import { execFileSync, spawnSync, type ChildProcess } from 'node:child_process';

/** Network namespaces, and programs in them, that end with this process however it ends. */
export const existing = new Set<string>();
export const running = new Set<ChildProcess>();

/** Ends what was started in the namespaces, and removes them. */
function removeAll(): void {
  for (const child of running) child.kill('SIGKILL');
  running.clear();
  for (const name of existing) spawnSync('ip', ['netns', 'delete', name]);
  existing.clear();
}

process.on('exit', removeAll);
for (const [signal, number] of [
  ['SIGINT', 2],
  ['SIGTERM', 15],
  ['SIGHUP', 1],
] as const) {
  process.on(signal, () => process.exit(128 + number));
}

/** What a program prints. @throws Error that says what could not be done, and why */
export function run(program: string, ...args: readonly string[]): string {
  try {
    return execFileSync(program, args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'], timeout: 10_000 });
  } catch (error) {
    const reason = error instanceof Error && 'stderr' in error ? String(error.stderr).trim() : '';
    const what = `cannot do "${[program, ...args].join(' ')}": ${reason}`;
    throw new Error(`${what}; the benchmark makes network namespaces, run it as root`, { cause: error });
  }
}
