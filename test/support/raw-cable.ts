import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { RawSocketLink } from '../../src/link/raw-socket';
import { Stack } from '../../src/node/stack';
import { until } from './lab-until';
import { whyNoTap } from './netns';
import { bash, OtherNamespace, outputOf } from './other-namespace';

/** For tests of raw sockets, in a scenario (netns.ts): the kernel at both ends of a cable; synack has the addresses of this end, too. */
export const OURS = '10.7.0.2';
export const PEER = '10.7.0.1';
export const OURS6 = 'fd07::2';
export const PEER6 = 'fd07::1';

/** Why no raw link can be tested here; undefined if it can. */
export function whyNoRaw(...programs: readonly string[]): string | undefined {
  const missing = ['nft', 'ip', ...programs].filter((program) => spawnSync('which', [program]).status !== 0);
  if (missing.length > 0) return `needs ${missing.join(', ')}: run scripts/setup.sh`;
  try {
    createRequire(__filename).resolve('raw-socket');
  } catch {
    return 'needs the npm package raw-socket';
  }
  return whyNoTap();
}

/** A cable between `eth0` here and `eth0` there, with addresses of both families. */
export async function rawCable(): Promise<OtherNamespace> {
  const there = await OtherNamespace.open();
  await there.cable('eth0', 'eth0');
  const own = (v4: string, v6: string): string =>
    `echo 0 >/proc/sys/net/ipv6/conf/eth0/disable_ipv6; ip address add ${v4}/24 dev eth0; ip address add ${v6}/64 dev eth0 nodad`;
  bash(own(OURS, OURS6));
  there.sh(own(PEER, PEER6));
  return there;
}

/** A stack on the link, with the link's addresses and ports. */
export function attachRaw(link: RawSocketLink): Stack {
  const { ephemeralPorts } = link;
  const stack = new Stack({ tcp: { ephemeralPorts }, udp: { ephemeralPorts } });
  stack.attach(link, { address: link.addresses });
  return stack;
}

/** Runs a command at the other end; `input` is all that it is told. */
export function runThere(there: OtherNamespace, command: string, input: string | Uint8Array = '') {
  const child = there.start('bash', ['-c', command]);
  child.stdin?.on('error', () => undefined).end(input);
  return outputOf(child);
}

/** The tables of raw links in this namespace. */
export function rawTables(): string[] {
  return bash('nft list tables').match(/synack_raw_\S+/g) ?? [];
}

/** What a capture holds. */
export interface Captured {
  /**
   * As tcpdump writes them: `10.7.0.2.80 > 10.7.0.1: R.`, without the port of the other end. Without those that follow from a FIN
   * sent again, as on a busy machine: its first ACK ends the connection, so the second is reset, by Linux, too.
   */
  readonly resets: readonly string[];
  /** Errors of ICMP. */
  readonly errors: number;
  readonly packets: number;
  /** Those that tshark finds malformed or cut off. */
  readonly malformed: number;
}

/** A capture of this end of the cable. */
export class RawCapture {
  private constructor(
    private readonly folder: string,
    private readonly tcpdump: ChildProcess,
  ) {}

  /** Resolves when it has begun. */
  static async start(): Promise<RawCapture> {
    const folder = mkdtempSync(join(tmpdir(), 'synack-raw-'));
    const args = ['-i', 'eth0', '-U', '--immediate-mode', '-B', '65536', '-w', join(folder, 'cable.pcap')];
    const tcpdump = spawn('tcpdump', args, { stdio: ['ignore', 'ignore', 'pipe'] });
    await once(tcpdump.stderr, 'data');
    return new RawCapture(folder, tcpdump);
  }

  async end(): Promise<Captured> {
    // Behind all that was sent so far; it is for another host, so that nobody answers.
    const last = 'that was all';
    bash(`ip neigh replace 10.7.0.99 lladdr 02:00:00:00:00:99 dev eth0; printf '${last}' >/dev/udp/10.7.0.99/9`);
    await until(
      () => 'tcpdump to have written all',
      () => readFileSync(join(this.folder, 'cable.pcap')).includes(last),
    );
    this.tcpdump.kill('SIGINT');
    await once(this.tcpdump, 'close');
    const shark = `tshark -n -r ${join(this.folder, 'cable.pcap')}`;
    const count = (filter: string): number => Number(bash(`${shark} -Y '${filter}' 2>/dev/null | wc -l`));
    const fields =
      '-T fields -e ip.src -e ipv6.src -e tcp.srcport -e ip.dst -e ipv6.dst -e tcp.flags.ack -e tcp.stream';
    const of = (flag: string): string[] =>
      bash(`${shark} -Y tcp.flags.${flag}==1 ${fields} 2>/dev/null`).split('\n').slice(0, -1);
    const fins = of('fin').map(senderAndStream);
    const captured = {
      resets: of('reset').flatMap((line) => {
        if (fins.filter((each) => each === senderAndStream(line)).length > 1) return [];
        const [src4 = '', src6 = '', port = '', dst4 = '', dst6 = '', ack = ''] = line.split('\t');
        return port === '' ? [] : [`${src4}${src6}.${port} > ${dst4}${dst6}: ${/1|True/.test(ack) ? 'R.' : 'R'}`];
      }),
      errors: count('icmp.type == 3 || icmpv6.type == 1'),
      packets: count('frame'),
      malformed: count('_ws.malformed || _ws.short'),
    };
    rmSync(this.folder, { recursive: true });
    return captured;
  }
}

function senderAndStream(line: string): string {
  const [src4 = '', src6 = '', port = '', , , , stream = ''] = line.split('\t');
  return `${src4}${src6}.${port} ${stream}`;
}
