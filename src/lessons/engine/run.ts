import type { ConnectionRecord } from '../../inspect';
import type { State } from '../../tcp/states';
import type { Variables } from '../../tcp/variables';
import { formatFrameId, type Action, type Value } from './action';
import type { Host } from './host';
import { settingsOf, type Lesson } from './lesson';
import type { Beat, Moment } from './moment';
import type { Talk } from './talk';
import type { Timeline } from './timeline';
import type { Frame, Wish } from './wire';
import { World } from './world';

export interface RunOptions {
  /** Any whole number from 0 to 2³² − 1. Default: the lesson's, which is 1 if it does not say. */
  readonly seed?: number;
  /** What the reader changes. Default: what the lesson has changed from the start. */
  readonly actions?: readonly Action[];
}

/** A beat that was said, and when (µs). */
export interface SaidBeat {
  readonly beat: Beat;
  readonly time: number;
}

/**
 * A lesson as it goes: the same lesson, seed and actions give the same run, bit for bit. There is no way back in a run; `again` makes
 * another one and takes it to where one wants to be.
 */
export class Run {
  readonly seed: number;
  readonly actions: readonly Action[];
  readonly settings: Readonly<Record<string, Value>>;
  readonly world: World;
  /** Everything worth showing that has happened so far, in order. */
  readonly moments: Moment[] = [];
  /** What the lesson has said so far, in order. */
  readonly beats: SaidBeat[] = [];
  /** How often `step` has moved on, also inside `advanceTo`. */
  steps = 0;
  private readonly left: Map<Beat, number>;

  constructor(
    readonly lesson: Lesson,
    options: RunOptions = {},
  ) {
    this.seed = options.seed ?? lesson.seed ?? 1;
    this.actions = options.actions ?? lesson.actions ?? [];
    this.settings = settingsOf(lesson, this.actions);
    this.left = new Map(lesson.beats.map((beat) => [beat, beat.nth ?? 1]));
    this.world = new World(lesson.setup(this.settings), this.seed, wishesOf(this.actions), (moment) => {
      this.note(moment);
    });
    this.scheduleBeats();
    lesson.script(this.world, this.settings);
    for (const action of this.actions) {
      if (action.type !== 'do') continue;
      this.world.at(action.at, () => {
        this.world.hosts.get(action.host)?.perform(action.call, action.amount);
      });
    }
  }

  /** µs */
  get now(): number {
    return this.world.now;
  }

  /** Nothing more can happen, or the lesson's time is up. */
  get done(): boolean {
    return this.nextTime === undefined;
  }

  /** The ladder of the first wire. */
  get timeline(): Timeline {
    const [timeline] = this.world.timelines;
    if (timeline === undefined) throw new Error('a lesson has a wire');
    return timeline;
  }

  /** The ladder of each wire. */
  get timelines(): readonly Timeline[] {
    return this.world.timelines;
  }

  /** A host by its name: its records, programs, stack. */
  host(name: string): Host {
    return this.world.host(name);
  }

  /** The record of a host's connection; the first one, or that with this number from 0. */
  record(name: string, number = 0): ConnectionRecord | undefined {
    return this.host(name).records[number];
  }

  /** What a host's connection has in its head when it last spoke. */
  variables(name: string, number = 0): Variables | undefined {
    return this.record(name, number)?.variables;
  }

  /** The state of a host's end of a connection; LISTEN or CLOSED when it has had none. */
  state(name: string, number = 0): State | undefined {
    const host = this.host(name);
    return this.record(name, number)?.state ?? (host.stack.tcp.listeners().length > 0 ? 'LISTEN' : 'CLOSED');
  }

  /** The states that a host's end of a connection has been in, in order. */
  path(name: string, number = 0): readonly State[] {
    const steps = this.record(name, number)?.path.right ?? [];
    return steps.flatMap(({ to }) => to ?? []);
  }

  /** A program's end of a connection. */
  talk(name: string, number = 0): Talk | undefined {
    return this.host(name).talks[number];
  }

  /** The frames that are on a wire now, oldest first. */
  underWay(wire = 0): readonly Frame[] {
    return this.world.wires[wire]?.frames.filter(({ fate }) => fate === 'under-way') ?? [];
  }

  /** Where a frame is at a time: 0 at its sender (also while it waits for the wire's rate), 1 at the other end. */
  position(frame: Frame, time = this.now): number {
    const { leaves, ends, reach } = frame;
    if (time <= leaves) return 0;
    return time >= ends ? reach : (reach * (time - leaves)) / (ends - leaves);
  }

  /** When something happens next (µs), whether or not it is worth showing; `undefined`: the run is done. */
  get nextTime(): number | undefined {
    const next = this.world.clock.nextDeadline();
    return next === undefined || next > this.world.until || this.world.isQuiet ? undefined : next;
  }

  /**
   * Moves on to the next time at which something worth showing happens.
   * @returns what happened, in order, all at the same time; nothing when the run is done
   */
  step(): readonly Moment[] {
    const before = this.moments.length;
    for (let next = this.nextTime; next !== undefined; next = this.nextTime) {
      this.world.clock.advanceTo(next);
      if (this.moments.length > before) break;
    }
    if (this.moments.length > before) this.steps += 1;
    return this.moments.slice(before);
  }

  /**
   * Moves on to a time (µs); a time in the past changes nothing.
   * @returns what happened on the way
   */
  advanceTo(time: number): readonly Moment[] {
    const before = this.moments.length;
    for (let next = this.nextTime; next !== undefined && next <= time; next = this.nextTime) {
      const count = this.moments.length;
      this.world.clock.advanceTo(next);
      if (this.moments.length > count) this.steps += 1;
    }
    if (!this.done && time > this.now) this.world.clock.advanceTo(time);
    return this.moments.slice(before);
  }

  /** Goes to the end. */
  finish(): this {
    this.advanceTo(this.world.until);
    return this;
  }

  /**
   * The same anew, to go back or to change something: with other actions or another seed where they are given.
   * @param to a time in µs, or how many steps
   */
  again(to: { readonly time: number } | { readonly steps: number } = { steps: 0 }, options: RunOptions = {}): Run {
    const run = new Run(this.lesson, { seed: this.seed, actions: this.actions, ...options });
    if ('time' in to) run.advanceTo(to.time);
    else while (run.steps < to.steps && run.step().length > 0);
    return run;
  }

  private note(moment: Moment): void {
    this.moments.push(moment);
    for (const [beat, left] of this.left) {
      if (typeof beat.when !== 'function' || !beat.when(moment)) continue;
      if (left > 1) this.left.set(beat, left - 1);
      else this.say(beat);
    }
  }

  private say(beat: Beat): void {
    this.left.delete(beat);
    this.beats.push({ beat, time: this.now });
    this.moments.push({ kind: 'beat', time: this.now, beat });
  }

  private scheduleBeats(): void {
    for (const beat of this.lesson.beats) {
      if (typeof beat.when === 'function') continue;
      this.world.at(beat.when.at, () => {
        this.say(beat);
      });
    }
  }
}

function wishesOf(actions: readonly Action[]): ReadonlyMap<string, Wish> {
  const wishes = new Map<string, Wish>();
  for (const action of actions) {
    if (action.type !== 'drop' && action.type !== 'delay' && action.type !== 'copy') continue;
    const id = formatFrameId(action.frame);
    const wish = wishes.get(id) ?? {};
    if (action.type === 'drop') wish.drop = true;
    else if (action.type === 'copy') wish.copy = true;
    else wish.delay = action.by;
    wishes.set(id, wish);
  }
  return wishes;
}
