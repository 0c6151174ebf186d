import { InvalidArgumentError, Option, type Command } from 'commander';
import { isLang, LANGUAGES, langOfLocale, type Lang } from '../inspect';
import { OFFLOADS, type TapOptions } from '../link/tap';
import { addressWithPrefix, address, impairment, seconds, type Impairment } from './arguments';

/** How to watch. */
export type Watch = 'ladder' | 'log';

/** What all commands that show something can be told. */
export interface ShowOptions {
  readonly lang: Lang;
  readonly ascii: boolean;
}

/** What all commands that put a synack on a wire can be told. */
export interface HostOptions extends ShowOptions {
  readonly tap: string | undefined;
  readonly offload?: TapOptions['offload'];
  readonly address: string;
  readonly gateway?: string;
  /** Name servers. */
  readonly dns?: readonly string[];
  /** µs */
  readonly msl?: number;
  readonly impair?: Impairment;
  readonly pcap?: string;
  /** A file for the secrets of TLS; `false`: they are not in the capture either. */
  readonly keylog?: string | false;
  readonly watch?: Watch;
}

/** The address that synack takes when nothing else is said: the lab's. */
const DEFAULT_ADDRESS = '10.9.0.2/24';

const { env } = process;
const locale = env['LC_ALL'] ?? env['LC_MESSAGES'] ?? env['LANG'];

export function langOption(): Option {
  const fallback = langOfLocale(locale);
  return new Option('--lang <language>', 'language of what is shown: en or ko')
    .default(fallback, `from $LANG: ${fallback}`)
    .argParser((text) => {
      if (isLang(text)) return text;
      throw new InvalidArgumentError(`There are ${Object.keys(LANGUAGES).join(' and ')}.`);
    });
}

export function asciiOption(): Option {
  return new Option('--ascii', 'draw with ASCII characters only').default(env['TERM'] === 'dumb', 'on a dumb terminal');
}

/** Adds the options that `HostOptions` holds. */
export function hostOptions(command: Command): Command {
  return command
    .optionsGroup('The wire:')
    .addOption(new Option('--tap <name>', 'TAP device to attach to').env('SYNACK_TAP'))
    .addOption(
      new Option(
        '--offload <who>',
        'who cuts and joins segments: kernel (64 KiB pass whole), software, or none (each as on a wire)',
      ).choices(OFFLOADS),
    )
    .addOption(
      new Option('--address <address/prefix>', 'our address and its network')
        .env('SYNACK_ADDRESS')
        .default(DEFAULT_ADDRESS)
        .argParser(addressWithPrefix),
    )
    .addOption(new Option('--gateway <address>', 'router to all other networks').argParser(address))
    .addOption(
      new Option('--dns <server>', 'a name server, and again for more; default: those of /etc/resolv.conf').argParser(
        (server: string, before: readonly string[] | undefined) => [...(before ?? []), address(server)],
      ),
    )
    .addOption(
      new Option(
        '--impair <what>',
        'be a bad network: loss=10%,delay=20ms,seed=1; there are also jitter, reorder, duplicate, corrupt, mark and rate',
      ).argParser(impairment),
    )
    .addOption(new Option('--msl <seconds>', 'maximum segment lifetime; TIME-WAIT lasts two').argParser(seconds))
    .optionsGroup('What you see:')
    .addOption(
      new Option('--watch [how]', 'show every segment as a ladder, or --watch=log in a line').argParser(
        (how: string): Watch => {
          if (how === 'ladder' || how === 'log') return how;
          throw new InvalidArgumentError('There are ladder and log.');
        },
      ),
    )
    .addOption(langOption())
    .addOption(asciiOption())
    .option('--pcap <file>', 'write a capture for Wireshark, with the secrets of TLS in it; - is standard output')
    .option('--keylog <file>', 'add the secrets of TLS to a text file, as $SSLKEYLOGFILE has them')
    .option('--no-keylog', 'leave the secrets of TLS out of the capture: nobody can read what was encrypted');
}

/** `--watch` alone means the ladder; the word behind it is never its value. */
export function explicitWatch(args: readonly string[]): string[] {
  const end = args.indexOf('--');
  return args.map((arg, index) => (arg === '--watch' && (end === -1 || index < end) ? '--watch=ladder' : arg));
}
