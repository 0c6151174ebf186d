import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { constants, tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Command } from 'commander';
import { Failure } from './failure';

/** The package's root, seen from src/cli and from dist/cli. */
const ROOT = join(__dirname, '..', '..');
export const LAB_SCRIPT = join(ROOT, 'scripts', 'lab.sh');
export const BIN = join(ROOT, 'bin', 'synack.js');

const EXAMPLES = `
A lab is a network namespace with a TAP device in it: tap0, the cable between
the kernel (10.9.0.1) and synack (10.9.0.2). Nothing outside it is touched, and
nothing of it is left when it ends. It needs root. With --tun the cable is a TUN, tun0,
with the same addresses; with --ipv6 the kernel is fd00:9::1, too.

Examples:
  synack lab                               a shell in a lab
  synack lab -- synack serve echo --watch  one command in a lab`;

export function addLab(program: Command): void {
  program
    .command('lab')
    .summary('open a network to play in')
    .description('Runs a shell or a command in a network of its own, with a TAP device for synack in it.')
    .option('--tun', 'a TUN instead of the TAP: IP packets, no Ethernet')
    .option('--ipv6', 'the kernel has IPv6 addresses, too')
    .argument('[command...]', 'what to run; default: your shell')
    .passThroughOptions()
    .addHelpText('after', EXAMPLES)
    .action(async (command: string[], { tun, ipv6 }: { tun?: boolean; ipv6?: boolean }) => {
      const folder = folderWithSynack();
      try {
        process.exitCode = await runInLab(command, { PATH: `${process.env['PATH'] ?? ''}:${folder}` }, [
          ...(tun === true ? ['--tun'] : []),
          ...(ipv6 === true ? ['--ipv6'] : []),
        ]);
      } finally {
        rmSync(folder, { recursive: true, force: true });
      }
    });
}

/** A folder for the PATH, so that `synack` is a command in the lab also when it is run from a checkout. */
function folderWithSynack(): string {
  const folder = mkdtempSync(join(tmpdir(), 'synack-lab-'));
  const script = `#!/bin/sh\nexec '${process.execPath}' '${BIN}' "$@"\n`;
  writeFileSync(join(folder, 'synack'), script, { mode: 0o755 });
  return folder;
}

/** This very synack as a command line, whether or not it is in the PATH. */
export function synackCommand(args: readonly string[]): string[] {
  return [process.execPath, BIN, ...args];
}

/**
 * Runs `command` in a lab, with our terminal; its exit code. Signals that come to us go on to it. `flags` are lab.sh's.
 * @param until ends it, as SIGTERM does
 */
export function runInLab(
  command: readonly string[],
  env: NodeJS.ProcessEnv = {},
  flags: readonly string[] = [],
  until?: AbortSignal,
): Promise<number> {
  if (!existsSync(LAB_SCRIPT)) throw new Failure(`${LAB_SCRIPT} is not there: this copy of synack is not complete`);
  const child = spawn('bash', [LAB_SCRIPT, ...flags, '--', ...command], {
    stdio: 'inherit',
    env: { ...process.env, ...env },
  });
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
  const forward = (signal: NodeJS.Signals): void => void child.kill(signal);
  for (const signal of signals) process.on(signal, forward);
  const stop = (): void => void child.kill('SIGTERM');
  until?.addEventListener('abort', stop);
  return new Promise((resolve, reject) => {
    const done = (): void => {
      for (const signal of signals) process.off(signal, forward);
      until?.removeEventListener('abort', stop);
    };
    child.on('error', (error) => {
      done();
      reject(new Failure(`cannot run ${LAB_SCRIPT}: ${error.message}`));
    });
    child.on('exit', (code, signal) => {
      done();
      resolve(code ?? 128 + (signal === null ? 0 : constants.signals[signal]));
    });
  });
}
