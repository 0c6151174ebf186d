// Builds the pages (web/) into dist/web: one HTML file each, with all that it needs in it.
//
//   node scripts/build-web.mjs [--if-needed] [--watch] [page...]
//
// --if-needed: only when a source is newer than the page.
import { mkdirSync, readdirSync, renameSync, rmSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'vite';
import { viteSingleFile } from 'vite-plugin-singlefile';

const ROOT = join(dirname(fileURLToPath(import.meta.url)), '..');
const OUT = join(ROOT, 'dist', 'web');
const PAGES = ['inspector', 'learn', 'explain'];
/** What pages are made from. */
const SOURCES = ['web', 'src', 'scripts/build-web.mjs', 'package-lock.json'];

const flags = process.argv.slice(2).filter((each) => each.startsWith('--'));
const asked = process.argv.slice(2).filter((each) => !each.startsWith('--'));
const pages = asked.length > 0 ? asked : PAGES;

function newest(path) {
  const stat = statSync(path);
  if (!stat.isDirectory()) return stat.mtimeMs;
  return Math.max(0, ...readdirSync(path).map((name) => newest(join(path, name))));
}

function isFresh(page) {
  try {
    const built = statSync(join(OUT, `${page}.html`)).mtimeMs;
    return SOURCES.every((source) => newest(join(ROOT, source)) <= built);
  } catch {
    return false;
  }
}

for (const page of pages) {
  if (flags.includes('--if-needed') && isFresh(page)) continue;
  const outDir = join(OUT, `.${page}-${process.pid}`);
  await build({
    configFile: false,
    root: join(ROOT, 'web', page),
    logLevel: 'warn',
    plugins: [viteSingleFile()],
    build: { outDir, emptyOutDir: true, target: 'es2022', ...(flags.includes('--watch') && { watch: {} }) },
  });
  if (flags.includes('--watch')) continue;
  mkdirSync(OUT, { recursive: true });
  renameSync(join(outDir, 'index.html'), join(OUT, `${page}.html`));
  rmSync(outDir, { recursive: true, force: true });
}
