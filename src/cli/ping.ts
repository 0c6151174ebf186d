import type { Command } from 'commander';
import { parseIpv4Address } from '../wire/address';
import { address, count, seconds } from './arguments';
import { Failure, reasonOf } from './failure';
import { openHost, untilSignal } from './host';
import { hostOptions, type HostOptions } from './options';

interface PingOptions extends HostOptions {
  readonly count?: number;
  /** µs */
  readonly interval: number;
}

/** Bytes behind the ICMP header, as `ping` has them. */
const DATA = new Uint8Array(56).map((_, index) => index);
/** ms after the last request until we give up on its answer. */
const PATIENCE = 4000;

const EXAMPLES = `
Exit code: 0 when an answer came, 1 when none did.

Examples:
  synack ping 10.9.0.1
  synack ping -c 3 -i 0.2 --watch 10.9.0.1`;

export function addPing(program: Command): void {
  const command = program
    .command('ping')
    .summary('ask a host whether it is there')
    .description('Sends ICMP echo requests to a host and shows its answers.')
    .argument('<address>', 'IPv4 address of the host', address)
    .option('-c, --count <n>', 'stop after so many requests; default: go on until Ctrl-C', count)
    .option('-i, --interval <seconds>', 'time between requests (default: 1)', seconds, 1_000_000);
  hostOptions(command)
    .addHelpText('after', EXAMPLES)
    .action(async (target: string, options: PingOptions) => {
      process.exitCode = await ping(target, options);
    });
}

async function ping(target: string, options: PingOptions): Promise<number> {
  const out = options.pcap === '-' ? process.stderr : process.stdout;
  const signal = untilSignal();
  const host = openHost(options, { screen: process.stderr });
  try {
    const { ip, clock } = host.stack;
    const path = ip.path(parseIpv4Address(target) ?? 0);
    if (typeof path === 'string') throw new Failure(`cannot ping ${target}: ${reasonOf(path)}`);
    const sentAt = new Map<number, number>();
    const times: number[] = [];
    let complete = (): void => undefined;
    const answered = new Promise<void>((resolve) => (complete = resolve));
    const ping = ip.ping({
      reply: ({ address: from, sequence, data, ttl, time }) => {
        const sent = sentAt.get(sequence);
        if (sent === undefined) return;
        const took = (time - sent) / 1000;
        times.push(took);
        out.write(
          `${data.length + 8} bytes from ${from}: icmp_seq=${sequence} ttl=${ttl} time=${took.toFixed(3)} ms\n`,
        );
        if (times.length === options.count) complete();
      },
      error: ({ from, kind }, sequence) => {
        out.write(`From ${from}: icmp_seq=${sequence} ${kind.replaceAll('-', ' ')}\n`);
      },
    });
    if (typeof ping === 'string') throw new Failure(`cannot ping ${target}: ${reasonOf(ping)}`);

    out.write(`PING ${target} from ${host.address}: ${DATA.length} bytes of data\n`);
    let sequence = 0;
    const send = (): void => {
      sequence += 1;
      sentAt.set(sequence & 0xffff, clock.now());
      sentAt.delete((sequence - 1024) & 0xffff);
      ping.send(path, { sequence: sequence & 0xffff, data: DATA });
    };
    const sentAll = new Promise<void>((resolve) => {
      send();
      const timer = setInterval(() => {
        if (sequence === options.count) {
          clearInterval(timer);
          resolve();
        } else send();
      }, options.interval / 1000);
      void signal.then(() => {
        clearInterval(timer);
      });
    });
    const late = sentAll.then(() => new Promise<void>((resolve) => setTimeout(resolve, PATIENCE).unref()));
    await Promise.race([answered, late, signal]);
    summarize(out, target, sequence, times);
    return times.length > 0 ? 0 : 1;
  } finally {
    await host.close();
  }
}

function summarize(out: NodeJS.WriteStream, target: string, sent: number, times: readonly number[]): void {
  const lost = ((100 * (sent - times.length)) / sent).toFixed(0);
  out.write(`\n--- ${target} ---\n${sent} sent, ${times.length} answered, ${lost} % lost\n`);
  if (times.length === 0) return;
  const average = times.reduce((sum, time) => sum + time, 0) / times.length;
  const figures = [Math.min(...times), average, Math.max(...times)].map((time) => time.toFixed(3));
  out.write(`round trip min/avg/max = ${figures.join('/')} ms\n`);
}
