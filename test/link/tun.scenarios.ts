import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { LinkError } from '../../src/link/errors';
import { TapLink } from '../../src/link/tap';
import { TunLink, type TunOptions } from '../../src/link/tun';
import { emitIpv4, emitUdp, parseIpv4, parseIpv6, parseUdp, PROTOCOL, requireAddress, WireError } from '../../src/wire';
import { ordinaryPacket } from '../support/packets';
import { REGISTER } from '../support/typescript';

const HOST = '10.9.0.1/24';
const HOST6 = 'fd00:9::1/64';

function sh(command: string): string {
  return execFileSync('bash', ['-c', command], { encoding: 'utf8' });
}

/** New interfaces have IPv6, as they do where nobody has switched it off. */
function withIpv6(): void {
  sh('echo 0 >/proc/sys/net/ipv6/conf/default/disable_ipv6');
}

function addresses(name: string): string[] {
  return sh(`ip -oneline address show ${name} scope global`)
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => `${/inet6? (\S+)/.exec(line)?.[1] ?? line}${line.includes('tentative') ? ' tentative' : ''}`);
}

export async function describeNew(options: TunOptions) {
  withIpv6();
  const link = TunLink.open('tun%d', { host: HOST, ...options });
  const { name, medium, mtu, offload, kernelOffload } = link;
  const shown = { addresses: addresses(name), mtu: sh(`cat /sys/class/net/${name}/mtu`).trim() };
  const kind = sh(`ip -details -oneline link show ${name}`);
  await link.close();
  return {
    name,
    medium,
    mtu,
    offload,
    kernelOffload,
    shown,
    isUp: kind.includes(',UP'),
    isTun: kind.includes('tun type tun'),
  };
}

/** Addresses of a TAP, after it was opened with these hosts twice, the second time as another queue. */
export async function tapAddresses(host: readonly string[]) {
  withIpv6();
  const links = [0, 1].map(() => TapLink.open('tap0', { host, queue: true }));
  const shown = addresses('tap0');
  await Promise.all(links.map((link) => link.close()));
  return shown;
}

/** What the kernel sends to us, in both families: a datagram each. */
export async function fromKernel() {
  withIpv6();
  const link = TunLink.open('tun0', { host: [HOST, HOST6], offload: 'none' });
  const seen = new Set<string>();
  const both = new Promise<void>((resolve) => {
    link.onReceive = (batch) => {
      for (const each of batch) {
        const packet = (each[0] ?? 0) >>> 4 === 6 ? parseIpv6(each) : parseIpv4(each);
        if (packet instanceof WireError || packet.protocol !== PROTOCOL.UDP) continue;
        const datagram = parseUdp(packet.payload);
        if (datagram instanceof WireError) continue;
        seen.add(`${packet.src} > ${packet.dst} ${Buffer.from(datagram.payload).toString()}`);
      }
      if (seen.size === 2) resolve();
    };
  });
  sh('printf four >/dev/udp/10.9.0.2/9; printf six >/dev/udp/fd00:9::2/9');
  await both;
  await link.close();
  return [...seen].sort();
}

/** A datagram to a socket of the kernel's. */
export async function toKernel() {
  const link = TunLink.open('tun0', { host: HOST });
  const socket = spawn('nc', ['-u', '-l', '-W', '1', '10.9.0.1', '4000']);
  let said = '';
  socket.stdout.on('data', (text: Buffer) => (said += text.toString()));
  const ended = new Promise((resolve) => socket.on('close', resolve));
  while (!sh('ss -uanH').includes(':4000')) sh('sleep 0.02');
  const ends = { src: requireAddress('10.9.0.2'), dst: requireAddress('10.9.0.1') };
  const payload = emitUdp({ srcPort: 9, dstPort: 4000, payload: Buffer.from('hello') }, ends);
  const packet = emitIpv4(ordinaryPacket({ protocol: PROTOCOL.UDP, src: '10.9.0.2', dst: '10.9.0.1', payload }));
  const taken = link.send([packet.subarray(0, 20), packet.subarray(20)]);
  link.flush();
  await ended;
  await link.close();
  return { taken, said, refused: link.refused };
}

function failure(open: () => { close(): Promise<void> }) {
  try {
    void open().close();
    return 'opened';
  } catch (error) {
    return error instanceof LinkError ? { code: error.code, message: error.message } : String(error);
  }
}

export function openFailure(name: string, options: TunOptions) {
  return failure(() => TunLink.open(name, options));
}

/** What happens after a command has changed this namespace, with or without root's rights. */
export function openAfter(command: string, user: number, options: TunOptions = {}) {
  sh(command);
  process.seteuid?.(user);
  return failure(() => TunLink.open('tun0', options));
}

export function openTwice() {
  const link = TunLink.open('tun0');
  const second = failure(() => TunLink.open('tun0'));
  void link.close();
  return second;
}

/** One kind opened under the name of the other, which is persistent. */
export async function openOther() {
  await TapLink.open('it0', { persist: true }).close();
  await TunLink.open('it1', { persist: true }).close();
  return [failure(() => TunLink.open('it0')), failure(() => TapLink.open('it1')), failure(() => TunLink.open('it1'))];
}

export async function queues() {
  const links = [0, 1].map(() => TunLink.open('tun0', { host: HOST, queue: true }));
  const one = failure(() => TunLink.open('tun0'));
  await Promise.all(links.map((link) => link.close()));
  return one;
}

export async function downAndUp() {
  const link = TunLink.open('tun0', { host: HOST });
  const errors: { code: string; message: string }[] = [];
  link.onError = ({ code, message }) => errors.push({ code, message });
  const payload = new Uint8Array(8);
  const packet = emitIpv4(ordinaryPacket({ protocol: 253, src: '10.9.0.2', dst: '10.9.0.1', payload }));
  const send = (): void => {
    link.send([packet]);
    link.flush();
  };
  const count = (): number => Number(sh('cat /sys/class/net/tun0/statistics/rx_packets'));
  sh('ip link set tun0 down');
  send();
  send();
  const whileDown = { refused: link.refused, count: count() };
  sh('ip link set tun0 up');
  send();
  const afterwards = { refused: link.refused, count: count() };
  await link.close();
  return { whileDown, afterwards, errors };
}

export async function deleted() {
  const link = TunLink.open('tun0', { host: HOST });
  const gone = new Promise<LinkError>((resolve) => (link.onError = resolve));
  sh('ip link delete tun0');
  const { code, message } = await gone;
  const taken = link.send([new Uint8Array(20)]);
  link.flush();
  await link.close();
  return { code, message, taken, refused: link.refused };
}

/** What is no IP packet. */
export async function sendNonsense() {
  const link = TunLink.open('tun0', { host: HOST });
  const errors: string[] = [];
  link.onError = ({ message }) => errors.push(message);
  link.send([new Uint8Array(20)]);
  link.flush();
  await link.close();
  return { errors, refused: link.refused };
}

/** A program that has it open, and ends. */
export function endOfProgram() {
  const program = `require(${JSON.stringify(REGISTER)}); require('./src/link/tun').TunLink.open('tun0').unref()`;
  const { status, stderr } = spawnSync(process.execPath, ['-e', program]);
  return { status, stderr: stderr.toString(), left: sh('ip -brief link show type tun') };
}
