import { expect } from 'expect';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import type { Lab } from '../support/lab';
import type { Program } from '../support/lab-program';
import { accessible, chromiumIn, inspected, openPage, PORTS, row } from '../support/inspected';
import { labSuite } from '../support/lab-suite';
import { until } from '../support/lab-until';

/** A program at the kernel's sockets that makes one call for each line that it is told, and says when it has. */
const CALLER = `
import socket, sys
s = None
for line in sys.stdin:
    call, *args = line.split()
    if call == 'connect': s = socket.create_connection((args[0], int(args[1])))
    elif call == 'send': s.sendall(' '.join(args).encode() + b'\\n')
    elif call == 'receive': print('received ' + s.recv(65536).decode().strip(), flush=True)
    elif call == 'shutdown': s.shutdown(socket.SHUT_WR)
    elif call == 'close': s.close()
    print('did ' + line.strip(), flush=True)
`;

class Caller {
  private readonly program: Program;

  constructor(lab: Lab) {
    this.program = lab.start('python3', '-c', CALLER);
  }

  async does(line: string): Promise<void> {
    this.program.stdin.write(`${line}\n`);
    await this.program.says(`did ${line}\n`);
  }

  async receives(text: string): Promise<void> {
    this.program.stdin.write('receive\n');
    await this.program.says(`received ${text}\n`);
  }
}

/** The kernel's names for states where they are others. */
const NAMES: Readonly<Record<string, string>> = { ESTAB: 'ESTABLISHED', 'SYN-RECV': 'SYN-RECEIVED' };

/**
 * Waits until the kernel's socket is in a state, and the page says the same of it: without having been told. `?` says that this rests on
 * our last segment having arrived, which nothing has proven yet.
 */
async function bothSay(lab: Lab, page: Page, port: number, state: string): Promise<void> {
  let told = '';
  let kernel: readonly string[] = [];
  await until(
    () => `${state} of the kernel's end; the kernel says ${kernel.join()}, the page ${told}`,
    async () => {
      kernel = (await lab.kernelSockets(port)).map((socket) => NAMES[socket.state] ?? socket.state);
      told = await page.locator('.ladder-life-left .ladder-state').last().innerText();
      return kernel.join() === state && told.replace('?', '') === state;
    },
  );
}

const button = (page: Page, name: string) => page.getByRole('button', { name, exact: true });

labSuite(__filename, 'the inspector beside the kernel', ['chromium', 'python3', 'nc', 'ss'], (test) => {
  test('the state of the other end is the one that the kernel has, call by call; a page may come in the middle', async (lab) => {
    const { page, browser, url, errors } = await inspected(lab);
    const first = new Caller(lab);
    await first.does(`connect ${lab.address} ${PORTS.half}`);
    await row(page, PORTS.half, 'ESTABLISHED').click();
    await bothSay(lab, page, PORTS.half, 'ESTABLISHED');

    // Another page comes while it is open: nothing is known yet, and then what is heard from now on.
    const late = await openPage(browser, url, errors as string[]);
    await row(late, PORTS.half, 'ESTABLISHED').click();
    await late.getByText('This connection is older than the page').waitFor();
    await accessible(late, 'a connection that is older than the page');
    await first.does('send hello from the middle');
    await late.locator('.ladder', { hasText: 'hello from the middle' }).waitFor();
    await bothSay(lab, late, PORTS.half, 'ESTABLISHED');

    // The other end closes first, and this one goes on for a while.
    await first.does('shutdown');
    await bothSay(lab, page, PORTS.half, 'FIN-WAIT-2');
    await bothSay(lab, late, PORTS.half, 'FIN-WAIT-2');
    await page.locator('.controls-connection input').fill('still here');
    await page.keyboard.press('Enter');
    await first.receives('still here');
    await bothSay(lab, page, PORTS.half, 'FIN-WAIT-2');
    await button(page, 'Close').click();
    await bothSay(lab, page, PORTS.half, 'TIME-WAIT');
    await late.close();

    // This end closes first.
    await page.keyboard.press('Escape');
    const second = new Caller(lab);
    await second.does(`connect ${lab.address} ${PORTS.sink}`);
    await row(page, PORTS.sink, 'ESTABLISHED').click();
    await button(page, 'Close').click();
    await bothSay(lab, page, PORTS.sink, 'CLOSE-WAIT');
    await second.does('close');
    await page.locator('.connection-head .state-badge', { hasText: 'TIME-WAIT' }).waitFor();
    await until(
      () => "the end of the kernel's socket",
      async () => (await lab.kernelSockets(PORTS.sink)).length === 0,
    );
    // That our last ACK has arrived nobody says.
    expect(await page.locator('.ladder-life-left .ladder-state').last().innerText()).toBe('CLOSED?');

    // What the server does not do it says why, in the page's language, and changes it with that.
    await page.keyboard.press('Escape');
    const third = new Caller(lab);
    await third.does(`connect ${lab.address} ${PORTS.endless}`);
    await row(page, PORTS.endless, 'ESTABLISHED').click();
    await button(page, 'Close').click();
    const problem = page.locator('.controls-problem');
    await problem.getByText('the program has closed it already').waitFor();
    await page.keyboard.press('l');
    await problem.getByText('프로그램이 이미 닫았습니다').waitFor();
    await page.keyboard.press('l');
    expect(errors).toEqual([]);
  });

  test('while a flood is sampled the page says so, answers, and does not grow', async (lab) => {
    const { page, errors } = await inspected(lab);
    const devtools = await page.context().newCDPSession(page);
    const heap = async (): Promise<number> => {
      await devtools.send('HeapProfiler.collectGarbage');
      const { metrics } = await devtools.send('Performance.getMetrics');
      return metrics.find(({ name }) => name === 'JSHeapUsedSize')?.value ?? NaN;
    };
    await devtools.send('Performance.enable');
    const before = await heap();
    const flood = lab.start('sh', '-c', `exec timeout 25 nc ${lab.address} ${PORTS.sink} </dev/zero`);
    const notice = page.locator('.banner', { hasText: 'too much to show each' });
    await row(page, PORTS.sink, 'ESTABLISHED').click();
    await notice.waitFor();
    const [, told, seen] = /: ([\d,]+) of ([\d,]+)/.exec(await notice.innerText()) ?? [];
    const figure = (text = ''): number => Number(text.replaceAll(',', ''));
    expect(figure(told)).toBeLessThanOrEqual(2500);
    expect(figure(seen)).toBeGreaterThan(figure(told));
    // From a click to the picture that has followed it, in the page's own time.
    const answers: number[] = [];
    for (const view of ['states', 'plots', 'windows', 'timers', 'segment', 'plots', 'windows']) {
      answers.push(
        await page.evaluate<number>(`new Promise((answered) => {
          const start = performance.now();
          document.getElementById('view-tab-${view}').click();
          requestAnimationFrame(() => setTimeout(() => answered(performance.now() - start)));
        })`),
      );
    }
    // A page that does not keep up is late with each; on a busy machine others make it late with some.
    expect(Math.min(...answers)).toBeLessThan(2000);
    flood.signal('SIGTERM');
    await flood.ended;
    await notice.waitFor({ state: 'detached' });
    const grown = ((await heap()) - before) / 1e6;
    expect(grown).toBeLessThan(40);
    expect(errors).toEqual([]);
  });

  test('through the command: at 127.0.0.1, and over the very TAP that it shows', async (lab) => {
    const command = join(__dirname, '../../bin/synack.js');
    const serve = async (option: string): Promise<readonly [Program, string]> => {
      const server = lab.start(process.execPath, command, 'serve', 'echo', '--no-status', option);
      await server.complains('token=');
      return [server, /http:\S+/.exec(server.stderr)?.[0] ?? ''];
    };
    const browser = await chromiumIn(lab);
    const errors: string[] = [];
    const shows = async (page: Page): Promise<void> => {
      const nc = lab.start('nc', '-N', lab.address, String(PORTS.echo));
      nc.stdin.end('hello\n');
      expect(await nc.ended).toBe(0);
      await row(page, PORTS.echo, 'CLOSED').click();
      await page.locator('.ladder', { hasText: 'can you hear me?' }).waitFor();
      // Its own connections are not among those that it shows.
      expect(await page.locator('.connection-head .end-right').innerText()).toBe(`${lab.address}:${PORTS.echo}`);
    };
    const [server, local] = await serve('--inspect=9400');
    expect(local).toMatch(/^http:\/\/127\.0\.0\.1:9400\/\?token=/);
    const plain = await openPage(browser, local, errors);
    await shows(plain);
    await plain.close();
    await server.end();
    const [, over] = await serve('--inspect-self=9401');
    expect(over).toContain(`http://${lab.address}:9401/?token=`);
    const own = await openPage(browser, over, errors);
    await shows(own);
    await own.keyboard.press('Escape');
    expect(await own.locator('tr[data-connection]:not([data-state=LISTEN])').count()).toBe(1);
    expect(errors).toEqual([]);
  });
});
