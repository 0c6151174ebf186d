import { spawn, spawnSync } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import type { Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { Stack } from '../../src';
import { LinkError } from '../../src/link/errors';
import { PcapLink, type PcapOptions } from '../../src/link/pcap';
import { bash, OtherNamespace, outputOf } from '../support/other-namespace';
import { dissectFile } from '../support/lab-capture';
import { until } from '../support/lab-until';
import { quiet } from '../support/quiet';
import { REGISTER } from '../support/typescript';

const OUR_MAC = '02:00:5e:10:00:02';
const KERNEL = '10.9.0.1';
const OURS = '10.9.0.2';

interface Wire {
  readonly there: OtherNamespace;
  readonly link: PcapLink;
}

/** The kernel of another namespace at the other end of a cable, with an address, and a link at this end, which has none. */
async function wire(options: PcapOptions = {}): Promise<Wire> {
  const there = await OtherNamespace.open();
  await there.cable('eth0', 'eth0');
  there.sh(`ip address add ${KERNEL}/24 dev eth0; ip neigh replace ${OURS} lladdr ${OUR_MAC} dev eth0`);
  return { there, link: PcapLink.open('eth0', { mac: OUR_MAC, ...options }) };
}

function attach({ link }: Wire): Stack {
  const stack = new Stack();
  stack.attach(link, { address: `${OURS}/24`, mac: link.mac });
  return stack;
}

function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}

/** nc, curl and ping of the kernel's, with a stack in both roles. `offload`: the kernel's end cuts and joins segments. */
export async function kernelPeers(offload: 'on' | 'off') {
  const both = await wire();
  const { there, link } = both;
  const stack = attach(both);
  there.sh('ip neigh flush dev eth0');
  const features = `ethtool -K eth0 tso ${offload} gso ${offload} gro ${offload} tx ${offload}`;
  there.sh(features);
  bash(features);
  const bytes = randomBytes(5_000_000);
  stack.net.createServer((socket) => socket.pipe(socket)).listen(7);
  stack.http.createServer((_, response) => response.end('hello\n')).listen(80);
  const pinged = await outputOf(there.start('ping', ['-c', '3', '-i', '0.01', OURS]));
  const fetched = await outputOf(there.start('curl', ['-s', `http://${OURS}/`]));
  const echo = there.start('nc', ['-N', OURS, '7']);
  echo.stdin?.end(bytes);
  const echoed = await outputOf(echo);

  const listener = there.start('nc', ['-N', '-l', '4000']);
  listener.stdin?.end(bytes);
  while (!there.sh('ss -tln').includes(':4000')) await delay(5);
  const heard = outputOf(listener);
  const socket = stack.net.connect({ host: KERNEL, port: 4000, allowHalfOpen: true });
  const got: Buffer[] = [];
  socket.on('data', (chunk: Buffer) => got.push(chunk));
  await once(socket, 'end');
  socket.end(bytes);
  const said = await heard;
  const { counters } = stack;
  await stack.close();
  there.close();
  return {
    ping: pinged.status,
    curl: fetched.output.toString(),
    echoed: sha256(echoed.output) === sha256(bytes),
    received: sha256(Buffer.concat(got)) === sha256(bytes),
    sent: sha256(said.output) === sha256(bytes),
    badChecksums: counters['tcp.bad-checksum'] ?? 0,
    link: link.counters,
  };
}

/** The host at the other end, in a process of its own: what the first says is echoed, then it ends. */
export async function echoHost(address: string) {
  const stack = new Stack();
  const link = PcapLink.open('eth0', { mac: '02:00:5e:10:00:03' });
  stack.attach(link, { address, mac: link.mac });
  const server = stack.net.createServer((socket) => socket.pipe(socket)).listen(7);
  process.stdout.write('listening\n');
  const [socket] = (await once(server, 'connection')) as [Socket];
  await once(socket, 'close');
  await until(
    () => 'the last ACK',
    () => stack.tcp.connections().length === 0,
  );
  await stack.close();
}

/** Two hosts in two namespaces, neither of whose kernels has an address, while tcpdump looks on. */
export async function twoHosts(address: string, other: string) {
  const directory = mkdtempSync(join(tmpdir(), 'synack-pcap-'));
  const file = join(directory, 'wire.pcap');
  const there = await OtherNamespace.open();
  await there.cable('eth0', 'eth0');
  const tcpdump = there.start('tcpdump', ['-i', 'eth0', '-U', '--immediate-mode', '-w', file], {
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  await once(tcpdump.stderr ?? tcpdump, 'data');
  const node = ['--require', REGISTER, require.resolve('../support/netns-scenario')];
  const host = there.start(process.execPath, [...node, __filename, 'echoHost', JSON.stringify([`${other}/24`])], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  await once(host.stdout ?? host, 'data');

  const stack = new Stack();
  const link = PcapLink.open('eth0');
  stack.attach(link, { address: `${address}/24`, mac: link.mac });
  const socket = stack.net.connect({ host: other, port: 7 });
  await once(socket, 'connect');
  const said = randomBytes(500_000);
  socket.end(said);
  const heard: Buffer[] = [];
  socket.on('data', (chunk: Buffer) => heard.push(chunk));
  await once(socket, 'close');
  const sockets = `${bash('ss -tanH')}${there.sh('ss -tanH')}`;
  await delay(100);
  tcpdump.kill('SIGINT');
  await once(tcpdump, 'close');
  await stack.close();
  host.kill('SIGTERM');
  const fields = ['arp.opcode', 'icmpv6.type', 'icmpv6.checksum.status', 'tcp.checksum.status'] as const;
  const packets = await dissectFile(file, ['tcp.flags.str', 'eth.src', '_ws.malformed', ...fields]);
  rmSync(directory, { recursive: true });
  there.close();
  return { echoed: Buffer.concat(heard).equals(said), sockets, packets };
}

/** What a link hears of what it sends itself, and what it does with what another MAC sends. */
export async function ownFrames() {
  const { there, link } = await wire();
  const told: string[] = [];
  link.onError = (error) => told.push(error.message);
  for (const from of [OUR_MAC, '02:00:00:00:00:09', '02:00:00:00:00:09']) {
    const frame = Buffer.from(`ffffffffffff${from.replaceAll(':', '')}88b5`.padEnd(120, '0'), 'hex');
    link.send([frame.subarray(0, 14), frame.subarray(14)]);
  }
  link.send([new Uint8Array(1600)]);
  // What comes from the other end shows that there was time for ours.
  there.sh(`arping -c 1 -w 1 -I eth0 ${OURS} >/dev/null; true`);
  await quiet(20);
  await link.close();
  await link.close();
  there.close();
  return { told, counters: link.counters };
}

/** Datagrams to another host's MAC and to ours, and what they cost this process. */
export async function foreignTraffic(count: number) {
  const { there, link } = await wire();
  there.sh('ip neigh replace 10.9.0.66 lladdr 02:00:00:00:00:66 dev eth0');
  const cost = async (address: string) => {
    const before = process.cpuUsage();
    const already = link.counters.received;
    await outputOf(there.start('hping3', ['--udp', '-p', '9', '-i', 'u20', '-c', `${count}`, '-q', address]));
    await quiet(100);
    const { user, system } = process.cpuUsage(before);
    return { received: link.counters.received - already, microseconds: user + system };
  };
  const foreign = await cost('10.9.0.66');
  const own = await cost(OURS);
  await link.close();
  there.close();
  return { foreign, own };
}

/** Datagrams that come while the loop is kept from turning, and more of them than may wait. */
export async function overflow(count: number, options: PcapOptions) {
  const { there, link } = await wire(options);
  const batches: number[] = [];
  link.onReceive = (batch) => batches.push(batch.length);
  there.sh(`for ((i = 0; i < ${count}; i++)); do echo $i >/dev/udp/${OURS}/9; done`);
  await quiet(50);
  await link.close();
  there.close();
  return { batches, counters: link.counters, kernelDropped: link.kernelDropped };
}

/** Why a link does not open, after a command of the shell's. */
export async function openFailure(prepare: string, device: string, options: PcapOptions, user = 0) {
  const there = await OtherNamespace.open();
  await there.cable('eth0', 'eth1');
  bash(prepare);
  if (user !== 0) {
    process.setgid?.(user);
    process.setuid?.(user);
  }
  try {
    await PcapLink.open(device, options).close();
    return 'opened';
  } catch (error) {
    if (!(error instanceof LinkError)) throw error;
    // What was not opened is not collected, or `cap` would end the process.
    for (let round = 0; round < 5; round++) {
      Array.from({ length: 100 }, () => new Array<number>(10_000).fill(round));
      await delay(1);
    }
    return { code: error.code, message: error.message };
  }
}

/** What becomes of a link whose interface is set down or deleted. */
export async function interfaceEnds(command: string) {
  const { there, link } = await wire();
  const error = new Promise<LinkError>((resolve) => (link.onError = resolve));
  bash(command);
  const { code, message } = await error;
  const taken = link.send([new Uint8Array(60)]);
  there.close();
  return { code, message, taken, dropped: link.counters.dropped };
}

/** True when this build of `cap` ends the process where an interface is set down. */
export function hasAssertions(): boolean {
  return readFileSync(require.resolve('cap/build/Release/cap.node')).includes('status == 0');
}

/** Does an open link keep the process alive for so many ms, when this follows? */
export async function keepsAlive(ending: string, time: number) {
  const { there, link } = await wire();
  await link.close();
  const program = `
    const { PcapLink } = require('./src/link/pcap');
    const link = PcapLink.open('eth0');
    require('node:fs').writeSync(1, 'open');
    ${ending}`;
  const node = ['--require', REGISTER, '-e', program];
  const child = spawn(process.execPath, node, { stdio: ['ignore', 'pipe', 'ignore'] });
  const exit = once(child, 'exit');
  await once(child.stdout, 'data');
  const ended = await Promise.race([exit, delay(time, 'alive')]);
  child.kill();
  there.close();
  return ended === 'alive' ? ended : 'ended';
}

/** Whether a program is there. */
export function whyNoPcap(): string | undefined {
  try {
    require.resolve('cap/build/Release/cap.node');
  } catch {
    return 'needs the npm package cap';
  }
  const missing = ['tcpdump', 'hping3', 'curl', 'nc', 'ethtool', 'arping', 'nsenter'].filter(
    (program) => spawnSync('which', [program]).status !== 0,
  );
  return missing.length === 0 ? undefined : `needs ${missing.join(', ')}: run scripts/setup.sh`;
}
