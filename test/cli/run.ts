import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll } from '@jest/globals';
import { buildSync } from 'esbuild';

export const ROOT = join(__dirname, '..', '..');
export const BIN = join(ROOT, 'bin', 'synack.js');

let bundled: string | undefined;

/** The sources as one file, in a tree that looks like ours: it starts in a fifth of the time, and a lab's script starts many. */
function bundle(): string {
  if (bundled !== undefined) return bundled;
  const root = mkdtempSync(join(tmpdir(), 'synack-cli-'));
  for (const name of ['node_modules', 'native', 'scripts', 'bin', 'wireshark', 'package.json']) {
    symlinkSync(join(ROOT, name), join(root, name));
  }
  // Pages that were built; `readPage` builds them.
  mkdirSync(join(root, 'dist'));
  symlinkSync(join(ROOT, 'dist', 'web'), join(root, 'dist', 'web'));
  bundled = join(root, 'dist', 'cli', 'main.js');
  buildSync({
    entryPoints: [join(ROOT, 'src', 'cli', 'main.ts')],
    outfile: bundled,
    bundle: true,
    platform: 'node',
    packages: 'external',
  });
  return bundled;
}

afterAll(() => {
  if (bundled !== undefined) rmSync(join(bundled, '../../..'), { recursive: true });
});

export interface Outcome {
  /** The exit code; `undefined` when the program was ended. */
  readonly code: number | undefined;
  readonly stdout: string;
  readonly stderr: string;
  readonly bytes: Buffer;
}

export interface RunOptions {
  readonly input?: string;
  readonly env?: NodeJS.ProcessEnv;
  readonly cwd?: string;
  /** What `node` runs. Default: the sources as one file. */
  readonly program?: string;
}

/** Runs `synack` with `args`, for 50 s at most. */
export function synack(
  args: readonly string[],
  { input = '', env = {}, cwd = ROOT, program = bundle() }: RunOptions = {},
): Promise<Outcome> {
  const child = spawn(process.execPath, [program, ...args], {
    cwd,
    timeout: 50_000,
    env: {
      ...process.env,
      LANG: 'C',
      LC_ALL: '',
      COLUMNS: '100',
      TERM: 'xterm',
      SYNACK: `${process.execPath} ${program}`,
      ...env,
    },
  });
  const chunks: Buffer[] = [];
  let stderr = '';
  child.stdout.on('data', (chunk: Buffer) => chunks.push(chunk));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
  child.stdin.on('error', () => undefined).end(input);
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code) => {
      const bytes = Buffer.concat(chunks);
      resolve({ code: code ?? undefined, stdout: bytes.toString(), stderr, bytes });
    });
  });
}

/**
 * Runs a shell script in a lab, where `$SYNACK` is this synack, `said TEXT FILE [TIMES]` waits until the text stands in the file (so
 * often), and `listens PORT` until a program of the kernel's does. Empty a file (`: > FILE`) before the next program in the background writes
 * there: its shell may do so only after `said` has read what the last one wrote.
 * @param flags of `synack lab`
 */
export function inLab(script: string, flags: readonly string[] = []): Promise<Outcome> {
  const prelude = `
    cd ${ROOT}
    waits() { what=$1; shift; for i in $(seq 600); do "$@" && return; sleep 0.03; done; echo "never: $what"; exit 99; }
    there() { [ "$(grep -o -- "$1" "$2" 2>/dev/null | wc -l)" -ge "\${3:-1}" ]; }
    said() { waits "said $1" there "$@"; }
    listening() { ss -tlnH "sport = :$1" | grep -q .; }
    listens() { waits "a listener at $1" listening "$1"; }
  `;
  return synack(['lab', ...flags, '--', 'bash', '-c', prelude + script]);
}
