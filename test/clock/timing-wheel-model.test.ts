import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { Clock } from '../../src/clock/clock';
import { Timer, TimingWheel } from '../../src/clock/timing-wheel';
import { VirtualClock } from '../../src/clock/virtual-clock';

const TIMERS = 24;

/** What is done with a timer: set so many µs from now, or cleared. */
interface Action {
  readonly timer: number;
  readonly offset: number | undefined;
}
/** From outside, with what the timer does when it goes off; and in between time passes. */
interface Step {
  readonly action: Action;
  readonly onFire: readonly Action[];
  readonly advance: number;
}

const timer = fc.nat(TIMERS - 1);
/** Near and far, with many that are the same, some that have passed, and some on the edge of a slot. */
const offset = fc.oneof(
  fc.integer({ min: -50, max: 50 }),
  fc.nat(2000),
  fc.nat(2 ** 31),
  fc.integer({ min: 0, max: 9 }).map((level) => 32 ** level),
  fc.constantFrom(-1_000_000, 0, 1023, 2 ** 30 - 1, 2 ** 32, 2 ** 51),
);
const action: fc.Arbitrary<Action> = fc.record({ timer, offset: fc.option(offset, { nil: undefined, freq: 4 }) });
const advance = fc.oneof(fc.constant(0), fc.nat(100), fc.nat(5000), fc.nat(2 ** 31));
const steps: fc.Arbitrary<Step[]> = fc.array(
  fc.record({ action, onFire: fc.array(action, { maxLength: 2 }), advance }),
  { maxLength: 120, size: 'max' },
);

/** What the wheel should do, with a list that is sorted anew for each step. */
class Model {
  time = 0;
  readonly log: string[] = [];
  readonly onFire: (readonly Action[])[] = [];
  #pending: { timer: number; at: number; order: number }[] = [];
  #due: { timer: number; at: number }[] = [];
  #sets = 0;

  do({ timer, offset }: Action): void {
    this.#pending = this.#pending.filter((entry) => entry.timer !== timer);
    this.#due = this.#due.filter((entry) => entry.timer !== timer);
    if (offset === undefined) return;
    this.#pending.push({ timer, at: Math.max(0, this.time + offset), order: this.#sets++ });
    this.#pending.sort((a, b) => a.at - b.at || a.order - b.order);
  }

  advance(by: number): void {
    const target = this.time + by;
    for (let next = this.next; next !== undefined && next <= target; next = this.next) {
      this.time = next;
      this.#due = this.#pending.filter(({ at }) => at <= next);
      this.#pending = this.#pending.filter(({ at }) => at > next);
      for (let entry = this.#due.shift(); entry !== undefined; entry = this.#due.shift()) {
        this.log.push(`${entry.timer} at ${next}`);
        const then = this.onFire[entry.timer] ?? [];
        this.onFire[entry.timer] = [];
        for (const each of then) this.do(each);
      }
    }
    this.time = target;
  }

  get next(): number | undefined {
    const [first] = this.#pending;
    return first === undefined ? undefined : Math.max(this.time, first.at);
  }

  get size(): number {
    return this.#pending.length;
  }
}

/** The same with a wheel. Each timer does what it was told once, so that all comes to an end. */
function wheelOn(clock: Clock): {
  wheel: TimingWheel;
  log: string[];
  onFire: (readonly Action[])[];
  act: (action: Action) => void;
} {
  const wheel = new TimingWheel(clock);
  const log: string[] = [];
  const onFire: (readonly Action[])[] = [];
  const timers = Array.from(
    { length: TIMERS },
    (_, index) =>
      new Timer((now) => {
        log.push(`${index} at ${now}`);
        const then = onFire[index] ?? [];
        onFire[index] = [];
        then.forEach(act);
      }),
  );
  function act({ timer: index, offset: from }: Action): void {
    const chosen = timers[index];
    if (chosen === undefined) return;
    if (from === undefined) wheel.clear(chosen);
    else wheel.set(chosen, clock.now() + from);
    if (chosen.pending !== (from !== undefined)) throw new Error(`timer ${index} is not as it was set`);
  }
  return { wheel, log, onFire, act };
}

describe('a timing wheel does what a sorted list does', () => {
  test('on a clock that tells each µs apart, and the clock knows the next deadline exactly', () => {
    fc.assert(
      fc.property(steps, (run) => {
        const clock = new VirtualClock();
        const { wheel, log, onFire, act } = wheelOn(clock);
        const model = new Model();
        for (const step of run) {
          model.onFire[step.action.timer] = onFire[step.action.timer] = step.onFire;
          act(step.action);
          model.do(step.action);
          expect(clock.nextDeadline()).toBe(model.next);
          clock.advanceBy(step.advance);
          model.advance(step.advance);
          expect([clock.nextDeadline(), clock.size, wheel.size, ...log.splice(0)]).toEqual([
            model.next,
            model.size === 0 ? 0 : 1,
            model.size,
            ...model.log.splice(0),
          ]);
        }
      }),
      { numRuns: 100 },
    );
  });

  test('on a coarse clock, where each goes off at the first tick that is not before its deadline', () => {
    const tick = 1000;
    const round = (time: number): number => Math.ceil(time / tick) * tick;
    fc.assert(
      fc.property(steps, (run) => {
        const time = new VirtualClock();
        const { wheel, log, act } = wheelOn({
          resolution: tick,
          now: () => time.now(),
          schedule: (at, callback) => time.schedule(round(Math.max(at, time.now())), callback),
          turn: (work) => work(),
        });
        let pending: { timer: number; at: number; fires: number }[] = [];
        for (const { action: each, advance: by } of run) {
          act(each);
          pending = pending.filter((entry) => entry.timer !== each.timer);
          if (each.offset !== undefined) {
            const at = Math.max(0, time.now() + each.offset);
            pending.push({ timer: each.timer, at, fires: round(Math.max(at, time.now())) });
          }
          time.advanceBy(by);
          const due = pending.filter(({ fires }) => fires <= time.now());
          pending = pending.filter(({ fires }) => fires > time.now());
          // A stable sort: those with the same deadline stay in the order in which they were set.
          due.sort((a, b) => a.fires - b.fires || a.at - b.at);
          expect([wheel.size, ...log.splice(0)]).toEqual([
            pending.length,
            ...due.map((entry) => `${entry.timer} at ${entry.fires}`),
          ]);
        }
      }),
      { numRuns: 100 },
    );
  });
});
