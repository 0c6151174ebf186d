import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import type { Clock } from '../../src/clock/clock';
import type { StackOptions as NodeStackOptions } from '../../src/node/stack';
import type { StackOptions } from '../../src/stack';
import {
  type InterfaceConfig,
  type Link,
  Stack,
  TapLink,
  type TapOptions,
  type TraceEvent,
  type TraceListener,
  TunLink,
} from '../../src';
import { PcapLink } from '../../src/link/pcap';
import type { State } from '../../src/tcp/states';
import { FLAG } from '../../src/wire';
import { Program } from './lab-program';
import { kernelSockets, type KernelSocket } from './lab-sockets';
import { until } from './lab-until';
import { Watch } from './simulation-watch';

/** `SYNACK_OFFLOAD=software npx jest test/peers` runs all of them so. */
const OFFLOAD = process.env['SYNACK_OFFLOAD'] as TapOptions['offload'];

export interface AttachOptions extends Pick<StackOptions, 'tcp'> {
  /** Puts something between the stack and the TAP: a capture, a bad network. */
  readonly through?: (tap: Link, clock: Clock) => Link;
  /** What is different from the lab's address and our MAC. */
  readonly config?: InterfaceConfig;
  /** Hears of all that happens from the start on. */
  readonly observe?: TraceListener;
  /** Who does a network card's work. Default: `SYNACK_OFFLOAD`, if it is set, else the TAP's own default. */
  readonly offload?: TapOptions['offload'];
  /** Of the device. Default: as it is. */
  readonly mtu?: number;
  /** Default `true`. `false`, without history and checks of the trace, is for who measures memory: they remember all connections. */
  readonly watched?: boolean;
  /** The stack's name servers, hosts and files. */
  readonly dns?: NodeStackOptions['dns'];
}

/** What a test in a lab has: the kernel and programs at one end of the TAP, and a stack to attach to the other. */
export class Lab {
  /** The kernel's address, ours, and the interface between them, as scripts/lab.sh has them. */
  readonly kernel = environment('SYNACK_HOST');
  readonly address = environment('SYNACK_ADDRESS').replace(/\/.*/, '');
  /** The device between them: a TAP, or in a lab of that kind a TUN. */
  readonly tap = environment('SYNACK_LINK').replace(/.*:/, '');
  readonly isTun = environment('SYNACK_LINK').startsWith('tun:');

  readonly isPcap = environment('SYNACK_LINK').startsWith('pcap:');

  /** The same of IPv6; only a lab that was asked for it has it. */
  get kernel6(): string {
    return environment('SYNACK_HOST6');
  }
  get address6(): string {
    return environment('SYNACK_ADDRESS6').replace(/\/.*/, '');
  }

  /** Our Ethernet address, the same each time: the kernel need not ask for it again. */
  readonly mac = '02:00:5e:10:00:02';

  /**
   * The states that connections of the stack have entered, and `RST in` and `RST out`, in order. A segment comes behind
   * the state that it led to.
   */
  readonly history: string[] = [];

  private readonly programs: Program[] = [];
  private readonly stacks: Stack[] = [];
  private readonly endings: (() => void)[] = [];

  /** A new stack, attached to the TAP until the test ends. The test fails if its trace shows what may never be. */
  attach({
    tcp = {},
    through = (tap) => tap,
    offload = OFFLOAD,
    mtu,
    watched = true,
    config,
    observe,
    dns = {},
  }: AttachOptions = {}): Stack {
    const stack = new Stack({ tcp, dns });
    if (watched) this.watch(stack);
    if (observe !== undefined) stack.observe(observe);
    const options = { ...(offload !== undefined && { offload }), ...(mtu !== undefined && { mtu }) };
    const link = through(this.open(options), stack.clock);
    const addresses = ['SYNACK_ADDRESS', 'SYNACK_ADDRESS6'].map((name) => process.env[name]);
    const address = addresses.filter((each) => each !== undefined);
    try {
      stack.attach(link, { address, ...(!this.isTun && { mac: this.mac }), ...config });
    } catch (error) {
      void link.close(); // for the tests that follow
      throw error;
    }
    this.stacks.push(stack);
    return stack;
  }

  /** Opens our end of the device. */
  open(options: TapOptions = {}): TapLink | TunLink | PcapLink {
    if (this.isPcap) return PcapLink.open(this.tap, { mac: this.mac });
    return this.isTun ? TunLink.open(this.tap, options) : TapLink.open(this.tap, options);
  }

  /** Starts a program in the lab. It is ended with the test. */
  start(name: string, ...args: readonly string[]): Program {
    const program = new Program(name, args);
    this.programs.push(program);
    return program;
  }

  /** Has this called when the test ends. */
  atEnd(ending: () => void): void {
    this.endings.push(ending);
  }

  /** Waits until the last state in the history is this one. What is late for a connection that is gone may get its RST behind it. */
  async enters(state: State): Promise<void> {
    await until(
      () => `${state}; there was ${this.history.join()}`,
      () => this.history.filter((each) => !each.startsWith('RST')).at(-1) === state,
    );
  }

  /** Waits until the kernel has a socket with this port, in this state as `ss` writes it. */
  async kernelSocket(port: number, state: string): Promise<KernelSocket> {
    let sockets: readonly KernelSocket[] = [];
    const what = (): string =>
      `a socket of the kernel's in ${state}; with port ${port} it has: ${sockets.map((each) => each.state).join()}`;
    return until(what, async () => {
      sockets = await kernelSockets(port);
      return sockets.find((socket) => socket.state === state);
    });
  }

  /** Sets `net.ipv4.name` of the kernel in this lab, until the test ends. */
  sysctl(name: string, value: string): void {
    const file = `/proc/sys/net/ipv4/${name}`;
    // A container's /proc/sys is read-only; a new /proc is not, and shows the same network namespace.
    const write = (content: string): void => {
      const script = `mount -t proc proc /proc && printf %s '${content}' >${file}`;
      execFileSync('unshare', ['--mount', 'sh', '-c', script]);
    };
    const before = readFileSync(file, 'utf8').trim();
    write(value);
    this.atEnd(() => {
      write(before);
    });
  }

  /** What the kernel has counted in this lab, such as `Tcp` `EstabResets`. */
  kernelCounter(protocol: string, name: string): number {
    const [names, values] = readFileSync('/proc/net/snmp', 'utf8')
      .split('\n')
      .filter((line) => line.startsWith(`${protocol}: `))
      .map((line) => line.split(' '));
    const value = values?.[names?.indexOf(name) ?? -1];
    if (value === undefined) throw new Error(`the kernel has no counter ${protocol} ${name}`);
    return Number(value);
  }

  /** Ends what the test has started. */
  async end(): Promise<void> {
    for (const ending of this.endings) ending();
    await Promise.all(this.programs.map((program) => program.end()));
    await Promise.all(this.stacks.map((stack) => stack.close()));
  }

  /** For the message of a test that does not end. */
  describe(): string {
    return this.programs.map((program) => program.describe()).join('; ');
  }

  private watch(stack: Stack): void {
    const watch = new Watch('synack');
    stack.observe((event) => {
      watch.event(event);
      this.record(event);
    });
  }

  private record(event: TraceEvent): void {
    if (event.type === 'transition') this.history.push(event.to);
    if (event.type === 'segment' && (event.segment.flags & FLAG.RST) !== 0) this.history.push(`RST ${event.direction}`);
  }
}

function environment(name: string): string {
  const value = process.env[name];
  if (value === undefined) throw new Error(`${name} is not set: this is no lab`);
  return value;
}
