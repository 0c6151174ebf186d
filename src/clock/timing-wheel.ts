import type { Clock, Scheduled } from './clock';

/** What can wait in a wheel, and goes off once at a time. It can be set again and again; setting it allocates nothing. */
export abstract class Timed {
  /** The wheel's: the time for which it was last set. */
  at = 0;
  /** The wheel's: where it waits, and its neighbours there. */
  slot: Slot | undefined = undefined;
  previous: Timed | undefined = undefined;
  next: Timed | undefined = undefined;

  /** Called with the time (µs) when it goes off. It may set anything that is timed, this one too. */
  abstract fire(now: number): void;

  /** Set, and has not gone off. */
  get pending(): boolean {
    return this.slot !== undefined;
  }

  /** When it goes off, in µs; the time for which it was last set when it is not pending. */
  get deadline(): number {
    return this.at;
  }
}

/** A function with a time. */
export class Timer extends Timed {
  constructor(private readonly callback: (now: number) => void) {
    super();
  }

  override fire(now: number): void {
    this.callback(now);
  }
}

/** The slots of a wheel: as many as there are bits in its bitmap. */
const SLOTS = 32;
const BITS = 5;
/** Eleven digits of five bits hold every safe integer. */
const TOP = 10;
/** So many timers are looked through faster than spread over a finer wheel. */
const FEW = 8;
/** So many wheels that are not in use are kept for the next need. */
const SPARE = 64;

/** The digit of `time` that a wheel of `level` goes by. A shift sees the low 32 bits alone: six digits. */
function digit(time: number, level: number): number {
  return level < 6
    ? (time >>> (BITS * level)) & (SLOTS - 1)
    : (Math.floor(time / 2 ** (BITS * 6)) >>> (BITS * (level - 6))) & (SLOTS - 1);
}

/** A place in a wheel: timers in the order in which they were set, or in their stead a finer wheel that holds them. */
class Slot {
  first: Timed | undefined = undefined;
  last: Timed | undefined = undefined;
  length = 0;
  finer: Wheel | undefined = undefined;

  constructor(
    readonly wheel: Wheel | undefined,
    readonly bit: number,
  ) {}

  append(timer: Timed): void {
    timer.slot = this;
    timer.previous = this.last;
    if (this.last === undefined) this.first = timer;
    else this.last.next = timer;
    this.last = timer;
    this.length++;
    if (this.wheel !== undefined) this.wheel.occupied |= this.bit;
  }

  remove(timer: Timed): void {
    if (timer.previous === undefined) this.first = timer.next;
    else timer.previous.next = timer.next;
    if (timer.next === undefined) this.last = timer.previous;
    else timer.next.previous = timer.previous;
    timer.slot = timer.previous = timer.next = undefined;
    this.length--;
  }

  /** The timer with the earliest deadline; the one set first when there are several. */
  earliest(): Timed | undefined {
    let found = this.first;
    for (let timer = found?.next; timer !== undefined; timer = timer.next) {
      if (found === undefined || timer.at < found.at) found = timer;
    }
    return found;
  }
}

/** One turn of a wheel of `level` is 32^(level + 1) µs long, and a slot of it 32^level µs. */
class Wheel {
  readonly slots: readonly Slot[] = Array.from({ length: SLOTS }, (_, index) => new Slot(this, 1 << index));
  /** A bit for each slot that is not empty. */
  occupied = 0;
  level = TOP;
  /** The slot of the coarser wheel that this one stands in. */
  within: Slot | undefined = undefined;

  slot(index: number): Slot {
    const slot = this.slots[index];
    if (slot === undefined) throw new RangeError(`a wheel has no slot ${index}`);
    return slot;
  }

  /** The earliest slot with something in it. */
  first(): Slot {
    return this.slot(31 - Math.clz32(this.occupied & -this.occupied));
  }
}

/**
 * The timers of a stack: a hierarchical timing wheel (Varghese and Lauck 1987, scheme 7) with a grain of 1 µs and room
 * for any time below 2⁵³ µs. Setting and clearing take the same few steps however many timers are set.
 *
 * Where the textbook spreads a slot over the finer wheel when its time comes, this one does so when the slot becomes
 * the earliest one. The next deadline is then known exactly, and nothing turns while nothing is due.
 */
export class TimingWheel {
  readonly #clock: Clock;
  readonly #run: (work: () => void) => void;
  /** Whether the clock must know the next deadline to the µs; else waking up too early now and then is cheaper. */
  readonly #exact: boolean;

  readonly #top = new Wheel();
  readonly #spare: Wheel[] = [];
  /** Timers whose time has come, while they go off one after the other. */
  readonly #due = new Slot(undefined, 0);
  #size = 0;

  #wakeUp: Scheduled | undefined;
  #wakeAt = Infinity;
  #firing = false;

  /** @param run Wraps the firing of all timers that are due together: the stack's turn. */
  constructor(
    clock: Clock,
    run: (work: () => void) => void = (work) => {
      work();
    },
  ) {
    this.#clock = clock;
    this.#run = run;
    this.#exact = clock.resolution <= 1;
  }

  /** How many timers are pending. */
  get size(): number {
    return this.#size;
  }

  /**
   * Sets `timer` to go off at `deadline` (µs), also when it is pending already. Timers go off in the order of their
   * deadlines, and in the order in which they were set where those are the same. One set for a time that has passed
   * goes off as soon as it can, never inside this call. RangeError when `deadline` is not a time.
   */
  set(timer: Timed, deadline: number): void {
    const at = Math.max(0, Math.ceil(deadline));
    if (!Number.isSafeInteger(at)) {
      throw new RangeError(`cannot set a timer to ${deadline} µs: a deadline is a time in µs below 2^53`);
    }
    const wasNext = timer.slot !== undefined && timer.at === this.#wakeAt;
    if (timer.slot !== undefined) this.#take(timer, timer.slot);
    timer.at = at;
    this.#size++;

    let wheel = this.#top;
    let slot = wheel.slot(digit(timer.at, TOP));
    while (slot.finer !== undefined) {
      wheel = slot.finer;
      slot = wheel.slot(digit(timer.at, wheel.level));
    }
    slot.append(timer);

    if (at < this.#wakeAt) this.#arm(at);
    else if (wasNext) this.#later();
  }

  /** Takes `timer` back. Harmless when it is not pending. */
  clear(timer: Timed): void {
    if (timer.slot === undefined) return;
    const wasNext = timer.at === this.#wakeAt;
    this.#take(timer, timer.slot);
    if (wasNext || this.#size === 0) this.#later();
  }

  #take(timer: Timed, slot: Slot): void {
    slot.remove(timer);
    this.#size--;
    if (slot.length > 0) return;
    let { wheel, bit } = slot;
    // A wheel left empty goes, and so does the coarser one that it leaves empty.
    while (wheel !== undefined) {
      wheel.occupied &= ~bit;
      const { within } = wheel;
      if (wheel.occupied !== 0 || within === undefined) return;
      within.finer = wheel.within = undefined;
      if (this.#spare.length < SPARE) this.#spare.push(wheel);
      ({ wheel, bit } = within);
    }
  }

  /** The timer that goes off next. */
  #next(): Timed | undefined {
    let wheel = this.#top;
    if (wheel.occupied === 0) return undefined;
    for (;;) {
      const slot = wheel.first();
      if (slot.finer !== undefined) wheel = slot.finer;
      else if (wheel.level === 0) return slot.first;
      else if (slot.length <= FEW) return slot.earliest();
      else wheel = this.#spread(slot, wheel.level - 1);
    }
  }

  /** Spreads the timers of `slot` over a finer wheel in its stead. */
  #spread(slot: Slot, level: number): Wheel {
    const wheel = this.#spare.pop() ?? new Wheel();
    wheel.level = level;
    wheel.within = slot;
    for (let timer = slot.first; timer !== undefined; timer = slot.first) {
      slot.remove(timer);
      wheel.slot(digit(timer.at, level)).append(timer);
    }
    slot.finer = wheel;
    return wheel;
  }

  /** Has the clock wake us at `at`. */
  #arm(at: number): void {
    if (this.#firing) return;
    this.#wakeUp?.cancel();
    this.#wakeAt = at;
    this.#wakeUp = this.#clock.schedule(at, this.#wake);
  }

  /** The next deadline has been put off. */
  #later(): void {
    if (this.#firing || (this.#size > 0 && !this.#exact)) return;
    this.#armNext();
  }

  #armNext(): void {
    const next = this.#due.first ?? this.#next();
    if (next?.at === this.#wakeAt) return;
    this.#wakeUp?.cancel();
    this.#wakeUp = undefined;
    this.#wakeAt = Infinity;
    if (next !== undefined) this.#arm(next.at);
  }

  readonly #wake = (): void => {
    this.#wakeUp = undefined;
    this.#wakeAt = Infinity;
    const now = this.#clock.now();
    // Taken out before any of them goes off: what they set for now waits for the next opportunity.
    for (let timer = this.#next(); timer !== undefined && timer.at <= now; timer = this.#next()) {
      if (timer.slot !== undefined) this.#take(timer, timer.slot);
      this.#due.append(timer);
      this.#size++;
    }
    this.#firing = true;
    try {
      if (this.#due.length > 0)
        this.#run(() => {
          this.#fire(now);
        });
    } finally {
      this.#firing = false;
      this.#armNext();
    }
  };

  #fire(now: number): void {
    for (let timer = this.#due.first; timer !== undefined; timer = this.#due.first) {
      this.#take(timer, this.#due);
      timer.fire(now);
    }
  }
}
