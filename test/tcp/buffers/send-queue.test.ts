import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { SendQueue } from '../../../src/tcp/buffers/send-queue';

const command = fc.oneof(
  { weight: 40, arbitrary: fc.record({ push: fc.uint8Array({ maxLength: 40, size: 'max' }) }) },
  { weight: 25, arbitrary: fc.record({ drop: fc.nat({ max: 50 }) }) },
  { weight: 40, arbitrary: fc.record({ read: fc.nat({ max: 80 }), length: fc.nat({ max: 80 }) }) },
  { weight: 1, arbitrary: fc.constant({ clear: true }) },
);

describe('the send queue', () => {
  test('is a string of octets that grows at its end and is dropped from its start', () => {
    fc.assert(
      fc.property(fc.array(command, { maxLength: 400, size: 'max' }), (commands) => {
        const queue = new SendQueue();
        let model = Buffer.alloc(0);
        for (const step of commands) {
          if ('push' in step) {
            queue.push(step.push);
            model = Buffer.concat([model, step.push]);
          } else if ('drop' in step) {
            queue.drop(step.drop);
            model = model.subarray(step.drop);
          } else if ('clear' in step) {
            queue.clear();
            model = Buffer.alloc(0);
          } else if (step.read <= model.length) {
            const slices = queue.read(step.read, step.length);
            expect(slices.every(({ length }) => length > 0)).toBe(true);
            const read = Buffer.concat(slices);
            expect(read).toEqual(model.subarray(step.read, step.read + step.length));
          }
          expect(queue.length).toBe(model.length);
        }
        expect(Buffer.concat(queue.read(0, model.length))).toEqual(model);
      }),
    );
  });

  test('hands out what it was given, without a copy', () => {
    const queue = new SendQueue();
    const given = Uint8Array.of(1, 2, 3, 4);
    queue.push(given);
    expect(queue.read(0, 4)[0]).toBe(given);
    expect(queue.read(1, 2)[0]?.buffer).toBe(given.buffer);
  });
});
