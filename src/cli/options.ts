import { InvalidArgumentError, Option, type Command } from 'commander';
import { isLang, LANGUAGES, langOfLocale, type Lang } from '../inspect';
import type { LinkNotation } from '../link/notation';
import { OFFLOADS, type TapOptions } from '../link/tap';
import { address, anyOrPort, impairment, interfaceAddress, link, seconds, several, type Impairment } from './arguments';

/** How to watch. */
export type Watch = 'ladder' | 'log';

/** What all commands that show something can be told. */
export interface ShowOptions {
  readonly lang: Lang;
  readonly ascii: boolean;
}

/** What all commands that put a synack on a wire can be told. */
export interface HostOptions extends ShowOptions {
  readonly link?: readonly LinkNotation[];
  /** As `link` with this TAP device. */
  readonly tap?: string | undefined;
  readonly offload?: TapOptions['offload'];
  /** Of the one link that has none of its own. */
  readonly address?: readonly string[];
  readonly gateway?: readonly string[];
  /** Pass packets on between the links. */
  readonly forward?: true;
  /** Name servers. */
  readonly dns?: readonly string[];
  /** µs */
  readonly msl?: number;
  readonly impair?: Impairment;
  readonly pcap?: string;
  /** A file for the secrets of TLS; `false`: they are not in the capture either. */
  readonly keylog?: string | false;
  readonly watch?: Watch;
  /** Serve the inspector's page on loopback: at this port, or `true`: at the default one. */
  readonly inspect?: number | true;
  /** The same over the stack itself. */
  readonly inspectSelf?: number | true;
  /** `false`: no socket at which others can read what the stack has. */
  readonly status?: boolean;
}

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
    .addOption(
      new Option(
        '--link <link>',
        'what to attach to, and again for more: tap:tap0, tun:tun0, raw:eth0, pcap:eth0, … with settings behind commas ' +
          '(docs/links.md); default: $SYNACK_LINK, or the lab’s tap:tap0',
      ).argParser(several(link)),
    )
    .addOption(new Option('--tap <name>', 'as --link tap:<name>; default: $SYNACK_TAP').conflicts('link'))
    .addOption(
      new Option(
        '--offload <who>',
        'who cuts and joins segments: kernel (64 KiB pass whole), software, or none (each as on a wire)',
      ).choices(OFFLOADS),
    )
    .addOption(
      new Option(
        '--address <address/prefix>',
        'our address and its network, and again for more; or dhcp, auto (SLAAC), link-local; ' +
          'default: $SYNACK_ADDRESS, or 10.9.0.2/24 on a TAP or TUN; on raw: the kernel’s own',
      ).argParser(several(interfaceAddress)),
    )
    .addOption(
      new Option('--gateway <address>', 'router to all other networks, one for each of IPv4 and IPv6').argParser(
        several(address),
      ),
    )
    .option('--forward', 'pass packets on between the links, as a router')
    .addOption(
      new Option('--dns <server>', 'a name server, and again for more; default: those of /etc/resolv.conf').argParser(
        several(address),
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
    .addOption(
      new Option(
        '--inspect [port]',
        'a web page that shows every connection live, on 127.0.0.1; default: 9293 or the next free one (docs/inspect.md)',
      ).argParser(anyOrPort),
    )
    .addOption(
      new Option(
        '--inspect-self [port]',
        'the same page, served by synack itself at its own address: who reaches that and has the token in the URL sees all',
      ).argParser(anyOrPort),
    )
    .addOption(langOption())
    .addOption(asciiOption())
    .option('--pcap <file>', 'write a capture for Wireshark, with the secrets of TLS in it; - is standard output')
    .option('--keylog <file>', 'add the secrets of TLS to a text file, as $SSLKEYLOGFILE has them')
    .option('--no-keylog', 'leave the secrets of TLS out of the capture: nobody can read what was encrypted')
    .option('--no-status', 'do not let synack ss, synack arp and synack inspect see this stack');
}

/** The program of `synack run`; what stands behind it is the program's own. */
const PROGRAM = /\.[cm]?[jt]sx?$/;

/**
 * `--watch` alone means the ladder, and `--inspect` alone any free port: the word behind them is never their value, but for a number
 * behind `--inspect`. That is one of its own to nc, whose operands are numbers, too.
 */
export function explicitOptions(args: readonly string[]): string[] {
  const [command] = args;
  const ends = [args.indexOf('--'), command === 'run' ? args.findIndex((arg) => PROGRAM.test(arg)) : -1];
  const end = Math.min(...ends.map((each) => (each === -1 ? args.length : each)));
  return args.map((arg, index) => {
    if (index >= end) return arg;
    if (arg === '--watch') return '--watch=ladder';
    if (arg !== '--inspect' && arg !== '--inspect-self') return arg;
    return command !== 'nc' && /^\d+$/.test(args[index + 1] ?? '') ? arg : `${arg}=any`;
  });
}
