import { expect } from 'expect';
import { readFileSync } from 'node:fs';
import type { Server } from 'node:net';
import { chromium, type Browser, type Locator, type Page } from 'playwright-core';
import type { Stack, TraceEvent } from '../../src';
import { Inspector } from '../../src/inspector/inspector';
import { impair, type ImpairedLink } from '../../src/link/impair';
import type { Lab } from './lab';

/** The ports of the programs at the stack: an echo, a web server, one that never closes by itself, and one that takes all. */
export const PORTS = { echo: 7, sink: 9, web: 80, half: 81, endless: 82 } as const;
export const BODY = 'All work and no loss makes TCP a dull protocol.\n'.repeat(4000);

/** A stack that is inspected, the page in a browser, and what each of them says. */
export interface Inspected {
  readonly page: Page;
  readonly stack: Stack;
  /** The page's address, with its token. */
  readonly url: string;
  readonly browser: Browser;
  readonly inspector: Inspector;
  /** The stack's own trace. */
  readonly events: readonly TraceEvent[];
  /** Errors of the page. */
  readonly errors: readonly string[];
}

export async function inspected(lab: Lab): Promise<Inspected> {
  const links: ImpairedLink[] = [];
  const events: TraceEvent[] = [];
  const stack = lab.attach({
    observe: (event) => events.push(event),
    through: (tap, clock) => {
      const link = impair(tap, { clock, seed: 7 });
      links.push(link);
      return link;
    },
  });
  const [link] = links;
  if (link === undefined) throw new Error('there is no link');
  const servers: Server[] = [
    stack.net.createServer({ allowHalfOpen: false }, (socket) => socket.pipe(socket)).listen(PORTS.echo),
    stack.http.createServer((_request, response) => response.end(BODY)).listen(PORTS.web),
    stack.net.createServer({ allowHalfOpen: true }, (socket) => socket.resume()).listen(PORTS.half),
    stack.net.createServer((socket) => socket.resume()).listen(PORTS.sink),
    stack.net.createServer((socket) => socket.end(Buffer.alloc(8_000_000))).listen(PORTS.endless),
  ];
  const inspector = new Inspector(stack, { program: 'synack serve echo', links });
  const url = await inspector.listen();
  lab.atEnd(() => {
    inspector.close();
    for (const server of servers) server.close();
  });
  const browser = await chromiumIn(lab);
  const errors: string[] = [];
  const page = await openPage(browser, url, errors);
  return { page, stack, url, browser, inspector, events, errors };
}

/** A Chromium in the lab, which ends with the test. */
export async function chromiumIn(lab: Lab): Promise<Browser> {
  const browser = await chromium.launch({ executablePath: '/usr/bin/chromium', args: ['--no-sandbox'] });
  lab.atEnd(() => void browser.close());
  return browser;
}

/** The page in a new window, live; what it complains of goes to `errors`. */
export async function openPage(browser: Browser, url: string, errors: string[]): Promise<Page> {
  const page = await browser.newPage({ viewport: { width: 1440, height: 900 }, locale: 'en-US' });
  page.setDefaultTimeout(20_000);
  page.on('console', (message) => {
    if (message.type() === 'error') errors.push(message.text());
  });
  page.on('pageerror', ({ message }) => errors.push(message));
  await page.goto(url);
  await page.locator('.status-live').waitFor();
  return page;
}

/** Lines of the list by the port of the stack's end, and the state. */
export const row = (page: Page, port: number, state = ''): Locator =>
  page.locator(`tr[data-connection]${state === '' ? ':not([data-state=LISTEN])' : `[data-state=${state}]`}`, {
    has: page.locator('td .mono', { hasText: new RegExp(`:${port}$`) }),
  });

/** No violations that keep somebody from using the page. */
export async function accessible(page: Page, where: string): Promise<void> {
  await page.evaluate(readFileSync(require.resolve('axe-core/axe.min.js'), 'utf8'));
  const violations = await page.evaluate(async () => {
    const { axe } = globalThis as unknown as {
      axe: { run(): Promise<{ violations: { id: string; impact: string; nodes: { html: string }[] }[] }> };
    };
    const found = await axe.run();
    return found.violations
      .filter(({ impact }) => impact === 'serious' || impact === 'critical')
      .map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html.slice(0, 120)).join(' | ')}`);
  });
  expect({ where, violations }).toEqual({ where, violations: [] });
}
