import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { chromium, type Browser, type BrowserContextOptions, type Page } from 'playwright-core';
import { sendPage } from '../../src/inspector/answers';
import { LESSONS, Run, type Lesson } from '../../src/lessons';
import { statesAt } from '../../web/learn/outcome';

// Chromium starts slowly where others work, too.
jest.setTimeout(90_000);

const CHROMIUM = '/usr/bin/chromium';
const ROOT = resolve(__dirname, '../..');
/** Lessons of many events are stepped so far, and then gone to their end. */
const MOST_STEPS = 20;

const suite = existsSync(CHROMIUM) ? describe : describe.skip;

suite(`the lessons in Chromium${existsSync(CHROMIUM) ? '' : ` (skipped: ${CHROMIUM} is not there)`}`, () => {
  let browser: Browser;
  let site: string;
  let server: Server;
  let url: string;
  const complaints: string[] = [];
  const requests = new Set<string>();

  beforeAll(async () => {
    site = mkdtempSync(join(tmpdir(), 'synack-site-'));
    execFileSync('node', ['scripts/build-site.mjs', site], { cwd: ROOT });
    // A file server, and nothing but that; what the page may do is what it may do in `synack learn`.
    server = createServer((request, response) => {
      const name = (request.url ?? '/').split('?')[0] === '/' ? 'index.html' : undefined;
      if (name === undefined) response.writeHead(404).end();
      else sendPage(response, readFileSync(join(site, name), 'utf8'), undefined);
    });
    await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
    browser = await chromium.launch({ executablePath: CHROMIUM, args: ['--no-sandbox'] });
  }, 90_000);

  afterAll(async () => {
    await browser.close();
    server.close();
    rmSync(site, { recursive: true });
  });

  async function open(address: string, options: BrowserContextOptions = {}): Promise<Page> {
    const context = await browser.newContext({
      viewport: { width: 1360, height: 900 },
      locale: 'en-US',
      reducedMotion: 'reduce',
      ...options,
    });
    const page = await context.newPage();
    page.setDefaultTimeout(20_000);
    page.on('console', (message) => {
      if (message.type() === 'error' || message.type() === 'warning') complaints.push(message.text());
    });
    page.on('pageerror', ({ message }) => complaints.push(message));
    page.on('request', (request) => requests.add(request.url().replace(/[?#].*/, '')));
    await page.goto(address);
    await page.locator('#main').waitFor();
    return page;
  }

  /** What axe-core finds that would keep somebody out. */
  async function violations(page: Page): Promise<string[]> {
    await page.evaluate(readFileSync(require.resolve('axe-core/axe.min.js'), 'utf8'));
    const found = await page.evaluate<{ violations: { id: string; impact: string; nodes: { html: string }[] }[] }>(
      'axe.run()',
    );
    return found.violations
      .filter(({ impact }) => impact === 'serious' || impact === 'critical')
      .map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html.slice(0, 120)).join(' | ')}`);
  }

  /** Presses a key so often, and tells the states that the page shows at both hosts after each. */
  const press = (page: Page, key: string, times: number): Promise<string[]> =>
    page.evaluate<string[]>(`(async () => {
      const shown = [];
      for (let at = 0; at < ${times}; at++) {
        document.body.dispatchEvent(new KeyboardEvent('keydown', { key: '${key}', bubbles: true, cancelable: true }));
        await new Promise((done) => setTimeout(done));
        const hosts = [...document.querySelectorAll('[data-host]')];
        shown.push(hosts.map(({ dataset }) => dataset.host + ' ' + dataset.states).join('; '));
      }
      return shown;
    })()`);

  const states = (run: Run): string =>
    run.timelines
      .flatMap(({ hosts }, wire) =>
        (['left', 'right'] as const).map((end) => `${hosts[end]} ${statesAt(run, wire, end).join(' ')}`),
      )
      .join('; ');

  const goTo = async (page: Page, lesson: Lesson): Promise<void> => {
    await page.evaluate(`location.hash = '${lesson.id}'`);
    await page.locator(`[data-lesson="${lesson.id}"] .stage`).waitFor();
    // The keys are listened to once it has been painted.
    await page.evaluate('new Promise((done) => requestAnimationFrame(() => setTimeout(done, 20)))');
  };

  /** What the page says: one question instead of many, for each takes its time. */
  const seen = (
    page: Page,
  ): Promise<{ title: string; beats: string[]; fails: string[]; holds: number; compared: number }> =>
    page.evaluate(`(() => {
      const texts = (selector) => [...document.querySelectorAll(selector)].map(({ innerText }) => innerText);
      return {
        title: texts('.learn-head h2').join(),
        beats: texts('.narration-beat > p'),
        fails: texts('.outcome-fails'),
        holds: texts('.outcome-claim.outcome-holds').length,
        compared: texts('.outcome-compared li').length,
      };
    })()`);

  const texts = (page: Page, selector: string): Promise<string[]> => page.locator(selector).allInnerTexts();

  test('every lesson, step by step: at each step both hosts are in the states of the run; at the end all that it claims holds, and so with an experiment; in both languages', async () => {
    const page = await open(`${url}?lang=en`);
    for (const lesson of LESSONS) {
      await goTo(page, lesson);
      const run = new Run(lesson);
      const expected: string[] = [];
      while (expected.length < MOST_STEPS && run.step().length > 0) expected.push(states(run));
      expect({ lesson: lesson.id, shown: await press(page, 'ArrowRight', expected.length) }).toEqual({
        lesson: lesson.id,
        shown: expected,
      });
      expect({ lesson: lesson.id, shown: await press(page, 'End', 1) }).toEqual({
        lesson: lesson.id,
        shown: [states(run.finish())],
      });
      expect({ lesson: lesson.id, ...(await seen(page)) }).toEqual({
        lesson: lesson.id,
        title: lesson.title.en,
        beats: run.beats.map(({ beat }) => beat.en),
        fails: [],
        holds: lesson.claims.length,
        compared: 0,
      });

      const [suggestion] = lesson.suggestions;
      if (suggestion !== undefined) {
        await page.evaluate(`document.querySelector('[data-suggestion="${suggestion.id}"] > button').click()`);
        await press(page, 'l', 1);
        await press(page, 'End', 1);
        const changed = new Run(lesson, {
          seed: suggestion.seed ?? lesson.seed ?? 1,
          actions: suggestion.actions,
        }).finish();
        const { compared, ...others } = await seen(page);
        expect({ lesson: lesson.id, suggestion: suggestion.id, ...others }).toEqual({
          lesson: lesson.id,
          suggestion: suggestion.id,
          title: lesson.title.ko,
          beats: changed.beats.map(({ beat }) => beat.ko),
          fails: [],
          holds: suggestion.claims.length,
        });
        expect(compared).toBeGreaterThan(1);
        expect(await page.evaluate('location.hash')).toContain(`#1/${lesson.id}/`);
        await press(page, 'l', 1);
      }
    }
    // Nobody was asked for anything but the page.
    expect([...requests]).toEqual([url]);
    expect(complaints).toEqual([]);
    await page.context().close();
  });

  test('a segment on the wire is lost by the reader, the link shows somebody else the same, and it can be taken back', async () => {
    const page = await open(`${url}?lang=en#three-way-handshake`);
    await press(page, 'ArrowRight', 2);
    await page.locator('.stage-pill', { hasText: 'SYN-ACK' }).click();
    await page.locator('.frame-drop').click();
    expect(await page.locator('.changes-yours li').innerText()).toContain('B’s segment no. 1 (SYN-ACK) is lost');
    await press(page, 'ArrowRight', 1);
    expect(await page.locator('.stage-pill-lost').innerText()).toContain('SYN-ACK');
    expect(await texts(page, '.ladder-mark-lost')).toEqual([expect.stringContaining('lost')]);
    const [end] = await press(page, 'End', 1);
    const compared = await texts(page, '.outcome-compared li');
    expect(compared.join(' ')).toMatch(/as without your change.*instead of 3.*1\.06 s instead of 60 ms/);
    await page.locator('.controls-link button').click();
    await page.locator('.controls-said', { hasText: /Copied|address bar/ }).waitFor();
    const link = page.url();
    expect(link).toContain('#1/three-way-handshake/1/drop:R1');

    const other = await open(link);
    expect(await press(other, 'End', 1)).toEqual([end]);
    expect(await texts(other, '.outcome-compared li')).toEqual(compared);
    await other.locator('.changes-yours li button').click();
    await press(other, 'End', 1);
    expect(await other.locator('.outcome-compared').count()).toBe(0);
    expect(other.url()).toMatch(/#three-way-handshake$/);

    // A program does something, and so does a setting.
    await press(other, 'Home', 1);
    await press(other, 'ArrowRight', 4);
    await other.locator('.changes-now [aria-label=B] button', { hasText: 'cuts it off' }).click();
    expect((await press(other, 'End', 1))[0]).toBe('A CLOSED; B CLOSED');
    await other.locator('.changes-reset').click();
    await other.locator('#setting-listens').click();
    expect((await press(other, 'End', 1))[0]).toBe('A CLOSED; B CLOSED');
    expect(other.url()).toContain('set:listens:false');
    expect(complaints).toEqual([]);
    await page.context().close();
    await other.context().close();
  });

  test('links that lead nowhere say so, politely; what was read is remembered; nobody is kept out; nothing is wider than a phone', async () => {
    const page = await open(`${url}?lang=en#1/time-wait/1/explode:L1`);
    expect(await page.getByRole('alert').innerText()).toContain('here is the lesson from its start');
    expect(await page.locator('.learn-head h2').innerText()).toBe('TIME-WAIT, and why it waits');
    await press(page, 'End', 1);
    expect(await violations(page)).toEqual([]);
    for (const panel of ['segment', 'timers', 'windows', 'plots', 'states']) {
      await page.locator(`#closer-tab-${panel}`).click();
      await page.locator(`.panels-${panel}`).waitFor();
    }
    await page.evaluate("location.hash = '#no-such-lesson'");
    expect(await page.getByRole('alert').innerText()).toContain('here are all lessons');
    expect(await page.locator('[data-lesson=time-wait] .learn-entry-read').count()).toBe(1);
    expect(await page.locator('.learn-entry').count()).toBe(LESSONS.length);
    expect(await violations(page)).toEqual([]);
    await page.setViewportSize({ width: 360, height: 740 });
    const wider = (): Promise<number> =>
      page.evaluate<number>(
        `Math.max(...[document.documentElement, document.getElementById('main')].map((each) => each.scrollWidth - each.clientWidth))`,
      );
    expect(await wider()).toBe(0);
    for (const lesson of LESSONS.slice(0, 1)) await goTo(page, lesson);
    await press(page, 'End', 1);
    expect(await wider()).toBe(0);
    expect(complaints).toEqual([]);
    await page.context().close();
  });

  test('nothing jumps from step to step: stage and controls stay where they are, and all that moves is in view', async () => {
    for (const [width, height] of [
      [1360, 800],
      [360, 740],
    ] as const) {
      const page = await open(`${url}?lang=en#four-way-close`, { viewport: { width, height } });
      const places = new Set<string>();
      for (let step = 0; step < 12; step++) {
        await press(page, 'ArrowRight', 1);
        places.add(
          await page.evaluate<string>(`(async () => {
            await new Promise((done) => requestAnimationFrame(() => setTimeout(done, 20)));
            const main = document.getElementById('main').getBoundingClientRect();
            const box = (selector) => document.querySelector(selector).getBoundingClientRect();
            const [stage, controls] = [box('.stage'), box('.controls')];
            const isSeen = stage.top >= main.top && stage.bottom <= controls.top && controls.bottom <= main.bottom;
            return [isSeen, ...[stage.top, stage.height, controls.top].map(Math.round)].join(' ');
          })()`),
        );
      }
      expect([...places]).toEqual([expect.stringMatching(/^true /)]);
      await page.context().close();
    }
  });

  test('from a file, and with movement: a segment travels, a long silence is passed over with a clock, and remarks get time', async () => {
    const page = await open(`${pathToFileURL(join(site, 'index.html')).href}?lang=en#lost-syn`, {
      reducedMotion: 'no-preference',
    });
    await page.locator('.controls-waits input').click();
    await page.locator('.controls-play').click();
    const places = await page.evaluate<number[]>(`(async () => {
      const seen = [];
      // One of them, from frame to frame: a busy machine draws few.
      let travels;
      for (;;) {
        await new Promise((done) => requestAnimationFrame(done));
        const pill = document.querySelector('.stage-pill');
        if (pill === null && travels === undefined) continue;
        if (pill === null || pill !== (travels ??= pill)) return seen;
        seen.push(parseFloat(pill.style.left));
      }
    })()`);
    expect(new Set(places).size).toBeGreaterThan(2);
    expect([...places].sort((a, b) => a - b)).toEqual(places);
    await page.locator('.controls-clock-fast', { hasText: 'passed over' }).waitFor();
    await press(page, ']', 2);
    await page.locator('.outcome-holds').first().waitFor();
    expect(complaints).toEqual([]);
    await page.context().close();
  });
});
