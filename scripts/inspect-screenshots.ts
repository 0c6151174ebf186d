// Pictures of the inspector's page for the docs, of a real session: a stack on the lab's TAP, the kernel's nc and curl as peers.
//
//   scripts/lab.sh node --require ts-node/register scripts/inspect-screenshots.ts [directory [name ...]]
import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join, resolve } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { chromium, type Browser, type Page } from 'playwright-core';
import { Stack, TapLink } from '../src';
import { Inspector } from '../src/inspector/inspector';
import { impair } from '../src/link/impair';

const DOCS = ['overview', 'ladder', 'segment', 'states', 'plots', 'phone', 'korean', 'dark'];
const [out = resolve(__dirname, '../docs'), ...named] = process.argv.slice(2);
const only = process.argv.length > 2 ? named : DOCS;
const PHONE = { width: 390, height: 844 };
const DESK = { width: 1440, height: 860 };
const ECHO = 7;
const WEB = 80;

const stack = new Stack();
const tap = TapLink.open(process.env['SYNACK_TAP'] ?? 'tap0');
const link = impair(tap, { clock: stack.clock, seed: 20 });
stack.attach(link, { address: [process.env['SYNACK_ADDRESS'] ?? '10.9.0.2/24'] });
const ADDRESS = (process.env['SYNACK_ADDRESS'] ?? '10.9.0.2/24').replace(/\/.*/, '');

const children: ChildProcess[] = [];

/** A program of the kernel's side; resolves when it has ended. */
function run(command: string, ...args: string[]): { readonly child: ChildProcess; readonly ended: Promise<unknown> } {
  const child = spawn(command, args, { stdio: ['pipe', 'ignore', 'ignore'] });
  children.push(child);
  return { child, ended: once(child, 'close') };
}

async function main(browser: Browser): Promise<void> {
  stack.net.createServer((socket) => socket.pipe(socket)).listen(ECHO);
  const body = Buffer.alloc(700_000, 'All work and no loss makes TCP a dull protocol. ');
  stack.http
    .createServer((_request, response) => {
      response.setHeader('content-type', 'text/plain');
      response.end(body);
    })
    .listen(WEB);
  const inspector = new Inspector(stack, { program: 'synack serve http', links: [link] });
  const url = await inspector.listen();

  const take = async (name: string, page: Page): Promise<void> => {
    if (only.length > 0 && !only.includes(name)) return;
    await page.waitForTimeout(250);
    const file = join(out, `inspect-${name}.png`);
    await page.screenshot({ path: file });
    // A page has few colours: a picture of half the size looks the same.
    spawnSync('convert', [file, '-dither', 'None', '-colors', '255', `PNG8:${file}`]);
  };
  const open = async (
    options: { size?: typeof DESK; lang?: string; dark?: boolean; hash?: string; hints?: boolean } = {},
  ): Promise<Page> => {
    const { size = DESK, lang = 'en', dark = false, hash = '', hints = false } = options;
    const context = await browser.newContext({
      viewport: size,
      colorScheme: dark ? 'dark' : 'light',
      deviceScaleFactor: 1,
    });
    const dismissed = hints ? [] : ['list', 'ladder', 'segment', 'states', 'windows', 'plots', 'timers'];
    const stored = { 'synack-lang': lang, 'synack-hints': JSON.stringify(dismissed) };
    await context.addInitScript(`Object.assign(localStorage, ${JSON.stringify(stored)})`);
    const page = await context.newPage();
    page.on('console', (message) => {
      if (message.type() === 'error') console.error(`console: ${message.text()}`);
    });
    page.on('pageerror', (error) => {
      console.error(`page: ${error.message}`);
    });
    await page.goto(url + hash);
    await page.locator('.status-live').waitFor();
    return page;
  };

  const empty = await open();
  await empty.locator('.empty-command').first().waitFor();
  await take('empty', empty);
  await empty.context().close();

  // All pages hear of the session from its beginning.
  const page = await open({ hints: true });
  const korean = await open({ lang: 'ko' });
  const dark = await open({ dark: true });
  const phone = await open({ size: PHONE, hints: true });
  await run('ping', '-c', '1', ADDRESS).ended;

  const nc = run('nc', '-N', ADDRESS, String(ECHO));
  nc.child.stdin?.write('can you hear me?\n');
  await delay(300);
  await run('nc', '-z', ADDRESS, '81').ended;
  link.set({ loss: 0.04, delay: 15_000, rate: 8_000_000 });
  await page.keyboard.press('b');
  await page.locator('#knob-delay').fill('5');
  await page.locator('#knob-rate').fill('7');
  await page.locator('#knob-loss').fill('6');
  await page.waitForTimeout(200);
  await run('curl', '-s', '-o', '/dev/null', `http://${ADDRESS}/`).ended;
  const idle = run('nc', ADDRESS, String(ECHO));
  idle.child.stdin?.write('I stay a while.\n');
  nc.child.stdin?.end('bye\n');
  await Promise.race([nc.ended, delay(1500)]);
  const slow = run('curl', '-s', '-o', '/dev/null', '--limit-rate', '120k', `http://${ADDRESS}/`);
  await delay(1500);
  // Without the frame of what has the focus.
  await page.locator('#knob-loss').blur();
  await take('overview', page);
  await page.keyboard.press('b');

  const key = async (remote: RegExp): Promise<string> => {
    const row = page
      .locator('tr[data-connection]:not([data-state=LISTEN])')
      .filter({ has: page.locator('td .mono', { hasText: remote }) })
      .last();
    return (await row.getAttribute('data-connection')) ?? '';
  };
  const ofNc = await key(/:7$/);
  const ofCurl = await key(/:80$/);
  console.log(`nc ${ofNc} curl ${ofCurl}`);
  const go = async (which: Page, hash: string): Promise<void> => {
    await which.evaluate(`location.hash = ${JSON.stringify(hash)}`);
    await which.waitForTimeout(400);
  };
  await go(page, `c=${ofNc}&row=4&view=segment`);
  await take('ladder', page);
  await go(page, `c=${ofCurl}&row=2&view=segment`);
  await take('segment', page);
  await go(page, `c=${ofNc}&view=states`);
  await take('states', page);
  await go(page, `c=${ofCurl}&view=plots`);
  await take('plots', page);
  await go(page, `c=${ofCurl}&view=windows`);
  await take('windows', page);
  await go(page, `c=${ofCurl}&view=timers`);
  await take('timers', page);
  await go(page, 'page=events');
  await take('events', page);
  await go(page, 'page=host');
  await take('host', page);
  await go(page, '');
  await page.locator('.list-more input').check();
  await take('all', page);
  await page.keyboard.press('?');
  await take('help', page);
  await go(korean, `c=${ofNc}&row=3&view=states`);
  await take('korean', korean);
  await go(dark, `c=${ofCurl}&row=30&view=plots`);
  await take('dark', dark);
  await take('phone-list', phone);
  await go(phone, `c=${ofNc}`);
  await take('phone', phone);
  await go(phone, `c=${ofNc}&view=states`);
  await take('phone-states', phone);
  slow.child.kill();
  idle.child.kill();
  inspector.close();
}

async function start(): Promise<void> {
  const browser = await chromium.launch({ executablePath: '/usr/bin/chromium', args: ['--no-sandbox'] });
  let code = 0;
  try {
    await main(browser);
  } catch (error) {
    console.error(error);
    code = 1;
  }
  await browser.close();
  for (const child of children) child.kill('SIGKILL');
  process.exit(code);
}

void start();
