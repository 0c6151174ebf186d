import { expect } from 'expect';
import type { Page } from 'playwright-core';
import type { TraceEvent } from '../../src';
import type { State } from '../../src/tcp/states';
import { segmentLength } from '../../src/tcp/trace';
import { accessible, BODY, inspected, PORTS, row } from '../support/inspected';
import { labSuite } from '../support/lab-suite';
import { until } from '../support/lab-until';

const { echo: ECHO, web: WEB } = PORTS;

/** The states that the stack's trace says the last connection at this port went through. */
function statesAt(events: readonly TraceEvent[], port: number): State[] {
  const all = events.filter((event) => event.type === 'transition');
  const last = all.filter(({ connection }) => connection.local.port === port && connection.remote.port !== 0).at(-1);
  return all.filter(({ connection }) => connection.id === last?.connection.id).map(({ to }) => to);
}

/** How many of a connection's segments that went out brought nothing that had not gone out before. */
function sentAgain(events: readonly TraceEvent[], id: number): number {
  let count = 0;
  let sent: number | undefined;
  for (const event of events) {
    if (event.type !== 'segment' || event.direction !== 'out' || event.connection.id !== id) continue;
    const end = (event.segment.seq + segmentLength(event)) >>> 0;
    if (segmentLength(event) === 0) continue;
    if (sent !== undefined && (end - sent) << 0 <= 0) count += 1;
    else sent = end;
  }
  return count;
}

/** What the legends of the plots say with the pointer over a part of the time. */
async function pointsAt(page: Page, part: number): Promise<Record<'ack' | 'cwnd' | 'srtt', number>> {
  const over = page.locator('[data-chart=congestion] .u-over');
  await over.scrollIntoViewIfNeeded();
  const { width, height } = (await over.boundingBox()) ?? { width: 0, height: 0 };
  await over.hover({ position: { x: width * part, y: height / 2 } });
  const said = async (chart: string, line: RegExp): Promise<number> => {
    const legend = page.locator(`[data-chart=${chart}] .plots-legend button`, { hasText: line });
    return Number((await legend.locator('.plots-value').innerText()).replace(/[^\d.]/g, ''));
  };
  return {
    ack: await said('sequence', /^acknowledged/),
    cwnd: await said('congestion', /^cwnd/),
    srtt: await said('rtt', /^srtt/),
  };
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
    await page.locator('.ladder-to-end', { hasText: /[1-9]\d* new/ }).click();
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
    await page.locator('.connection-head .state-word', { hasText: 'cut off by this end' }).waitFor();
    await third.ended;
    expect(lab.history).toContain('RST out');
    expect(errors).toEqual([]);
  });

  test('a slider makes segments get lost, and the page shows what TCP does about it', async (lab) => {
    const { page, inspector, events, errors } = await inspected(lab);
    await page.keyboard.press('b');
    // A good network first: nothing is sent again, and nothing says so.
    const value = (name: string): Promise<string> => page.locator(`[data-fact=${name}] dd`).innerText();
    const figure = async (name: string): Promise<number> => Number((await value(name)).replaceAll(',', ''));
    const get = async (): Promise<void> => {
      const curl = lab.start('curl', '-s', '-m', '20', '-o', '/dev/null', `http://${lab.address}/`);
      expect(await curl.ended).toBe(0);
    };
    await get();
    await row(page, WEB).first().click();
    await page.keyboard.press('6');
    await until(
      () => 'the figures',
      async () => (await figure('segmentsOut')) * 65_000 > BODY.length,
    );
    const first = events.find((event) => event.type === 'segment' && event.connection.local.port === WEB);
    const good = first?.type === 'segment' ? first.connection.id : 0;
    await until(
      () => `${sentAgain(events, good)} segments that were sent again over the good network`,
      async () => (await figure('again')) === sentAgain(events, good),
    );
    await page.keyboard.press('1');
    // None, that is; but where a busy machine keeps the kernel's ACK waiting, the stack does send something again.
    const most = sentAgain(events, good) > 0 ? Infinity : 0;
    expect(await page.locator('.ladder-mark').count()).toBeLessThanOrEqual(most);
    expect(await page.locator('.connection-again').count()).toBeLessThanOrEqual(most);
    await page.keyboard.press('Escape');
    const again = (): number => events.filter(({ type }) => type === 'retransmission').length;
    const before = again();

    await page.locator('#knob-loss').fill('9');
    await page.locator('#knob-delay').fill('3');
    await until(
      () => 'the slider at the link',
      () => page.locator('.status-network', { hasText: '10' }).isVisible(),
    );
    await accessible(page, 'bad network');
    await get();
    expect(again()).toBeGreaterThan(before);
    await page.locator('#network').getByRole('button', { name: 'A good network again' }).click();
    await page.keyboard.press('b');
    await row(page, WEB).first().click();
    await page.keyboard.press('5');
    await page.locator('.view canvas').first().waitFor();
    const last = events.filter((event) => event.type === 'segment' && event.connection.local.port === WEB).at(-1);
    const id = last?.type === 'segment' ? last.connection.id : 0;
    const segments = events.flatMap((event) => (event.type === 'segment' && event.connection.id === id ? [event] : []));
    // The line of what is acknowledged ends where the kernel's last ACK says.
    const acks = segments.flatMap(({ direction, variables, segment }) =>
      direction === 'in' && variables && segment.ack !== 0 ? [(segment.ack - variables.snd.iss) >>> 0] : [],
    );
    const known = segments.flatMap(({ variables }) => (variables === undefined ? [] : [variables]));
    for (const part of [0.2, 0.4, 0.6, 0.8]) {
      const points = await pointsAt(page, part);
      // What the kernel had acknowledged, and what the stack thought; each plot has the point of its own that is next to the pointer.
      expect(acks).toContain(points.ack);
      expect(known.map(({ cwnd }) => cwnd)).toContain(points.cwnd);
      expect(known.some(({ srtt }) => Math.abs((srtt ?? 0) / 1000 - points.srtt) < 0.06)).toBe(true);
    }
    await page.mouse.move(5, 5);
    const legend = (await page.locator('.plots-legend').first().innerText()).replaceAll(',', '');
    expect(legend).toContain(String(Math.max(...acks)));
    expect(legend).toMatch(/sent again|lost/);
    await page.keyboard.press('6');
    // What the stack says it sent again, and a SYN,ACK that answers a SYN which came twice.
    await until(
      () => `${sentAgain(events, id)} segments that were sent again, of them ${again()} retransmissions`,
      async () => (await figure('again')) === sentAgain(events, id),
    );
    expect(sentAgain(events, id)).toBeGreaterThanOrEqual(again());
    // Both count the same, headers of HTTP and what was sent again included.
    await until(
      () => 'the segments that the stack has sent',
      async () =>
        (await figure('segmentsOut')) ===
        events.filter((event) => event.type === 'segment' && event.connection.id === id && event.direction === 'out')
          .length,
    );
    await page.keyboard.press('1');
    const selected = page.locator('.ladder-row[aria-selected=true]');
    await until(
      () => 'something that was sent again, on the way through what is of note',
      async () => {
        await page.keyboard.press('p');
        await page.evaluate(() => new Promise((drawn) => setTimeout(drawn, 20)));
        return selected.locator('.ladder-mark-retransmission').isVisible();
      },
    );
    expect(await selected.innerText()).toContain('sent again');
    expect(page.url()).toMatch(/row=\d+/);
    await accessible(page, 'values');
    // What belongs to no connection, and the host.
    await page.getByRole('link', { name: 'Other events' }).click();
    await page.getByText(`who has ${lab.address}?`).or(page.locator('.list-nothing')).first().waitFor();
    await page.getByRole('link', { name: 'This host' }).click();
    await page.getByText(`${lab.address}/24`).first().waitFor();
    const counted = page.locator('tr', { hasText: 'tcp.retransmissions' });
    await until(
      () => `${again()} retransmissions among the counters`,
      async () => new RegExp(`^a segment was sent again\\s.*\\s${again()}$`).test(await counted.innerText()),
    );
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
