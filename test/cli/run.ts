import { spawn } from 'node:child_process';
import { join } from 'node:path';

export const ROOT = join(__dirname, '..', '..');
const BIN = join(ROOT, 'bin', 'synack.js');

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
}

/** Runs `synack` with `args`, for 30 s at most. */
export function synack(
  args: readonly string[],
  { input = '', env = {}, cwd = ROOT }: RunOptions = {},
): Promise<Outcome> {
  const child = spawn(process.execPath, [BIN, ...args], {
    cwd,
    timeout: 30_000,
    env: {
      ...process.env,
      LANG: 'C',
      LC_ALL: '',
      COLUMNS: '100',
      TERM: 'xterm',
      SYNACK: `${process.execPath} ${BIN}`,
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
 * Runs a shell script in a lab, where `$SYNACK` is this synack and `said TEXT FILE` waits until the text stands in the file.
 * @param flags of `synack lab`
 */
export function inLab(script: string, flags: readonly string[] = []): Promise<Outcome> {
  const prelude = `
    cd ${ROOT}
    said() { for i in $(seq 100); do grep -q -- "$1" "$2" 2>/dev/null && return; sleep 0.1; done; echo "never said: $1"; exit 99; }
  `;
  return synack(['lab', ...flags, '--', 'bash', '-c', prelude + script]);
}
