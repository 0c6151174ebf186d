import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { constants } from 'node:os';
import type { Command } from 'commander';
import type { Lang } from '../inspect';
import { capturables, takeCapture, type Capturable } from './capture-client';
import { pump } from './extcap';
import { Failure } from './failure';
import { say } from './host';
import { langOption } from './options';
import { install, isProfileInstalled, uninstall } from './wireshark-install';
import { Viewer, type ViewerName } from './wireshark-viewer';

interface WiresharkOptions {
  readonly tshark?: true;
  readonly termshark?: true;
  readonly comments: boolean;
  readonly lang: Lang;
  readonly install?: true;
  readonly uninstall?: true;
}

const EXAMPLES = `
Every packet has a comment: our state before and after, why it was sent, what it caused
(docs/wireshark.md). The secrets of TLS are in the capture.

Examples:
  synack wireshark serve echo              run a command, and watch it in Wireshark
  synack wireshark --tshark nc 10.9.0.1 80 the same in the terminal
  synack wireshark                         watch the synack that runs already
  synack wireshark 4711                    that one, by its process id
  synack wireshark --install               our colours, and our links in Wireshark's own list`;

export function addWireshark(program: Command): void {
  program
    .command('wireshark')
    .summary('see what passes live in Wireshark')
    .description(
      'Runs a command of synack, or finds one that runs, with a window of Wireshark on what passes its links.',
    )
    .usage('[options] [pid | command …]')
    .argument('[what...]', 'a process id, or a command with its own options')
    .option('--tshark', 'in the terminal, with tshark')
    .option('--termshark', 'in the terminal, with termshark')
    .option('--no-comments', 'packets without what they meant to us')
    .addOption(langOption())
    .option('--install', "add our colouring profile, and our links to Wireshark's list of interfaces")
    .option('--uninstall', 'take both away')
    .passThroughOptions()
    .addHelpText('after', EXAMPLES)
    .action(async (what: string[], options: WiresharkOptions) => {
      process.exitCode = await wireshark(what, options);
    });
}

async function wireshark(what: readonly string[], options: WiresharkOptions): Promise<number> {
  if (options.install ?? options.uninstall) {
    for (const line of options.install ? install() : uninstall()) process.stdout.write(`${line}\n`);
    return 0;
  }
  const name: ViewerName = options.tshark ? 'tshark' : options.termshark ? 'termshark' : 'wireshark';
  const [first] = what;
  if (first === undefined || /^\d+$/.test(first)) return attach(await find(first), name, options);
  suggestProfile(name);
  return run(what, name, options);
}

/** Without our profile tshark's list has no column for the comments. */
function suggestProfile(name: ViewerName): void {
  if (name === 'termshark' || isProfileInstalled()) return;
  say(`for ${name === 'tshark' ? 'the comments in the list' : 'colours that tell more'}: synack wireshark --install`);
}

/** The capture begins before the command does anything: opening the pipe waits for its reader. */
async function run(
  [command = '', ...rest]: readonly string[],
  name: ViewerName,
  options: WiresharkOptions,
): Promise<number> {
  const viewer = await Viewer.start(name, `synack ${[command, ...rest].join(' ')}`);
  const how = ['--pcap', viewer.fifo, '--lang', options.lang, ...(options.comments ? [] : ['--no-comments'])];
  const child = spawn(process.execPath, [...process.execArgv, ...process.argv.slice(1, 2), command, ...how, ...rest], {
    stdio: 'inherit',
  });
  // Ctrl-C reaches the command, too: we end when it has.
  const ignore = (): void => undefined;
  for (const signal of ['SIGINT', 'SIGHUP'] as const) process.on(signal, ignore);
  process.on('SIGTERM', () => child.kill('SIGTERM'));
  const state = { ended: false, failed: false };
  const exit = once(child, 'close').then(([code, signal]: unknown[]) => {
    state.ended = true;
    return typeof code === 'number' ? code : 128 + constants.signals[signal as NodeJS.Signals];
  });
  void viewer.closed.then((code) => {
    if (state.ended) return;
    const failure = Viewer.failure(name, code);
    say(failure ?? `${name} is closed; ${command} goes on, Ctrl-C ends it`);
    if (failure === undefined) return;
    state.failed = true;
    child.kill('SIGTERM');
  });
  const code = await exit;
  await viewer.end();
  return state.failed ? 1 : code;
}

async function find(pid: string | undefined): Promise<Capturable> {
  const found = await capturables();
  const wanted = pid === undefined ? found : found.filter((each) => each.pid === Number(pid));
  const [one, other] = wanted;
  const list = found.map((each) => `  ${each.pid}  ${each.program} (${each.links.join(', ')})`).join('\n');
  if (one === undefined) {
    const running = found.length === 0 ? '; start one first, or: synack wireshark serve echo' : `; there are:\n${list}`;
    throw new Failure(`no synack of yours runs${pid === undefined ? '' : ` with the process id ${pid}`}${running}`);
  }
  if (other !== undefined && pid === undefined) throw new Failure(`which one? There are:\n${list}`);
  return one;
}

async function attach(
  { path, pid, program }: Capturable,
  name: ViewerName,
  options: WiresharkOptions,
): Promise<number> {
  const socket = await takeCapture(path, { comments: options.comments, lang: options.lang });
  const viewer = await Viewer.start(name, `${program} (${pid})`).catch((error: unknown) => {
    socket.destroy();
    throw error;
  });
  say(`${name} on ${program} (${pid}); what has passed before is not in it`);
  suggestProfile(name);
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => socket.destroy());
  const state = { failure: undefined as string | undefined };
  void viewer.closed.then((code) => {
    state.failure = Viewer.failure(name, code);
    socket.destroy();
  });
  await pump(socket, viewer.fifo);
  await viewer.end();
  // A window stays when what it shows has ended; then how it ends some day is its own affair.
  if (state.failure === undefined) return 0;
  say(state.failure);
  return 1;
}
