import { describe, expect, test } from '@jest/globals';
import { Room } from '../../src/link/room';

const MIB = 1024 * 1024;
const filled = (length: number, value: number): Uint8Array => new Uint8Array(length).fill(value);

describe('room for copies of frames', () => {
  test('a frame in slices is one piece, and its own', () => {
    const room = new Room();
    const slices = [Uint8Array.of(1, 2), new Uint8Array(0), Uint8Array.of(3)];
    const copy = room.copy(slices);
    slices[0]?.fill(9);
    expect([...copy]).toEqual([1, 2, 3]);
    expect(room.copy([])).toHaveLength(0);
  });

  test('copies stay as they are until it is cleared, across the ends of its pieces of memory', () => {
    const room = new Room();
    const lengths = [700_000, 700_000, 2 * MIB + 1, 5, MIB, 300_000];
    const copies = lengths.map((length, index) => room.copy([filled(length, index + 1)]));
    for (const [index, copy] of copies.entries()) {
      expect(copy).toHaveLength(lengths[index] ?? 0);
      expect(copy.every((byte) => byte === index + 1)).toBe(true);
    }
  });

  test('cleared, it uses the same memory again; what is larger than the first piece gets one that is large enough', () => {
    const room = new Room();
    const first = room.copy([filled(10, 1)]);
    const large = room.copy([filled(3 * MIB, 2)]);
    room.clear();
    expect(room.copy([filled(20, 3)]).buffer).toBe(first.buffer);
    const again = room.copy([filled(3 * MIB, 4)]);
    expect(again.buffer).toBe(large.buffer);
    expect([...first.subarray(0, 10)]).toEqual([...filled(10, 3)]);
    expect(again.every((byte) => byte === 4)).toBe(true);
  });
});
