import { execFile, spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** The package's root, seen from src/inspector and from dist/inspector. */
const ROOT = join(__dirname, '..', '..');
const BUILD = join(ROOT, 'scripts', 'build-web.mjs');
const SOURCES = join(ROOT, 'web');

export type PageName = 'inspector' | 'learn' | 'explain';

/**
 * A page as one HTML text with all that it needs in it. In a checkout it is built when its sources are newer.
 * @throws Error when it is not there and cannot be built
 */
export function readPage(name: PageName): string {
  const built = canBuild() ? build(name) : undefined;
  return read(name, built);
}

/** The same, and the process can do other things until it is built. */
export async function loadPage(name: PageName): Promise<string> {
  const built = canBuild() ? await buildAside(name) : undefined;
  return read(name, built);
}

function canBuild(): boolean {
  return existsSync(BUILD) && existsSync(SOURCES);
}

/** @param failure why it could not be built */
function read(name: PageName, failure: string | undefined): string {
  const file = join(ROOT, 'dist', 'web', `${name}.html`);
  try {
    return readFileSync(file, 'utf8');
  } catch {
    throw new Error(
      `the page ${file} is not there${failure === undefined ? '' : `, and building it failed: ${failure}`}; try: npm run web`,
    );
  }
}

/** Why it failed, or `undefined`. */
function build(name: PageName): string | undefined {
  const { status, stderr, error } = spawnSync(process.execPath, [BUILD, '--if-needed', name], { encoding: 'utf8' });
  return status === 0 ? undefined : (error?.message ?? stderr.trim());
}

function buildAside(name: PageName): Promise<string | undefined> {
  return new Promise((resolve) => {
    execFile(process.execPath, [BUILD, '--if-needed', name], (error, _stdout, stderr) => {
      resolve(error === null ? undefined : stderr.trim() || error.message);
    });
  });
}
