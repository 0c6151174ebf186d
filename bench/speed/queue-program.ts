// What each worker of the `queues` work runs: the servers of all rows, and one whose answers cost something.
import { createHash } from 'node:crypto';
import { execFileSync } from 'node:child_process';
import { readlinkSync } from 'node:fs';
import type { Stack, WorkerInfo } from '../../src';
import { PORTS } from './addresses';
import { serve } from './services';

/** What an answer is made from: some work besides the network's, 25 µs on a machine with SHA instructions. */
const PAGE = Buffer.alloc(48 * 1024, 'synack');

export default async function program({ net, http }: Stack, { index }: WorkerInfo): Promise<void> {
  pinTo(index);
  await serve({ net, http }, { sunk: 0, idle: 0 });
  const server = http.createServer((_request, response) => {
    response.end(createHash('sha256').update(PAGE).digest('hex'));
  });
  server.keepAliveTimeout = 60_000;
  await new Promise<void>((done) => server.listen({ port: PORTS.work, host: '0.0.0.0', backlog: 4096 }, done));
}

/** Gives this thread a core of its own. The kernel would wake it on the core of whoever sends to it, which is busy then. */
function pinTo(core: number): void {
  const thread = readlinkSync('/proc/thread-self').split('/').at(-1) ?? '';
  execFileSync('taskset', ['--cpu-list', '--pid', String(core), thread], { stdio: 'ignore' });
}
