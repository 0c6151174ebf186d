import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import {
  amount,
  CALLS,
  choice,
  decodeLink,
  defineLesson,
  encodeLink,
  isBadLink,
  toggle,
  type Action,
} from '../../src/lessons';

const texts = { en: 'text', ko: '글' };
const lesson = defineLesson({
  ...{ id: 'a-lesson', group: 'opening', title: texts, summary: texts, goal: texts, rfc: [], glossary: [] },
  settings: {
    nagle: toggle(true, texts),
    loss: amount(0, texts, { min: 0, max: 0.5, step: 0.01 }),
    congestion: choice('reno', texts, { reno: texts, cubic: texts }),
  },
  ...{ script: () => undefined, beats: [], claims: [], suggestions: [] },
});

const frame = fc.record({
  wire: fc.constantFrom(0, 1, 2),
  from: fc.constantFrom('left' as const, 'right' as const),
  n: fc.integer({ min: 1, max: 999_999 }),
});
const time = fc.integer({ min: 0, max: 3_600_000_000 });
const set = fc
  .oneof(
    fc.record({ setting: fc.constant('nagle'), value: fc.boolean() }),
    fc.record({ setting: fc.constant('loss'), value: fc.integer({ min: 0, max: 50 }).map((each) => each / 100) }),
    fc.record({ setting: fc.constant('congestion'), value: fc.constantFrom('reno', 'cubic') }),
  )
  .map((each) => ({ type: 'set' as const, ...each }));
const action: fc.Arbitrary<Action> = fc.oneof(
  fc.record({ type: fc.constantFrom('drop' as const, 'copy' as const), frame }),
  fc.record({ type: fc.constant('delay' as const), frame, by: time }),
  set,
  fc.record(
    {
      type: fc.constant('do' as const),
      at: time,
      host: fc.constantFrom('A', 'B', 'P'),
      call: fc.constantFrom(...CALLS),
      amount: fc.integer({ min: 0, max: 10_000_000 }),
    },
    { requiredKeys: ['type', 'at', 'host', 'call'] },
  ),
);

test('a link brings others to the same run', () => {
  const seed = fc.integer({ min: 0, max: 2 ** 32 - 1 });
  fc.assert(
    fc.property(seed, fc.array(action, { maxLength: 20 }), (number, actions) => {
      const link = encodeLink(lesson, number, actions);
      expect(link).toMatch(/^[\w./:,-]*$/);
      expect(decodeLink(`#${link}`, [lesson])).toEqual({ lesson, seed: number, actions });
    }),
  );
});

test.each([
  ['', 'version', ''],
  ['2/a-lesson/1', 'version', '2'],
  ['1/other/1', 'lesson', 'other'],
  ['1/a-lesson/-1', 'seed', '-1'],
  ['1/a-lesson/4294967296', 'seed', '4294967296'],
  ['1/a-lesson/1/drop:L0', 'action', 'drop:L0'],
  ['1/a-lesson/1/drop:L1:2', 'action', 'drop:L1:2'],
  ['1/a-lesson/1/set:loss:0.9', 'action', 'set:loss:0.9'],
  ['1/a-lesson/1/set:toString:1', 'action', 'set:toString:1'],
  ['1/a-lesson/1/set:congestion:constructor', 'action', 'set:congestion:constructor'],
  ['1/a-lesson/1/do:5:A:explode', 'action', 'do:5:A:explode'],
  ['1/a-lesson/1/drop:L1/more', 'action', 'more'],
  [`1/a-lesson/1/${'drop:L1,'.repeat(101)}drop:L1`, 'too-long', expect.any(String)],
  ['1/a-lesson/%E0%A4%A/', 'seed', '%E0%A4%A'],
])('a link that nobody has made is refused: %s', (text, problem, part) => {
  expect(decodeLink(text, [lesson])).toEqual({ problem, part });
});

test('a link without a seed has the one of the lesson', () => {
  expect(decodeLink('1/a-lesson', [lesson])).toEqual({ lesson, seed: 1, actions: [] });
});

test('no text makes it throw', () => {
  const near = fc.array(
    fc.constantFrom(
      '1/',
      'a-lesson',
      '/',
      '1',
      'drop:',
      'set:',
      'do:',
      'L1',
      ',',
      ':',
      '0.5',
      'nagle',
      '%',
      'true',
      '-',
    ),
  );
  fc.assert(
    fc.property(
      fc.oneof(
        fc.string(),
        near.map((parts) => `1/a-lesson/1/${parts.join('')}`),
      ),
      (text) => {
        const link = decodeLink(text, [lesson]);
        if (!isBadLink(link)) {
          expect(decodeLink(encodeLink(link.lesson, link.seed, link.actions), [lesson])).toEqual(link);
        }
      },
    ),
  );
});
