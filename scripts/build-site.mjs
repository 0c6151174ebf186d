// Makes the static site: the lessons, and the page that explains captures. Any file server will do, or none: the pages fetch nothing.
//
//   node scripts/build-site.mjs [FOLDER]      default: site/
import { spawnSync } from 'node:child_process';
import { copyFileSync, mkdirSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = join(dirname(fileURLToPath(import.meta.url)), '..');
const folder = resolve(process.argv[2] ?? join(ROOT, 'site'));
const PAGES = { learn: 'index.html', explain: 'explain.html' };

const { status } = spawnSync(
  process.execPath,
  [join(ROOT, 'scripts', 'build-web.mjs'), '--if-needed', ...Object.keys(PAGES)],
  { stdio: 'inherit' },
);
if (status !== 0) process.exit(status ?? 1);
mkdirSync(folder, { recursive: true });
for (const [page, file] of Object.entries(PAGES)) {
  copyFileSync(join(ROOT, 'dist', 'web', `${page}.html`), join(folder, file));
}
console.log(`the site is in ${folder}: open ${join(folder, 'index.html')}`);
