import { spawn, type ChildProcess, type StdioOptions } from 'node:child_process';
import { NETWORK, PREFIX, SIDES, STATIONS, type Side } from './addresses';
import { existing, run, running } from './remains';

/**
 * What Linux has by default, said here so that the machine's own settings do not matter: how large its buffers grow, and
 * that it forgets from one connection to the next what it learned about a path.
 */
const SYSCTLS = [
  'net.ipv4.tcp_rmem=4096 131072 33554432',
  'net.ipv4.tcp_wmem=4096 16384 4194304',
  'net.ipv4.tcp_no_metrics_save=1',
  'net.ipv6.conf.all.disable_ipv6=1',
  'net.ipv6.conf.default.disable_ipv6=1',
];

let made = 0;

/** The network namespaces of one lane: `path`, where the bad network runs, and one for the kernel at either end. */
export class Namespaces {
  readonly #names: Readonly<Record<Side | 'path', string>>;

  /** @throws Error when namespaces cannot be made here */
  constructor() {
    const id = `synack-bench-${process.pid}-${++made}`;
    this.#names = { path: `${id}-path`, left: `${id}-left`, right: `${id}-right` };
    for (const name of Object.values(this.#names)) {
      ip('netns', 'add', name);
      existing.add(name);
    }
    for (const side of SIDES) this.#run(side, ['sysctl', '-qw', ...SYSCTLS]);
  }

  /** Moves the TAP interfaces, which bear their side's name, from the path's namespace to their ends, and brings them up. */
  connect(): void {
    for (const side of SIDES) {
      const name = this.#names[side];
      const { address, mac } = STATIONS[side];
      ip('-n', this.#names.path, 'link', 'set', 'dev', side, 'netns', name);
      ip('-n', name, 'link', 'set', 'dev', side, 'address', mac, 'addrgenmode', 'none');
      ip('-n', name, 'address', 'add', `${address}/${PREFIX}`, 'dev', side);
      ip('-n', name, 'link', 'set', 'dev', side, 'up');
      // The congestion control of a namespace cannot be set by sysctl where it is not the machine's own; a route's can.
      ip('-n', name, 'route', 'replace', NETWORK, 'dev', side, 'src', address, 'congctl', 'cubic');
      for (const other of Object.values(STATIONS)) {
        if (other.address === address) continue;
        ip('-n', name, 'neigh', 'replace', other.address, 'lladdr', other.mac, 'nud', 'permanent', 'dev', side);
      }
    }
  }

  /** Starts a program in a namespace; it ends with this process. */
  spawn(where: Side | 'path', command: readonly string[], stdio: StdioOptions): ChildProcess {
    const child = spawn('ip', ['netns', 'exec', this.#names[where], ...command], { stdio });
    running.add(child);
    child.on('exit', () => running.delete(child));
    return child;
  }

  /** What a program in a namespace prints. */
  #run(where: Side, command: readonly string[]): string {
    return ip('netns', 'exec', this.#names[where], ...command);
  }
}

function ip(...args: string[]): string {
  return run('ip', ...args);
}
