import { expect, test } from '@jest/globals';
import { defineLesson, drop, Run, type Action } from '../../src/lessons';
import { goodput, longestQueue, overflows, transferTime } from '../../src/lessons/congestion/measure';

const TEXTS = { en: '', ko: '' };

/** Ten full segments over a wire of 12 Mbit/s, on which each takes 1 ms, and 10 ms each way. */
function run(queue: number, actions: Action[] = []): Run {
  const lesson = defineLesson({
    ...{ id: 'measured', group: 'congestion', title: TEXTS, summary: TEXTS, goal: TEXTS, rfc: [], glossary: [] },
    ...{ settings: {}, beats: [], claims: [], suggestions: [] },
    setup: () => ({
      wire: { rate: 12_000_000, delay: 10_000, queue },
      each: { B: { delayedAck: 0 } },
      piggyback: true,
    }),
    script: (world) => {
      world.b.listen(80);
      world.at(0, () => {
        world.a.connect(world.b, 80).send(10 * 1448);
      });
    },
  });
  return new Run(lesson, { actions }).finish();
}

test('what is measured of a transfer is what one computes', () => {
  const plain = run(50);
  // The last of ten has left after 10 ms; 10 ms there, 10 ms back, and 52 bytes of ACK.
  expect(transferTime(plain)).toBe(10_000 + 20_000 + 35);
  expect(goodput(plain)).toBeCloseTo((14_480 * 8e6) / 30_035);
  expect([longestQueue(plain), overflows(plain)]).toEqual([10, 0]);
});

test('a queue that is too short loses the rest, and holds no more', () => {
  const short = run(6);
  expect([longestQueue(short), overflows(short)]).toEqual([6, 4]);
  expect(transferTime(short)).toBeGreaterThan(transferTime(run(50)));
});

test('what never arrives takes for ever', () => {
  const lost = run(50, [drop('L1'), { type: 'do', at: 500_000, host: 'A', call: 'crash' }]);
  expect(transferTime(lost)).toBe(Infinity);
});
