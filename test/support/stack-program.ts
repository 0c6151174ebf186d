import { buildSync } from 'esbuild';
import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

/** The stack as one file, so that a program which requires it begins at once. */
export interface StackBundle {
  /** What a program writes to get it: `require("…")`. */
  readonly required: string;
  remove(): void;
}

/** @param source what the bundle exports, from `src/`; or code, if it has a line break */
export function bundleOf(source: string): StackBundle {
  const directory = mkdtempSync(join(tmpdir(), 'synack-'));
  const outfile = join(directory, 'stack.cjs');
  const sources = join(__dirname, '../../src');
  buildSync({
    ...(source.includes('\n')
      ? { stdin: { contents: source, resolveDir: sources, loader: 'ts' } }
      : { entryPoints: [join(sources, source)] }),
    outfile,
    bundle: true,
    platform: 'node',
    target: 'node20',
  });
  return {
    required: `require(${JSON.stringify(outfile)})`,
    remove: () => {
      rmSync(directory, { recursive: true });
    },
  };
}

/**
 * Says how a program has ended, and at the latest after `limit` ms that it is alive still. For its first lines. One that is to end
 * by itself has much time for it: on a busy machine some of it passes while the program does not run.
 */
export function endOfProgram(expected: string, limit: number): string {
  const time = expected === 'alive' ? limit : 8000;
  return `
    process.on('exit', (code) => code === 0 && console.log('ended'));
    setTimeout(() => { console.log('alive'); process.exit(1); }, ${time}).unref();`;
}

/** Runs a program, and gives what it has said. Whether one ends by itself is only seen from outside. */
export async function outputOfProgram(script: string): Promise<string> {
  // A program that is still alive leaves with 1, and says so.
  const { stdout } = await promisify(execFile)(process.execPath, ['-e', script], { timeout: 20_000 }).catch(
    (error: unknown) => error as { stdout: string },
  );
  return stdout.trim();
}
