import type { Clock, Scheduled } from '../../src/clock/clock';
import { VirtualClock } from '../../src/clock/virtual-clock';
import { Log } from '../../src/inspect/log';
import { impair, type ImpairedLink, type ImpairSettings } from '../../src/link/impair';
import type { Link } from '../../src/link/link';
import { memoryPair } from '../../src/link/memory';
import { Random } from '../../src/random';
import { Stack, type StackOptions } from '../../src/stack';
import { TcpListener } from '../../src/tcp/listener';
import { Watch } from './simulation-watch';

export const MILLISECOND = 1_000;
export const SECOND = 1_000_000;
export const MINUTE = 60 * SECOND;
export const HOUR = 60 * MINUTE;

/** `SYNACK_SEED=17 npx jest test/simulation/lossy` runs that seed alone, and prints what happens. */
const ONLY = process.env['SYNACK_SEED'];

/** `SYNACK_SOAK=25` runs 25 times as many. */
export const SOAK = Number(process.env['SYNACK_SOAK'] ?? 1);

/** The seeds 1 to `count`, or the one that was asked for. */
export function seeds(count: number): number[] {
  return ONLY === undefined ? Array.from({ length: count * SOAK }, (_, index) => index + 1) : [Number(ONLY)];
}

/** Runs `work`, and puts the seed into what it throws. */
export function withSeed<T>(seed: number, work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (error instanceof Error) {
      error.message = `seed ${seed} (SYNACK_SEED=${seed} runs it alone, with a trace): ${error.message}`;
    }
    throw error;
  }
}

export type Family = 4 | 6;

/** What a world's hosts speak: with a quarter of the seeds IPv6. The seed's other draws do not depend on it. */
export function familyOf(seed: number): Family {
  return new Random(seed).fork().chance(1 / 4) ? 6 : 4;
}

/** The two hosts' addresses, their network's prefix length, and what listens to all of the family. */
export const ADDRESSES = {
  4: { a: '10.9.0.1', b: '10.9.0.2', length: 24, any: '0.0.0.0' },
  6: { a: 'fd00:9::1', b: 'fd00:9::2', length: 64, any: '::' },
} as const;

/** What every link that carries IPv6 takes (RFC 8200 §5). */
const SMALLEST_MTU6 = 1280;

export interface WorldOptions {
  readonly seed: number;
  /** Default 4. */
  readonly family?: Family;
  readonly medium?: Link['medium'];
  /** Default 1500; with IPv6 1280 at least. */
  readonly mtu?: number;
  /** The cable does a network card's work for b: what is sent passes whole, and the network cuts it. Default `false`. */
  readonly offload?: boolean;
  /** What the network between the two does; both ways, unless `in` (to a) and `out` (from a) say otherwise. */
  readonly network?: ImpairSettings;
  /** What stands between the network and b. */
  readonly around?: (link: Link) => Link;
  readonly stack?: Omit<StackOptions, 'clock' | 'seed'>;
  /** By how many µs each host's clock is ahead of the world's. */
  readonly ahead?: { readonly a?: number; readonly b?: number };
}

/** One of the two machines. */
export interface Host {
  readonly name: 'a' | 'b';
  readonly address: string;
  /** What its listeners listen to. */
  readonly any: string;
  readonly stack: Stack;
  readonly watch: Watch;
}

/** Two stacks with a bad network between them, in virtual time, all of it determined by a seed. */
export class World {
  readonly clock = new VirtualClock();
  readonly network: ImpairedLink;
  readonly a: Host;
  readonly b: Host;

  constructor({
    seed,
    family = 4,
    medium = 'ip',
    mtu: wanted = 1500,
    offload = false,
    network = {},
    around,
    stack = {},
    ahead = {},
  }: WorldOptions) {
    const { clock } = this;
    const random = new Random(seed);
    const mtu = family === 6 ? Math.max(wanted, SMALLEST_MTU6) : wanted;
    const [near, far] = memoryPair({ clock, medium, mtu, offload, queue: 100_000 });
    this.network = impair(near, { ...network, clock, seed: random.uint32() });
    const host = (name: 'a' | 'b', link: Link): Host => {
      const { [name]: address, length, any } = ADDRESSES[family];
      const ownClock = new ClockAhead(clock, ahead[name] ?? 0);
      const host = {
        name,
        address,
        any,
        stack: new Stack({ ...stack, clock: ownClock, seed: random.uint32() }),
        watch: new Watch(name),
      };
      host.stack.observe((event) => {
        host.watch.event(event);
      });
      if (ONLY !== undefined) print(host);
      host.stack.attach(link, { address: `${address}/${length}` });
      return host;
    };
    this.a = host('a', this.network);
    this.b = host('b', around?.(far) ?? far);
  }

  get hosts(): readonly [Host, Host] {
    return [this.a, this.b];
  }

  peerOf(host: Host): Host {
    return host === this.a ? this.b : this.a;
  }

  /** Lets time pass until `done`. Throws when that takes longer than `limit` µs. */
  runUntil(done: () => boolean, limit: number, waitsFor: () => string): void {
    const end = this.clock.now() + limit;
    this.clock.run({ until: () => done() || this.clock.now() > end, limit: 100_000_000 });
    if (!done()) throw new Error(`at ${this.clock.now() / SECOND} s this is still awaited: ${waitsFor()}`);
  }

  /**
   * Closes the listeners, and looks whether the stacks have forgotten everything: connections, timers, handshakes in progress.
   * Call it when all connections have been closed.
   */
  expectNothingLeft(): void {
    const listeners = this.hosts.flatMap(({ stack }) => stack.tcp.listeners());
    const left: string[] = [];
    for (const listener of listeners) {
      if (!(listener instanceof TcpListener)) throw new Error('a listener of another kind');
      if (listener.halfOpen !== 0) left.push(`${listener.halfOpen} handshakes on port ${listener.local.port}`);
      if (listener.pending !== 0) left.push(`${listener.pending} to be accepted on port ${listener.local.port}`);
      listener.close();
    }
    // TIME-WAITs pass.
    this.runUntil(
      () => this.hosts.every(({ stack }) => stack.tcp.connections().length === 0),
      10 * MINUTE,
      () => describeConnections(this.hosts),
    );
    for (const { name, stack, watch } of this.hosts) {
      left.push(...watch.timers.map((timer) => `${name} ${timer}`));
      left.push(...stack.tcp.listeners().map(({ local }) => `${name} listens on ${local.port}`));
    }
    // What may still be under way then: the network's last frames, their answers, and the last look after a neighbour.
    const end = this.clock.now() + MINUTE;
    while (this.clock.size > 0 && this.clock.now() < end) this.clock.run({ until: this.clock.nextDeadline() ?? 0 });
    if (this.clock.size > 0) left.push(`${this.clock.size} callbacks of the clock`);
    if (left.length > 0) throw new Error(`left behind: ${left.join(', ')}`);
  }
}

/** For people: who is in which state. */
export function describeConnections(hosts: readonly Host[]): string {
  return hosts
    .flatMap(({ name, stack }) => stack.tcp.connections().map((each) => `${name} #${each.id} in ${each.state}`))
    .join(', ');
}

/** The world's time as a host has it whose clock started earlier. */
class ClockAhead implements Clock {
  readonly resolution: number;

  constructor(
    private readonly clock: Clock,
    private readonly by: number,
  ) {
    this.resolution = clock.resolution;
  }

  now(): number {
    return this.clock.now() + this.by;
  }

  schedule(at: number, callback: () => void): Scheduled {
    return this.clock.schedule(at - this.by, callback);
  }

  turn<T>(work: () => T): T {
    return this.clock.turn(work);
  }
}

function print({ name, stack }: Host): void {
  const log = new Log({
    write: (text) => {
      process.stderr.write(`${name} ${text}`);
    },
  });
  stack.observe((event) => {
    log.event(event);
  });
}
