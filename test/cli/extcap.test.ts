import { spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { createReadStream, mkdtempSync, rmSync } from 'node:fs';
import { createServer, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { takeCapture } from '../../src/cli/capture-client';
import { pump } from '../../src/cli/extcap';

let folder = '';
let server: Server;
let client: Promise<Socket>;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'synack-extcap-'));
  spawnSync('mkfifo', [join(folder, 'fifo')]);
  server = createServer();
  client = once(server, 'connection').then(([socket]) => socket as Socket);
  server.listen(join(folder, 'socket'));
  await once(server, 'listening');
});

afterEach(async () => {
  (await client).destroy();
  server.close();
  rmSync(folder, { recursive: true });
});

test('a pipe that nobody opens is let go when the capture is ended', async () => {
  const socket = await takeCapture(join(folder, 'socket'), {});
  const pumped = pump(socket, join(folder, 'fifo'));
  socket.destroy();
  await expect(pumped).resolves.toBeUndefined();
});

test('who opens it late has everything, even where the one that is captured has ended before', async () => {
  const socket = await takeCapture(join(folder, 'socket'), {});
  const pumped = pump(socket, join(folder, 'fifo'));
  (await client).end('blocks');
  let text = '';
  for await (const chunk of createReadStream(join(folder, 'fifo'))) text += String(chunk);
  expect(text).toBe('blocks');
  await pumped;
});

test('a reader that goes ends it', async () => {
  const socket = await takeCapture(join(folder, 'socket'), {});
  const pumped = pump(socket, join(folder, 'fifo'));
  const reader = createReadStream(join(folder, 'fifo'));
  (await client).write('blocks');
  await once(reader, 'data');
  reader.destroy();
  const writer = (await client).on('error', () => undefined);
  const more = setInterval(() => writer.write('more'), 5);
  await pumped.finally(() => {
    clearInterval(more);
  });
});
