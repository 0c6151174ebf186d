// The picture of docs/chromium.png: Chromium, in a lab, with a page that it has from synack (test/peers/chromium-page.ts).
//
//   scripts/lab.sh node --require ts-node/register scripts/chromium-screenshot.ts [FILE]
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { Stack, TapLink } from '../src';
import { page } from '../test/peers/chromium-page';

const LIMIT = 150_000;

async function main(): Promise<void> {
  const { SYNACK_TAP: tap, SYNACK_ADDRESS: address } = process.env;
  if (tap === undefined || address === undefined) throw new Error('run it by scripts/lab.sh');
  const file = resolve(process.argv[2] ?? 'docs/chromium.png');
  const profile = mkdtempSync(join(tmpdir(), 'synack-chromium-'));
  const stack = new Stack();
  stack.attach(TapLink.open(tap), { address });
  const { answer, addWebSocket } = page();
  addWebSocket(stack.http.createServer(answer).listen(80));
  const chromium = spawn(
    'chromium',
    [
      ...['--headless', '--no-sandbox', '--disable-gpu', '--disable-dev-shm-usage', '--disable-background-networking'],
      ...['--no-first-run', '--no-proxy-server', '--hide-scrollbars', '--window-size=900,420'],
      ...[`--user-data-dir=${profile}`, `--screenshot=${file}`, `http://${address.replace(/\/.*/, '')}/`],
    ],
    { stdio: 'inherit', timeout: 60_000 },
  );
  await once(chromium, 'exit');
  await stack.close();
  rmSync(profile, { recursive: true, force: true, maxRetries: 3 });
  const { size } = statSync(file);
  if (size > LIMIT) throw new Error(`${file} has ${size} bytes; a picture in docs may have ${LIMIT}`);
}

void main();
