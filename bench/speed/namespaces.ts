import { spawn, spawnSync, type ChildProcess, type StdioOptions } from 'node:child_process';
import { existing, run, running } from '../lab/remains';
import { LOAD, LOAD6, NETWORK, NETWORK6, PREFIX, PREFIX6, SERVER, SERVER6 } from './addresses';

/** Where a process runs: on the server's core, on the load generator's, or on either, as `taskset` is told. */
export const CORES = { server: 0, load: 1, both: '0,1' } as const;
export type Cores = number | typeof CORES.both;

/**
 * What Linux has by default, said here so that the machine's own settings do not matter; and, for a client that opens
 * connections as fast as it can, all ports and none of them kept in TIME-WAIT.
 */
const SYSCTLS = [
  'net.ipv4.tcp_rmem=4096 131072 33554432',
  'net.ipv4.tcp_wmem=4096 16384 4194304',
  'net.ipv4.tcp_no_metrics_save=1',
  'net.ipv4.tcp_max_tw_buckets=0',
  'net.ipv4.ip_local_port_range=10000 65535',
];

/** Where IPv6 is not measured it is off, and where it is its addresses are there at once. */
const WITHOUT_IPV6 = ['net.ipv6.conf.all.disable_ipv6=1', 'net.ipv6.conf.default.disable_ipv6=1'];
const WITH_IPV6 = ['net.ipv6.conf.all.accept_dad=0', 'net.ipv6.conf.default.accept_dad=0'];

export interface NamespaceOptions {
  /** Default `false`. */
  readonly ipv6?: boolean;
}

/** Optional, where a namespace has it: a backlog for clients that come 64 at a time. */
const BACKLOG = 'net.core.somaxconn=4096';

let made = 0;

/** A network namespace of our own, gone at the end of this process. */
export class Namespace {
  readonly name: string;

  /** @throws Error when namespaces cannot be made here */
  constructor(label: string, { ipv6 = false }: NamespaceOptions = {}) {
    this.name = `synack-speed-${process.pid}-${++made}-${label}`;
    run('ip', 'netns', 'add', this.name);
    existing.add(this.name);
    this.run('sysctl', '-qw', ...SYSCTLS, ...(ipv6 ? WITH_IPV6 : WITHOUT_IPV6), BACKLOG);
    this.ip('link', 'set', 'lo', 'up');
  }

  /** `ip` inside. */
  ip(...args: string[]): void {
    run('ip', '-n', this.name, ...args);
  }

  /** What a program inside prints. */
  run(program: string, ...args: string[]): string {
    return run('ip', 'netns', 'exec', this.name, program, ...args);
  }

  /** Starts a program inside, pinned to a core, or to both. The process id is the program's own. */
  spawn(core: Cores, command: readonly string[], stdio: StdioOptions): ChildProcess {
    const pinned = ['taskset', '-c', String(core), ...command];
    const child = spawn('ip', ['netns', 'exec', this.name, ...withManyFiles(), ...pinned], { stdio });
    running.add(child);
    child.on('exit', () => running.delete(child));
    return child;
  }

  /**
   * Sends by CUBIC to the network behind `device`. A namespace's own congestion control cannot be set by sysctl where it
   * is not the machine's; a route's can.
   */
  sendByCubic(device: string, source: string, network = source.includes(':') ? NETWORK6 : NETWORK): void {
    this.ip('route', 'replace', network, 'dev', device, 'src', source, 'congctl', 'cubic');
  }

  remove(): void {
    spawnSync('ip', ['netns', 'delete', this.name]);
    existing.delete(this.name);
  }
}

/** Two namespaces with a veth between them, MTU 1500. */
export class Cable {
  readonly load: Namespace;
  readonly server: Namespace;

  /** @param offload false: no segmentation, no checksums and no merging are left to the device, either way */
  constructor(offload: boolean, { ipv6 = false }: NamespaceOptions = {}) {
    const label = offload ? 'veth' : 'plain';
    this.load = new Namespace(`${label}-load`, { ipv6 });
    this.server = new Namespace(`${label}-server`, { ipv6 });
    this.load.ip('link', 'add', 'veth0', 'type', 'veth', 'peer', 'name', 'veth0', 'netns', this.server.name);
    for (const [end, address, address6] of [
      [this.load, LOAD, LOAD6],
      [this.server, SERVER, SERVER6],
    ] as const) {
      end.ip('address', 'add', `${address}/${PREFIX}`, 'dev', 'veth0');
      if (ipv6) end.ip('address', 'add', `${address6}/${PREFIX6}`, 'dev', 'veth0', 'nodad');
      if (!offload)
        end.run('ethtool', '-K', 'veth0', ...['tso', 'gso', 'gro', 'tx', 'rx'].flatMap((name) => [name, 'off']));
      end.ip('link', 'set', 'veth0', 'up');
      end.sendByCubic('veth0', address);
      if (ipv6) end.sendByCubic('veth0', address6);
    }
  }

  remove(): void {
    this.load.remove();
    this.server.remove();
  }
}

let manyFiles: readonly string[] | undefined;

/** How a command is begun that may open a million files; nothing where root is not allowed to allow it. */
export function withManyFiles(): readonly string[] {
  const raised = ['prlimit', '--nofile=1048576:1048576'];
  return (manyFiles ??= spawnSync('prlimit', ['--nofile=1048576:1048576', 'true']).status === 0 ? raised : []);
}
