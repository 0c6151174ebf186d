import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { Reassembly } from '../../../src/tcp/buffers/reassembly';

const command = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({
      insert: fc.nat({ max: 60 }),
      data: fc.uint8Array({ minLength: 1, maxLength: 20, size: 'max' }),
    }),
  },
  { weight: 1, arbitrary: fc.constant({ take: true }) },
);

describe('reassembly', () => {
  test('SHLD-31: holds each octet once, as it first came, and gives it out when its turn has come', () => {
    fc.assert(
      fc.property(fc.array(command, { maxLength: 60, size: 'max' }), (commands) => {
        const reassembly = new Reassembly(1000);
        const model = new Map<number, number>();
        let next = 0;
        for (const step of commands) {
          if ('insert' in step) {
            if (step.insert < next) continue;
            expect(reassembly.insert(step.insert, step.data)).toBe(true);
            step.data.forEach((octet, index) => {
              const at = step.insert + index;
              if (!model.has(at)) model.set(at, octet);
            });
          } else {
            for (let taken = reassembly.takeAt(next); taken !== undefined; taken = reassembly.takeAt(next)) {
              for (const octet of taken.flatMap((piece) => [...piece])) {
                expect(octet).toBe(model.get(next));
                model.delete(next);
                next += 1;
              }
            }
            expect(model.has(next)).toBe(false);
          }
          expect([reassembly.length, reassembly.isEmpty]).toEqual([model.size, model.size === 0]);
        }
      }),
    );
  });

  test('what lies before the place that is asked for is let go', () => {
    const reassembly = new Reassembly(10);
    reassembly.insert(2, Uint8Array.of(2, 3, 4));
    reassembly.insert(5, Uint8Array.of(5, 6));
    expect(reassembly.takeAt(6)).toEqual([Uint8Array.of(6)]);
    expect(reassembly.isEmpty).toBe(true);
  });

  test('holds no more pieces than it may', () => {
    const reassembly = new Reassembly(2);
    expect(reassembly.insert(2, Uint8Array.of(1))).toBe(true);
    expect(reassembly.insert(4, Uint8Array.of(1))).toBe(true);
    expect(reassembly.insert(6, Uint8Array.of(1))).toBe(false);
    expect(reassembly.length).toBe(2);
    // What it has is no new piece.
    expect(reassembly.insert(4, Uint8Array.of(1))).toBe(true);
    reassembly.clear();
    expect(reassembly.insert(6, Uint8Array.of(1))).toBe(true);
  });

  const put = (reassembly: Reassembly, ...starts: number[]): Reassembly => {
    for (const start of starts) reassembly.insert(start, Uint8Array.of(start, start, start));
    return reassembly;
  };
  const told = (reassembly: Reassembly, count = 4): string =>
    reassembly
      .report(count)
      .map(({ start, end }) => `${start}:${end}`)
      .join(' ');

  test('the block that was added to last is reported first, the others in that order (RFC 2018 §4)', () => {
    const reassembly = put(new Reassembly(100), 10, 20, 30, 40, 50);
    expect(told(reassembly)).toBe('50:53 40:43 30:33 20:23');
    expect(told(put(reassembly, 23))).toBe('20:26 50:53 40:43 30:33');
    expect(told(put(reassembly, 23), 1)).toBe('20:26');
    // One that is forgotten among the last is reported where there is room.
    expect(told(reassembly, 9)).toBe('20:26 50:53 40:43 30:33 10:13');
  });

  test('blocks that come to touch are one', () => {
    const reassembly = put(new Reassembly(100), 10, 16, 22, 13);
    expect(told(reassembly)).toBe('10:19 22:25');
    expect(told(put(reassembly, 19))).toBe('10:25');
    expect([reassembly.size, reassembly.length, reassembly.start]).toEqual([1, 15, 10]);
    expect(reassembly.takeAt(10)?.flatMap((piece) => [...piece])).toEqual(
      [10, 13, 16, 19, 22].flatMap((n) => [n, n, n]),
    );
    expect([reassembly.size, told(reassembly)]).toEqual([0, '']);
  });

  test('knows what it holds', () => {
    const reassembly = put(new Reassembly(100), 10, 20);
    expect([9, 10, 12, 13].map((at) => reassembly.around(at)?.start)).toEqual([undefined, 10, 10, undefined]);
  });

  test('very many pieces, the last first, become one block', () => {
    const count = 200_000;
    const reassembly = new Reassembly(count);
    reassembly.insert(count, new Uint8Array(1));
    // Two halves of 100,000 pieces each, with one place between them.
    for (let at = 1; at < count / 2; at++) reassembly.insert(at, new Uint8Array(1));
    for (let at = count / 2 + 1; at < count; at++) reassembly.insert(at, new Uint8Array(1));
    expect(reassembly.size).toBe(2);
    reassembly.insert(count / 2, new Uint8Array(1));
    expect([reassembly.size, reassembly.length, reassembly.takeAt(1)?.length]).toEqual([1, count, count]);
  });
});
