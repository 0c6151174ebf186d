import type { Command } from 'commander';
import { askAll } from '../../control/ask';
import type { NeighbourReport, StackReport } from '../../control/report';
import { count, seconds } from '../arguments';
import { say } from '../host';
import { hostOptions } from '../options';
import { askWho, type AskOptions } from './ask';

const EXAMPLES = `
Without an address it asks all processes of yours that run a synack who is in their
tables: ARP's, and NDP's for IPv6. With one it attaches to the link that the options
name, as a host of its own, and asks there.
Exit code: 0; with an address 1 when nobody has it, 2 when it could not be asked.

Examples:
  synack arp                               the tables of running synacks
  synack arp 10.9.0.1                      who has 10.9.0.1?
  synack arp --json | jq .mac`;

export function addArp(program: Command): void {
  const command = program
    .command('arp')
    .summary('show the neighbours of running synacks, or ask for one')
    .description("Shows the neighbour tables of this user's running synacks, or asks the wire who has an address.")
    .argument('[address]', 'whom to ask for, as arping does')
    .option('-c, --count <n>', 'ask so many times (default: 3)', count, 3)
    .option('-i, --interval <seconds>', 'time between questions (default: 1)', seconds, 1_000_000)
    .option('-4, --ipv4', 'IPv4 only')
    .option('-6, --ipv6', 'IPv6 only')
    .option('--json', 'one JSON object a line, see docs/commands.md');
  hostOptions(command)
    .addHelpText('after', EXAMPLES)
    .action(async (address: string | undefined, options: AskOptions) => {
      process.exitCode = address === undefined ? await list(options) : await askWho(address, options);
    });
}

/** A neighbour, and in whose table it is. */
interface OwnedNeighbour {
  readonly owner: Pick<StackReport, 'pid' | 'program'>;
  readonly neighbour: NeighbourReport;
}

async function list({ json, ipv4, ipv6 }: AskOptions): Promise<number> {
  const { reports, silent } = await askAll();
  for (const { path, reason } of silent) say(`${path}: ${reason}`);
  const all = reports
    .flatMap(({ pid, program, neighbours }) =>
      neighbours.map((neighbour): OwnedNeighbour => ({ owner: { pid, program }, neighbour })),
    )
    .filter(({ neighbour: { address } }) => !(ipv4 ?? ipv6) || (address.includes(':') ? ipv6 : ipv4));
  if (!json) process.stdout.write(formatNeighbours(all));
  else for (const { owner, neighbour } of all) process.stdout.write(`${JSON.stringify({ ...owner, ...neighbour })}\n`);
  return 0;
}

/** A table as `arp -n` and `ip neighbour` have it together. */
export function formatNeighbours(all: readonly OwnedNeighbour[]): string {
  const rows = [
    ['Address', 'HWaddress', 'State', 'Iface', 'Process'],
    ...all.map(({ owner, neighbour: { address, mac, state, interface: on } }) => [
      address,
      mac ?? '(incomplete)',
      state.toUpperCase(),
      on,
      `${owner.program},pid=${owner.pid}`,
    ]),
  ];
  const widths = [0, 1, 2, 3, 4].map((column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  const lines = rows.map((row) => row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join('  '));
  return lines.map((line) => `${line.trimEnd()}\n`).join('');
}
