import type { Command } from 'commander';
import { between, count, seconds } from '../arguments';
import { Failure, NOT_ASKED, reasonOf } from '../failure';
import { openAsker, untilSignal, type Host } from '../host';
import { hostOptions, type HostOptions } from '../options';
import { resolveTarget, type Target } from '../resolve';
import { formatSummary, formatTime, PingStatistics } from './statistics';
import { errorWords } from './words';

interface PingOptions extends HostOptions {
  readonly count?: number;
  /** µs */
  readonly interval: number;
  /** Bytes behind the ICMP header. */
  readonly size: number;
  readonly ttl?: number;
  /** µs after which it ends in any case. */
  readonly deadline?: number;
  /** µs that the last answer may take. */
  readonly timeout: number;
  readonly broadcast?: true;
  readonly quiet?: true;
  readonly ipv4?: true;
  readonly ipv6?: true;
  readonly json?: true;
}

const ICMP_HEADER = 8;
/** The largest data that an IP packet holds. */
const MOST_DATA = 65_507;

const EXAMPLES = `
Exit code: 0 when an answer came, 1 when none did (with -c and -w: when fewer came than
were asked for), 2 when it could not be asked.

Examples:
  synack ping 10.9.0.1
  synack ping -c 3 -i 0.2 --watch 10.9.0.1
  synack ping -c 1 --json 10.9.0.1 | jq .time`;

export function addPing(program: Command): void {
  addCommand(program, 'ping', 'ask a host whether it is there', {});
  addCommand(program, 'ping6', 'the same over IPv6', { ipv6: true });
}

function addCommand(program: Command, name: string, summary: string, preset: Partial<PingOptions>): void {
  const command = program
    .command(name)
    .summary(summary)
    .description('Sends ICMP echo requests to a host and shows its answers, as the ping of iputils does.')
    .argument('<host>', `${preset.ipv6 ? 'IPv6' : 'IPv4 or IPv6'} address or name of the host`)
    .option('-c, --count <n>', 'stop after so many requests; default: go on until Ctrl-C', count)
    .option('-i, --interval <seconds>', 'time between requests (default: 1)', seconds, 1_000_000)
    .option('-s, --size <bytes>', 'data in each request (default: 56)', between(0, MOST_DATA), 56)
    .option('-t, --ttl <n>', 'time to live, or hop limit', between(1, 255))
    .option('-w, --deadline <seconds>', 'stop after this time, whatever has come', seconds)
    .option('-W, --timeout <seconds>', 'how long to wait for the last answer (default: 4)', seconds, 4_000_000)
    .option('-b, --broadcast', 'the address is a broadcast address, and is meant')
    .option('-q, --quiet', 'only the summary');
  if (!preset.ipv6) command.option('-4, --ipv4', 'IPv4 only').option('-6, --ipv6', 'IPv6 only');
  command.option('--json', 'one JSON object a line, see docs/commands.md');
  hostOptions(command)
    .addHelpText('after', EXAMPLES.replaceAll('synack ping', `synack ${name}`))
    .action(async (target: string, options: PingOptions) => {
      process.exitCode = await ping(target, { ...options, ...preset });
    });
}

async function ping(name: string, options: PingOptions): Promise<number> {
  const signal = untilSignal();
  const host = await openAsker(options);
  try {
    const target = await resolveTarget(host.stack, name, options.ipv6 ? 6 : options.ipv4 ? 4 : undefined);
    const { ip } = host.stack;
    if (ip.isBroadcast(target.number) && !options.broadcast) {
      throw new Failure(`${name} is a broadcast address: everybody there would answer. If that is meant, say -b`, 2);
    }
    const run = new PingRun(host, target, options);
    await run.untilDone(signal);
    return run.end();
  } catch (error) {
    // What could not be asked is told apart from who did not answer.
    throw error instanceof Failure ? new Failure(error.message, NOT_ASKED, { cause: error }) : error;
  } finally {
    await host.close();
  }
}

/** Requests to one host, and what comes of them. */
class PingRun {
  private readonly statistics = new PingStatistics();
  private readonly data: Uint8Array;
  private readonly out: NodeJS.WriteStream;
  private readonly path;
  private readonly pinger;
  /** Bytes of the IP packet. */
  private readonly packet: number;
  private sequence = 0;
  private complete: () => void = () => undefined;

  /** @throws Failure when there is no way to the host */
  constructor(
    private readonly host: Host,
    private readonly target: Target,
    private readonly options: PingOptions,
  ) {
    const { ip } = host.stack;
    this.out = options.pcap === '-' ? process.stderr : process.stdout;
    this.data = new Uint8Array(options.size).map((_, index) => index);
    const path = ip.path(target.number);
    if (typeof path === 'string') throw new Failure(`cannot ping ${target.name}: ${reasonOf(path)}`);
    const pinger = ip.ping({
      reply: ({ address, sequence, data, ttl, time }) => {
        this.replied(address, sequence, data.length, ttl, time);
      },
      error: (report, sequence) => {
        this.failed(report.from, sequence, errorWords(report), report);
      },
    });
    if (typeof pinger === 'string') throw new Failure(`cannot ping ${target.name}: ${reasonOf(pinger)}`);
    this.path = path;
    this.pinger = pinger;
    this.packet = options.size + ICMP_HEADER + (typeof target.number === 'bigint' ? 40 : 20);
    this.say(`PING ${target.name} (${target.address}) ${options.size}(${this.packet}) bytes of data.`);
  }

  /** Sends until there are enough, or time is up, or a signal comes. */
  async untilDone(signal: Promise<number>): Promise<void> {
    const { interval, deadline, count: wanted, timeout } = this.options;
    const ends: NodeJS.Timeout[] = [];
    const after = (time: number): Promise<void> =>
      new Promise((resolve) => ends.push(setTimeout(resolve, time / 1000)));
    const answered = new Promise<void>((resolve) => (this.complete = resolve));
    const sentAll = new Promise<void>((resolve) => {
      this.send();
      const timer = setInterval(() => {
        // With a deadline it is answers that are counted.
        if (this.sequence !== wanted || deadline !== undefined) {
          this.send();
          return;
        }
        clearInterval(timer);
        resolve();
      }, interval / 1000);
      ends.push(timer);
    });
    const late = sentAll.then(() => {
      const { longest, received } = this.statistics;
      return after(received > 0 ? Math.min(timeout, Math.max(2 * longest, 1_000_000)) : timeout);
    });
    await Promise.race([answered, late, signal, ...(deadline === undefined ? [] : [after(deadline)])]);
    for (const timer of ends) clearTimeout(timer);
  }

  /** Tells what it came to; the exit code. */
  end(): number {
    this.pinger.close();
    const summary = this.statistics.summary();
    const { name, address } = this.target;
    if (this.options.json) this.tell({ type: 'statistics', target: name, address, ...summary });
    else this.out.write(formatSummary(name, summary));
    const { count: wanted, deadline } = this.options;
    const enough = wanted !== undefined && deadline !== undefined ? wanted : 1;
    return summary.received >= enough ? 0 : 1;
  }

  private send(): void {
    const { ttl } = this.options;
    this.sequence += 1;
    const sequence = this.sequence & 0xffff;
    this.statistics.sent(sequence, this.host.stack.clock.now());
    const taken = this.pinger.send(this.path, { sequence, data: this.data, ...(ttl !== undefined && { ttl }) });
    if (taken) return;
    const reason =
      this.packet > this.path.mtu ? `message too long, mtu: ${this.path.mtu}` : 'the link has no room for it';
    this.failed(this.host.address, sequence, `local error: ${reason}`, { kind: 'local', code: 0 });
  }

  private replied(from: string, sequence: number, length: number, ttl: number, time: number): void {
    const answer = this.statistics.replied(sequence, time);
    if (answer === undefined) return;
    const { took, duplicate } = answer;
    const bytes = length + ICMP_HEADER;
    if (this.options.json) {
      this.tell({ type: 'reply', seq: sequence, from, bytes, ttl, time: Math.round(took) / 1000, duplicate });
    } else {
      const words = `icmp_seq=${sequence} ttl=${ttl} time=${formatTime(took)} ms`;
      this.say(`${bytes} bytes from ${from}: ${words}${duplicate ? ' (DUP!)' : ''}`);
    }
    this.checkIfDone();
  }

  private failed(from: string, sequence: number, words: string, { kind, code }: { kind: string; code: number }): void {
    this.statistics.failed(this.host.stack.clock.now());
    if (this.options.json) this.tell({ type: 'error', seq: sequence, from, kind, code, text: words });
    else this.say(`From ${from} icmp_seq=${sequence} ${words}`);
    this.checkIfDone();
  }

  private checkIfDone(): void {
    const { received, errors } = this.statistics;
    if (received + errors >= (this.options.count ?? Infinity)) this.complete();
  }

  private say(line: string): void {
    if (!this.options.quiet && !this.options.json) this.out.write(`${line}\n`);
    else if (this.options.quiet && !this.options.json && line.startsWith('PING')) this.out.write(`${line}\n`);
  }

  private tell(object: Readonly<Record<string, unknown>>): void {
    if (this.options.quiet && object['type'] !== 'statistics') return;
    this.out.write(`${JSON.stringify(object)}\n`);
  }
}
