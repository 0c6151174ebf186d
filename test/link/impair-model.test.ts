import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { VirtualClock } from '../../src/clock/virtual-clock';
import { impair } from '../../src/link/impair';
import { PacketLink } from '../../src/link/packets';

const probability = fc.oneof(fc.constant(0), fc.double({ min: 0, max: 1, noNaN: true }));
const settings = fc.record({
  loss: probability,
  duplicate: probability,
  corrupt: probability,
  reorder: probability,
  reorderDelay: fc.nat(2000),
  delay: fc.nat(1000),
  jitter: fc.nat(1000),
  rate: fc.constantFrom(0, 999_983, 10_000_000, 1_000_000_000),
  queue: fc.nat(20),
  limit: fc.nat(40),
});

/** Sends and pauses (µs), and settings that change on the way. */
const steps = fc.array(
  fc.record({ length: fc.integer({ min: 8, max: 200 }), pause: fc.nat(300), set: fc.option(settings) }),
  {
    maxLength: 80,
  },
);

test('no frame is invented, none is unaccounted for, and those that nothing reorders keep their order', () => {
  fc.assert(
    fc.property(fc.nat(), settings, steps, fc.boolean(), (seed, start, run, reorders) => {
      const clock = new VirtualClock();
      const behind = new PacketLink();
      const reorder = reorders ? {} : { reorder: 0 };
      const link = impair(behind, { clock, seed, ...start, ...reorder });
      const sent: Uint8Array[] = [];
      const arrived: Uint8Array[] = [];
      behind.onPacket = (frame) => arrived.push(frame);
      for (const { length, pause, set } of run) {
        if (set !== null) link.set({ ...set, ...reorder });
        const frame = new Uint8Array(length).fill(sent.length % 251);
        sent.push(new Uint8Array(frame));
        expect(link.send([frame])).toBe(true);
        frame.fill(255);
        clock.advanceBy(pause);
      }
      clock.run();
      expect(clock.size).toBe(0);

      const { offered, delivered, lost, duplicated, overflowed, corrupted } = link.counters.out;
      expect(offered).toBe(sent.length);
      expect(delivered).toBe(arrived.length);
      expect(offered + duplicated).toBe(delivered + lost + overflowed);

      // Each that arrived is one that was sent, but for a bit.
      let wrongBits = 0;
      let last = -1;
      const times = new Map<number, number>();
      for (const frame of arrived) {
        const bytes = [...frame].sort((a, b) => a - b);
        const original = bytes[bytes.length >> 1] ?? 0;
        const whole = sent.findIndex((other) => other[0] === original && other.length === frame.length);
        expect(whole).toBeGreaterThanOrEqual(0);
        wrongBits += frame.reduce((sum, byte) => sum + bits(byte ^ original), 0);
        times.set(original, (times.get(original) ?? 0) + 1);
        if (!reorders) expect(original).toBeGreaterThanOrEqual(last);
        last = original;
      }
      expect(Math.max(0, ...times.values())).toBeLessThanOrEqual(2);
      expect([...times.values()].filter((count) => count === 2)).toHaveLength(duplicated);
      // A duplicate of a frame with a wrong bit has it too.
      expect(wrongBits).toBeGreaterThanOrEqual(corrupted);
      expect(wrongBits).toBeLessThanOrEqual(corrupted + duplicated);
    }),
    { numRuns: 300 },
  );
});

function bits(byte: number): number {
  return byte.toString(2).replaceAll('0', '').length;
}
