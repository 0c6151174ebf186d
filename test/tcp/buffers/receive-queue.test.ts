import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { ReceiveQueue } from '../../../src/tcp/buffers/receive-queue';

const command = fc.oneof(
  { weight: 40, arbitrary: fc.record({ push: fc.uint8Array({ maxLength: 20, size: 'max' }) }) },
  { weight: 30, arbitrary: fc.record({ take: fc.integer({ min: 1, max: 30 }) }) },
  { weight: 1, arbitrary: fc.constant({ clear: true }) },
);

describe('the receive queue', () => {
  test('gives what it took, in order, never more than was asked for, and never nothing while it holds something', () => {
    fc.assert(
      fc.property(fc.array(command, { maxLength: 400, size: 'max' }), (commands) => {
        const queue = new ReceiveQueue();
        let model = Buffer.alloc(0);
        const given: { taken: Uint8Array; copy: Uint8Array }[] = [];
        for (const step of commands) {
          if ('push' in step) {
            queue.push(step.push);
            model = Buffer.concat([model, step.push]);
          } else if ('clear' in step) {
            queue.clear();
            model = Buffer.alloc(0);
          } else {
            const taken = queue.take(step.take);
            expect(taken === undefined).toBe(model.length === 0);
            const length = taken?.length ?? 0;
            expect(length).toBeLessThanOrEqual(step.take);
            expect(Buffer.from(taken ?? [])).toEqual(model.subarray(0, length));
            if (taken !== undefined) given.push({ taken, copy: taken.slice() });
            model = model.subarray(length);
          }
          expect(queue.length).toBe(model.length);
        }
        // What the user has is the user's: nothing that comes later is written into it.
        for (const { taken, copy } of given) expect(taken).toEqual(copy);
      }),
    );
  });

  test('an octet in each segment is not kept as so many pieces', () => {
    const queue = new ReceiveQueue();
    for (let count = 0; count < 10_000; count++) queue.push(Uint8Array.of(count));
    let pieces = 0;
    let octets = 0;
    for (let piece = queue.take(1e6); piece !== undefined; piece = queue.take(1e6)) {
      expect(piece.every((octet, index) => octet === (octets + index) % 256)).toBe(true);
      pieces += 1;
      octets += piece.length;
    }
    expect([octets, pieces]).toEqual([10_000, 3]);
  });

  test('keeps a large slice as it is, and copies a small one out of the frame that brought it', () => {
    const frame = new Uint8Array(2048);
    const queue = new ReceiveQueue();
    queue.push(frame.subarray(54, 1514));
    queue.push(frame.subarray(54, 64));
    expect(queue.take(5000)?.buffer).toBe(frame.buffer);
    const copy = queue.take(5000);
    expect(copy?.length).toBe(10);
    expect(copy?.buffer).not.toBe(frame.buffer);
    expect(copy?.buffer.byteLength).toBeLessThanOrEqual(16_384);
  });
});
