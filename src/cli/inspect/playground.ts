import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { lacksForLab } from '../demo/lab-stage';
import { DEMO_WORDS } from '../demo/words';
import { Failure } from '../failure';
import { say, untilSignal } from '../host';
import { runInLab, synackCommand } from '../lab';
import { memoryPlayground } from './playground-memory';
import { running, type Running } from './running';
import { view, type ViewOptions } from './view';

/** ms until the server in the lab must be there. */
const PATIENCE = 20_000;

/**
 * An echo server, and the kernel's nc: a conversation, then a longer one, then a port where nobody listens, over and over, for half an
 * hour at most. What stands in the way of one of them is no reason to end.
 */
const SCRIPT = `
"$@" serve echo 2>"$XDG_RUNTIME_DIR/said" & server=$!
trap 'kill $server 2>/dev/null; exit 0' INT TERM HUP
for i in $(seq 100); do grep -qs try: "$XDG_RUNTIME_DIR/said" && break; kill -0 $server || { cat "$XDG_RUNTIME_DIR/said" >&2; exit 1; }; sleep 0.2; done
for i in $(seq 150); do
  kill -0 $server 2>/dev/null || exit 0
  (for word in hello 'how are you?' 'good bye'; do sleep 1; echo "$word"; done) | timeout 30 nc -N 10.9.0.2 7 >/dev/null 2>&1
  sleep 2
  head -c 300000 /dev/urandom | timeout 30 nc -N 10.9.0.2 7 >/dev/null 2>&1
  sleep 2
  timeout 10 nc -w 2 10.9.0.2 79 </dev/null >/dev/null 2>&1
  sleep 2
done
kill $server; wait $server
`;

/** Something to look at where nothing runs: until Ctrl-C. */
export async function playground(options: ViewOptions): Promise<number> {
  const lacks = lacksForLab(DEMO_WORDS.en);
  if (lacks.length > 0) {
    say(`there can be no lab here (${lacks.join('; ')}): two synacks talk to each other instead`);
    return memoryPlayground(options);
  }
  const directory = mkdtempSync(join(tmpdir(), 'synack-playground-'));
  const signal = untilSignal();
  const over = new AbortController();
  const command = ['bash', '-c', SCRIPT, 'playground', ...synackCommand([])];
  const lab = runInLab(command, { XDG_RUNTIME_DIR: directory }, [], over.signal);
  try {
    const stopped = signal.then((code) => ({ code }));
    const server = await Promise.race([theServer(join(directory, 'synack'), over.signal), lab, stopped]);
    if (typeof server === 'number') throw new Failure('the playground could not be made; what is said above is why');
    if ('code' in server) return exitCode(server.code);
    say('an echo server runs in a lab of its own, and nc talks to it every few seconds, for half an hour');
    const shown = await view(server.path, 'the playground', options);
    const code = await Promise.race([signal, lab.then(() => 0)]);
    shown.close();
    return exitCode(code);
  } finally {
    // Also where the page could not be served: without it nobody knows that there is a lab to end.
    over.abort();
    await lab;
    rmSync(directory, { recursive: true, force: true });
  }
}

/** Ctrl-C is how a playground ends. */
function exitCode(code: number): number {
  return code === 130 ? 0 : code;
}

async function theServer(directory: string, over: AbortSignal): Promise<Running> {
  const end = performance.now() + PATIENCE;
  while (performance.now() < end && !over.aborted) {
    const [server] = await running(directory);
    if (server !== undefined) return server;
    await sleep(100);
  }
  throw new Failure(`the playground's server has not come up in ${PATIENCE / 1000} s`);
}
