import { once } from 'node:events';
import { closeSync, constants, createWriteStream, openSync } from 'node:fs';
import { pipeline } from 'node:stream/promises';
import { Option, type Command } from 'commander';
import { LANGUAGES } from '../inspect';
import { capturables, takeCapture, type Capturable } from './capture-client';
import { Failure, codeOf } from './failure';

interface ExtcapOptions {
  readonly extcapInterfaces?: true;
  readonly extcapDlts?: true;
  readonly extcapConfig?: true;
  readonly extcapInterface?: string;
  readonly extcapCaptureFilter?: string;
  readonly capture?: true;
  readonly fifo?: string;
  readonly comments: 'true' | 'false';
  readonly lang: string;
}

/** Wireshark is told what a packet begins with, but reads it from the capture itself. */
const DLT = 'dlt {number=1}{name=EN10MB}{display=as the link has it}';

/** One link of a running synack, as Wireshark's list has it. */
interface Entry {
  readonly name: string;
  readonly display: string;
  readonly path: string;
  readonly link: string;
}

/** Wireshark's extcap protocol: programs in a folder of its own give it interfaces. Not for people, so it is not in the list of commands. */
export function addExtcap(program: Command): void {
  program
    .command('extcap', { hidden: true })
    .summary('what Wireshark asks us: which links there are, and what passes')
    .description("Speaks Wireshark's extcap protocol. synack wireshark --install puts it where Wireshark looks.")
    .option('--extcap-interfaces', 'list the links of running synacks')
    .option('--extcap-version [version]', "Wireshark's version")
    .option('--extcap-interface <name>', 'one of them')
    .option('--extcap-dlts', 'what its packets begin with')
    .option('--extcap-config', 'its options')
    .option('--extcap-capture-filter <filter>', 'not heeded: filter what is shown')
    .option('--capture', 'capture it')
    .option('--fifo <file>', 'where to')
    .addOption(new Option('--comments <yes>', 'say what each packet meant').choices(['true', 'false']).default('true'))
    .addOption(new Option('--lang <language>', 'of the comments').choices(Object.keys(LANGUAGES)).default('en'))
    .allowUnknownOption()
    .action(async (options: ExtcapOptions) => {
      if (options.capture) return capture(options);
      process.stdout.write(await answer(options));
    });
}

async function answer(options: ExtcapOptions): Promise<string> {
  if (options.extcapInterfaces) {
    const lines = entries(await capturables()).map(
      ({ name, display }) => `interface {value=${name}}{display=${display}}`,
    );
    return ['extcap {version=1.0}{display=synack}', ...lines, ''].join('\n');
  }
  if (options.extcapDlts) return `${DLT}\n`;
  if (options.extcapConfig) return CONFIG;
  // It asks whether this is one: whatever is answered says what is wrong with it.
  if (options.extcapCaptureFilter !== undefined) return 'everything is captured: filter what is shown\n';
  throw new Failure('Wireshark asks this program; for people there is: synack wireshark --help');
}

const CONFIG = [
  'arg {number=0}{call=--comments}{display=Comments}{type=selector}{tooltip=What each packet meant to synack}',
  'value {arg=0}{value=true}{display=on every packet}{default=true}',
  'value {arg=0}{value=false}{display=none}{default=false}',
  'arg {number=1}{call=--lang}{display=Language}{type=selector}{tooltip=Of the comments}',
  'value {arg=1}{value=en}{display=English}{default=true}',
  'value {arg=1}{value=ko}{display=한국어}{default=false}',
  '',
].join('\n');

/** Names that begin with their process, since a link's name is there in each of them. */
function entries(found: readonly Capturable[]): Entry[] {
  return found.flatMap(({ pid, program, links, path }) => {
    const owner = path.replace(/^.*\/|\.pcap$/g, '');
    return links.map((link) => ({
      name: `synack-${owner}-${link}`.replace(/[^\w.-]/g, '_'),
      display: `${program} (${pid}): ${link}`.replace(/[{}\n]/g, ' '),
      path,
      link,
    }));
  });
}

async function capture({ extcapInterface, fifo, comments, lang }: ExtcapOptions): Promise<void> {
  if (extcapInterface === undefined || fifo === undefined)
    throw new Failure('--capture needs --extcap-interface and --fifo');
  const entry = entries(await capturables()).find(({ name }) => name === extcapInterface);
  if (entry === undefined) throw new Failure(`${extcapInterface} is not there any more: its synack has ended`);
  const socket = await takeCapture(entry.path, { link: entry.link, comments: comments === 'true', lang });
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => socket.destroy());
  await pump(socket, fifo);
}

/**
 * Passes a capture on into a pipe with a name, until either end has had enough. To open the pipe waits for its reader; that ends, too, when
 * `socket` is destroyed.
 */
export async function pump(socket: Awaited<ReturnType<typeof takeCapture>>, fifo: string): Promise<void> {
  const out = createWriteStream(fifo);
  let reader: number | undefined;
  const beReader = (): void => {
    reader = openReader(fifo);
  };
  socket.once('close', beReader);
  try {
    await once(out, 'open');
    if (reader === undefined) await pipeline(socket, out);
  } catch (error) {
    const code = codeOf(error);
    if (code !== 'EPIPE' && code !== 'ERR_STREAM_PREMATURE_CLOSE') throw error;
  } finally {
    socket.off('close', beReader);
    out.destroy();
    if (reader !== undefined) closeSync(reader);
  }
}

/** Whoever waits for a reader of the pipe, or comes to, waits no longer. */
function openReader(fifo: string): number | undefined {
  try {
    return openSync(fifo, constants.O_RDONLY | constants.O_NONBLOCK);
  } catch {
    // The pipe itself is gone.
    return undefined;
  }
}
