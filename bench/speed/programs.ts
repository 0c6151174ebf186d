import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

const ROOT = resolve(__dirname, '../..');

/** ms that a compiler may take. */
const COMPILING = 60_000;

let folder: string | undefined;

/** A folder that goes with this process. */
function temporary(): string {
  if (folder !== undefined) return folder;
  const made = mkdtempSync(join(tmpdir(), 'synack-speed-'));
  process.on('exit', () => {
    rmSync(made, { recursive: true, force: true });
  });
  return (folder = made);
}

function once(make: () => string): () => string {
  let made: string | undefined;
  return () => (made ??= make());
}

function compile(
  name: string,
  source: string,
  flags: readonly string[] = [],
  libraries: readonly string[] = [],
): string {
  const program = join(temporary(), name);
  const args = ['-O2', '-Wall', '-Wextra', ...flags, '-o', program, resolve(__dirname, source), ...libraries];
  execFileSync('cc', args, { stdio: ['ignore', 'ignore', 'inherit'], timeout: COMPILING });
  return program;
}

/** bench/speed/load.c, compiled. */
export const loadProgram = once(() => compile('load', 'load.c'));

/** bench/peers/lwip, compiled against Debian's library. */
export const lwipProgram = once(() =>
  compile('lwip', '../peers/lwip/lwip.c', ['-I/usr/include/lwip'], ['-llwip', '-lpthread']),
);

/**
 * The server and what it imports of synack as plain JavaScript, by the compiler and with the options that the published
 * package is made with: what runs is what its users run.
 */
export const serverProgram = once(() => {
  const build = join(temporary(), 'build');
  const compiler = join(ROOT, 'node_modules/.bin/tsc');
  execFileSync(compiler, ['-p', join(__dirname, 'tsconfig.server.json'), '--outDir', build], {
    stdio: 'inherit',
    timeout: COMPILING,
  });
  for (const beside of ['node_modules', 'native', 'package.json']) symlinkSync(join(ROOT, beside), join(build, beside));
  return join(build, 'bench/speed/server.js');
});

/** Why a program or file of a package cannot be used; undefined when it can. */
export function missing(what: string, aptPackage: string): string | undefined {
  const places = what.startsWith('/')
    ? [what]
    : ['/usr/bin', '/usr/sbin', '/bin', '/sbin'].map((bin) => join(bin, what));
  if (places.some((place) => existsSync(place))) return undefined;
  return `${what} is not here; install it by: apt-get install ${aptPackage}`;
}
