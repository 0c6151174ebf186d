// The picture of explain's page for the docs: it is built, opened from its file, and its example gone through.
//
//   node --require ts-node/register scripts/explain-screenshots.ts [directory]
import { execFileSync, spawnSync } from 'node:child_process';
import { statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { chromium } from 'playwright-core';

const ROOT = resolve(__dirname, '..');
const FILE = join(process.argv[2] ?? join(ROOT, 'docs'), 'explain-page.png');
const PAGE = pathToFileURL(join(ROOT, 'dist', 'web', 'explain.html')).href;
const LIMIT = 140_000;

async function main(): Promise<void> {
  execFileSync('node', [join(ROOT, 'scripts', 'build-web.mjs'), '--if-needed', 'explain'], { cwd: ROOT });
  const browser = await chromium.launch({ executablePath: '/usr/bin/chromium', args: ['--no-sandbox'] });
  try {
    const page = await browser.newPage({ viewport: { width: 1440, height: 1060 } });
    await page.goto(`${PAGE}?lang=en`);
    await page.getByRole('button', { name: 'Try an example' }).click();
    await page.getByRole('button', { name: 'could not keep up' }).click();
    await page.locator('.ladder-row').nth(2).click();
    await page.locator('.explain-opened .segment-bytes').waitFor();
    await page.locator('.explain-frames button').first().click();
    await page.locator('.ladder-row[aria-selected="true"]:focus').waitFor();
    await page.keyboard.press('Enter');
    await page.locator('.explain-opened .segment-bytes').waitFor();
    // The page brings the packet into sight by itself, a frame later.
    await page.waitForTimeout(300);
    // What was found, and below it the packet in the ladder.
    await page.evaluate(
      'document.querySelector("main").scrollTo(0, 0); document.querySelector(".ladder-scroll").scrollTop = 520',
    );
    await page.mouse.move(0, 0);
    await page.waitForTimeout(300);
    await page.screenshot({ path: FILE });
  } finally {
    await browser.close();
  }
  spawnSync('convert', [FILE, '-dither', 'None', '-colors', '255', `PNG8:${FILE}`]);
  const { size } = statSync(FILE);
  if (size > LIMIT) throw new Error(`${FILE} has ${size} bytes; a picture in docs may have ${LIMIT}`);
}

void main();
