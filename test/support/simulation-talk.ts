import type { Random } from '../../src/random';
import type { Connection, ConnectionOptions } from '../../src/tcp/user';
import { type Host, MILLISECOND, SECOND, type World } from './simulation';
import { someBytes, User, type Habits } from './simulation-user';

/** One connection between the world's two hosts, from OPEN to both ends' CLOSED. */
export interface Talk {
  readonly caller: Host;
  /** µs after the world's start. */
  readonly start: number;
  /** The port that is called, and with a simultaneous open the one that is called back. */
  readonly port: number;
  readonly callerPort: number | undefined;
  readonly simultaneousOpen: boolean;
  /** Both close both directions at the same time, as soon as both have received everything. */
  readonly simultaneousClose: boolean;
  readonly options: { readonly caller: ConnectionOptions; readonly called: ConnectionOptions };
  readonly habits: { readonly caller: Habits; readonly called: Habits };
  readonly bytes: { readonly caller: Uint8Array; readonly called: Uint8Array };
}

/** The plainest way to have a talk: one calls the other at once, and nothing crosses. */
export const PLAIN_CALL = {
  start: 0,
  port: 80,
  callerPort: undefined,
  simultaneousOpen: false,
  simultaneousClose: false,
} as const;

/** Has a number of talks in a world at once. */
export class Talks {
  private readonly users: { caller: User | undefined; called: User | undefined; hungUp: boolean }[];

  constructor(
    private readonly world: World,
    private readonly talks: readonly Talk[],
  ) {
    this.users = talks.map(() => ({ caller: undefined, called: undefined, hungUp: false }));
    talks.forEach((talk, index) => {
      if (!talk.simultaneousOpen) this.listen(talk, index);
      world.clock.schedule(talk.start, () => {
        this.call(talk, index);
      });
    });
  }

  get isDone(): boolean {
    let done = true;
    this.talks.forEach(({ simultaneousClose }, index) => {
      const users = this.users[index];
      if (users?.caller === undefined || users.called === undefined) {
        done = false;
        return;
      }
      const { caller, called } = users;
      if (simultaneousClose && !users.hungUp && caller.hasAll && called.hasAll) {
        users.hungUp = true;
        caller.hangUp();
        called.hangUp();
      }
      if (!caller.isDone || !called.isDone) done = false;
    });
    return done;
  }

  /** For people: what is not done. */
  describe(): string {
    return this.users
      .flatMap(({ caller, called }, index) => {
        if (caller?.isDone === true && called?.isDone === true) return [];
        return [`talk ${index}: ${caller?.describe() ?? 'not called'}; ${called?.describe() ?? 'not accepted'}`];
      })
      .join('\n');
  }

  /** Grows whenever a user sends or receives something, or a connection changes its state: what a watchdog looks at. */
  get progress(): number {
    let sum = 0;
    for (const { watch } of this.world.hosts) for (const times of watch.transitions.values()) sum += times;
    for (const { caller, called } of this.users) {
      for (const user of [caller, called]) if (user !== undefined) sum += user.sent + user.received;
    }
    return sum;
  }

  /** The two users of a talk, once they are connected. */
  usersOf(index: number): { readonly caller: User; readonly called: User } | undefined {
    const { caller, called } = this.users[index] ?? {};
    return caller === undefined || called === undefined ? undefined : { caller, called };
  }

  expectNoBytesLeft(): void {
    for (const { caller, called } of this.users) {
      for (const user of [caller, called]) {
        const { send, receive, outOfOrder } = user?.connection.status().buffered ?? {};
        if (send !== 0 || receive !== 0 || outOfOrder !== 0) {
          throw new Error(`left in buffers: ${send} to send, ${receive} to receive, ${outOfOrder} out of order`);
        }
      }
    }
  }

  private listen(talk: Talk, index: number): void {
    const { port, options } = talk;
    const called = this.world.peerOf(talk.caller);
    const listener = called.stack.tcp.open({ passive: true, local: { address: called.any, port }, ...options.called });
    listener.on('connection', () => {
      const connection = listener.accept();
      if (typeof connection === 'string') throw new Error(`accept said ${connection}`);
      this.seat(talk, index, 'called', connection);
    });
  }

  private call(talk: Talk, index: number): void {
    const { caller, port, callerPort } = talk;
    const called = this.world.peerOf(caller);
    const local = callerPort === undefined ? {} : { local: { port: callerPort } };
    const remote = { address: called.address, port };
    this.seat(talk, index, 'caller', caller.stack.tcp.open({ ...local, remote, ...talk.options.caller }));
    if (!talk.simultaneousOpen) return;
    const back = { address: caller.address, port: callerPort ?? 0 };
    this.seat(talk, index, 'called', called.stack.tcp.open({ local: { port }, remote: back, ...talk.options.called }));
  }

  private seat(talk: Talk, index: number, who: 'caller' | 'called', connection: Connection): void {
    const other = who === 'caller' ? 'called' : 'caller';
    const users = this.users[index];
    if (users?.[who] !== undefined) throw new Error(`talk ${index}: a second connection for the ${who}`);
    const user = new User(this.world.clock, connection, talk.habits[who], talk.bytes[who], talk.bytes[other]);
    if (users !== undefined) users[who] = user;
  }
}

/** A talk of any kind. */
export function randomTalk(world: World, index: number, random: Random): Talk {
  const simultaneousOpen = random.chance(0.1);
  const simultaneousClose = random.chance(0.15);
  const options = { caller: randomOptions(random), called: randomOptions(random) };
  const mayShutdown = pick(random, [
    { caller: 'when-sent', called: 'when-sent' },
    { caller: 'when-sent', called: 'when-peer-has' },
    { caller: 'when-peer-has', called: 'when-sent' },
  ] as const);
  const shutdown = simultaneousClose ? ({ caller: 'later', called: 'later' } as const) : mayShutdown;
  const smallest = Math.min(
    ...[options.caller, options.called].flatMap((each) => [each.sendBuffer, each.receiveBuffer]),
  );
  const side = (who: 'caller' | 'called'): { habits: Habits; bytes: Uint8Array } => {
    const tiny = random.chance(0.15);
    const most = Math.min(tiny ? 2_000 : 300_000, smallest * 40);
    const bytes = someBytes(random, random.chance(0.2) ? 0 : skewed(random, most));
    return { habits: { ...randomHabits(random, tiny, bytes.length), shutdown: shutdown[who] }, bytes };
  };
  const caller = side('caller');
  const called = side('called');
  return {
    caller: random.chance(0.5) ? world.a : world.b,
    start: random.below(5 * SECOND),
    port: 1000 + index,
    callerPort: simultaneousOpen ? 2000 + index : undefined,
    simultaneousOpen,
    simultaneousClose,
    options,
    habits: { caller: caller.habits, called: called.habits },
    bytes: { caller: caller.bytes, called: called.bytes },
  };
}

/** Whatever two ends may agree on, or one may do alone. */
export function randomMachinery(random: Random): ConnectionOptions {
  return {
    congestion: pick(random, ['cubic', 'cubic', 'reno', 'bbr']),
    sack: !random.chance(0.2),
    timestamps: !random.chance(0.2),
    windowScaling: !random.chance(0.1),
    lossRecovery: pick(random, ['rack', 'rack', 'sack']),
    tailLossProbe: !random.chance(0.2),
    frto: !random.chance(0.2),
    nagle: pick(random, ['minshall', 'classic']),
    ecn: pick(random, [true, 'passive', false]),
    quickAcks: pick(random, [16, 0]),
    initialWindow: pick(random, [10, 1]),
    mtuProbing: pick(random, ['off', 'black-hole', 'always']),
  };
}

type SizedOptions = ConnectionOptions & { readonly sendBuffer: number; readonly receiveBuffer: number };

function randomOptions(random: Random): SizedOptions {
  return {
    sendBuffer: 2 ** (6 + random.below(13)) - random.below(17),
    receiveBuffer: 2 ** (5 + random.below(14)) - random.below(17),
    noDelay: random.chance(0.3),
    ...(random.chance(0.2) && { mss: 30 + random.below(1431) }),
    ...(random.chance(0.2) && { delayedAck: 0 }),
    ...(random.chance(0.1) && { outOfOrderLimit: 1 + random.below(8) }),
    ...(random.chance(0.2) && { receiveBufferMax: 2 ** 20, sendBufferMax: 2 ** 20 }),
    ...randomMachinery(random),
  };
}

function randomHabits(random: Random, tiny: boolean, bytes: number): Pick<Habits, 'write' | 'read'> {
  const slowWriter = random.chance(0.15);
  const slowReader = random.chance(0.25);
  return {
    write: {
      size: tiny ? 1 + random.below(20) : 1 + skewed(random, 100_000),
      pause: slowWriter ? random.below(50 * MILLISECOND) : 0,
    },
    read: slowReader
      ? { size: 1 + Math.ceil(bytes / 40) + random.below(3000), pause: random.below(300 * MILLISECOND) }
      : { size: random.chance(0.5) ? Number.MAX_SAFE_INTEGER : 1 + random.below(5000), pause: 0 },
  };
}

/** A number up to `most` of any order of magnitude: small ones as likely as large ones. */
export function skewed(random: Random, most: number): number {
  return Math.floor(most ** ((random.below(1000) + 1) / 1000));
}

export function pick<T>(random: Random, values: readonly T[]): T {
  const value = values[random.below(values.length)];
  if (value === undefined) throw new RangeError('nothing to pick from');
  return value;
}
