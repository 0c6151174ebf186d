import { createRequire, Module } from 'node:module';
import { existsSync } from 'node:fs';
import { basename, resolve } from 'node:path';
import type { Command } from 'commander';
import { replaceModules } from '../run';
import { Failure } from './failure';
import { openHost, openLoopback, say, untilQuiet, type Host } from './host';
import { hasDevice } from './links';
import { hostOptions, type HostOptions } from './options';

const EXAMPLES = `
The program gets synack's net, http, https, http2, tls, dgram and dns when it asks
for Node's, and its fetch goes over synack too. Without a device it has synack's
loopback, 127.0.0.1, and nothing else.

Examples:
  synack lab                               a network to play in; inside it:
  synack run --watch server.js &           a web server, and every segment of it
  curl http://10.9.0.2/

  synack run --link tap:tap0 --address 10.9.0.2/24 --gateway 10.9.0.1 app.mjs --its-own options`;

export function addRun(program: Command): void {
  const command = program
    .command('run')
    .summary('run a Node.js program over synack, as it is')
    .description('Runs a Node.js program, unchanged, whose network is synack.')
    .usage('[options] <program> [arguments...]')
    .argument('<program>', 'a CommonJS or ES module')
    .argument('[arguments...]', "the program's own")
    .passThroughOptions();
  hostOptions(command)
    .addHelpText('after', EXAMPLES)
    .action(async (file: string, args: string[], options: HostOptions) => {
      await run(file, args, options);
    });
}

async function run(file: string, args: readonly string[], options: HostOptions): Promise<void> {
  if (options.pcap === '-') throw new Failure('the program has standard output for itself; give --pcap a file');
  const path = resolve(file);
  if (!existsSync(path)) throw new Failure(`there is no program ${path}`);

  const surroundings = { screen: process.stderr, program: `synack run ${basename(file)}` };
  const host = hasDevice(options) ? await openHost(options, surroundings) : openLoopback(options, surroundings);
  await host.ready;
  if (host.device === 'lo') say('no TAP device here, and none named with --link: the program has loopback alone');
  replaceModules(host.stack);
  forgetPackages();
  endWith(host);
  process.argv = [process.execPath, path, ...args];
  // What `node program` does: CommonJS or ES module, as its name and its package.json say.
  (Module as unknown as { runMain: () => void }).runMain();
}

/** Packages that synack itself has loaded, over Node's own modules: the program is to have its own, over synack's. */
function forgetPackages(): void {
  const { cache } = createRequire(__filename);
  for (const path of Object.keys(cache)) {
    if (path.includes('/node_modules/')) Reflect.deleteProperty(cache, path);
  }
}

/** ms that a signal waits for the peers to take what was sent to them. */
const LAST_WORDS = 500;

/** The host lives as long as the program has something to do, and hangs up where the program ends, in whatever way. */
function endWith(host: Host): void {
  host.unref();
  let isEnding = false;
  process.once('beforeExit', () => {
    if (isEnding) return;
    isEnding = true;
    host.stack.abandon();
    void host.close();
  });
  process.once('exit', () => {
    if (isEnding) return;
    // A kernel would close what the program has left open, and send what it has not read: this stack ends with it.
    host.stack.abandon();
    host.stack.ip.flush();
  });
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    const end = (): void => {
      // A program that has a word to say on it decides for itself.
      if (process.listenerCount(signal) > 1 || isEnding) return;
      isEnding = true;
      host.stack.abandon();
      void untilQuiet(host.stack, { timeWait: false, limit: LAST_WORDS })
        .then(() => host.close())
        .finally(() => {
          process.off(signal, end);
          process.kill(process.pid, signal);
        });
    };
    process.on(signal, end);
  }
}
