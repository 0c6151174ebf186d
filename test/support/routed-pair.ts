import { execFileSync } from 'node:child_process';
import { readlinkSync } from 'node:fs';
import { Stack, TapLink, type Link } from '../../src';
import type { Clock } from '../../src/clock/clock';
import type { IpOptions } from '../../src/ip/host';
import type { InterfaceConfig } from '../../src/ip/interface';
import type { Lab } from './lab';
import type { Program } from './lab-program';
import { until } from './lab-until';

export interface PairOptions {
  readonly ip?: IpOptions;
  /** More of the router's interface towards B. */
  readonly outer?: Partial<InterfaceConfig>;
  /** The MTU of B's wire. */
  readonly mtu?: number;
  /** B knows no way to A. */
  readonly hidden?: boolean;
  /** Puts something between the router and a TAP. */
  readonly through?: (tap: Link, clock: Clock) => Link;
}

/** A host whose stack is the kernel's, in a network namespace of its own, at the other end of one of the router's TAPs. */
export class KernelHost {
  private constructor(
    private readonly lab: Lab,
    private readonly pid: number,
    readonly address: string,
    readonly address6: string,
  ) {}

  static async make(lab: Lab, address: string, address6: string): Promise<KernelHost> {
    const { pid } = lab.start('unshare', '--net', 'sleep', '60');
    const inode = (process: number | 'self'): string => readlinkSync(`/proc/${process}/ns/net`);
    await until(
      () => 'a network namespace of its own',
      () => inode(pid) !== inode('self'),
    );
    return new KernelHost(lab, pid, address, address6);
  }

  /** Starts a program there. */
  start(name: string, ...args: readonly string[]): Program {
    return this.lab.start('nsenter', ...this.inside(name, ...args));
  }

  /** Runs a program there to its end. */
  run(name: string, ...args: readonly string[]): string {
    return execFileSync('nsenter', this.inside(name, ...args), { encoding: 'utf8' });
  }

  /** Takes the kernel's end of a TAP over. */
  take(tap: string): void {
    execFileSync('ip', ['link', 'set', tap, 'netns', `${this.pid}`]);
    this.run('ip', 'link', 'set', 'lo', 'up');
    this.run('ip', 'link', 'set', tap, 'up');
    this.run('ip', 'address', 'add', `${this.address}/24`, 'dev', tap);
    this.run('ip', 'address', 'add', `${this.address6}/64`, 'dev', tap, 'nodad');
  }

  route(prefix: string, via: string, ...rest: readonly string[]): void {
    this.run('ip', 'route', 'replace', prefix, 'via', via, ...rest);
  }

  private inside(name: string, ...args: readonly string[]): string[] {
    return [`--net=/proc/${this.pid}/ns/net`, name, ...args];
  }
}

export interface Pair {
  readonly a: KernelHost;
  readonly b: KernelHost;
  readonly router: Stack;
}

/** Two kernels, A (10.1.0.2, fd00:1::2) and B (10.2.0.2, fd00:2::2), and a stack of ours between them, which is .1 on both wires. */
export async function routedPair(lab: Lab, options: PairOptions = {}): Promise<Pair> {
  const { ip, outer, mtu, hidden = false, through = (tap: Link): Link => tap } = options;
  const router = new Stack({ ip: { forward: true, ...ip } });
  lab.atEnd(() => {
    void router.close();
  });
  const a = await KernelHost.make(lab, '10.1.0.2', 'fd00:1::2');
  const b = await KernelHost.make(lab, '10.2.0.2', 'fd00:2::2');
  const open = (name: string, host: KernelHost, settings: { mtu?: number }): Link => {
    const tap = TapLink.open(name, settings);
    host.take(name);
    return through(tap, router.clock);
  };
  router.attach(open('tapa', a, {}), { address: ['10.1.0.1/24', 'fd00:1::1/64'] });
  const wire = open('tapb', b, mtu === undefined ? {} : { mtu });
  router.attach(wire, { address: ['10.2.0.1/24', 'fd00:2::1/64'], ...outer });
  a.route('default', '10.1.0.1');
  a.route('::/0', 'fd00:1::1');
  if (!hidden) {
    b.route('default', '10.2.0.1');
    b.route('::/0', 'fd00:2::1');
  }
  return { a, b, router };
}
