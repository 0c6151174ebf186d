// Pictures of the lessons' page for the docs: it is built, opened from its file, and gone through by keyboard.
//
//   node --require ts-node/register scripts/learn-screenshots.ts [directory [name ...]]
import { execFileSync, spawnSync } from 'node:child_process';
import { statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { chromium, type Browser } from 'playwright-core';

const ROOT = resolve(__dirname, '..');
const [out = join(ROOT, 'docs'), ...only] = process.argv.slice(2);
const PAGE = pathToFileURL(join(ROOT, 'dist', 'web', 'learn.html')).href;
const LIMIT = 140_000;
const DESK = { width: 1360, height: 960 };
const PHONE = { width: 360, height: 800 };

/** A picture: where it is taken, and which keys are pressed before; a number is a wait in ms, `.` begins what is clicked. */
interface Picture {
  readonly name: string;
  readonly hash: string;
  readonly lang: string;
  readonly size?: typeof DESK;
  readonly dark?: boolean;
  readonly keys: readonly (string | number)[];
}

const PICTURES: readonly Picture[] = [
  { name: 'contents', hash: '', lang: 'en', size: { width: 1200, height: 1460 }, keys: [] },
  {
    name: 'handshake',
    hash: 'three-way-handshake',
    lang: 'en',
    keys: ['ArrowRight', 1500, 'ArrowRight', 1500, 'ArrowRight', 420],
  },
  {
    name: 'lost',
    hash: 'lost-syn-ack',
    lang: 'en',
    dark: true,
    keys: [
      '.changes-suggestions button',
      ...Array.from({ length: 6 }, () => ['ArrowRight', 1500]).flat(),
      'ArrowRight',
      420,
    ],
  },
  { name: 'korean', hash: 'four-way-close', lang: 'ko', keys: ['End', 300] },
  {
    name: 'router',
    hash: '1/black-hole/1/set:icmp:true@76000',
    lang: 'en',
    size: { width: 1360, height: 1120 },
    keys: ['.hint button'],
  },
  {
    name: 'phone',
    hash: 'three-way-handshake',
    lang: 'ko',
    size: PHONE,
    keys: ['.learn-head', 'ArrowRight', 1500, 'ArrowRight', 350],
  },
];

async function take(browser: Browser, { name, hash, lang, size = DESK, dark = false, keys }: Picture): Promise<void> {
  const context = await browser.newContext({ viewport: size, colorScheme: dark ? 'dark' : 'light' });
  const page = await context.newPage();
  page.on('pageerror', (error) => {
    console.error(`${name}: ${error.message}`);
  });
  await page.goto(`${PAGE}?lang=${lang}#${hash}`);
  await page.locator('#main').waitFor();
  // The keys are listened to once it has been painted.
  await page.waitForTimeout(400);
  for (const key of keys) {
    if (typeof key === 'number') await page.waitForTimeout(key);
    else if (key.startsWith('.')) await page.locator(key).first().click();
    else await page.keyboard.press(key);
  }
  const file = join(out, `learn-${name}.png`);
  await page.screenshot({ path: file });
  // A page has few colours: a picture of half the size looks the same.
  spawnSync('convert', [file, '-dither', 'None', '-colors', '255', `PNG8:${file}`]);
  const { size: bytes } = statSync(file);
  if (bytes > LIMIT) throw new Error(`${file} has ${bytes} bytes; a picture in docs may have ${LIMIT}`);
  await context.close();
}

async function main(): Promise<void> {
  execFileSync('node', ['scripts/build-web.mjs', '--if-needed', 'learn'], { cwd: ROOT, stdio: 'inherit' });
  const browser = await chromium.launch({ executablePath: '/usr/bin/chromium', args: ['--no-sandbox'] });
  try {
    for (const picture of PICTURES) if (only.length === 0 || only.includes(picture.name)) await take(browser, picture);
  } finally {
    await browser.close();
  }
}

void main();
