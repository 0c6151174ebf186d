import { accessSync, constants } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { once } from 'node:events';
import { Argument, Option, type Command } from 'commander';
import { wrap } from '../../inspect';
import { say, untilQuiet } from '../host';
import { runInLab, synackCommand } from '../lab';
import { asciiOption, langOption, type HostOptions, type ShowOptions } from '../options';
import { SERVICES, type ServiceName } from '../services';
import { columnsOf, hasColour } from '../watch';
import { createWebServer, prepareWeb } from '../web/services';
import { lacksForLab, openLabStage } from './lab-stage';
import { openMemoryStage } from './memory-stage';
import { WEBSOCKET_CLIENT, type Client, type Stage } from './stage';
import { talkWebSocket } from './websocket';
import { DEMO_WORDS, type DemoWords } from './words';

interface DemoOptions extends ShowOptions {
  readonly pcap: string;
  readonly memory?: true;
  /** We are the one that runs in the lab. */
  readonly inLab?: true;
  /** We are the WebSocket client in the lab, and this is whom to call. */
  readonly call?: string;
}

/** What can be shown: TCP by itself, or a WebSocket on it. */
type Scene = 'websocket' | undefined;

/** µs; TIME-WAIT is to be seen to end. */
const SHORT_MSL = 500_000;
/** lab.sh's exit code when there could be no lab. */
const NO_LAB = 125;
/** ms that a connection may take to end. */
const PATIENCE = 5000;

export function addDemo(program: Command): void {
  program
    .command('demo')
    .summary('watch a real nc shake hands with synack (start here)')
    .description(
      'Shows real programs talking to synack over a TAP device, each segment explained, and writes a capture of it.\n' +
        'Without root or a TAP device the same is shown between two synacks. It takes a few seconds.',
    )
    .addArgument(
      new Argument('[what]', 'websocket: a WebSocket from its first SYN to the last ACK').choices(['websocket']),
    )
    .addOption(langOption())
    .addOption(asciiOption())
    .option('--pcap <file>', 'where the capture goes', 'synack-demo.pcapng')
    .option('--memory', 'between two synacks, even where real programs could be had')
    .addOption(new Option('--in-lab').hideHelp())
    .addOption(new Option('--call <url>').hideHelp())
    .action(async (scene: Scene, options: DemoOptions) => {
      process.exitCode = await demo(scene, options);
    });
}

async function demo(scene: Scene, options: DemoOptions): Promise<number> {
  const words = DEMO_WORDS[options.lang];
  if (options.call !== undefined) {
    process.stdout.write(await talkWebSocket(options.call, words));
    return 0;
  }
  const isWebSocket = scene === 'websocket';
  if (options.inLab) return play(scene, openLabStage, isWebSocket ? words.introWebSocketLab : words.introLab, options);
  const intro: string[] = [isWebSocket ? words.introWebSocketMemory : words.introMemory];
  if (!options.memory) {
    const lacks = lacksForLab(words);
    if (lacks.length === 0) {
      const code = await runInLab(synackCommand(argumentsFor(scene, options)));
      if (code !== NO_LAB) return code;
      lacks.push(words.labFailed);
    }
    intro.push(words.noLab(lacks.join('; ')));
  }
  return play(scene, openMemoryStage, intro.join(' '), options);
}

function argumentsFor(scene: Scene, { lang, ascii, pcap }: DemoOptions): string[] {
  return [
    'demo',
    ...(scene === undefined ? [] : [scene]),
    '--in-lab',
    '--lang',
    lang,
    '--pcap',
    pcap,
    ...(ascii ? ['--ascii'] : []),
  ];
}

function hostOptionsFor({ lang, ascii, pcap }: DemoOptions): HostOptions & { readonly pcap: string } {
  return {
    lang,
    ascii,
    pcap: writable(pcap),
    watch: 'ladder',
    msl: SHORT_MSL,
  };
}

/** The demo is shown also where the capture can only be put elsewhere. */
function writable(file: string): string {
  try {
    accessSync(join(file, '..'), constants.W_OK);
    return file;
  } catch {
    return join(tmpdir(), 'synack-demo.pcapng');
  }
}

/** The whole demo; its exit code. */
async function play(
  scene: Scene,
  open: (options: HostOptions) => Stage | Promise<Stage>,
  intro: string,
  options: DemoOptions,
): Promise<number> {
  const words = DEMO_WORDS[options.lang];
  const hostOptions = hostOptionsFor(options);
  paragraph(intro);
  process.stdout.write('\n');
  const stage = await open(hostOptions);
  const show = new Show(stage, words);
  try {
    if (scene === 'websocket') await showWebSocket(stage, show, options);
    else await showTcp(stage, show, options);
    await show.states();
  } finally {
    await stage.close();
  }
  paragraph(words.capture(hostOptions.pcap));
  indented(`wireshark ${hostOptions.pcap}\ntshark -r ${hostOptions.pcap}`);
  paragraph(words.next);
  indented('npx synack learn\nnpx synack inspect --demo\nnpx synack --help');
  return 0;
}

async function showTcp(stage: Stage, show: Show, { lang, inLab }: DemoOptions): Promise<void> {
  const words = DEMO_WORDS[lang];
  await serve(stage, 'echo');
  await serve(stage, 'daytime');
  const [first, second] = stage.clients;
  if (first === undefined) return;
  await show.scene(words.peerClosesFirst(first.name), first, 'echo', words.lines);
  if (second !== undefined) await show.scene(words.onceMore(second.name), second, 'echo', words.lines.slice(0, 1));
  else if (inLab) paragraph(words.notThere('ncat'));
  await show.scene(words.weCloseFirst(first.name), first, 'daytime', []);
}

async function showWebSocket(stage: Stage, show: Show, { lang }: DemoOptions): Promise<void> {
  const words = DEMO_WORDS[lang];
  const { stack, address } = stage.host;
  const prepared = prepareWeb('ws', { lang });
  if (prepared === undefined) return;
  const { server } = await createWebServer(stack, address, prepared, () => undefined);
  server.listen(80, address);
  await once(server, 'listening');
  await show.talk(words.webSocket(WEBSOCKET_CLIENT), WEBSOCKET_CLIENT, () =>
    stage.talkWebSocket(`ws://${address}/chat`, lang),
  );
  paragraph(words.webSocketMeaning);
}

async function serve({ host }: Stage, name: ServiceName): Promise<void> {
  const service = SERVICES[name];
  const server = host.stack.net.createServer({ allowHalfOpen: true }, (socket) => {
    service.serve(socket).catch((error: unknown) => {
      say(`${name}: ${error instanceof Error ? error.message : String(error)}`);
    });
  });
  server.listen(service.port, host.address);
  await once(server, 'listening');
}

/** What stands between the ladders. */
class Show {
  private number = 0;

  constructor(
    private readonly stage: Stage,
    private readonly words: DemoWords,
  ) {}

  /** One conversation, until nothing of it is left on our side. */
  async scene(about: string, client: Client, name: ServiceName, lines: readonly string[]): Promise<void> {
    const { port } = SERVICES[name];
    await this.talk(about, client.name, () => client.call(port, lines), client.command(port));
  }

  /** The same of what a program says, whatever it is. Resolves when nothing of the connection is left on our side. */
  async talk(about: string, name: string, call: () => Promise<string>, command?: string): Promise<void> {
    this.number += 1;
    title(`${this.number}. ${about}`);
    if (command !== undefined) indented(`$ ${command}`);
    const printed = await call();
    await untilQuiet(this.stage.host.stack, { timeWait: true, limit: PATIENCE });
    process.stdout.write(`\n${this.words.printed(name)}\n`);
    indented(printed);
  }

  async states(): Promise<void> {
    const other = await this.stage.otherSide();
    if (other !== undefined) {
      title(this.words.otherSide(other.command));
      indented(other.answer);
      process.stdout.write(`${this.words.otherSideMeaning}\n`);
    }
    process.stdout.write(`${this.words.ourSide(this.stage.host.stack.tcp.connections().length)}\n`);
  }
}

function paragraph(text: string): void {
  process.stdout.write(`\n${wrap(text, lineWidth()).join('\n')}\n`);
}

function title(text: string): void {
  const lines = wrap(text, lineWidth()).join('\n');
  process.stdout.write(`\n${hasColour(process.stdout) ? `\u001b[1m${lines}\u001b[22m` : lines}\n`);
}

function indented(text: string): void {
  for (const line of text.trimEnd().split('\n')) process.stdout.write(`    ${line.trimEnd()}\n`);
}

function lineWidth(): number {
  return Math.min(columnsOf(process.stdout), 100);
}
