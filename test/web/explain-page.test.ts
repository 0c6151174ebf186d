import { afterAll, afterEach, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { gzipSync } from 'node:zlib';
import { chromium, type Browser, type Page } from 'playwright-core';
import { explainFile, type Reading } from '../../web/explain/read';
import { openRow } from '../../web/explain/opened';
import { findField } from '../../src/inspect/dissect';
import { FLAG } from '../../src/wire';
import { pcapFile, read, records, SHORT_TALK } from '../explain/files';

// Chromium starts slowly where others work, too.
jest.setTimeout(60_000);

const CHROMIUM = '/usr/bin/chromium';
const ROOT = resolve(__dirname, '../..');
const EXAMPLE = resolve(ROOT, 'web/explain/example.pcap.gz');
const TALK = pcapFile(records(SHORT_TALK));

describe('a file in the page', () => {
  const explain = async (...parts: Uint8Array<ArrayBuffer>[]) => {
    const told: Reading[] = [];
    const report = await explainFile(new Blob(parts), (reading) => told.push(reading));
    return { report, told };
  };

  test('as it is and packed with gzip, it is what the command line makes of it', async () => {
    const plain = await explain(new Uint8Array(TALK));
    expect(plain.report).toEqual(read(TALK).report);
    const packed = await explain(new Uint8Array(gzipSync(TALK)));
    expect(packed.report).toEqual(plain.report);
    const example = await explain(new Uint8Array(readFileSync(EXAMPLE)));
    expect(example.report.totals).toMatchObject({ refused: 1, reset: 1, 'zero-window': 1, 'delayed-ack-stall': 1 });
  });

  test('damaged, cut off, empty or something else: what can be read is, and why no more', async () => {
    const packed = new Uint8Array(gzipSync(TALK, { level: 0 }));
    const cut = await explain(packed.subarray(0, 300));
    expect(cut.report.capture.problem).toMatchObject({ kind: 'broken', damage: { id: 'gzip' } });
    const noise = await explain(Uint8Array.of(0x1f, 0x8b, 1, 2, 3));
    expect(noise.report.capture.problem).toMatchObject({ kind: 'not-a-capture', damage: { id: 'gzip' } });
    expect((await explain(new Uint8Array(0))).report.capture.problem).toMatchObject({ damage: { id: 'empty' } });
  });

  test('a row opens as the packet that was captured; where that was not kept, as it must have been', () => {
    const [talk] = read(TALK).report.conversations;
    const [bare] = read(TALK, { maxPacketBytes: 0 }).report.conversations;
    if (talk === undefined || bare === undefined) throw new Error();
    const request = openRow(talk, 3);
    expect(request).toMatchObject({ frame: 4, row: { event: { segment: { flags: FLAG.PSH | FLAG.ACK } } } });
    expect(request?.dissection.bytes).toEqual(records(SHORT_TALK)[3]?.bytes);
    expect(findField(request?.dissection.fields ?? [], 'ipv4')).toBeDefined();
    const rebuilt = openRow(bare, 3);
    expect(rebuilt?.packet).toBeUndefined();
    expect(rebuilt?.dissection.bytes).toEqual(request?.dissection.bytes.subarray(14 + 20));
  });
});

const suite = existsSync(CHROMIUM) ? describe : describe.skip;

suite(`the page in Chromium${existsSync(CHROMIUM) ? '' : ` (skipped: ${CHROMIUM} is not there)`}`, () => {
  let browser: Browser;
  let page: Page;
  let complaints: string[] = [];

  beforeAll(async () => {
    execFileSync('node', ['scripts/build-web.mjs', '--if-needed', 'explain'], { cwd: ROOT });
    browser = await chromium.launch({ executablePath: CHROMIUM, args: ['--no-sandbox'] });
  }, 60_000);
  afterEach(async () => {
    await page.close();
    expect(complaints).toEqual([]);
  });
  afterAll(() => browser.close());

  const open = async (query: string, width: number): Promise<void> => {
    complaints = [];
    page = await browser.newPage({ viewport: { width, height: 800 } });
    page.on('console', (message) => {
      if (message.type() === 'error' || message.type() === 'warning') complaints.push(message.text());
    });
    page.on('pageerror', (error) => complaints.push(error.message));
    page.on('request', (request) => {
      if (/^(https?|wss?):/.test(request.url())) complaints.push(`fetches ${request.url()}`);
    });
    await page.goto(`${pathToFileURL(resolve(ROOT, 'dist/web/explain.html')).href}?${query}`);
  };
  const violations = async (): Promise<string[]> => {
    await page.addScriptTag({ content: readFileSync(require.resolve('axe-core/axe.min.js'), 'utf8') });
    const found = await page.evaluate<{ violations: { id: string; impact: string; nodes: { html: string }[] }[] }>(
      'axe.run()',
    );
    return found.violations
      .filter(({ impact }) => impact === 'serious' || impact === 'critical')
      .map(({ id, nodes }) => `${id}: ${nodes[0]?.html ?? ''}`);
  };

  test('the example: findings point into the ladder, an arrow opens its packet', async () => {
    await open('lang=en', 1400);
    expect(await violations()).toEqual([]);
    await page.getByRole('button', { name: 'Try an example' }).click();
    await page.getByRole('button', { name: 'could not keep up' }).click();
    await page.locator('.explain-frames button').first().click();
    const selected = page.locator('.ladder-row[aria-selected="true"]');
    await selected.waitFor();
    await selected.press('Enter');
    await page.locator('.explain-opened .segment-bytes').waitFor();
    expect(await page.locator('.explain-opened h3').first().textContent()).toMatch(/^Packet \d+$/);
    expect(await violations()).toEqual([]);
  });

  test('a file that is chosen, on a phone, in Korean; one that is no capture', async () => {
    await open('lang=ko', 360);
    const choose = (buffer: Uint8Array): Promise<void> =>
      page.locator('input[type=file]').setInputFiles({ name: 'a.bin', mimeType: '', buffer: Buffer.from(buffer) });
    await choose(new TextEncoder().encode('hello, I am a text'));
    expect(await page.getByRole('alert').textContent()).toContain('pcap도 pcapng도 아닙니다');
    await choose(TALK);
    await page.getByText('a.bin에서 있었던 일').waitFor();
    await page.locator('.ladder-row').first().click();
    await page.locator('.explain-opened .segment-bytes').waitFor();
    expect(await page.evaluate<number>('document.documentElement.scrollWidth')).toBe(360);
  });
});
