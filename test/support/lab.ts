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
import { RawSocketLink } from '../../src/link/raw-socket';
import type { UdpTunnelLink } from '../../src/link/tunnel-udp';
import type { State } from '../../src/tcp/states';
import { FLAG } from '../../src/wire';
import { Program } from './lab-program';
import { type FarKernel, runIn } from './lab-far';
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

/** A lab whose kernel is in a namespace of its own. */
interface FarLab {
  readonly kind: 'raw' | 'udp';
  readonly kernel: FarKernel;
  /** Our end of the tunnel, which is open. */
  readonly tunnel: UdpTunnelLink | undefined;
}

/** The ports that are synack's on a raw link, beside those for connections that go out. */
export const RAW_PORTS = '7,80,443,4000-4099';

/** What a test in a lab has: the kernel and programs at one end of the TAP, and a stack to attach to the other. */
export class Lab {
  /** The kernel's address, ours, and the interface between them, as scripts/lab.sh has them. */
  readonly kernel = environment('SYNACK_HOST');
  readonly address = environment('SYNACK_ADDRESS').replace(/\/.*/, '');
  /** The device on which the kernel meets synack. */
  readonly tap: string;
  /** What synack attaches to: `tap`, `tun`, `pcap`, `raw`, `udp`. */
  readonly kind: string;
  /** The device that synack opens. */
  private readonly device = environment('SYNACK_LINK').replace(/.*:/, '');

  constructor(private readonly far?: FarLab) {
    this.kind = far?.kind ?? environment('SYNACK_LINK').replace(/:.*/, '');
    this.tap = far?.kernel.device ?? (this.kind === 'pcap' ? 'veth0' : this.device);
  }

  /** The largest packet between them, bytes. */
  get mtu(): number {
    return this.far?.tunnel?.mtu ?? 1500;
  }

  /** Whether what it attaches to is an Ethernet. */
  get isEthernet(): boolean {
    return this.kind !== 'tun' && this.kind !== 'raw';
  }

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
    const options = { ...(offload !== undefined && { offload }), ...(mtu !== undefined && { mtu }) };
    const opened = this.open(options);
    const ports = 'ephemeralPorts' in opened ? { ephemeralPorts: opened.ephemeralPorts } : {};
    const stack = new Stack({ tcp: { ...ports, ...tcp }, udp: ports, dns });
    if (watched) this.watch(stack);
    if (observe !== undefined) stack.observe(observe);
    const link = through(opened, stack.clock);
    const addresses = ['SYNACK_ADDRESS', 'SYNACK_ADDRESS6'].map((name) => process.env[name]);
    const address = addresses.filter((each) => each !== undefined);
    try {
      stack.attach(link, { address, ...(this.isEthernet && { mac: this.mac }), ...config });
    } catch (error) {
      void link.close(); // for the tests that follow
      throw error;
    }
    this.stacks.push(stack);
    return stack;
  }

  /** Opens our end of the device. */
  open(options: TapOptions = {}): TapLink | TunLink | PcapLink | RawSocketLink | UdpTunnelLink {
    if (this.far?.tunnel !== undefined) return this.far.tunnel;
    if (this.kind === 'raw') return RawSocketLink.open(this.device, { ports: RAW_PORTS, echo: 'stack' });
    if (this.kind === 'pcap') return PcapLink.open(this.device, { mac: this.mac });
    return this.kind === 'tun' ? TunLink.open(this.device, options) : TapLink.open(this.device, options);
  }

  /** What a command begins with that is to run where the kernel is. */
  private get enter(): readonly string[] {
    return this.far?.kernel.enter ?? [];
  }

  /** Starts a program in the lab. It is ended with the test. */
  start(name: string, ...args: readonly string[]): Program {
    const program = this.launch(name, ...args);
    this.programs.push(program);
    return program;
  }

  /** Starts a program in the lab that goes on after the test. */
  launch(name: string, ...args: readonly string[]): Program {
    return new Program(name, args, this.enter);
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
      sockets = await this.kernelSockets(port);
      return sockets.find((socket) => socket.state === state);
    });
  }

  /** The kernel's TCP sockets that have this port at one of their ends. */
  kernelSockets(port: number): Promise<KernelSocket[]> {
    return kernelSockets(port, this.enter);
  }

  /** Sets `net.ipv4.name` of the kernel in this lab, until the test ends. */
  sysctl(name: string, value: string): void {
    const file = `/proc/sys/net/ipv4/${name}`;
    // A container's /proc/sys is read-only; a new /proc is not, and shows the same network namespace.
    const write = (content: string): void => {
      const script = `mount -t proc proc /proc && printf %s '${content}' >${file}`;
      runIn(this.enter, 'unshare', '--mount', 'sh', '-c', script);
    };
    const before = runIn(this.enter, 'cat', file).trim();
    write(value);
    this.atEnd(() => {
      write(before);
    });
  }

  /** Until the test ends the kernel waits for our ACKs for seconds before it sends again, or probes for a lost tail. */
  patientKernel(): void {
    this.sysctl('tcp_early_retrans', '0');
    const change = (...options: string[]): void => {
      const route = [
        `${this.kernel}/24`.replace(/\d+\/24/, '0/24'),
        'dev',
        this.tap,
        'src',
        this.kernel,
        'scope',
        'link',
      ];
      runIn(this.enter, 'ip', 'route', 'change', ...route, 'proto', 'kernel', ...options);
    };
    change('rto_min', '5s');
    this.atEnd(() => {
      change();
    });
  }

  /** What the kernel has counted in this lab, such as `Tcp` `EstabResets`. */
  kernelCounter(protocol: string, name: string): number {
    const [names, values] = readFileSync(`/proc/${this.far?.kernel.pid ?? 'self'}/net/snmp`, 'utf8')
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
    await this.far?.tunnel?.close();
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
