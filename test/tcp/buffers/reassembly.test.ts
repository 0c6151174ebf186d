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
});
