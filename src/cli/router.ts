import type { Command } from 'commander';
import type { Stack } from '../stack';
import { seconds } from './arguments';
import { Failure } from './failure';
import { openHost, say, untilSignal } from './host';
import { hostOptions, type HostOptions } from './options';

interface RouterOptions extends HostOptions {
  /** µs */
  readonly interval: number;
  readonly json?: true;
}

const EXAMPLES = `
Every so often it shows what has gone through each link since the time before.

Examples:
  synack router --link tap:tap0,address=10.1.0.1/24 --link tap:tap1,address=10.2.0.1/24
  synack router --link tap:tap0,address=10.1.0.1/24 --link raw:eth0,masquerade`;

export function addRouter(program: Command): void {
  const command = program
    .command('router')
    .summary('pass packets on between links')
    .description('Passes packets on between its links, with masquerading (NAT) on those that ask for it.')
    .option('-i, --interval <seconds>', 'time between two looks at the counters (default: 5)', seconds, 5_000_000)
    .option('--json', 'one JSON object a line, see docs/commands.md');
  hostOptions(command)
    .addHelpText('after', EXAMPLES)
    .action(async (options: RouterOptions) => {
      process.exitCode = await route({ ...options, forward: true });
    });
}

async function route(options: RouterOptions): Promise<number> {
  if ((options.link?.length ?? 0) < 2) throw new Failure('a router is between links: name two or more with --link');
  const signal = untilSignal();
  const out = options.pcap === '-' ? process.stderr : process.stdout;
  const host = await openHost(options, { screen: process.stderr, program: 'synack router' });
  const { stack } = host;
  for (const { name, addresses } of wires(stack)) {
    say(`${name}: ${addresses.map(({ cidr }) => cidr).join(', ')}`);
  }
  const counts = new Counts();
  const timer = setInterval(() => {
    const rows = counts.since(stack);
    if (options.json) for (const row of rows) out.write(`${JSON.stringify(row)}\n`);
    else if (rows.some(({ in_packets: into, out_packets: outOf }) => into + outOf > 0)) out.write(formatCounts(rows));
  }, options.interval / 1000);
  try {
    return await signal;
  } finally {
    clearInterval(timer);
    await host.close();
  }
}

/** What went through a link in a while. */
export interface LinkCounts {
  readonly type: 'link';
  readonly link: string;
  readonly in_packets: number;
  readonly in_bytes: number;
  readonly in_drops: number;
  readonly out_packets: number;
  readonly out_bytes: number;
  readonly out_drops: number;
}

class Counts {
  private readonly before = new Map<string, LinkCounts>();

  /** What was counted since the last call. */
  since(stack: Stack): LinkCounts[] {
    return wires(stack).map(({ name: link, counters }) => {
      const now: LinkCounts = {
        type: 'link',
        link,
        in_packets: counters.inPackets,
        in_bytes: counters.inBytes,
        in_drops: counters.inDrops,
        out_packets: counters.outPackets,
        out_bytes: counters.outBytes,
        out_drops: counters.outDrops,
      };
      const before = this.before.get(link);
      this.before.set(link, now);
      return before === undefined ? now : difference(now, before);
    });
  }
}

function difference(now: LinkCounts, before: LinkCounts): LinkCounts {
  return {
    type: 'link',
    link: now.link,
    in_packets: now.in_packets - before.in_packets,
    in_bytes: now.in_bytes - before.in_bytes,
    in_drops: now.in_drops - before.in_drops,
    out_packets: now.out_packets - before.out_packets,
    out_bytes: now.out_bytes - before.out_bytes,
    out_drops: now.out_drops - before.out_drops,
  };
}

/** A line for each link. */
export function formatCounts(rows: readonly LinkCounts[]): string {
  const width = Math.max(...rows.map(({ link }) => link.length));
  return rows
    .map(
      (row) =>
        `${row.link.padEnd(width)}  in ${row.in_packets} (${row.in_bytes} bytes, ${row.in_drops} dropped)  ` +
        `out ${row.out_packets} (${row.out_bytes} bytes, ${row.out_drops} dropped)\n`,
    )
    .join('');
}

function wires(stack: Stack): Stack['ip']['interfaces'] {
  return stack.ip.interfaces.filter(({ loopback }) => !loopback);
}
