import type { Clock, Scheduled } from '../clock/clock';
import type { Random } from '../random';
import { markCongestion } from './ce-mark';
import { linkHeader } from './finish';
import type { FrameBatch, Link } from './link';

/** What happens to a frame: what chance decides (`pass`), or one thing for certain. */
export type Fate = 'pass' | 'drop' | 'duplicate' | 'corrupt' | 'reorder';

/** Decides on frames one by one, beside what chance does. `index` counts the frames of this direction from 0. */
export type FrameFilter = (frame: Uint8Array, direction: 'in' | 'out', index: number) => Fate;

/** What one direction of a bad network does to frames. Probabilities are 0 to 1; what is left out is 0. */
export interface Impairment {
  /** The probability that a frame is lost. */
  readonly loss?: number;
  /** How long each frame takes, in µs. */
  readonly delay?: number;
  /** Each frame takes up to so many µs longer. It never overtakes the frame before it; `reorder` is for that. */
  readonly jitter?: number;
  /** The probability that a frame is held back for `reorderDelay`, and frames behind it pass. */
  readonly reorder?: number;
  /** In µs. Default 1000. */
  readonly reorderDelay?: number;
  /** The probability that a frame arrives twice. */
  readonly duplicate?: number;
  /** The probability that one bit of a frame is flipped; an Ethernet header is spared. */
  readonly corrupt?: number;
  /** The probability that a packet of a sender who understands it is marked "congestion experienced" (RFC 3168 §5). */
  readonly mark?: number;
  /** Bits/s, counting each frame from its first byte (the Ethernet header's, if there is one) to its last. 0: no limit. */
  readonly rate?: number;
  /** How many frames wait for `rate` at most, the one being sent included; more are dropped. Default 1000. */
  readonly queue?: number;
  /** How many frames are under way at most, in all; more are dropped. Default 65536. */
  readonly limit?: number;
  /** Decides on single frames: "drop the third segment". */
  readonly filter?: FrameFilter | undefined;
}

/** What became of the frames of one direction: offered + duplicated = delivered + lost + overflowed + cancelled + under way. */
export interface ImpairmentCounters {
  offered: number;
  delivered: number;
  lost: number;
  reordered: number;
  duplicated: number;
  corrupted: number;
  marked: number;
  /** Dropped because `queue` or `limit` was reached. */
  overflowed: number;
  /** Under way when the link was closed. */
  cancelled: number;
}

const DEFAULTS = {
  loss: 0,
  delay: 0,
  jitter: 0,
  reorder: 0,
  reorderDelay: 1000,
  duplicate: 0,
  corrupt: 0,
  mark: 0,
  rate: 0,
  queue: 1000,
  limit: 65536,
};
type Setting = keyof typeof DEFAULTS;
const SETTINGS: readonly Setting[] = [
  'loss',
  'delay',
  'jitter',
  'reorder',
  'reorderDelay',
  'duplicate',
  'corrupt',
  'mark',
  'rate',
  'queue',
  'limit',
];
const PROBABILITIES: readonly Setting[] = ['loss', 'reorder', 'duplicate', 'corrupt', 'mark'];

/** Frames that arrive together. */
interface Arrival {
  readonly time: number;
  readonly frames: Uint8Array[];
  readonly scheduled: Scheduled;
}

/** One direction of a bad network. */
export class ImpairedPath {
  readonly counters: ImpairmentCounters = {
    offered: 0,
    delivered: 0,
    lost: 0,
    reordered: 0,
    duplicated: 0,
    corrupted: 0,
    marked: 0,
    overflowed: 0,
    cancelled: 0,
  };

  readonly #settings = { ...DEFAULTS };
  #filter: FrameFilter | undefined;
  /** A source of chance for each thing, all drawn from for each frame: more loss does not change what else is struck. */
  readonly #chance: Readonly<Record<'loss' | 'jitter' | 'reorder' | 'duplicate' | 'corrupt' | 'bit' | 'mark', Random>>;

  /** When the frames that wait for the rate will have left, oldest first. */
  readonly #departures: number[] = [];
  /** When the sender will be free: `#free` µs and `#part` / rate µs. In whole numbers, so that nothing adds up. */
  #free = 0;
  #part = 0;

  readonly #arrivals = new Set<Arrival>();
  /** The last arrival, of those that keep their order. */
  #last: Arrival | undefined;
  #underWay = 0;

  constructor(
    readonly direction: 'in' | 'out',
    readonly medium: Link['medium'],
    readonly clock: Clock,
    random: Random,
    /** Takes frames that arrive together. */
    readonly deliver: (frames: FrameBatch) => void,
  ) {
    this.#chance = {
      loss: random.fork(),
      jitter: random.fork(),
      reorder: random.fork(),
      duplicate: random.fork(),
      corrupt: random.fork(),
      bit: random.fork(),
      mark: random.fork(),
    };
  }

  /** Changes what is given, for the frames that come from now on. RangeError for what is not a probability or an amount. */
  set(changes: Impairment): void {
    for (const name of SETTINGS) check(name, changes[name]);
    for (const name of SETTINGS) this.#settings[name] = changes[name] ?? this.#settings[name];
    if ('filter' in changes) this.#filter = changes.filter;
    if (changes.rate !== undefined && this.#part > 0) {
      this.#free++;
      this.#part = 0;
    }
  }

  /** Sends frames on their way. Those that nothing holds up are delivered before this returns. */
  offer(frames: FrameBatch): void {
    const now = this.clock.now();
    const here: Uint8Array[] = [];
    for (const frame of frames) this.#carry(frame, now, here);
    this.#arrive(here);
  }

  /** Nothing is done to frames, and none is under way: one that were offered would pass at once, as it is. */
  get isClear(): boolean {
    const { loss, delay, jitter, reorder, duplicate, corrupt, mark, rate, limit } = this.#settings;
    return (
      loss + delay + jitter + reorder + duplicate + corrupt + mark + rate === 0 &&
      limit > 0 &&
      this.#filter === undefined &&
      this.#underWay === 0
    );
  }

  /** Takes back all that is under way. */
  cancel(): void {
    for (const arrival of this.#arrivals) arrival.scheduled.cancel();
    this.#arrivals.clear();
    this.#last = undefined;
    this.counters.cancelled += this.#underWay;
    this.#underWay = 0;
  }

  /** Decides on one frame. What arrives at once is added to `here`. */
  #carry(frame: Uint8Array, now: number, here: Uint8Array[]): void {
    const { counters } = this;
    const settings = this.#settings;
    const chance = this.#chance;
    const fate = this.#filter?.(frame, this.direction, counters.offered) ?? 'pass';
    counters.offered++;
    const lost = chance.loss.chance(settings.loss) || fate === 'drop';
    const jitter = chance.jitter.below(settings.jitter + 1);
    const held = chance.reorder.chance(settings.reorder) || fate === 'reorder';
    const twice = chance.duplicate.chance(settings.duplicate) || fate === 'duplicate';
    const corrupt = chance.corrupt.chance(settings.corrupt) || fate === 'corrupt';
    const position = chance.bit.uint32();
    const marked = chance.mark.chance(settings.mark);

    const departure = this.#underWay < settings.limit ? this.#depart(frame.length, now) : undefined;
    if (departure === undefined) {
      counters.overflowed++;
      return;
    }
    // A frame is lost on the way: it has taken its share of the rate.
    if (lost) {
      counters.lost++;
      return;
    }
    if (marked && markCongestion(frame, linkHeader(this.medium))) counters.marked++;
    if (corrupt && this.#flip(frame, position)) counters.corrupted++;
    const copies = [frame];
    if (twice) {
      counters.duplicated++;
      copies.push(new Uint8Array(frame));
    }

    this.#underWay += copies.length;
    const time = departure + settings.delay + jitter;
    if (held) {
      counters.reordered++;
      this.#schedule(time + settings.reorderDelay, copies);
    } else if (this.#last !== undefined && time <= this.#last.time) {
      this.#last.frames.push(...copies);
    } else if (time <= now) {
      here.push(...copies);
    } else {
      this.#last = this.#schedule(time, copies);
    }
  }

  #schedule(time: number, frames: Uint8Array[]): Arrival {
    const scheduled = this.clock.schedule(time, () => {
      this.#arrivals.delete(arrival);
      if (this.#last === arrival) this.#last = undefined;
      this.#arrive(frames);
    });
    const arrival: Arrival = { time, frames, scheduled };
    this.#arrivals.add(arrival);
    return arrival;
  }

  #arrive(frames: FrameBatch): void {
    if (frames.length === 0) return;
    this.#underWay -= frames.length;
    this.counters.delivered += frames.length;
    this.deliver(frames);
  }

  /** When a frame of so many bytes has been sent at the rate; undefined when there is no room for it to wait. */
  #depart(length: number, now: number): number | undefined {
    const { rate, queue } = this.#settings;
    if (rate === 0) return now;
    const departures = this.#departures;
    while (departures[0] !== undefined && departures[0] <= now) departures.shift();
    if (departures.length >= queue) return undefined;
    if (this.#free < now) {
      this.#free = now;
      this.#part = 0;
    }
    const parts = this.#part + length * 8 * 1_000_000;
    this.#free += Math.floor(parts / rate);
    this.#part = parts % rate;
    const departure = this.#part > 0 ? this.#free + 1 : this.#free;
    departures.push(departure);
    return departure;
  }

  /** Flips one bit, behind the Ethernet header: a frame with a wrong address or type would merely be lost. */
  #flip(frame: Uint8Array, position: number): boolean {
    const from = linkHeader(this.medium);
    if (frame.length <= from) return false;
    const bit = position % ((frame.length - from) * 8);
    const index = from + (bit >>> 3);
    frame[index] = (frame[index] ?? 0) ^ (1 << (bit & 7));
    return true;
  }
}

function check(name: Setting, value: number | undefined): void {
  if (value === undefined) return;
  if (PROBABILITIES.includes(name)) {
    if (!(value >= 0 && value <= 1)) throw new RangeError(`impair: ${name} is a probability from 0 to 1, not ${value}`);
    return;
  }
  const most = name === 'rate' ? Number.MAX_SAFE_INTEGER : 2 ** 32 - 1;
  if (!Number.isInteger(value) || value < 0 || value > most) {
    throw new RangeError(`impair: ${name} is a whole number from 0 to ${most}, not ${value}`);
  }
}
