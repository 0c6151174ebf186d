import type { Mark } from './application/say';
import type { Purpose, Reading } from './conversation';

/** Silence in µs that ends a burst. */
const QUIET = 500_000;
/** How many segments of a kind are shown in each direction before the rest of the burst is only counted. */
const HANDFUL = 5;
/** While a burst goes on, what was counted is told after 1 s, 2 s more, 4 s more, … */
const FIRST_REPORT = 1_000_000;
const LONGEST_REPORT = 32_000_000;

/** What was counted instead of shown, in one direction. */
export interface Count {
  segments: number;
  bytes: number;
  again: number;
}

export type Counts = Record<'in' | 'out', Count>;

/** What marks an event of its own, however many there are. */
const ALWAYS_SHOWN: ReadonlySet<Purpose> = new Set<Purpose>([
  'syn',
  'syn-ack',
  'handshake-ack',
  'first-fin',
  'second-fin',
  'ack-of-first-fin',
  'last-ack',
  'refusal',
  'no-such-connection',
  'abort',
]);

/** What bulk transfer is made of. */
const ORDINARY: ReadonlySet<Purpose> = new Set<Purpose>(['data', 'ack', 'window-update']);

/** Decides which segments of a connection are shown when many come in quick succession, and counts the others. */
export class Burst {
  private last = -Infinity;
  private readonly shown = new Map<string, number>();
  /** A handful of ordinary segments was shown in this burst: no more of them, in either direction. */
  private counting = false;
  private counts = noCounts();
  private reported = 0;
  private interval = FIRST_REPORT;

  /**
   * True when the segment is to be shown; `false` when it was counted.
   * @param mark what makes its data more than ordinary
   */
  shows(time: number, direction: 'in' | 'out', reading: Reading, mark?: Mark): boolean {
    if (time - this.last > QUIET) {
      this.shown.clear();
      this.counting = false;
      this.interval = FIRST_REPORT;
      this.reported = time;
    }
    this.last = time;
    if (ALWAYS_SHOWN.has(reading.purpose) || mark?.always === true) return true;
    const ordinary = mark === undefined && ORDINARY.has(reading.purpose) && !reading.again && reading.missing === 0;
    const kind = `${direction} ${reading.again ? 'again' : reading.missing > 0 ? 'early' : (mark?.kind ?? reading.purpose)}`;
    const shown = this.shown.get(kind) ?? 0;
    if (shown < HANDFUL && !(ordinary && this.counting)) {
      this.shown.set(kind, shown + 1);
      return true;
    }
    if (ordinary) this.counting = true;
    const count = this.counts[direction];
    count.segments += 1;
    count.bytes += reading.length;
    if (reading.again) count.again += 1;
    return false;
  }

  /** True when so much time has passed that what was counted should be told. */
  isDue(time: number): boolean {
    if (time - this.reported < this.interval) return false;
    this.reported = time;
    this.interval = Math.min(this.interval * 2, LONGEST_REPORT);
    return true;
  }

  /** What was counted since it was last taken, or `undefined`. */
  take(): Counts | undefined {
    if (this.counts.in.segments + this.counts.out.segments === 0) return undefined;
    const { counts } = this;
    this.counts = noCounts();
    return counts;
  }
}

/** Lets a handful of each kind through in a second. */
export class Ration {
  private second = -Infinity;
  private readonly shown = new Map<string, number>();

  /** Whether one more of the kind is to be shown: `last` when more of it will not be, for now. */
  take(time: number, kind: string): 'yes' | 'last' | 'no' {
    if (time - this.second >= 1_000_000) {
      this.second = time;
      this.shown.clear();
    }
    const shown = (this.shown.get(kind) ?? 0) + 1;
    this.shown.set(kind, shown);
    if (shown > HANDFUL) return 'no';
    return shown === HANDFUL ? 'last' : 'yes';
  }
}

function noCounts(): Counts {
  return { in: { segments: 0, bytes: 0, again: 0 }, out: { segments: 0, bytes: 0, again: 0 } };
}
