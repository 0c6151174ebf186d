// How fast packets go from one TAP to another through synack, beside the kernel's own forwarding between two veths.
//   node --require ts-node/register bench/forward/main.ts [seconds]      FORWARD_PROFILE=folder: of the router's time, too
// As root. Everything is in network namespaces of its own.
import { execFileSync, spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { resolve } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { existing, running } from '../lab/remains';

const seconds = Number(process.argv[2] ?? 4);
const id = process.pid;
const [A, B, R] = ['a', 'b', 'r'].map((name) => `synack-forward-${name}-${id}`) as [string, string, string];

function ip(...args: string[]): void {
  execFileSync('ip', args, { stdio: ['ignore', 'ignore', 'pipe'] });
}

/** A namespace that ends with this process, however it ends. */
function addSpace(space: string): void {
  ip('netns', 'add', space);
  existing.add(space);
}

/** A program that ends with this process. */
function started(child: ChildProcess): void {
  running.add(child);
  child.on('exit', () => running.delete(child));
}

function inside(space: string, ...command: string[]): string {
  return execFileSync('ip', ['netns', 'exec', space, ...command], { encoding: 'utf8', timeout: 60_000 });
}

/** What iperf3 moved, Gbit/s; for small datagrams thousands of packets a second that arrived. */
async function iperf(to: string, ...options: string[]): Promise<{ gbits: number; kpps: number }> {
  const server = spawn('ip', ['netns', 'exec', B, 'iperf3', '-s', '-1'], { stdio: 'ignore' });
  started(server);
  await delay(400);
  const client = spawn('ip', ['netns', 'exec', A, 'iperf3', '-J', '-c', to, '-t', `${seconds}`, ...options]);
  started(client);
  let output = '';
  client.stdout.setEncoding('utf8').on('data', (text: string) => (output += text));
  const timer = setTimeout(() => client.kill('SIGKILL'), (seconds + 10) * 1000);
  await once(client, 'close');
  clearTimeout(timer);
  server.kill('SIGKILL');
  const { end, error } = JSON.parse(output) as {
    error?: string;
    end: {
      sum_received?: { bits_per_second: number };
      sum?: { packets: number; lost_packets: number; seconds: number };
    };
  };
  if (error !== undefined) throw new Error(error);
  const arrived = end.sum === undefined ? 0 : (end.sum.packets - end.sum.lost_packets) / end.sum.seconds;
  return { gbits: (end.sum_received?.bits_per_second ?? 0) / 1e9, kpps: arrived / 1000 };
}

function address(space: string, device: string, host: string, gateway: string | undefined): void {
  inside(space, 'ip', 'link', 'set', 'lo', 'up');
  inside(space, 'ip', 'link', 'set', device, 'up');
  inside(space, 'ip', 'address', 'add', `${host}/24`, 'dev', device);
  const net = host.startsWith('10.1') ? 1 : 2;
  inside(space, 'ip', 'address', 'add', `fd00:${net}::${host.endsWith('.1') ? 1 : 2}/64`, 'dev', device, 'nodad');
  if (gateway === undefined) return;
  inside(space, 'ip', 'route', 'add', 'default', 'via', gateway);
  inside(space, 'ip', 'route', 'add', '::/0', 'via', `fd00:${net}::1`);
}

async function measure(title: string, devices: readonly string[]): Promise<void> {
  const row = async (what: string, to: string, ...options: string[]): Promise<void> => {
    const { gbits, kpps } = await iperf(to, ...options);
    console.log(
      `${title.padEnd(14)} ${what.padEnd(34)} ${gbits.toFixed(2)} Gbit/s${kpps > 0 ? `, ${kpps.toFixed(0)}k packets/s` : ''}`,
    );
  };
  await row('TCP', '10.2.0.2');
  await row('TCP over IPv6', 'fd00:2::2');
  await row('UDP, datagrams of 200 bytes', '10.2.0.2', '-u', '-b', '0', '-l', '200');
  for (const [space, device] of [
    [A, devices[0]],
    [B, devices[1]],
  ] as const) {
    if (device !== undefined) inside(space, 'ethtool', '-K', device, 'tso', 'off', 'gso', 'off', 'gro', 'off');
  }
  await row('TCP, packets of 1500 bytes', '10.2.0.2');
}

async function ofKernel(): Promise<void> {
  for (const space of [A, B, R]) addSpace(space);
  for (const [space, device, net] of [
    [A, 'va', 1],
    [B, 'vb', 2],
  ] as const) {
    ip('link', 'add', device, 'netns', space, 'type', 'veth', 'peer', 'name', `r${device}`, 'netns', R);
    address(space, device, `10.${net}.0.2`, `10.${net}.0.1`);
    address(R, `r${device}`, `10.${net}.0.1`, undefined);
  }
  const forward =
    'mount -t proc proc /proc; echo 1 >/proc/sys/net/ipv4/ip_forward; echo 1 >/proc/sys/net/ipv6/conf/all/forwarding';
  inside(R, 'unshare', '--mount', 'sh', '-c', forward);
  await measure('kernel', ['va', 'vb']);
}

async function ofSynack(kind: 'plain' | 'nat'): Promise<void> {
  for (const space of [A, B]) addSpace(space);
  const names = [`fa${id % 100_000}`, `fb${id % 100_000}`] as const;
  const profile = process.env['FORWARD_PROFILE'];
  const profiling = profile === undefined ? [] : ['--cpu-prof', '--cpu-prof-dir', profile];
  const node = [...profiling, '--require', 'ts-node/register'];
  const router: ChildProcess = spawn(process.execPath, [...node, resolve(__dirname, 'router.ts'), ...names, kind], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  started(router);
  let said = '';
  router.stdout?.setEncoding('utf8').on('data', (text: string) => (said += text));
  try {
    if (router.stdout !== null) await once(router.stdout, 'data');
    for (const [space, device, net] of [
      [A, names[0], 1],
      [B, names[1], 2],
    ] as const) {
      ip('link', 'set', device, 'netns', space);
      address(space, device, `10.${net}.0.2`, `10.${net}.0.1`);
    }
    await measure(kind === 'nat' ? 'synack, NAT' : 'synack', names);
  } finally {
    router.kill('SIGTERM');
    await once(router, 'close');
    console.log(said.replace('ready\n', ''));
  }
}

function clear(): void {
  for (const space of [A, B, R]) {
    if (existing.delete(space)) spawnSync('ip', ['netns', 'delete', space]);
  }
}

async function main(): Promise<void> {
  const kernel = process.argv[3] === 'synack' ? [] : [ofKernel];
  for (const each of [...kernel, () => ofSynack('plain'), () => ofSynack('nat')]) {
    try {
      await each();
    } finally {
      clear();
    }
  }
}

void main();
