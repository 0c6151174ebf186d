import { VirtualClock } from '../../clock/virtual-clock';
import type { ConnectionRecord, End, SegmentRow } from '../../inspect';
import { Random } from '../../random';
import type { TcpOptions } from '../../stack/tcp-options';
import type { TraceEvent } from '../../trace';
import { formatFrameId, type FrameId } from './action';
import { Host, type Plug } from './host';
import type { Moment } from './moment';
import { ghostPacket, type Ghost } from './ghost';
import { Timeline } from './timeline';
import { Wire, type Frame, type LossCause, type WireOptions, type Wish } from './wire';

/** How a world is made. */
export interface Setup {
  /** The hosts' names. Default `A` (client, left) and `B` (server, right). */
  readonly hosts?: readonly string[];
  /** Which two hosts each wire joins: left, right. Default one wire between the first two hosts. */
  readonly wires?: readonly (readonly [string, string])[];
  /** Of all wires. */
  readonly wire?: WireOptions;
  /** TCP's options of all hosts. */
  readonly tcp?: TcpOptions;
  /** And of single ones, by name. */
  readonly each?: Readonly<Record<string, TcpOptions>>;
  /**
   * An ACK waits for what the program answers at once, and goes with it. Default `false`: each is a segment of its own, so that every step
   * of the protocol is seen.
   */
  readonly piggyback?: boolean;
  /** When the lesson ends at the latest, µs. Default 10 min; it ends before when nothing more can happen. */
  readonly until?: number;
}

/** What the receiver makes of the frame that is being delivered. */
interface Arrival {
  heard: SegmentRow | undefined;
  dropped: boolean;
}

const DEFAULT_UNTIL = 600_000_000;

/**
 * A few hosts with the real stack, and wires between them, in virtual time. A wire's left end has the address 10.0.w.1 and its right
 * end 10.0.w.2, w being the wire's number from 0.
 */
export class World {
  readonly clock = new VirtualClock();
  readonly hosts = new Map<string, Host>();
  readonly wires: Wire[] = [];
  /** The ladder of each wire. */
  readonly timelines: Timeline[] = [];
  readonly until: number;
  private pending = 0;
  /** What follows from an arrival is told after it. */
  private held: Moment[] | undefined;
  private delivering: Arrival | undefined;

  constructor(
    setup: Setup,
    seed: number,
    wishes: ReadonlyMap<string, Wish>,
    /** Told of everything worth showing, in order. */
    private readonly listener: (moment: Moment) => void,
  ) {
    const names = setup.hosts ?? ['A', 'B'];
    const [first = 'A', second = 'B'] = names;
    const pairs = setup.wires ?? [[first, second] as const];
    const random = new Random(seed);
    const wish = (id: FrameId): Wish => wishes.get(formatFrameId(id)) ?? {};
    this.until = setup.until ?? DEFAULT_UNTIL;
    pairs.forEach(([left, right], index) => {
      const addresses = { left: `10.0.${index}.1`, right: `10.0.${index}.2` };
      const watcher = {
        frameSent: (frame: Frame) => {
          this.frameSent(index, frame);
        },
        frameArrives: (frame: Frame, deliver: () => void) => {
          this.frameArrives(index, frame, deliver);
        },
        frameLost: (frame: Frame) => {
          this.frameLost(index, frame);
        },
        routerTells: (frame: Frame, mtu: number, isHeard: boolean) => {
          this.routerTells(index, frame, mtu, isHeard);
        },
      };
      this.wires.push(new Wire(index, addresses, this.clock, random.fork(), wish, watcher, setup.wire));
      this.timelines.push(
        new Timeline({ left, right }, (ends) => ({
          left: this.hosts.get(left)?.stateOf(ends.left, ends.right),
          right: this.hosts.get(right)?.stateOf(ends.right, ends.left),
        })),
      );
    });
    for (const name of names) {
      const plugs = pairs.flatMap((pair, index): Plug[] => {
        const wire = this.wires[index];
        const end = pair[0] === name ? 'left' : pair[1] === name ? 'right' : undefined;
        return wire === undefined || end === undefined ? [] : [{ wire, end }];
      });
      const hostSeed = random.below(2 ** 31);
      const tcp = { ...setup.tcp, ...setup.each?.[name] };
      this.hosts.set(name, new Host(this, name, plugs, hostSeed, tcp, setup.piggyback ?? false));
    }
  }

  /** µs */
  get now(): number {
    return this.clock.now();
  }

  /** The client, at the left of the first wire. */
  get a(): Host {
    return this.host('A');
  }

  /** The server. */
  get b(): Host {
    return this.host('B');
  }

  /** @throws Error when there is no such host */
  host(name: string): Host {
    const host = this.hosts.get(name);
    if (host === undefined) throw new Error(`there is no host ${name} in this lesson`);
    return host;
  }

  /** At a time (µs) somebody does something. */
  at(time: number, work: () => void): void {
    this.pending += 1;
    this.clock.schedule(time, () => {
      this.pending -= 1;
      work();
    });
  }

  /** As `at`, so many µs from now. */
  after(delay: number, work: () => void): void {
    this.at(this.now + delay, work);
  }

  /** A segment that nobody here has sent is on its way to the other end of the first wire: an old one, or a forged one. */
  inject(from: End, ghost: Ghost, wire = 0): void {
    const on = this.wires[wire];
    const to = from === 'left' ? 'right' : 'left';
    on?.inject(from, ghostPacket(ghost, on.addresses[from], on.addresses[to]));
  }

  /** Something worth showing has happened. */
  tell(moment: Moment): void {
    if (this.held === undefined) this.listener(moment);
    else this.held.push(moment);
  }

  /** Nothing more can happen: no connection is open, nothing is under way, and nobody waits to do something. */
  get isQuiet(): boolean {
    return (
      this.pending === 0 &&
      this.wires.every(({ underWay }) => underWay === 0) &&
      [...this.hosts.values()].every(({ stack, isUp }) => !isUp || stack.tcp.connections().length === 0)
    );
  }

  /** A host's trace has an event; `from` is where the new rows of its record begin. */
  traced(host: Host, event: TraceEvent, record: ConnectionRecord | undefined, from: number): void {
    const time = this.now;
    const { delivering } = this;
    if (event.type === 'drop') {
      if (delivering !== undefined) delivering.dropped = true;
    } else if (event.type === 'transition') {
      const { connection, from: before, to, event: cause } = event;
      this.tell({ kind: 'state', time, host: host.name, connection, from: before, to, event: cause });
    } else if (event.type === 'timer' && event.action === 'fired' && event.timer !== 'pacing') {
      this.tell({ kind: 'timer', time, host: host.name, connection: event.connection, timer: event.timer });
    }
    if (record === undefined) return;
    const last = record.rows.last;
    if (event.type === 'segment') {
      if (event.direction === 'in' && delivering !== undefined && last?.kind === 'segment') delivering.heard = last;
      return;
    }
    const plug = host.plugs.find(({ wire, end }) => wire.addresses[end] === record.id.local.address);
    if (plug !== undefined) this.timelines[plug.wire.index]?.notes(record, from, plug.end);
  }

  private frameSent(wire: number, frame: Frame): void {
    const timeline = this.timelines[wire];
    if (timeline === undefined) return;
    const host = timeline.hosts[frame.from];
    const sender = frame.id === undefined ? undefined : this.hosts.get(host);
    const spoken = sender?.spoken;
    if (sender !== undefined) sender.spoken = undefined;
    const row = timeline.sent(frame, spoken);
    if (row !== undefined) this.tell({ kind: 'sent', time: this.now, host, row, frame });
  }

  private frameArrives(wire: number, frame: Frame, deliver: () => void): void {
    const timeline = this.timelines[wire];
    if (timeline === undefined) return;
    if (frame.fate === 'nowhere') {
      this.gone(timeline, frame, 'nowhere');
      return;
    }
    const arrival: Arrival = { heard: undefined, dropped: false };
    const held: Moment[] = [];
    this.delivering = arrival;
    this.held = held;
    try {
      deliver();
    } finally {
      this.delivering = undefined;
      this.held = undefined;
    }
    const row = timeline.arrived(frame, this.now, arrival.heard, arrival.dropped);
    timeline.refresh();
    const host = timeline.hosts[frame.from === 'left' ? 'right' : 'left'];
    if (row !== undefined) this.tell({ kind: 'arrived', time: this.now, host, row, frame });
    for (const moment of held) this.tell(moment);
  }

  private frameLost(wire: number, frame: Frame): void {
    const timeline = this.timelines[wire];
    if (timeline !== undefined) this.gone(timeline, frame, frame.loss ?? 'chance');
  }

  private routerTells(wire: number, frame: Frame, mtu: number, isHeard: boolean): void {
    const timeline = this.timelines[wire];
    if (timeline === undefined) return;
    timeline.routerTells(frame, { type: 'too-big', time: this.now, mtu, isHeard });
    this.tell({ kind: 'icmp', time: this.now, host: timeline.hosts[frame.from], mtu, isHeard });
  }

  private gone(timeline: Timeline, frame: Frame, why: LossCause | 'nowhere'): void {
    const row = timeline.lost(frame);
    if (row !== undefined) {
      this.tell({ kind: 'lost', time: this.now, host: timeline.hosts[frame.from], row, frame, why });
    }
  }
}
