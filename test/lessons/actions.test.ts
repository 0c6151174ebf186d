import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { CALLS, deliveryOf, LESSONS, Run, type Action } from '../../src/lessons';

const frame = fc.record({
  wire: fc.constant(0),
  from: fc.constantFrom('left' as const, 'right' as const),
  n: fc.integer({ min: 1, max: 20 }),
});
const action: fc.Arbitrary<Action> = fc.oneof(
  fc.record({ type: fc.constantFrom('drop' as const, 'copy' as const), frame }),
  fc.record({ type: fc.constant('delay' as const), frame, by: fc.integer({ min: 1, max: 5_000_000 }) }),
  fc.record({
    type: fc.constant('do' as const),
    at: fc.integer({ min: 0, max: 5_000_000 }),
    host: fc.constantFrom('A', 'B'),
    call: fc.constantFrom(...CALLS),
    amount: fc.integer({ min: 1, max: 3000 }),
  }),
);

test('whatever the reader does, runs end, and what arrives is what was sent', () => {
  fc.assert(
    fc.property(
      fc.constantFrom(...LESSONS.map(({ id }) => id)),
      fc.integer({ min: 0, max: 1000 }),
      fc.array(action, { maxLength: 6 }),
      (id, seed, actions) => {
        const lesson = LESSONS.find((each) => each.id === id);
        if (lesson === undefined) return;
        const run = new Run(lesson, { seed, actions }).finish();
        expect(run.done).toBe(true);
        // What is forged may be believed: that is what such lessons are about.
        if (run.world.wires.some(({ frames }) => frames.some(({ isGhost }) => isGhost))) return;
        for (const host of run.world.hosts.values()) {
          host.talks.forEach((_, number) => {
            expect(deliveryOf(run, host.name, number)).toMatchObject({ inOrder: true });
          });
        }
      },
    ),
    { numRuns: 150 },
  );
});
