import type { Command } from 'commander';
import type { Stack } from '../../node/stack';
import { between, port, seconds } from '../arguments';
import { Failure, NOT_ASKED } from '../failure';
import { openAsker, untilSignal } from '../host';
import { hostOptions, type HostOptions } from '../options';
import { nameOf, resolveTarget, type Target } from '../resolve';
import { icmpProber, tcpProber, udpProber, type Answered, type Prober } from './probers';
import { formatHop, Trace, type Hop } from './trace';

interface TracerouteOptions extends HostOptions {
  readonly icmp?: true;
  readonly tcp?: true;
  readonly port?: number;
  readonly first: number;
  readonly maxHops: number;
  readonly queries: number;
  readonly parallel: number;
  /** µs */
  readonly wait: number;
  readonly resolve?: true;
  readonly ipv4?: true;
  readonly ipv6?: true;
  readonly json?: true;
}

const HTTP = 80;

const EXAMPLES = `
Each hop is asked several times. * is no answer; !N, !H, !P: network, host or protocol
unreachable; !F: too big; !X: forbidden there; !<n>: "unreachable" with another code.
Exit code: 0 when the host was reached, 1 when it was not, 2 when it could not be asked.

Examples:
  synack traceroute 10.9.0.1
  synack traceroute --tcp -p 443 --resolve example.org
  synack traceroute --icmp --json 10.9.0.1`;

export function addTraceroute(program: Command): void {
  const command = program
    .command('traceroute')
    .summary('show the routers on the way to a host')
    .description('Shows the routers on the way to a host: sends packets that live for one hop, for two, …')
    .argument('<host>', 'address or name of the host')
    .option('-I, --icmp', 'with ICMP echo requests instead of UDP datagrams')
    .option('-T, --tcp', "with TCP's SYNs")
    .option('-p, --port <port>', 'where to: with UDP the first port (33434), with TCP the port (80)', port)
    .option('-f, --first <ttl>', 'the hop to begin with (default: 1)', between(1, 255), 1)
    .option('-m, --max-hops <ttl>', 'the last hop to ask (default: 30)', between(1, 255), 30)
    .option('-q, --queries <n>', 'packets for each hop (default: 3)', between(1, 10), 3)
    .option('-N, --parallel <n>', 'packets on their way at a time (default: 16)', between(1, 256), 16)
    .option('-w, --wait <seconds>', 'the most that an answer may take (default: 5)', seconds, 5_000_000)
    .option('--resolve', 'show names beside addresses')
    .option('-4, --ipv4', 'IPv4 only')
    .option('-6, --ipv6', 'IPv6 only')
    .option('--json', 'one JSON object a line, see docs/commands.md');
  hostOptions(command)
    .addHelpText('after', EXAMPLES)
    .action(async (name: string, options: TracerouteOptions) => {
      process.exitCode = await traceroute(name, options);
    });
}

async function traceroute(name: string, options: TracerouteOptions): Promise<number> {
  if (options.first > options.maxHops) throw new Failure('the first hop is beyond the last one', 2);
  const signal = untilSignal();
  const host = await openAsker(options);
  try {
    const target = await resolveTarget(host.stack, name, options.ipv6 ? 6 : options.ipv4 ? 4 : undefined);
    const run = new Run(host.stack, target, options, options.pcap === '-' ? process.stderr : process.stdout);
    const code = await Promise.race([run.untilDone(), signal]);
    run.close();
    return code;
  } catch (error) {
    throw error instanceof Failure ? new Failure(error.message, NOT_ASKED, { cause: error }) : error;
  } finally {
    await host.close();
  }
}

class Run {
  private readonly trace: Trace;
  private readonly prober: Prober;
  private timer: NodeJS.Timeout | undefined;
  private told = Promise.resolve();
  private hops = 0;
  private done: (result: { error?: unknown }) => void = () => undefined;

  constructor(
    private readonly stack: Stack,
    private readonly target: Target,
    private readonly options: TracerouteOptions,
    private readonly out: NodeJS.WriteStream,
  ) {
    const { first, maxHops: max, queries, parallel, wait, icmp, tcp, json } = options;
    this.trace = new Trace({ first, max, queries, parallel, wait });
    const answered: Answered = (probe, answer, time) => {
      // An answer comes from inside the stack's own work: what follows from it is sent when that is done.
      if (this.trace.answered(probe, answer, time)) setImmediate(this.goOn);
    };
    if (icmp) this.prober = icmpProber(stack, target, answered);
    else if (tcp) this.prober = tcpProber(stack, target, answered, options.port ?? HTTP);
    else this.prober = udpProber(stack, target, answered, options.port);
    if (json) return;
    const { name, address } = target;
    out.write(`traceroute to ${name} (${address}), ${max} hops max, ${this.prober.size} byte packets\n`);
  }

  /** Resolves with the exit code when all was told. */
  async untilDone(): Promise<number> {
    const { error } = await new Promise<{ error?: unknown }>((resolve) => {
      this.done = resolve;
      this.goOn();
    });
    this.close();
    await this.told;
    if (error !== undefined) throw error instanceof Error ? error : new Error('a probe failed', { cause: error });
    const { reached } = this.trace;
    const { name, address } = this.target;
    if (this.options.json) this.tell({ type: 'result', target: name, address, reached, hops: this.hops });
    return reached ? 0 : 1;
  }

  close(): void {
    clearTimeout(this.timer);
    this.prober.close();
    this.done = () => undefined;
  }

  private readonly goOn = (): void => {
    const { trace, stack } = this;
    try {
      trace.expire(stack.clock.now());
      for (let next = trace.next(); next !== undefined; next = trace.next()) {
        trace.sent(stack.clock.now());
        this.prober.send(next.probe, next.ttl);
      }
    } catch (error) {
      this.done({ error });
      return;
    }
    for (const hop of trace.known()) this.told = this.told.then(() => this.show(hop));
    clearTimeout(this.timer);
    if (trace.isDone) {
      this.done({});
      return;
    }
    const { wake } = trace;
    if (wake !== undefined) this.timer = setTimeout(this.goOn, Math.max(1, (wake - stack.clock.now()) / 1000));
  };

  private async show(hop: Hop): Promise<void> {
    this.hops = hop.ttl;
    const names = new Map<string, string>();
    if (this.options.resolve) {
      for (const { from } of hop.probes) {
        if (from === undefined || names.has(from)) continue;
        const name = await nameOf(this.stack, from);
        if (name !== undefined) names.set(from, name);
      }
    }
    if (!this.options.json) {
      const shown = (address: string): string => {
        const name = names.get(address);
        return name === undefined ? address : `${name} (${address})`;
      };
      this.out.write(`${formatHop(hop, shown)}\n`);
      return;
    }
    const probes = hop.probes.map(({ from, rtt, mark }) => ({
      from: from ?? null,
      name: (from === undefined ? undefined : names.get(from)) ?? null,
      rtt: rtt === undefined ? null : Math.round(rtt) / 1000,
      mark,
    }));
    this.tell({ type: 'hop', ttl: hop.ttl, probes });
  }

  private tell(object: Readonly<Record<string, unknown>>): void {
    this.out.write(`${JSON.stringify(object)}\n`);
  }
}
