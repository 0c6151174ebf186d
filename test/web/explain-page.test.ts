import { afterAll, afterEach, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { gunzipSync, gzipSync } from 'node:zlib';
import { chromium, type Browser, type Page } from 'playwright-core';
import { EXPLAIN_TEXTS, type Report } from '../../src/explain';
import { renderHtml } from '../../src/cli/explain/html';
import { readAddress, writeAddress } from '../../web/explain/address';
import { onPaper } from '../../web/explain/on-paper';
import { openRow } from '../../web/explain/opened';
import { countOutcomes, kindsOf, searched } from '../../web/explain/overview';
import { explainFile, Unreadable, type Reading } from '../../web/explain/read';
import { findField } from '../../src/inspect/dissect';
import { FLAG } from '../../src/wire';
import { pcapFile, read, records, SHORT_TALK } from '../explain/files';

// Chromium starts slowly where others work, too.
jest.setTimeout(60_000);

const CHROMIUM = '/usr/bin/chromium';
const ROOT = resolve(__dirname, '../..');
const EXAMPLE = resolve(ROOT, 'web/explain/example.pcap.gz');
const TALK = pcapFile(records(SHORT_TALK));
const exampleReport = (): Report => read(gunzipSync(readFileSync(EXAMPLE))).report;

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

  test('a folder, or a file that is gone or still written: it is told to be unreadable, not damaged', async () => {
    const gone = (): never => {
      throw new DOMException('', 'NotReadableError');
    };
    const folder = new Blob([]);
    folder.slice = () => Object.assign(new Blob([]), { arrayBuffer: () => Promise.resolve().then(gone) });
    await expect(explainFile(folder, () => undefined)).rejects.toThrow(Unreadable);
    for (const bytes of [TALK, gzipSync(TALK, { level: 0 })]) {
      const changed = new Blob([new Uint8Array(bytes)]);
      changed.stream = () => {
        let pulls = 0;
        return new ReadableStream({
          pull(controller) {
            if (pulls++ === 0) controller.enqueue(new Uint8Array(bytes.subarray(0, 300)));
            else gone();
          },
        });
      };
      await expect(explainFile(changed, () => undefined)).rejects.toThrow(Unreadable);
    }
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

describe('a report at a glance', () => {
  const { conversations } = exampleReport();

  test('how many conversations failed, and what was found how often, the worst first', () => {
    expect(countOutcomes(conversations)).toEqual({ failure: 2, trouble: 3, good: 2 });
    const twice = [...conversations, ...conversations.slice(2)];
    const kinds = kindsOf(twice, EXPLAIN_TEXTS.en);
    expect(kinds.map(({ severity, count }) => `${severity} ${count}`)).toEqual([
      'failure 2',
      'failure 1',
      'trouble 2',
      'trouble 2',
      'trouble 2',
    ]);
    expect(kinds[0]?.title).toBe('the server broke off (RST)');
  });

  test('one finds a conversation by its ends, what it asked for, and what was found in it', () => {
    const [refused, good] = conversations.map((each) => searched(each, EXPLAIN_TEXTS.ko));
    expect(refused).toContain('연결이 거절되었습니다');
    expect(refused).toContain('10.77.0.2:4000');
    expect(good).toContain('get /hello');
  });

  test('a link names a conversation and a packet; what is no such link names nothing', () => {
    expect(readAddress(writeAddress({ conversation: 3, frame: 41 }))).toEqual({ conversation: 3, frame: 41 });
    expect(readAddress('#c=3')).toEqual({ conversation: 3 });
    expect(readAddress('#c=3&p=x')).toEqual({ conversation: 3 });
    for (const hash of ['', '#', '#main', '#c=', '#c=0', '#c=-1', '#p=4', '#c=99999999999', '#%']) {
      expect(readAddress(hash)).toBeUndefined();
    }
  });

  test('as many as there is room for go to paper, one at least', () => {
    const sizes = conversations.map(({ rows }) => rows.length + 12);
    expect(onPaper(conversations, 1)).toEqual(conversations.slice(0, 1));
    expect(onPaper(conversations, (sizes[0] ?? 0) + (sizes[1] ?? 0))).toEqual(conversations.slice(0, 2));
    expect(onPaper(conversations, 4000)).toEqual(conversations);
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

  const PAGE = resolve(ROOT, 'dist/web/explain.html');
  const open = async (query: string, width: number, file = PAGE, locale = 'en-US'): Promise<void> => {
    complaints = [];
    page = await browser.newPage({ viewport: { width, height: 800 }, locale });
    page.on('console', (message) => {
      if (message.type() === 'error' || message.type() === 'warning') complaints.push(message.text());
    });
    page.on('pageerror', (error) => complaints.push(error.message));
    page.on('request', (request) => {
      if (/^(https?|wss?):/.test(request.url())) complaints.push(`fetches ${request.url()}`);
    });
    await page.goto(`${pathToFileURL(file).href}${query}`);
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
    await open('?lang=en', 1400);
    expect(await violations()).toEqual([]);
    await page.getByRole('button', { name: 'Try an example' }).click();
    await page.getByRole('button', { name: 'could not keep up' }).click();
    await page.locator('.explain-frames button').first().click();
    const selected = page.locator('.ladder-row[aria-selected="true"]');
    await selected.waitFor();
    // By keyboard one goes on from there.
    await page.locator('.ladder-row[aria-selected="true"]:focus').waitFor();
    await page.keyboard.press('Enter');
    await page.locator('.explain-opened .segment-bytes').waitFor();
    expect(await page.locator('.explain-opened h3').first().textContent()).toMatch(/^Packet \d+$/);
    expect(await violations()).toEqual([]);
  });

  test('the place is in the URL, and back leads back; one tabulator stop for the list, j and the arrows go on', async () => {
    await open('?lang=en', 1400);
    await page.getByRole('button', { name: 'Try an example' }).click();
    const current = page.locator('.explain-entry[aria-current="true"]');
    expect(await current.getAttribute('data-number')).toBe('1');
    expect(await page.locator('.explain-entry[tabindex="0"]').count()).toBe(1);
    await page.keyboard.press('j');
    await page.waitForURL(/#c=7$/);
    await page.locator('.explain-shown h2:focus').getByText('Conversation 7').waitFor();
    await current.focus();
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('Enter');
    await page.waitForURL(/#c=3$/);
    await page.locator('.explain-frames button').first().click();
    await page.waitForURL(/#c=3&p=21$/);
    await page.goBack();
    await page.goBack();
    await page.waitForURL(/#c=7$/);
    await page.locator('.explain-entry[data-number="7"][aria-current="true"]').waitFor();
    expect(await page.getByRole('heading', { level: 1 }).allTextContents()).toEqual(['synack explain']);
    expect(await page.title()).toBe('example.pcap.gz – synack explain');
  });

  test('what is dropped anywhere is read; what cannot be, or is called off, leaves the report as it is', async () => {
    await open('?lang=en', 1400);
    await page.getByRole('button', { name: 'Try an example' }).click();
    const title = page.locator('.explain-title');
    await title.getByText('example.pcap.gz').waitFor();
    const drop = (bytes: number[], ...names: string[]): Promise<boolean> =>
      page.evaluate(
        `(() => {
          const dataTransfer = new DataTransfer();
          for (const name of ${JSON.stringify(names)}) dataTransfer.items.add(new File([Uint8Array.of(${bytes.join()})], name));
          const event = new DragEvent('drop', { bubbles: true, cancelable: true, dataTransfer });
          return !document.documentElement.dispatchEvent(event);
        })()`,
      );
    expect(await drop([1, 2, 3, 4], 'junk')).toBe(true);
    await page.getByRole('alert').getByText('junk cannot be read').waitFor();
    expect(await title.textContent()).toContain('example.pcap.gz');
    await page.evaluate('location.hash = "c=5"');
    await drop([...TALK], 'talk.pcap', 'other.pcap');
    await title.getByText('talk.pcap').waitFor();
    expect(await page.getByRole('alert').textContent()).toContain('1 more are not');
    expect(await page.evaluate('location.hash')).toBe('');
    // A file that has no end, as far as the page is concerned.
    await page.evaluate(`
      Blob.prototype.stream = () => new ReadableStream({ pull: () => new Promise(() => {}) });
      globalThis.Worker = class { constructor() { throw new Error('not allowed'); } };
    `);
    await drop([...TALK], 'endless.pcap');
    await page.getByRole('status').getByText('Reading endless.pcap').waitFor();
    await page.getByRole('button', { name: 'Cancel' }).click();
    expect(await page.getByRole('status').count()).toBe(0);
    expect(await title.textContent()).toContain('talk.pcap');
  });

  test('a report that was passed on: a link into it, its language remembered by nobody; on paper all of it, in light colours', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'synack-explain-'));
    try {
      const file = join(folder, 'report.html');
      writeFileSync(file, renderHtml(exampleReport(), 'example.pcap', 'ko'));
      await open('#c=5&p=80', 1400, file);
      await page.getByText('example.pcap에서 있었던 일').waitFor();
      await page.locator('.explain-entry[data-number="5"][aria-current="true"]').waitFor();
      await page.locator('.ladder-row[aria-selected="true"]:focus').waitFor();
      await page.keyboard.press('Enter');
      await page.locator('.explain-opened .segment-bytes').waitFor();
      expect(await page.evaluate('localStorage.getItem("synack-lang")')).toBeNull();
      expect(await page.locator('footer').textContent()).toContain('비밀번호');

      await page.emulateMedia({ colorScheme: 'dark' });
      const pdf = await page.pdf({ format: 'A4' });
      expect(Number(/\/Type \/Pages\s[^>]*\/Count (\d+)/.exec(pdf.toString('latin1'))?.[1])).toBeGreaterThan(5);
      expect(await page.locator('.explain-paper').count()).toBe(0);
      await page.emulateMedia({ media: 'print' });
      await page.evaluate('dispatchEvent(new Event("beforeprint"))');
      const paper = page.locator('.explain-paper');
      expect(await paper.locator('table').count()).toBe(7);
      expect(await paper.locator('tbody tr').count()).toBe(
        exampleReport().conversations.reduce((sum, { rows }) => sum + rows.length, 0),
      );
      expect(await page.locator('button:visible, input:visible, select:visible, summary:visible').count()).toBe(0);
      expect(await page.evaluate('getComputedStyle(document.body).colorScheme')).toBe('light');
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });

  test('a file that is chosen, on a phone, in Korean; one that is no capture', async () => {
    await open('', 360, PAGE, 'ko-KR');
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
