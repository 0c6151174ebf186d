import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { existsSync, readFileSync } from 'node:fs';
import { chromium, type Browser, type Page } from 'playwright-core';
import { labPage } from '../lab';

const CHROMIUM = '/usr/bin/chromium';
const AXE = readFileSync(require.resolve('axe-core/axe.min.js'), 'utf8');
const suite = existsSync(CHROMIUM) ? describe : describe.skip;

suite(`the pictures in Chromium${existsSync(CHROMIUM) ? '' : ` (${CHROMIUM} is not there)`}`, () => {
  let browser: Browser;
  let address: string;
  let complaints: string[] = [];

  beforeAll(async () => {
    address = labPage();
    browser = await chromium.launch({ executablePath: CHROMIUM, args: ['--no-sandbox', '--disable-gpu'] });
  }, 60_000);

  afterAll(async () => {
    await browser.close();
  });

  const open = async (query: string, width = 1100): Promise<Page> => {
    complaints = [];
    const page = await browser.newPage({ viewport: { width, height: 3000 }, reducedMotion: 'reduce' });
    page.on('console', (message) => {
      if (message.type() === 'error') complaints.push(message.text());
    });
    page.on('pageerror', ({ message }) => complaints.push(message));
    await page.goto(`${address}?${query}`);
    // The first SYN leaves.
    await page.evaluate('bench.step(1)');
    return page;
  };
  const lit = (page: Page): Promise<Record<string, string[]>> =>
    page.evaluate(`Object.fromEntries(['left', 'right'].map((end) => [end,
      [...document.querySelectorAll('.states-lit:has([data-end=' + end + '])')].map((box) => box.dataset.item)]))`);

  test('the diagram lights the states of both ends as a connection lives and ends', async () => {
    const page = await open('scenario=stall&lang=en');
    const seen: unknown[] = [await lit(page)];
    for (const time of [45_000, 1_000_000]) {
      await page.evaluate(`bench.step(${time})`);
      seen.push(await lit(page));
    }
    await page.evaluate('bench.finish()');
    seen.push(await lit(page));
    expect(seen).toEqual([
      { left: [], right: ['SYN-SENT'] },
      // The client's program has said all and CLOSE at once; its FIN waits behind the data.
      { left: ['ESTABLISHED'], right: ['FIN-WAIT-1'] },
      { left: ['ESTABLISHED'], right: ['FIN-WAIT-1'] },
      { left: ['CLOSED again'], right: ['CLOSED again'] },
    ]);
    const numbers = await page.evaluate(
      `[...document.querySelectorAll('.states-badge.states-right text')].map((each) => each.closest('[data-item]').dataset.item + ' ' + each.textContent).sort()`,
    );
    expect(numbers).toEqual([
      'CLOSED>SYN-SENT 1',
      'ESTABLISHED>FIN-WAIT-1 3',
      'FIN-WAIT-1>FIN-WAIT-2 4',
      'FIN-WAIT-2>TIME-WAIT 5',
      'SYN-SENT>ESTABLISHED 2',
      'TIME-WAIT>CLOSED 6',
    ]);
    await page.hover('[data-item="SYN-SENT>ESTABLISHED"] .states-badge');
    expect(await page.textContent('.states-info')).toMatch(/the SYN,ACK came: an ACK goes out.*RFC 9293 §3\.3\.2/s);
    await page.focus('[data-item="CLOSED"]');
    await page.mouse.move(0, 0);
    for (let presses = 0; presses < 3; presses++) await page.keyboard.press('ArrowDown');
    expect(await page.textContent('.states-info')).toMatch(/^LISTEN · A server waits to be called/);
    expect(complaints).toEqual([]);
    await page.close();
  });

  test('the plots hold what the stack did: each retransmission, the last ACK, the congestion window; a click finds its row', async () => {
    const page = await open('scenario=lossy&lang=en');
    await page.evaluate('bench.finish()');
    const told: Record<string, number> = await page.evaluate(`(() => {
      const { series, hosts } = bench;
      const kinds = [...series.sequence.right.data.values('kind')];
      const { record } = hosts;
      return {
        again: record.counters.again.out,
        stack: hosts.retransmissions,
        marks: kinds.filter((kind) => kind === 1 || kind === 3).length,
        lostAgain: record.rows.slice().filter((row) => row.kind === 'segment' && row.from === 'right' && row.marks.has('lost') && row.marks.has('retransmission')).length,
        acked: series.sequence.right.ack.values('ack').at(-1),
        cwnd: series.congestion.values('cwnd').at(-1),
        variables: record.variables.cwnd,
      };
    })()`);
    expect(told['stack']).toBeGreaterThan(5);
    expect(told['again']).toBe(told['stack']);
    expect((told['marks'] ?? 0) + (told['lostAgain'] ?? 0)).toBe(told['stack']);
    expect(Number(await page.textContent('[data-again]'))).toBe(told['marks']);
    // The SYN, a million bytes, and the FIN.
    expect(told['acked']).toBe(1_000_002);
    expect(told['cwnd']).toBe(told['variables']);

    const all = page.getByRole('button', { name: 'all', exact: true });
    expect(await all.isDisabled()).toBe(true);
    const over = page.locator('[data-chart="sequence"] .u-over');
    const box = await over.boundingBox();
    if (box === null) throw new Error('there is no plot');
    await page.mouse.move(box.x + box.width * 0.2, box.y + box.height * 0.5);
    await page.mouse.down();
    await page.mouse.move(box.x + box.width * 0.4, box.y + box.height * 0.5, { steps: 4 });
    await page.mouse.up();
    expect(await all.isDisabled()).toBe(false);
    // Up the middle of the plot until a segment is hit.
    let row: unknown;
    for (let y = box.height - 4; y > 0 && typeof row !== 'number'; y -= 12) {
      await page.mouse.click(box.x + box.width / 2, box.y + y);
      row = await page.evaluate('bench.selected?.row');
    }
    const found: unknown = await page.evaluate(`(() => {
      const row = bench.hosts.record.rows.at(bench.selected.row);
      return { same: row.time === Math.round(bench.selected.time), from: row.from };
    })()`);
    expect(found).toEqual({ same: true, from: 'right' });
    await all.click();
    expect(await all.isDisabled()).toBe(true);
    expect(complaints).toEqual([]);
    await page.close();
  });

  test('the window shows what is under way, why it stops, and the persist timer runs, in both languages', async () => {
    const page = await open('scenario=stall&lang=en', 360);
    await page.evaluate('bench.step(1_500_000)');
    expect(await page.evaluate('document.documentElement.scrollWidth <= innerWidth')).toBe(true);
    expect(await page.getAttribute('[data-direction="send"] [data-limit]', 'data-limit')).toBe('closed');
    expect(await page.textContent('[data-direction="send"] .windows-info')).toContain('its window is closed');
    expect(await page.textContent('[data-timer="persist"]')).toContain('The other end has no room');
    await page.click('text=한국어');
    expect(await page.textContent('[data-direction="send"] .windows-info')).toContain('상대. 윈도우가 닫혔습니다.');
    expect(await page.textContent('[data-timer="persist"]')).toContain('상대에게 자리가 없습니다');
    expect(await page.textContent('.states-info')).toContain('상대: ESTABLISHED');
    expect(await page.textContent('[data-chart="sequence"] h4')).toContain('시간에 따른 순서 번호');
    expect(complaints).toEqual([]);
    await page.close();
  });

  test.each([
    ['light, English', 'theme=light&lang=en', 1100],
    ['dark, Korean, on a phone', 'theme=dark&lang=ko', 360],
  ])('nothing stands in the way of who cannot see or point: %s', async (_, query, width) => {
    const page = await open(`scenario=lossy&${query}`, width);
    await page.evaluate('bench.step(260_000)');
    // Colours reach what inherits them frame by frame where every property has a transition, however short.
    await page.waitForFunction('document.getAnimations().length === 0');
    await page.waitForTimeout(200);
    await page.evaluate(AXE);
    const violations: unknown = await page.evaluate(`axe.run().then(({ violations }) => violations
      .filter(({ impact }) => impact === 'serious' || impact === 'critical')
      .map(({ id, nodes }) => id + ': ' + nodes.map(({ target, failureSummary }) => target + ' ' + failureSummary).slice(0, 3).join(' | ')))`);
    expect(violations).toEqual([]);
    expect(await page.evaluate('document.documentElement.scrollWidth <= innerWidth')).toBe(true);
    expect(complaints).toEqual([]);
    await page.close();
  });
});
