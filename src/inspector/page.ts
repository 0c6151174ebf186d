import { spawnSync } from 'node:child_process';
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
  const file = join(ROOT, 'dist', 'web', `${name}.html`);
  const built = existsSync(BUILD) && existsSync(SOURCES) ? build(name) : undefined;
  try {
    return readFileSync(file, 'utf8');
  } catch {
    throw new Error(
      `the page ${file} is not there${built === undefined ? '' : `, and building it failed: ${built}`}; try: npm run web`,
    );
  }
}

/** Why it failed, or `undefined`. */
function build(name: PageName): string | undefined {
  const { status, stderr, error } = spawnSync(process.execPath, [BUILD, '--if-needed', name], { encoding: 'utf8' });
  return status === 0 ? undefined : (error?.message ?? stderr.trim());
}
