import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { CALLS, deliveryOf, LESSONS, Run, type Action, type Lesson } from '../../src/lessons';

const DELAYS = [30_000, 100_000, 500_000, 1_500_000, 5_000_000];

const frame = fc.record({
  wire: fc.constantFrom(0, 0, 0, 1),
  from: fc.constantFrom('left' as const, 'right' as const),
  n: fc.integer({ min: 1, max: 12 }),
});

/** What a reader can do in a lesson: to a frame, to a setting (to its ends), and by its programs. */
function actionOf({ settings }: Lesson): fc.Arbitrary<Action> {
  const sets = Object.entries(settings).flatMap(([setting, how]) => {
    const values =
      how.kind === 'switch' ? [true, false] : how.kind === 'choice' ? Object.keys(how.options) : [how.min, how.max];
    return values.map((value): Action => ({ type: 'set', setting, value }));
  });
  return fc.oneof(
    fc.record({ type: fc.constantFrom('drop' as const, 'copy' as const), frame }),
    fc.record({ type: fc.constant('delay' as const), frame, by: fc.constantFrom(...DELAYS) }),
    fc.record({
      type: fc.constant('do' as const),
      at: fc.integer({ min: 0, max: 3_000_000 }),
      host: fc.constantFrom('A', 'B'),
      call: fc.constantFrom(...CALLS),
      amount: fc.integer({ min: 1, max: 3000 }),
    }),
    ...(sets.length > 0 ? [fc.constantFrom(...sets)] : []),
  );
}

/** In these a run is a thousand segments, and takes a hundred times as long: a few of them will do. */
const LONG = new Set(['slow-start', 'congestion-control', 'ecn']);
const lessons = fc.oneof(
  { weight: 40, arbitrary: fc.constantFrom(...LESSONS.filter(({ id }) => !LONG.has(id))) },
  { weight: 1, arbitrary: fc.constantFrom(...LESSONS.filter(({ id }) => LONG.has(id))) },
);

const tinkered = lessons.chain((lesson) =>
  fc.record({
    lesson: fc.constant(lesson),
    own: fc.boolean(),
    seed: fc.integer({ min: 0, max: 1000 }),
    changes: fc.array(actionOf(lesson), { minLength: 1, maxLength: 5 }),
  }),
);

test('whatever the reader does, runs end without a fault, claims can be asked, and what arrives is what was sent', () => {
  fc.assert(
    fc.property(tinkered, ({ lesson, own, seed, changes }) => {
      const actions = [...(own ? (lesson.actions ?? []) : []), ...changes];
      const run = new Run(lesson, { seed, actions }).finish();
      expect(run.done).toBe(true);
      expect(run.moments.length).toBeLessThan(20_000);
      const said = run.beats.map(({ beat }) => beat.id);
      expect(new Set(said).size).toBe(said.length);
      for (const { holds } of lesson.claims) expect(typeof holds(run)).toBe('boolean');
      // What is forged may be believed: that is what such lessons are about.
      if (run.world.wires.some(({ frames }) => frames.some(({ isGhost, tooBig }) => isGhost && tooBig === undefined)))
        return;
      for (const host of run.world.hosts.values()) {
        host.talks.forEach((_, number) => {
          expect(deliveryOf(run, host.name, number)).toMatchObject({ inOrder: true });
        });
      }
    }),
    { numRuns: 250, seed: 9293 },
  );
});
