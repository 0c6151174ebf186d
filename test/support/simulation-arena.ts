import { VirtualClock } from '../../src/clock/virtual-clock';
import { Log } from '../../src/inspect/log';
import { PacketLink } from '../../src/link/packets';
import { Random } from '../../src/random';
import { Stack } from '../../src/stack';
import { diff } from '../../src/tcp/sequence';
import { isSynchronized } from '../../src/tcp/states';
import type { Status } from '../../src/tcp/status';
import type { Connection, ConnectionOptions, Listener } from '../../src/tcp/user';
import { checkConnection } from './invariants';
import { ADDRESSES, type Family } from './simulation';
import { randomBytes } from './simulation-user';
import { Watch } from './simulation-watch';

export type Name = 'a' | 'b';

/** What an adversary may do in one step. `which` counts around among what there is. Times in µs. */
export type Step =
  | { readonly do: 'deliver' | 'drop' | 'repeat'; readonly to: Name; readonly which: number }
  | { readonly do: 'deliver-all'; readonly to: Name }
  | { readonly do: 'pass-time'; readonly time: number }
  | { readonly do: 'next-timer' }
  | { readonly do: 'open' | 'shutdown' | 'close' | 'abort'; readonly who: Name; readonly which: number }
  | { readonly do: 'send' | 'receive'; readonly who: Name; readonly which: number; readonly bytes: number };

export interface Schedule {
  readonly seed: number;
  readonly family: Family;
  readonly options: Readonly<Record<Name, ConnectionOptions>>;
  readonly steps: readonly Step[];
}

/** A connection as its user sees it. */
interface Party {
  readonly connection: Connection;
  sent: number;
  received: number;
  heardEnd: boolean;
  ended: 'closed' | 'aborted' | undefined;
  /** It has said CLOSE in both directions. */
  left: boolean;
  /** It is CLOSED, and everything was heard: nothing about it changes any more. */
  over: boolean;
}

interface Machine {
  readonly name: Name;
  readonly address: string;
  readonly port: number;
  readonly stack: Stack;
  readonly link: PacketLink;
  readonly listener: Listener;
  readonly parties: Party[];
}

/** A packet under way, and when it was sent. */
interface Packet {
  readonly bytes: Uint8Array;
  readonly sent: number;
}

const POOL = randomBytes(1 << 16, 2);
const PORTS = { a: 1000, b: 2000 } as const;
const MSL = 2_000_000;
/** Four steps of the window scale, which even the smallest buffer offers where a large one set the scale. */
const STEPS = 4 * 2 ** 8;
/** After so long a schedule something may have been sent again for long enough to be given up (R2). */
const HOPELESS = 800_000_000;
/** Far more exchanges than it takes to say everything. */
const MOST_ROUNDS = 5_000;

/**
 * Two machines, and the network between them in the hands of an adversary. Both listen, and both may call the other's port from
 * their own, so that every connection there ever is has the same four-tuple. After each step everything is checked that TCP
 * promises.
 */
export class Arena {
  private readonly clock = new VirtualClock();
  private readonly machines: Readonly<Record<Name, Machine>>;
  private readonly underWay: Record<Name, Packet[]> = { a: [], b: [] };
  private readonly random: Random;
  /** The most bytes in one SEND, so that it takes no thousands of segments. */
  private readonly most: number;

  constructor(
    private readonly schedule: Schedule,
    log?: (line: string) => void,
  ) {
    this.random = new Random(schedule.seed);
    const { a, b } = schedule.options;
    this.most = 50 * Math.min(...[a, b].flatMap(({ mss = 1460, receiveBuffer = 1 }) => [mss, receiveBuffer]));
    this.machines = { a: this.machine('a', log), b: this.machine('b', log) };
  }

  /** Plays the schedule, and then lets everybody finish in peace. */
  run(log?: (line: string) => void): void {
    for (const step of this.schedule.steps) {
      log?.(`${JSON.stringify(step)}\n`);
      // No two sequence numbers are chosen at the same tick (RFC 9293 §3.4.1).
      this.clock.advanceBy(4);
      const before = this.statuses();
      this.take(step);
      this.check(before);
    }
    log?.('peace\n');
    this.finish();
  }

  private take(step: Step): void {
    const { clock, underWay } = this;
    switch (step.do) {
      case 'deliver':
      case 'drop':
      case 'repeat': {
        const queue = underWay[step.to];
        const index = step.which % Math.max(1, queue.length);
        const packet = queue[index];
        if (packet === undefined) return;
        if (step.do !== 'repeat') queue.splice(index, 1);
        if (step.do !== 'drop') this.inject(step.to, [packet]);
        return;
      }
      case 'deliver-all':
        this.inject(step.to, underWay[step.to].splice(0));
        return;
      case 'pass-time':
        clock.advanceBy(step.time);
        return;
      case 'next-timer':
        clock.advanceTo(clock.nextDeadline() ?? clock.now());
        return;
      case 'open':
        this.open(step.who);
        return;
      default: {
        const { parties } = this.machines[step.who];
        const party = parties[parties.length - 1 - (step.which % Math.max(1, parties.length))];
        if (party !== undefined) this.use(party, step);
      }
    }
  }

  private use(party: Party, step: Exclude<Step, { to: Name } | { time: number } | { do: 'next-timer' }>): void {
    const { connection } = party;
    if (step.do === 'send') {
      const { iss } = connection.status().snd;
      const taken = connection.send(stream(iss, party.sent, Math.min(step.bytes, this.most)));
      if (typeof taken === 'number') party.sent += taken;
    } else if (step.do === 'receive') {
      this.receive(party, step.bytes);
    } else if (step.do === 'shutdown') {
      connection.shutdown();
    } else if (step.do === 'close') {
      party.left = true;
      connection.close();
    } else if (step.do === 'abort') {
      connection.abort();
    }
  }

  /** RECEIVE, and a look whether these are the bytes that were sent, or whether they were all. */
  private receive(party: Party, max: number): boolean {
    const { connection } = party;
    const data = connection.receive(max);
    const { irs } = connection.status().rcv;
    if (data === 'EOF') {
      party.heardEnd = true;
      const sender = this.everybody().find(({ connection: other }) => other.status().snd.iss === irs);
      if (connection.error === undefined && sender !== undefined && sender.sent !== party.received) {
        throw new Error(`the end came after ${party.received} bytes, and ${sender.sent} were sent`);
      }
    }
    if (typeof data === 'string') return false;
    if (Buffer.compare(data, stream(irs, party.received, data.length)) !== 0) {
      throw new Error(`#${connection.id} received wrong bytes at ${party.received}`);
    }
    party.received += data.length;
    return true;
  }

  private open(who: Name): void {
    const machine = this.machines[who];
    const { stack, port } = machine;
    const peer = who === 'a' ? 'b' : 'a';
    if (stack.tcp.connections().length > 0) return;
    // What an earlier connection left under way could be taken for this one's where no TIME-WAIT came between: the hazard
    // of ABORT (RFC 9293 §3.6.1), and none that a schedule may use.
    this.underWay.a = [];
    this.underWay.b = [];
    const remote = { address: ADDRESSES[this.schedule.family][peer], port: PORTS[peer] };
    this.seat(machine, stack.tcp.open({ local: { port }, remote, ...this.schedule.options[who], msl: MSL }));
  }

  private seat(machine: Machine, connection: Connection): void {
    const party: Party = {
      connection,
      sent: 0,
      received: 0,
      heardEnd: false,
      ended: undefined,
      left: false,
      over: false,
    };
    machine.parties.push(party);
    connection.on('closed', (how) => {
      party.ended = how;
    });
  }

  private inject(to: Name, packets: readonly Packet[]): void {
    // RFC 9293 §3.4.2: no segment lives longer.
    const fresh = packets.filter(({ sent }) => sent + MSL >= this.clock.now());
    this.machines[to].link.inject(fresh.map(({ bytes }) => bytes.slice()));
  }

  /** What is under way arrives in order, everybody reads and closes: every connection must come to its end. */
  private finish(): void {
    const end = this.clock.now() + 3600_000_000;
    const hopeful = this.hopeful();
    for (let rounds = 0; ; rounds += 1) {
      if (rounds > MOST_ROUNDS) throw new Error('the two never stop answering each other');
      for (const name of ['a', 'b'] as const) this.inject(name, this.underWay[name].splice(0));
      for (const party of this.everybody()) {
        while (this.receive(party, 1 << 20));
        if (party.connection.state !== 'SYN-SENT') party.connection.shutdown();
      }
      this.check(new Map());
      if (this.underWay.a.length + this.underWay.b.length > 0) continue;
      const next = this.clock.nextDeadline();
      if (next === undefined) {
        const alive = this.alive();
        if (alive.length === 0) break;
        // Only who said that it will hear to the end may wait for ever: for the FIN of a peer that is gone.
        const waiting = alive.find(({ state }) => state !== 'FIN-WAIT-2');
        if (waiting !== undefined) throw new Error(`#${waiting.id} waits in ${waiting.state}, and no timer is set`);
        for (const connection of alive) connection.close();
      } else if (next > end) {
        throw new Error(`a connection never ends: ${JSON.stringify(this.alive().map((each) => each.status()))}`);
      } else {
        this.clock.advanceTo(next);
      }
    }
    for (const { connection, ended } of this.everybody()) {
      if (ended === undefined) throw new Error(`#${connection.id} ended, and its user was not told`);
      if (ended === 'closed' && connection.error !== undefined) throw new Error(`closed, with ${connection.error}`);
    }
    // A RST may still answer the last FIN, when its ACK was lost and the peer's TIME-WAIT is over.
    for (const { connection, heardEnd } of hopeful) {
      if (connection.error !== undefined || !heardEnd) throw new Error(`#${connection.id} had no reason to fail`);
    }
  }

  /** The parties to connections that stand at both ends, and that nothing can end now but two FINs. */
  private hopeful(): Party[] {
    const { a, b } = this.schedule.options;
    const impatient = [a, b].some(({ userTimeout, keepAlive }) => userTimeout !== undefined || keepAlive !== undefined);
    if (impatient || this.clock.now() > HOPELESS) return [];
    return this.machines.a.parties.flatMap((one) =>
      this.machines.b.parties.flatMap((other) => {
        const [near, far] = [one.connection.status(), other.connection.status()];
        const patient = !one.left && !other.left && near.state !== 'CLOSED' && far.state !== 'CLOSED';
        return patient && isPair(near, far) ? [one, other] : [];
      }),
    );
  }

  private check(before: ReadonlyMap<Connection, Status>): void {
    const { a, b } = this.machines;
    const now: Record<Name, Status[]> = { a: [], b: [] };
    for (const { name, parties, stack } of [a, b]) {
      if (stack.tcp.connections().length > 1) throw new Error(`${name} has two connections with one four-tuple`);
      const { sendBuffer = 0, receiveBufferMax = 0 } = this.schedule.options[name];
      const receiveBuffer = Math.max(receiveBufferMax, this.schedule.options[name].receiveBuffer ?? 0, STEPS);
      for (const party of parties) {
        const { connection } = party;
        if (party.over && connection.state === 'CLOSED') continue;
        const status = checkConnection(connection, this.clock);
        const { state, snd, rcv, buffered, inFlight } = status;
        now[name].push(status);
        party.over = state === 'CLOSED' && buffered.receive === 0;
        // A FIN takes an octet of the window and none of the buffer.
        if (isSynchronized(state) && buffered.receive + rcv.wnd > receiveBuffer)
          throw new Error(`${name} offers more than it has room for`);
        if (buffered.outOfOrder > Math.max(rcv.wnd, receiveBuffer - buffered.receive))
          throw new Error(`${name} keeps more than it offered`);
        if (buffered.send > sendBuffer) throw new Error(`${name} queues more than it has room for`);
        const old = before.get(connection);
        const isNew = old !== undefined && isSynchronized(old.state) && diff(snd.nxt, old.snd.nxt) > 0;
        if (isNew && inFlight > snd.wnd && !(snd.wnd === 0 && inFlight === 1)) {
          throw new Error(`${name} has sent new data beyond its window: ${inFlight} of ${snd.wnd}`);
        }
      }
    }
    for (const one of now.a) for (const other of now.b) checkPair(one, other);
  }

  private machine(name: Name, log: ((line: string) => void) | undefined): Machine {
    const { clock } = this;
    const link = new PacketLink({ name });
    const { [name]: address, length, any } = ADDRESSES[this.schedule.family];
    const port = PORTS[name];
    const stack = new Stack({ clock, seed: this.random.uint32() });
    const watch = new Watch(name);
    stack.observe((event) => {
      watch.event(event);
    });
    if (log !== undefined) {
      const text = new Log({
        write: (line) => {
          log(`  ${name} ${line}`);
        },
      });
      stack.observe((event) => {
        text.event(event);
      });
    }
    stack.attach(link, { address: `${address}/${length}` });
    const peer = name === 'a' ? 'b' : 'a';
    link.onPacket = (bytes) => {
      this.underWay[peer].push({ bytes, sent: clock.now() });
    };
    const listener = stack.tcp.open({
      passive: true,
      local: { address: any, port },
      ...this.schedule.options[name],
      msl: MSL,
    });
    const machine: Machine = { name, address, port, stack, link, listener, parties: [] };
    listener.on('connection', () => {
      const connection = listener.accept();
      if (typeof connection !== 'string') this.seat(machine, connection);
    });
    return machine;
  }

  private everybody(): Party[] {
    return [...this.machines.a.parties, ...this.machines.b.parties];
  }

  private alive(): Connection[] {
    return [this.machines.a, this.machines.b].flatMap(({ stack }) => stack.tcp.connections());
  }

  private statuses(): Map<Connection, Status> {
    const going = this.everybody().filter(({ over }) => !over);
    return new Map(going.map(({ connection }) => [connection, connection.status()]));
  }
}

/** These are the two ends of one connection. */
function isPair(one: Status, other: Status): boolean {
  const synchronised = isSynchronized(one.state) && isSynchronized(other.state);
  return synchronised && one.snd.iss === other.rcv.irs && other.snd.iss === one.rcv.irs;
}

/** What one end believes of the other is never ahead of the truth. */
function checkPair(one: Status, other: Status): void {
  if (!isPair(one, other)) return;
  for (const [sender, receiver] of [
    [one, other],
    [other, one],
  ] as const) {
    if (diff(sender.snd.una, receiver.rcv.nxt) > 0) throw new Error('acknowledged, and not received');
    if (diff(receiver.rcv.nxt, sender.snd.nxt) > 0) throw new Error('received, and not sent');
    const edge = receiver.rcv.nxt + receiver.rcv.wnd;
    if (diff(sender.snd.una + sender.snd.wnd, edge) > 0)
      throw new Error('the sender believes in more room than was offered');
    if (sender.bytesAcked > receiver.bytesReceived) throw new Error('more bytes acknowledged than received');
  }
}

/** `length` octets from `position` on of what the end with this initial sequence number sends. */
function stream(iss: number, position: number, length: number): Uint8Array {
  const bytes = new Uint8Array(length);
  for (let at = 0; at < length;) {
    const from = (iss + position + at) % POOL.length;
    const part = POOL.subarray(from, from + length - at);
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}
