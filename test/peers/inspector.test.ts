import { expect } from 'expect';
import type { Server } from 'node:net';
import { readFileSync } from 'node:fs';
import { chromium, type Browser, type Page } from 'playwright-core';
import type { TraceEvent } from '../../src';
import { Inspector } from '../../src/inspector/inspector';
import { impair, type ImpairedLink } from '../../src/link/impair';
import type { State } from '../../src/tcp/states';
import type { Lab } from '../support/lab';
import { labSuite } from '../support/lab-suite';
import { until } from '../support/lab-until';

const ECHO = 7;
const WEB = 80;
const BODY = 'All work and no loss makes TCP a dull protocol.\n'.repeat(4000);

/** A stack that is inspected, the page in a browser, and what each of them says. */
interface Inspected {
  readonly page: Page;
  readonly inspector: Inspector;
  /** The stack's own trace. */
  readonly events: readonly TraceEvent[];
  /** Errors of the page. */
  readonly errors: readonly string[];
}

async function inspected(lab: Lab): Promise<Inspected> {
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
    stack.net.createServer({ allowHalfOpen: false }, (socket) => socket.pipe(socket)).listen(ECHO),
    stack.http.createServer((_request, response) => response.end(BODY)).listen(WEB),
  ];
  const inspector = new Inspector(stack, { program: 'synack serve echo', links });
  const url = await inspector.listen();
  const browser: Browser = await chromium.launch({ executablePath: '/usr/bin/chromium', args: ['--no-sandbox'] });
  lab.atEnd(() => {
    void browser.close();
    inspector.close();
    for (const server of servers) server.close();
  });
  const page = await browser.newPage({ viewport: { width: 1440, height: 900 }, locale: 'en-US' });
  page.setDefaultTimeout(10_000);
  const errors: string[] = [];
  page.on('console', (message) => {
    if (message.type() === 'error') errors.push(message.text());
  });
  page.on('pageerror', ({ message }) => errors.push(message));
  await page.goto(url);
  await page.locator('.status-live').waitFor();
  return { page, inspector, events, errors };
}

/** The states that the stack's trace says the last connection at this port went through. */
function statesAt(events: readonly TraceEvent[], port: number): State[] {
  const all = events.filter((event) => event.type === 'transition');
  const last = all.filter(({ connection }) => connection.local.port === port && connection.remote.port !== 0).at(-1);
  return all.filter(({ connection }) => connection.id === last?.connection.id).map(({ to }) => to);
}

const row = (page: Page, port: number, state = '') =>
  page.locator(`tr[data-connection]${state === '' ? ':not([data-state=LISTEN])' : `[data-state=${state}]`}`, {
    has: page.locator('td .mono', { hasText: new RegExp(`:${port}$`) }),
  });

/** No violations that keep somebody from using the page. */
async function accessible(page: Page, where: string): Promise<void> {
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

labSuite(__filename, "the inspector's page in Chromium", ['chromium', 'nc', 'curl'], (test) => {
  test('shows a connection of nc from its first segment to its last, in both languages, and acts on it', async (lab) => {
    const { page, events, errors } = await inspected(lab);
    expect(await page.locator('.empty-command').first().innerText()).toContain(`nc ${lab.address} ${ECHO}`);
    await accessible(page, 'nothing yet');

    // The handshake, as it happens.
    const nc = lab.start('nc', '-N', lab.address, String(ECHO));
    nc.stdin.write('hello\n');
    await nc.says('hello\n');
    await row(page, ECHO, 'ESTABLISHED').click();
    const said = page.locator('.ladder-row, [data-index]');
    await said.nth(3).waitFor();
    const text = await page.locator('.ladder').innerText();
    for (const word of ['can you hear me?', 'I hear you. do you hear me?', 'I hear you.', 'hello'])
      expect(text).toContain(word);
    expect(page.url()).toMatch(/#c=\d+/);

    // A segment: a field lights its bytes.
    await page.keyboard.press('j');
    await page.keyboard.press('2');
    const segment = page.locator('.segment');
    await segment.waitFor();
    await accessible(page, 'segment');
    expect(page.url()).toMatch(/row=\d+&view=segment/);

    const field = segment.locator('[data-field="tcp.source-port"]').first();
    await field.hover();
    expect(await segment.locator('.segment-byte.segment-lit').count()).toBe(2);

    // Text that is sent from the page comes out of nc.
    await page.locator('.controls-connection input').fill('from the page');
    await page.keyboard.press('Enter');
    await nc.says('from the page\n');

    // Pause: what happens waits, and then it is all there.
    await page.locator('.tool').first().click();
    nc.stdin.write('while nobody looks\n');
    await nc.says('while nobody looks\n');
    await page.locator('.status-paused').waitFor();
    await until(
      () => 'events that wait',
      async () => /[1-9]\d* events? waits?/.test(await page.locator('.status-line').innerText()),
    );
    expect(await page.locator('.ladder').innerText()).not.toContain('while nobody looks');
    await page.locator('.tool').first().click();
    await page.locator('.ladder', { hasText: 'while nobody looks' }).waitFor();

    // The close, and the states of both ends; the stack's own trace says the same.
    await page.keyboard.press('3');
    nc.stdin.end();
    expect(await nc.ended).toBe(0);
    await page.locator('.connection-head .state-badge', { hasText: 'CLOSED' }).waitFor();
    expect(statesAt(events, ECHO)).toEqual(['SYN-RECEIVED', 'ESTABLISHED', 'CLOSE-WAIT', 'LAST-ACK', 'CLOSED']);
    const diagram = (await page.locator('.view').innerText()).replace(/\s+/g, ' ');
    for (const state of ['SYN-RECEIVED', 'ESTABLISHED', 'CLOSE-WAIT', 'LAST-ACK']) expect(diagram).toContain(state);
    await accessible(page, 'states');

    // The other language, at once and everywhere.
    await page.keyboard.press('l');
    await page.locator('.ladder', { hasText: '들려?' }).waitFor();
    expect(await page.locator('html').getAttribute('lang')).toBe('ko');
    expect(await page.locator('.pages').innerText()).toContain('그 밖의 일');
    await page.keyboard.press('l');

    // Close and abort from here; what cannot be done any more is said to be so.
    await page.keyboard.press('Escape');
    const other = lab.start('nc', lab.address, String(ECHO));
    await row(page, ECHO, 'ESTABLISHED').click();
    await page.getByRole('button', { name: 'Close', exact: true }).click();
    await page.locator('.connection-head .state-badge', { hasText: /FIN-WAIT|TIME-WAIT|CLOSED/ }).waitFor();
    await other.end();
    const third = lab.start('nc', lab.address, String(ECHO));
    await page.keyboard.press('Escape');
    await row(page, ECHO, 'ESTABLISHED').click();
    await page.getByRole('button', { name: 'Abort', exact: true }).click();
    await page.getByRole('button', { name: 'Really abort' }).click();
    await page.locator('.connection-head .state-badge', { hasText: 'CLOSED' }).waitFor();
    await third.ended;
    expect(lab.history).toContain('RST out');
    expect(errors).toEqual([]);
  });

  test('a slider makes segments get lost, and the page shows what TCP does about it', async (lab) => {
    const { page, inspector, events, errors } = await inspected(lab);
    await page.keyboard.press('b');
    await page.locator('#knob-loss').fill('9');
    await page.locator('#knob-delay').fill('3');
    await until(
      () => 'the slider at the link',
      () => page.locator('.status-network', { hasText: '10' }).isVisible(),
    );
    await accessible(page, 'bad network');
    expect(await lab.start('curl', '-s', '-m', '20', '-o', '/dev/null', `http://${lab.address}/`).ended).toBe(0);
    const again = events.filter(({ type }) => type === 'retransmission').length;
    expect(again).toBeGreaterThan(0);
    await page.locator('#network').getByRole('button', { name: 'A good network again' }).click();
    await page.keyboard.press('b');
    await row(page, WEB).first().click();
    await page.keyboard.press('5');
    await page.locator('.view canvas').first().waitFor();
    // The line of what is acknowledged ends where the kernel's last ACK says.
    const acks = events.flatMap((event) =>
      event.type === 'segment' &&
      event.direction === 'in' &&
      event.connection.local.port === WEB &&
      event.variables &&
      event.segment.ack !== 0
        ? [(event.segment.ack - event.variables.snd.iss) >>> 0]
        : [],
    );
    const legend = (await page.locator('.plots-legend').first().innerText()).replaceAll(',', '');
    expect(legend).toContain(String(Math.max(...acks)));
    expect(legend).toMatch(/sent again|lost/);
    await page.keyboard.press('6');
    const value = (name: string) => page.locator(`[data-fact=${name}] dd`).innerText();
    expect(Number(await value('again'))).toBeGreaterThan(0);
    // Both count the same, headers of HTTP and what was sent again included.
    const sent = events.flatMap((event) =>
      event.type === 'segment' && event.direction === 'out' && event.connection.local.port === WEB ? [event] : [],
    );
    expect(Number((await value('segmentsOut')).replaceAll(',', ''))).toBe(sent.length);
    await page.keyboard.press('1');
    await page.keyboard.press('n');
    await page.keyboard.press('n');
    expect(page.url()).toMatch(/row=\d+/);
    await accessible(page, 'values');
    // What belongs to no connection, and the host.
    await page.getByRole('link', { name: 'Other events' }).click();
    await page.getByText(`who has ${lab.address}?`).or(page.locator('.list-nothing')).first().waitFor();
    await page.getByRole('link', { name: 'This host' }).click();
    await page.getByText(`${lab.address}/24`).first().waitFor();
    await accessible(page, 'host');
    // A phone.
    await page.setViewportSize({ width: 360, height: 740 });
    await page.getByRole('link', { name: 'Connections' }).click();
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(360);
    await row(page, WEB).first().click();
    await page.getByRole('tab', { name: 'States' }).click();
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(360);
    expect(errors).toEqual([]);
    // The end: what was recorded stays.
    inspector.close();
    await page.locator('.banner-bad', { hasText: 'what was recorded stays' }).waitFor();
    expect(await page.locator('.connection-head .end-right').innerText()).toBe(`${lab.address}:${WEB}`);
  });
});
