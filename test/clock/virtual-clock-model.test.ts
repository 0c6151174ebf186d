import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { Scheduled } from '../../src/clock/clock';
import { VirtualClock } from '../../src/clock/virtual-clock';

/** A plan of callbacks: when each is due after the time at which it is scheduled, and what it schedules in turn. */
interface Plan {
  readonly delay: number;
  readonly then: readonly Plan[];
}
const plan = [0, 1, 2].reduce<fc.Arbitrary<Plan>>(
  (deeper) => fc.record({ delay: fc.integer({ min: -5, max: 20 }), then: fc.array(deeper, { maxLength: 2 }) }),
  fc.record({ delay: fc.integer({ min: -5, max: 20 }), then: fc.constant([]) }),
);
type Command = { type: 'schedule'; plan: Plan } | { type: 'cancel'; index: number } | { type: 'advance'; by: number };
const commands = fc.array(
  fc.oneof(
    fc.record({ type: fc.constant('schedule' as const), plan }),
    fc.record({ type: fc.constant('cancel' as const), index: fc.nat(30) }),
    fc.record({ type: fc.constant('advance' as const), by: fc.nat(15) }),
  ),
  { maxLength: 60 },
);

/** What the clock should do, with a list that is sorted anew for each step. */
class Model {
  time = 0;
  readonly log: string[] = [];
  readonly waiting: { at: number; id: number; then: readonly Plan[] }[] = [];
  #ids = 0;

  schedule({ delay, then }: Plan): void {
    this.waiting.push({ at: Math.max(this.time, this.time + delay), id: this.#ids++, then });
  }

  cancel(id: number): void {
    const index = this.waiting.findIndex((entry) => entry.id === id);
    if (index >= 0) this.waiting.splice(index, 1);
  }

  advance(by: number): void {
    const target = this.time + by;
    for (;;) {
      this.waiting.sort((a, b) => a.at - b.at || a.id - b.id);
      if ((this.waiting[0]?.at ?? Infinity) > target) break;
      const entry = this.waiting.shift();
      if (entry === undefined) break;
      this.time = entry.at;
      this.log.push(`${entry.id} at ${this.time}`);
      for (const next of entry.then) this.schedule(next);
    }
    this.time = target;
  }

  get next(): number | undefined {
    return this.waiting.length === 0 ? undefined : Math.min(...this.waiting.map((entry) => entry.at));
  }
}

test('many callbacks run in order, whichever of them are cancelled', () => {
  const times = fc.array(fc.nat(1000), { minLength: 50, maxLength: 200, size: 'max' });
  fc.assert(
    fc.property(times, fc.array(fc.nat(199), { maxLength: 100, size: 'max' }), (schedule, cancel) => {
      const clock = new VirtualClock();
      const ran: string[] = [];
      const handles = schedule.map((at, index) => clock.schedule(at, () => ran.push(`${index} at ${clock.now()}`)));
      for (const index of cancel) handles[index]?.cancel();
      clock.run();
      const kept = schedule.map((at, index) => ({ at, index })).filter(({ index }) => !cancel.includes(index));
      kept.sort((a, b) => a.at - b.at);
      expect(ran).toEqual(kept.map(({ at, index }) => `${index} at ${at}`));
    }),
  );
});

test('it does what a sorted list does', () => {
  fc.assert(
    fc.property(commands, (run: readonly Command[]) => {
      const model = new Model();
      const clock = new VirtualClock();
      const log: string[] = [];
      const handles: Scheduled[] = [];
      const schedule = ({ delay, then }: Plan): void => {
        const id = handles.length;
        const handle = clock.schedule(clock.now() + delay, () => {
          log.push(`${id} at ${clock.now()}`);
          then.forEach(schedule);
        });
        handles.push(handle);
      };
      for (const command of run) {
        if (command.type === 'schedule') {
          schedule(command.plan);
          model.schedule(command.plan);
        } else if (command.type === 'cancel') {
          handles[command.index]?.cancel();
          model.cancel(command.index);
        } else {
          clock.advanceBy(command.by);
          model.advance(command.by);
        }
        expect(log).toEqual(model.log);
        expect(clock.now()).toBe(model.time);
        expect(clock.nextDeadline()).toBe(model.next);
        expect(clock.size).toBe(model.waiting.length);
      }
    }),
    { numRuns: 300 },
  );
});
