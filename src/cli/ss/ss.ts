import type { Command } from 'commander';
import { askAll, type Answers } from '../../control/ask';
import type { SocketReport, SocketState } from '../../control/report';
import { say } from '../host';
import { parseFilter, type Filters } from './filter';
import { formatSockets, type OwnedSocket } from './format';

interface SsOptions {
  readonly tcp?: true;
  readonly udp?: true;
  readonly listening?: true;
  readonly all?: true;
  readonly info?: true;
  readonly options?: true;
  readonly ipv4?: true;
  readonly ipv6?: true;
  readonly header: boolean;
  readonly json?: true;
}

const EXAMPLES = `
A stack lives in its process: this asks all processes of yours that run one (synack
serve, nc, run, router, and programs that call offerStatus). As with ss, connections are
shown, those in TIME-WAIT and SYN-RECV left out; listeners with -l, everything with -a.

Filters, as ss has them:
  state STATE, exclude STATE   established, syn-sent, time-wait, listening, connected, all, …
  sport, dport = :PORT         also !=, <, >, <=, >=
  src, dst ADDRESS[/N][:PORT]
  and, or, not, ( )

Exit code: 0, also when there is nothing to show.

Examples:
  synack ss -ti                            connections, and TCP's inside of each
  synack ss -tln                           who listens
  synack ss -a sport = :7 or dport = :7
  synack ss --json state all | jq .tcp.cwnd`;

export function addSs(program: Command): void {
  program
    .command('ss')
    .summary('list the sockets of running synacks')
    .description(
      "Lists the connections, listeners and UDP sockets of this user's running synacks, as ss does the kernel's.",
    )
    .usage('[options] [filter]')
    .argument('[filter...]', 'which ones')
    .option('-t, --tcp', 'TCP only')
    .option('-u, --udp', 'UDP only')
    .option('-l, --listening', 'who waits to be called')
    .option('-a, --all', 'sockets in every state')
    .option('-i, --info', "TCP's inside: round-trip times, windows, counters")
    .option('-o, --options', 'the timers')
    .option('-n, --numeric', 'no names for addresses and ports (it never shows any)')
    .option('-p, --processes', 'whose they are (it always shows it)')
    .option('-4, --ipv4', 'IPv4 only')
    .option('-6, --ipv6', 'IPv6 only')
    .option('-H, --no-header', 'no line with the names of the columns')
    .option('--json', 'one JSON object a line, see docs/commands.md')
    .addHelpText('after', EXAMPLES)
    .action(async (words: string[], options: SsOptions) => {
      const filters = parseFilter(words);
      const { reports, silent }: Answers = await askAll();
      for (const { path, reason } of silent) say(`${path}: ${reason}`);
      const sockets = reports
        .flatMap(({ pid, program: name, sockets: all }) =>
          all.map((socket): OwnedSocket => ({ owner: { pid, program: name }, socket })),
        )
        .filter(({ socket }) => isWanted(socket, options, filters));
      if (options.json) {
        for (const { owner, socket } of sockets) process.stdout.write(`${JSON.stringify({ ...owner, ...socket })}\n`);
      } else {
        const format = { info: options.info ?? false, timers: options.options ?? false, header: options.header };
        process.stdout.write(formatSockets(sockets, format));
      }
      for (const { pid, omitted } of reports) if (omitted > 0) say(`process ${pid} has ${omitted} more sockets`);
    });
}

/** States that are shown when nothing is said of states. */
const USUAL: readonly SocketState[] = [
  'ESTAB',
  'SYN-SENT',
  'FIN-WAIT-1',
  'FIN-WAIT-2',
  'CLOSE-WAIT',
  'LAST-ACK',
  'CLOSING',
];

function isWanted(socket: SocketReport, options: SsOptions, { states, matches }: Filters): boolean {
  const { netid, state, local } = socket;
  if ((options.tcp ?? options.udp) && !options[netid]) return false;
  const isIpv6 = local.address.includes(':');
  if ((options.ipv4 ?? options.ipv6) && !(isIpv6 ? options.ipv6 : options.ipv4)) return false;
  return isWantedState(state, options, states) && matches(socket);
}

function isWantedState(
  state: SocketState,
  { listening, all }: SsOptions,
  states: ReadonlySet<SocketState> | undefined,
): boolean {
  if (states !== undefined) return states.has(state);
  if (all) return true;
  if (listening) return state === 'LISTEN' || state === 'UNCONN';
  return USUAL.includes(state);
}
