// A flood of short connections with a page open: what it does to the memory, and to what the page is told. As root; about 15 s.
//   node --require ts-node/register bench/inspector/flood.ts [--seconds N] [--profile DIR]
import { mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { WebSocket } from 'ws';
import type { ServerMessage } from '../../src/inspector/protocol';
import { PORTS } from '../speed/addresses';
import { runLoad } from '../speed/ends/end';
import { bundle, open } from './opened';

const IN_FLIGHT = 64;

async function main(): Promise<void> {
  const { values } = parseArgs({ options: { seconds: { type: 'string', default: '3' }, profile: { type: 'string' } } });
  const flags = values.profile === undefined ? [] : ['--cpu-prof', `--cpu-prof-dir=${values.profile}`];
  const time = Number(values.seconds) * 1000;
  const folder = mkdtempSync(join(tmpdir(), 'synack-bench-flood-'));
  process.on('exit', () => {
    rmSync(folder, { recursive: true, force: true });
  });
  process.env['XDG_RUNTIME_DIR'] = folder;
  mkdirSync(join(folder, 'synack'), { mode: 0o700 });
  const end = await open('flood', [process.execPath, ...flags, bundle(join(folder, 'bundle')), '{}']);
  const flood = async (): Promise<{ count: number; MB: number }> => {
    const { result } = await runLoad<{ count: number }>(end, ['connect', PORTS.close], { warm: 0, time }, [IN_FLIGHT]);
    return { count: result.count, MB: await end.memory() };
  };
  const before = await end.memory();
  const withoutPage = [await flood(), await flood()];

  const [path] = readdirSync(join(folder, 'synack')).filter((name) => name.endsWith('.inspect'));
  const socket = new WebSocket(`ws+unix:${join(folder, 'synack', path ?? '')}:/live`);
  const told = { messages: 0, bytes: 0, events: 0, mostEvents: 0, longestGap: 0, sampling: 0 };
  let last = performance.now();
  let inspector: unknown;
  socket.on('message', (data: Buffer) => {
    const message = JSON.parse(data.toString()) as ServerMessage;
    const now = performance.now();
    told.longestGap = Math.max(told.longestGap, Math.round(now - last));
    last = now;
    told.messages += 1;
    told.bytes += data.length;
    if (message.type === 'events') {
      told.events += message.events.length;
      told.mostEvents = Math.max(told.mostEvents, message.events.length);
    } else if (message.type === 'sampling') told.sampling += 1;
    else if (message.type === 'snapshot') ({ inspector } = message);
  });
  await new Promise((resolve, reject) => socket.on('open', resolve).on('error', reject));
  const withPage = [await flood(), await flood(), await flood(), await flood()];
  await sleep(1500);
  const after = await end.memory();
  const lives = socket.readyState === WebSocket.OPEN;
  process.stdout.write(
    `${JSON.stringify({ 'MB before': before, withoutPage, withPage, 'MB after': after, lives, told, inspector }, null, 2)}\n`,
  );
  socket.terminate();
  await end.close();
}

main().then(
  () => process.exit(),
  (error: unknown) => {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
    process.exit(1);
  },
);
