import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { existsSync, readFileSync } from 'node:fs';
import { chromium, type Browser, type Page } from 'playwright-core';
import { labPage } from './lab';

const CHROMIUM = '/usr/bin/chromium';

const suite = existsSync(CHROMIUM) ? describe : describe.skip;

suite(`the ladder in Chromium${existsSync(CHROMIUM) ? '' : ` (skipped: ${CHROMIUM} is not there)`}`, () => {
  let address: string;
  let browser: Browser;
  let page: Page;
  let complaints: string[] = [];

  beforeAll(async () => {
    address = labPage();
    browser = await chromium.launch({ executablePath: CHROMIUM, args: ['--no-sandbox'] });
  }, 60_000);

  afterEach(async () => {
    await page.close();
    expect(complaints).toEqual([]);
  });

  afterAll(async () => {
    await browser.close();
  });

  async function open(query: string, width = 1280, height = 800): Promise<void> {
    complaints = [];
    page = await browser.newPage({ viewport: { width, height } });
    page.on('console', (message) => {
      if (message.type() === 'error' || message.type() === 'warning') complaints.push(message.text());
    });
    page.on('pageerror', (error) => complaints.push(error.message));
    await page.goto(`${address}?${query}`);
    await page.waitForSelector('.ladder-row');
  }

  const read = <T>(expression: string): Promise<T> => page.evaluate<T>(expression);
  const rowsDrawn = (): Promise<number> => page.locator('.ladder-row').count();
  const selectedIndex = async (): Promise<number> =>
    Number(await page.locator('.ladder-row[aria-selected="true"]').getAttribute('data-index'));
  const SCROLLER = "document.querySelector('.ladder-scroll')";

  /** What axe-core finds that would keep somebody out. */
  async function violations(): Promise<string[]> {
    await page.addScriptTag({ content: readFileSync(require.resolve('axe-core/axe.min.js'), 'utf8') });
    const found = await read<{ violations: { id: string; impact: string; nodes: { html: string }[] }[] }>(
      "axe.run(document, { rules: { region: { enabled: false }, 'page-has-heading-one': { enabled: false } } })",
    );
    return found.violations
      .filter(({ impact }) => impact === 'serious' || impact === 'critical')
      .map(({ id, nodes }) => `${id}: ${nodes[0]?.html ?? ''}`);
  }

  test('on paper, from a phone, too: states stand beside the lifelines as text does, and whole', async () => {
    await open('scene=hello&lang=en', 360, 740);
    const modes = (within: string): Promise<string[]> =>
      read(`[...new Set([...document.querySelectorAll('${within} .ladder-state')]
        .map((each) => getComputedStyle(each).writingMode))]`);
    expect(await modes('.ladder')).toEqual(['vertical-rl']);
    await page.emulateMedia({ media: 'print' });
    await read("dispatchEvent(new Event('beforeprint'))");
    await page.locator('.ladder-paper-row').first().waitFor();
    expect(await modes('.ladder-paper')).toEqual(['horizontal-tb']);
  });

  test('of 10,000 rows only those in sight are drawn, and scrolling through them is little work', async () => {
    await open('scene=bulk&lang=en');
    expect(Number(await page.getByRole('grid').getAttribute('aria-rowcount'))).toBeGreaterThan(9000);
    // The work of a step: what the page's thread has run for it, its layout and painting included. On a busy machine it takes longer, yet
    // is no more work.
    const devtools = await page.context().newCDPSession(page);
    await devtools.send('Performance.enable', { timeDomain: 'threadTicks' });
    const worked = async (): Promise<number> => {
      const { metrics } = await devtools.send('Performance.getMetrics');
      return metrics.find(({ name }) => name === 'TaskDuration')?.value ?? NaN;
    };
    const before = await worked();
    await read(`(async () => {
      const scroller = document.querySelector('.ladder-scroll');
      for (let step = 0; step < 120; step++) {
        await new Promise((done) => requestAnimationFrame(done));
        scroller.scrollTop = step * 3000;
      }
    })()`);
    expect((((await worked()) - before) * 1000) / 120).toBeLessThan(32);
    expect(await rowsDrawn()).toBeLessThan(45);
    expect(await read(`${SCROLLER}.scrollTop`)).toBe(119 * 3000);
    const first = Number(await page.locator('.ladder-row').first().getAttribute('data-index'));
    expect(first).toBeGreaterThan(5000);
  });

  test('by keyboard: down, up, End, Home, to the next event of note, and the chosen row keeps the focus', async () => {
    await open('scene=loss&lang=en');
    await page.locator('.ladder-row[tabindex="0"]').focus();
    await page.keyboard.press('ArrowDown');
    const first = await selectedIndex();
    await page.keyboard.press('ArrowDown');
    expect(await selectedIndex()).toBeGreaterThan(first);
    await page.keyboard.press('ArrowUp');
    expect(await selectedIndex()).toBe(first);
    await page.keyboard.press('End');
    await page.waitForFunction("document.activeElement.matches('.ladder-row[aria-selected=true]')");
    expect(await page.locator('.ladder-row[aria-selected="true"]').getAttribute('aria-label')).toContain('CLOSED');
    await page.keyboard.press('Home');
    const labels: string[] = [];
    for (let at = 0; at < 4; at++) {
      await page.keyboard.press('n');
      labels.push((await page.locator('.ladder-row[aria-selected="true"]').getAttribute('aria-label')) ?? '');
    }
    // From the SYN to the SYN-ACK, and to what was lost.
    expect(labels[0]).toMatch(/synack .* to .*, SYN-ACK: I hear you/);
    expect(labels.slice(1).every((label) => /lost|sent again|FIN|slow down|begin/i.test(label))).toBe(true);
    expect(await page.evaluate("document.activeElement.getAttribute('aria-selected')")).toBe('true');
  });

  test('live: it keeps at the end until the reader leaves it, then counts what is new, and goes back', async () => {
    await open('scene=bulk&lang=en&live=200&start=2000');
    const distance = (): Promise<number> =>
      read(`${SCROLLER}.scrollHeight - ${SCROLLER}.scrollTop - ${SCROLLER}.clientHeight`);
    const before = await read<number>(`${SCROLLER}.scrollHeight`);
    await page.waitForFunction(`${SCROLLER}.scrollHeight > ${before} + 500`);
    expect(await distance()).toBeLessThan(120);
    await page.mouse.move(600, 500);
    await page.mouse.wheel(0, -2000);
    const button = page.getByRole('button', { name: /To the end: \d+ new/ });
    await button.waitFor();
    expect(await distance()).toBeGreaterThan(1000);
    await button.click();
    await page.waitForFunction("document.querySelector('.ladder-to-end') === null");
    expect(await distance()).toBeLessThan(120);
  });

  test('a segment opened: a field lights its bytes and no others, a byte all fields that have a bit in it', async () => {
    await open('scene=websocket&lang=en&open=0', 1600, 1600);
    const lit = (selector: string, attribute: string): Promise<string[]> =>
      read(`[...document.querySelectorAll('${selector}.segment-lit')].map((it) => it.getAttribute('${attribute}'))`);
    const bytes = (): Promise<string[]> => lit('.segment-byte', 'data-byte');
    const fields = (): Promise<string[]> => lit('.segment-field', 'data-field');
    await page.locator('.segment-field[data-field="tcp.window"]').hover();
    expect(await bytes()).toEqual(['14', '15']);
    expect(await lit('.segment-cell', 'data-field')).toEqual(['tcp.window']);
    await page.locator('.segment-field[data-field="tcp.flags.syn"]').hover();
    expect(await bytes()).toEqual(['13']);
    expect(await page.locator('.segment-bit.segment-lit').allTextContents()).toEqual(['1']);
    await page.locator('.segment-byte[data-byte="12"]').hover();
    expect(await fields()).toEqual(['tcp.data-offset', 'tcp.reserved', 'tcp.flags.ae']);
    // By keyboard, too; and what was chosen stays lit when the pointer is gone.
    await page.locator('.segment-byte[data-byte="3"]').click();
    await page.keyboard.press('ArrowRight');
    await page.mouse.move(5, 5);
    expect(await bytes()).toEqual(['4']);
    expect(await fields()).toEqual(['tcp.seq']);
    await page.locator('.segment-field[data-field="tcp.seq"]').focus();
    await page.keyboard.press('ArrowDown');
    expect(await bytes()).toEqual(['8', '9', '10', '11']);
    expect(await violations()).toEqual([]);
  });

  test.each([
    ['en', 'can you hear me?', 'The fields'],
    ['ko', '들려?', '필드'],
  ])('speaks %s', async (language, sentence, heading) => {
    await open(`scene=echo&lang=${language}&open=0`, 1700, 900);
    await page.getByText(sentence, { exact: true }).first().waitFor();
    await page.getByRole('heading', { name: heading }).waitFor();
    expect(await page.locator('html').getAttribute('lang')).toBe(language);
  });

  test.each([
    ['light', 1280],
    ['dark', 1280],
    ['light', 360],
  ])('keeps nobody out: %s, %d pixels wide', async (theme, width) => {
    await open(`scene=loss&lang=en&theme=${theme}`, width, 720);
    expect(await violations()).toEqual([]);
    const overflow = await page.evaluate('document.documentElement.scrollWidth - innerWidth');
    expect(overflow).toBeLessThanOrEqual(0);
  });
});
