import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import type { Source, Suite } from './suite';

const DEBIAN = 'http://deb.debian.org/debian/pool/main/';

/**
 * Fetches a library and what its tests need, if they are not there yet.
 * @param cache the folder for all of it
 * @throws Error when something cannot be had, or is not what we know
 */
export function prepare({ source, packages }: Suite, cache: string): { folder: string; packages: string } {
  const folder = unpack(source, cache);
  const installed = join(cache, 'npm', createHash('sha256').update(packages.join()).digest('hex').slice(0, 12));
  const modules = join(installed, 'node_modules');
  if (packages.length > 0 && !existsSync(join(installed, 'complete'))) {
    mkdirSync(installed, { recursive: true });
    writeFileSync(join(installed, 'package.json'), '{ "private": true }');
    run('npm', ['install', '--no-audit', '--no-fund', '--ignore-scripts', ...packages], installed);
    writeFileSync(join(installed, 'complete'), '');
  }
  if (packages.length > 0 && !existsSync(join(folder, 'node_modules')))
    symlinkSync(modules, join(folder, 'node_modules'));
  return { folder, packages: modules };
}

function unpack({ debian, npm, sha256 }: Source, cache: string): string {
  const folder = join(cache, 'sources', sha256.slice(0, 12));
  if (existsSync(folder)) return folder;
  const fresh = `${folder}.new`;
  rmSync(fresh, { recursive: true, force: true });
  mkdirSync(fresh, { recursive: true });
  let archive: string;
  if (debian !== undefined) {
    archive = join(cache, basename(debian));
    if (!existsSync(archive)) run('curl', ['-fsSL', '-o', archive, DEBIAN + debian], cache);
  } else if (npm !== undefined) {
    archive = join(cache, run('npm', ['pack', '--silent', npm], cache).trim());
  } else throw new Error('a source is in Debian or in npm');
  const is = createHash('sha256').update(readFileSync(archive)).digest('hex');
  if (is !== sha256) {
    rmSync(archive);
    throw new Error(`${basename(archive)} has the SHA-256 ${is} in place of ${sha256}`);
  }
  run('tar', ['-xf', archive, '-C', fresh, '--strip-components=1'], cache);
  renameSync(fresh, folder);
  return folder;
}

/** Runs a command to its end. @returns its standard output */
function run(command: string, args: readonly string[], cwd: string): string {
  const { status, error, stdout } = spawnSync(command, args, {
    cwd,
    stdio: ['ignore', 'pipe', 'inherit'],
    encoding: 'utf8',
  });
  if (error !== undefined) throw error;
  if (status !== 0) throw new Error(`${command} ${args.join(' ')} ended with ${String(status)}`);
  return stdout;
}
