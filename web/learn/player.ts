import { Run, encodeLink, type Action, type Lesson } from '../../src/lessons';
import { isSame, outcomeOf, type Outcome } from './outcome';

/** µs of the lesson for a second of the reader's, by speed: a fiftieth of real time is the one to begin with. */
export const SPEEDS = [0.01, 0.02, 0.05, 0.1, 0.5, 1, 5, 50] as const;
const FIRST_SPEED = 0.02;

/** Longest that a reader waits for what comes next, ms: while something is on the wire, and while nothing is. */
const LONGEST = { flight: 3000, silence: 1400, step: 700 };
/** With no movement, how long each picture stands when it plays, ms. */
const STILL = 1200;
/** A silence of which the clock says that it is passed over, µs. */
const LONG_SILENCE = 200_000;
/** A remark stands alone for so long before it goes on, ms, and so long for each of its letters. */
const READING = { least: 900, letter: 28, most: 7000 };
/** Events in one frame of the screen: a busy wire must not stop the page. */
const MOST_EVENTS = 400;

export interface PlayerOptions {
  readonly seed?: number | undefined;
  readonly actions?: readonly Action[] | undefined;
  /** Where to begin, µs. */
  readonly time?: number | undefined;
}

/** What has changed: only time (things move), or what has happened as well. */
export type Change = 'time' | 'events';

/** The way to the next event. */
interface Leg {
  readonly to: number;
  /** How far it is gone: the run's time is whole, this is not. */
  at: number;
  /** µs for each ms of the reader's. */
  readonly rate: number;
  readonly isSilence: boolean;
}

/**
 * A lesson as the reader goes through it: forward and back, at a speed, with what the reader changes. Its time is virtual, and moves only
 * by `tick`, `step` and the like; there is no clock in here.
 */
export class Player {
  run: Run;
  /** `step`: on the way to the next event, and then it stands. */
  mode: 'still' | 'play' | 'step' = 'still';
  speed: number = FIRST_SPEED;
  /** Whether remarks get time to be read. */
  waits = true;
  /** Whether things move between events. */
  animated = true;
  /** Tells one run from the next: the same rows and records only while this stays. */
  generation = 0;
  private hold = 0;
  private leg: Leg | undefined;
  private still = 0;
  private whole: Run | undefined;
  private unchanged: Outcome | undefined;

  constructor(
    readonly lesson: Lesson,
    { seed, actions, time }: PlayerOptions = {},
    private readonly onChange: (what: Change) => void = () => undefined,
  ) {
    this.run = new Run(lesson, {
      ...(seed !== undefined && { seed }),
      ...(actions !== undefined && { actions }),
    });
    if (time !== undefined) this.run.advanceTo(time);
  }

  get actions(): readonly Action[] {
    return this.run.actions;
  }

  get seed(): number {
    return this.run.seed;
  }

  get isDone(): boolean {
    return this.run.done;
  }

  get isMoving(): boolean {
    return this.mode !== 'still';
  }

  /** A remark is given time to be read. */
  get isReading(): boolean {
    return this.mode === 'play' && this.hold > 0;
  }

  /** How long a silence is being passed over, µs. */
  get passesOver(): number | undefined {
    const { leg } = this;
    if (!this.isMoving || this.hold > 0 || leg?.isSilence !== true) return undefined;
    return leg.to - this.run.now > 0 ? leg.to - this.run.now : undefined;
  }

  /** The same run, gone to its end. */
  get ending(): Run {
    this.whole ??= new Run(this.lesson, { seed: this.seed, actions: this.actions }).finish();
    return this.whole;
  }

  /** What comes of the lesson as it is without the reader. */
  get usual(): Outcome {
    this.unchanged ??= outcomeOf(new Run(this.lesson).finish());
    return this.unchanged;
  }

  /** The reader has changed something. */
  get isChanged(): boolean {
    return this.seed !== (this.lesson.seed ?? 1) || !isSame(this.actions, this.lesson.actions ?? []);
  }

  /** The part of a URL behind `#` for what is there now. */
  get link(): string {
    return this.isChanged ? encodeLink(this.lesson, this.seed, this.actions) : this.lesson.id;
  }

  play(): void {
    if (this.isDone) this.goTo(0);
    this.mode = 'play';
    this.leg = undefined;
    this.hold = 0;
    this.onChange('events');
  }

  pause(): void {
    this.mode = 'still';
    this.leg = undefined;
    this.onChange('events');
  }

  toggle(): void {
    if (this.mode === 'play') this.pause();
    else this.play();
  }

  /** To the next event: what is on the wire moves there in a moment. If it moves already, it is there at once, and on to the one after it. */
  step(): void {
    if (this.isDone) {
      this.pause();
      return;
    }
    const wasStepping = this.mode === 'step';
    this.hold = 0;
    this.leg = undefined;
    if (wasStepping || !this.animated) this.run.step();
    this.mode = this.animated && this.run.nextTime !== undefined ? 'step' : 'still';
    this.onChange('events');
  }

  back(): void {
    this.mode = 'still';
    this.goTo(this.run.steps - 1);
  }

  toEnd(): void {
    this.mode = 'still';
    this.run.finish();
    this.onChange('events');
  }

  restart(): void {
    this.mode = 'still';
    this.goTo(0);
  }

  /** To where so many events have happened. */
  goTo(steps: number): void {
    this.leg = undefined;
    this.hold = 0;
    if (steps >= this.run.steps) while (this.run.steps < steps && this.run.step().length > 0);
    else this.replace(this.run.again({ steps: Math.max(0, steps) }));
    this.onChange('events');
  }

  /** The reader changes the run: it is made anew with these actions, up to the time where it was, or to `time` (µs). */
  change(actions: readonly Action[], time = this.run.now): void {
    const to = this.run.steps === 0 ? { steps: 0 } : { time };
    this.leg = undefined;
    this.whole = undefined;
    this.replace(this.run.again(to, { actions }));
    this.onChange('events');
  }

  /** From the start with other actions, or another seed. */
  begin(actions: readonly Action[], seed = this.lesson.seed ?? 1): void {
    this.mode = 'still';
    this.leg = undefined;
    this.hold = 0;
    this.whole = undefined;
    this.replace(this.run.again({ steps: 0 }, { actions, seed }));
    this.onChange('events');
  }

  /** So many ms of the reader's time have passed. */
  tick(elapsed: number): void {
    if (this.mode === 'still') return;
    let left = Math.min(elapsed, 250);
    let what: Change = 'time';
    for (let events = 0; events < MOST_EVENTS && this.isMoving; events++) {
      if (this.hold > 0) {
        const pause = Math.min(this.hold, left);
        this.hold -= pause;
        left -= pause;
        if (this.hold > 0) break;
        what = 'events';
      }
      const next = this.run.nextTime;
      if (next === undefined) {
        this.mode = 'still';
        what = 'events';
        break;
      }
      if (!this.animated) {
        this.still += left;
        if (this.still < STILL) break;
        this.still = 0;
        this.run.step();
        this.afterEvents(this.run.beats.length - 1);
        what = 'events';
        break;
      }
      const leg = this.legTo(next);
      const needs = (next - leg.at) / leg.rate;
      if (needs > left) {
        leg.at += left * leg.rate;
        this.run.advanceTo(Math.floor(leg.at));
        break;
      }
      left -= needs;
      const { steps, beats } = this.run;
      const said = beats.length;
      this.run.advanceTo(next);
      if (this.run.steps === steps) continue;
      what = 'events';
      this.afterEvents(said);
    }
    if (this.isDone) {
      this.mode = 'still';
      what = 'events';
    }
    this.onChange(what);
  }

  private afterEvents(said: number): void {
    if (this.mode === 'step') this.mode = 'still';
    const letters = this.run.beats.slice(said).reduce((sum, { beat }) => sum + beat.en.length, 0);
    if (this.waits && letters > 0) this.hold = Math.min(READING.most, READING.least + letters * READING.letter);
  }

  private legTo(to: number): Leg {
    if (this.leg?.to === to) return this.leg;
    const gap = to - this.run.now;
    const nothingUnderWay = this.run.world.wires.every(({ underWay }) => underWay === 0);
    const longest = this.mode === 'step' ? LONGEST.step : nothingUnderWay ? LONGEST.silence : LONGEST.flight;
    const own = this.mode === 'step' ? 0 : this.speed * 1000;
    this.leg = {
      to,
      at: this.run.now,
      rate: Math.max(own, gap / longest, 0.001),
      isSilence: nothingUnderWay && gap >= LONG_SILENCE,
    };
    return this.leg;
  }

  private replace(run: Run): void {
    this.run = run;
    this.generation += 1;
  }
}
