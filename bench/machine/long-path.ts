import { openActive } from '../../src/tcp/calls/open';
import { receive } from '../../src/tcp/calls/receive';
import type { TcpHost } from '../../src/tcp/host';
import { DEFAULTS, type Settings } from '../../src/tcp/options';
import { output } from '../../src/tcp/output';
import { NO_BYTES, NO_OPTIONS, emptySegment, type OutgoingSegment, type Segment } from '../../src/tcp/segment';
import { segmentArrives } from '../../src/tcp/segment-arrives';
import { arrivesInListen } from '../../src/tcp/segment-arrives/listen';
import { Tcb } from '../../src/tcp/tcb';
import { timeout } from '../../src/tcp/timeouts';
import { TIMER_NAMES } from '../../src/tcp/timers';
import type { TcpOption } from '../../src/wire/tcp-options';
import { Random } from '../../src/random';

/** What one write of the user gives, octets. */
const CHUNK = 65_536;
/** Nothing but the congestion window is to hold the sender back. */
const BUFFER = 2 ** 30;
const OCTETS = new Uint8Array(CHUNK);

const SETTINGS: Settings = {
  ...DEFAULTS,
  sendBuffer: BUFFER,
  sendBufferMax: BUFFER,
  receiveBuffer: BUFFER,
  receiveBufferMax: BUFFER,
  outOfOrderLimit: 1_000_000,
};

export interface LongPathOptions {
  /** The part of all segments with data that gets lost, 0 to 1. */
  readonly loss: number;
  /** What the sender may have in flight, octets: the congestion window is held there. */
  readonly window: number;
  /** What the bottleneck carries, octets a second, and the round trip without its queue, µs. */
  readonly rate: number;
  readonly roundTrip: number;
  readonly seed: number;
  /** The path has reordered once: RACK is patient, and much of what is overtaken waits for its time. */
  readonly reordered?: boolean;
}

/** What one end has done so far. `cpu`: milliseconds; `octets`: that have arrived for the first time, in their turn or ahead of it. */
export interface Work {
  readonly cpu: number;
  readonly octets: number;
}

/**
 * Two machines at the ends of a long path under virtual time, the one sending to the other as fast as the window lets. No congestion
 * control keeps much in flight where much is lost; here the window stays whatever happens, so that the cost of the scoreboard shows.
 *
 * Each end is run for a slice of virtual time that is shorter than the way between them, so that its time can be taken by itself.
 */
export class LongPath {
  private readonly sender: End;
  private readonly receiver: End;
  private now = 0;
  private readonly slice: number;

  constructor(options: LongPathOptions) {
    const { loss, window, rate, roundTrip, seed, reordered = false } = options;
    const random = new Random(seed);
    const there = new Wire(roundTrip / 2, rate, () => random.chance(loss));
    const back = new Wire(roundTrip / 2, Infinity, () => false);
    this.sender = new End('active', there, back, window);
    this.receiver = new End('passive', back, there, undefined);
    this.slice = roundTrip / 32;
    this.sender.tcb.rack.reorderingSeen = reordered;
    openActive(this.sender.tcb, 0);
  }

  /** Lets so much virtual time pass, µs. */
  run(span: number): void {
    const until = this.now + span;
    while (this.now < until) {
      this.now += this.slice;
      this.sender.run(this.now);
      this.receiver.run(this.now);
    }
    if (this.receiver.tcb.state !== 'ESTABLISHED') throw new Error('the connection did not come about, or ended');
  }

  get sent(): Work {
    return { cpu: this.sender.cpu, octets: this.sender.tcb.delivery.total };
  }

  get received(): Work {
    const { rcv, reassembly } = this.receiver.tcb;
    return { cpu: this.receiver.cpu, octets: rcv.offset + reassembly.length };
  }

  /** What the scoreboard holds now, octets and ranges, and what part of what was sent was sent again. */
  get scoreboard(): { flying: number; unacknowledged: number; ranges: number; sentAgain: number; timeouts: number } {
    const { inFlight, unacknowledged, counters, troubleSoFar } = this.sender.tcb;
    const { flying, size } = inFlight;
    const sentAgain = troubleSoFar.bytesRetransmitted / counters.bytesSent;
    return { flying, unacknowledged, ranges: size, sentAgain, timeouts: this.sender.timeouts };
  }
}

/** A machine, what it hears and where it speaks. */
class End implements TcpHost {
  readonly tcb: Tcb;
  /** Milliseconds. */
  cpu = 0;
  timeouts = 0;
  readonly trace = undefined;
  readonly pathMtu = 1500;
  readonly segmentation = 0;
  readonly ipOptionsLength = 0;
  private readonly segment = emptySegment();
  private counted = 0;

  /** @param window where the congestion window stays; without one this end only reads */
  constructor(
    how: 'active' | 'passive',
    private readonly out: Wire,
    private readonly heard: Wire,
    private readonly window: number | undefined,
  ) {
    const tuple = { localAddress: 0x0a090001, localPort: 1, remoteAddress: 0x0a090002, remotePort: 2 };
    const opening = { how, iss: 1000, pathMss: 1460, linkMss: 1460, timestampOffset: 0, now: 0 };
    this.tcb = new Tcb(this, 1, tuple, SETTINGS, opening);
  }

  /** All that happens up to this time, each thing at its own, and then the user's part. */
  run(until: number): void {
    const began = performance.now();
    const { tcb } = this;
    this.fill();
    for (;;) {
      const timer = tcb.timers.earliest ?? Infinity;
      const next = Math.min(this.heard.nextAt, timer);
      if (next > until) break;
      if (timer < this.heard.nextAt) this.timersDue(next);
      else this.hear(next);
      this.hold();
      output(tcb, next);
      this.hold();
    }
    this.cpu += performance.now() - began;
  }

  transmit(segment: OutgoingSegment, now: number): void {
    this.out.put(segment, now);
  }

  private hear(now: number): void {
    const { tcb, segment } = this;
    this.heard.take(segment);
    if (tcb.state === 'LISTEN') arrivesInListen(tcb, segment, now);
    else segmentArrives(tcb, segment, now);
    if (this.window !== undefined) return;
    while (typeof receive(tcb, BUFFER, now) !== 'string');
  }

  private timersDue(now: number): void {
    for (const name of TIMER_NAMES) {
      const deadline = this.tcb.timers.get(name);
      if (deadline === undefined || deadline > now) continue;
      if (name === 'retransmission') this.timeouts += 1;
      timeout(this.tcb, name, now);
    }
  }

  private hold(): void {
    if (this.window === undefined) return;
    this.tcb.congestion.cwnd = this.window;
    this.tcb.congestion.ssthresh = this.window;
  }

  /** The user writes ahead of what is sent. */
  private fill(): void {
    const { tcb, window } = this;
    if (window === undefined) return;
    const ahead = tcb.unacknowledged + window;
    while (tcb.sendQueue.length < ahead) tcb.enqueue(OCTETS);
    tcb.snd.push = tcb.endOfData;
  }

  random32(): number {
    return 4;
  }
  count(): void {
    this.counted += 1;
  }
  accept(): boolean {
    return true;
  }
  orphaned(): boolean {
    return true;
  }
  waits(): boolean {
    return true;
  }
  lowerPathMtu(): void {
    this.counted += 1;
  }
  raisePathMtu(): void {
    this.counted += 1;
  }
  notify(): void {
    this.counted += 1;
  }
  fastOpenAnswered(): void {
    this.counted += 1;
  }
  fastOpenLost(): void {
    this.counted += 1;
  }
  remove(): void {
    this.counted += 1;
  }
  advise(): void {
    this.counted += 1;
  }
  confirm(): void {
    this.counted += 1;
  }
}

/** A segment under way. */
interface Flight {
  at: number;
  seq: number;
  ack: number;
  flags: number;
  wnd: number;
  length: number;
  timestamps: boolean;
  tsval: number;
  tsecr: number;
  options: readonly TcpOption[];
}

/** One direction: a bottleneck with a queue that has no end, and a delay. Its segments are used again, so that it hardly allocates. */
class Wire {
  private readonly under: Flight[] = [];
  private first = 0;
  private count = 0;
  private freeAt = 0;

  /** @param delay µs; @param rate octets a second; @param isLost asked for each segment with data */
  constructor(
    private readonly delay: number,
    private readonly rate: number,
    private readonly isLost: () => boolean,
  ) {
    this.grow(1024);
  }

  /** When the next one arrives, µs; Infinity with none under way. */
  get nextAt(): number {
    return this.count === 0 ? Infinity : (this.under[this.first]?.at ?? Infinity);
  }

  put(segment: OutgoingSegment, now: number): void {
    let length = 0;
    for (const slice of segment.data) length += slice.length;
    this.freeAt = Math.max(this.freeAt, now) + (length * 1_000_000) / this.rate;
    if (length > 0 && this.isLost()) return;
    if (this.count === this.under.length) this.grow(this.count);
    const flight = this.under[(this.first + this.count) & (this.under.length - 1)];
    if (flight === undefined) return;
    this.count += 1;
    flight.at = Math.ceil(this.freeAt + this.delay);
    flight.seq = segment.seq;
    flight.ack = segment.ack;
    flight.flags = segment.flags;
    flight.wnd = segment.wnd;
    flight.length = length;
    flight.timestamps = segment.timestamps;
    flight.tsval = segment.tsval;
    flight.tsecr = segment.tsecr;
    flight.options = segment.options;
  }

  /** The next one, as it arrives. */
  take(into: Segment): void {
    const flight = this.under[this.first];
    if (flight === undefined) return;
    this.first = (this.first + 1) & (this.under.length - 1);
    this.count -= 1;
    Object.assign(into, BARE);
    into.seq = flight.seq;
    into.ack = flight.ack;
    into.flags = flight.flags;
    into.wnd = flight.wnd;
    into.data = flight.length === 0 ? NO_BYTES : OCTETS.subarray(0, flight.length);
    into.timestamps = flight.timestamps;
    into.tsval = flight.tsval;
    into.tsecr = flight.tsecr;
    for (const option of flight.options) takeOption(into, option);
    flight.options = NO_OPTIONS;
  }

  /** So many more places. The number of all stays a power of two; it is grown when full, so what is under way starts at the front. */
  private grow(by: number): void {
    this.under.push(...this.under.splice(0, this.first));
    this.first = 0;
    for (let more = 0; more < by; more += 1) this.under.push({ ...EMPTY });
  }
}

const BARE = emptySegment();

const EMPTY: Flight = {
  at: 0,
  seq: 0,
  ack: 0,
  flags: 0,
  wnd: 0,
  length: 0,
  timestamps: false,
  tsval: 0,
  tsecr: 0,
  options: NO_OPTIONS,
};

function takeOption(into: Segment, option: TcpOption): void {
  if (option.kind === 'sack') into.sack = option.blocks;
  else if (option.kind === 'mss') into.mss = option.mss;
  else if (option.kind === 'window-scale') into.windowScale = option.shift;
  else if (option.kind === 'sack-permitted') into.sackPermitted = true;
}
