import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { Random, systemRandom32 } from '../src/random';

const draw = (random: Random, count: number): number[] => Array.from({ length: count }, () => random.uint32());

/** Pearson's statistic for `counts` that should all be the same. */
function chiSquared(counts: readonly number[]): number {
  const expected = counts.reduce((sum, count) => sum + count, 0) / counts.length;
  return counts.reduce((sum, count) => sum + (count - expected) ** 2 / expected, 0);
}

describe('Random', () => {
  test('a seed gives the same numbers for ever: recorded runs depend on it', () => {
    expect(draw(new Random(0), 4)).toEqual([1363572419, 145230303, 808754475, 4216505632]);
    expect(draw(new Random(1), 4)).toEqual([2012149540, 1872316204, 1707632675, 1779833415]);
  });

  test('all 53 bits of the seed matter', () => {
    const seeds = [0, 1, 2 ** 31, 2 ** 32, 2 ** 32 + 1, 2 ** 52, Number.MAX_SAFE_INTEGER];
    const firsts = seeds.map((seed) => draw(new Random(seed), 2).join());
    expect(new Set(firsts).size).toBe(seeds.length);
  });

  test('numbers of neighbouring seeds have nothing in common: half of the bits differ', () => {
    let differing = 0;
    for (let seed = 0; seed < 1000; seed++) {
      let bits = new Random(seed).uint32() ^ new Random(seed + 1).uint32();
      for (; bits !== 0; bits &= bits - 1) differing++;
    }
    expect(differing / 1000).toBeGreaterThan(15.5);
    expect(differing / 1000).toBeLessThan(16.5);
  });

  test.each([2, 3, 10, 256, 1000])('below(%d) favours no number', (n) => {
    const random = new Random(n);
    const counts = new Array<number>(n).fill(0);
    for (let i = 0; i < 200 * n; i++) {
      const drawn = random.below(n);
      counts[drawn] = (counts[drawn] ?? NaN) + 1;
    }
    // Five standard deviations of the statistic, which has n − 1 degrees of freedom.
    expect(chiSquared(counts)).toBeLessThan(n - 1 + 5 * Math.sqrt(2 * (n - 1)));
  });

  test('below(n) does not favour small numbers when n does not divide 2^32', () => {
    // With a plain remainder, numbers below 2^30 would come up twice as often as those above: in 1 of 2 draws.
    const random = new Random(7);
    const n = 3 * 2 ** 30;
    let small = 0;
    for (let i = 0; i < 10_000; i++) if (random.below(n) < 2 ** 30) small++;
    expect(Math.abs(small / 10_000 - 1 / 3)).toBeLessThan(0.02);
  });

  test('below(n) is a whole number from 0 to n − 1', () => {
    fc.assert(
      fc.property(fc.nat(), fc.integer({ min: 1, max: 2 ** 32 }), (seed, n) => {
        const drawn = new Random(seed).below(n);
        expect(Number.isInteger(drawn) && drawn >= 0 && drawn < n).toBe(true);
      }),
    );
  });

  test('chance(p) is true in p of the cases, never for 0 and always for 1', () => {
    const random = new Random(11);
    const share = (p: number): number => {
      let hits = 0;
      for (let i = 0; i < 10_000; i++) if (random.chance(p)) hits++;
      return hits / 10_000;
    };
    expect(share(0)).toBe(0);
    expect(share(1)).toBe(1);
    expect(Math.abs(share(0.1) - 0.1)).toBeLessThan(0.01);
    expect(Math.abs(share(0.5) - 0.5)).toBeLessThan(0.02);
  });

  test('chance draws one number whatever p is', () => {
    const one = new Random(3);
    const other = new Random(3);
    one.chance(0);
    other.chance(1);
    expect(one.uint32()).toBe(other.uint32());
  });

  test('a fork follows from the seed, and what is drawn from it does not shift its parent', () => {
    const one = new Random(5);
    const other = new Random(5);
    const fork = one.fork();
    const same = other.fork();
    expect(draw(fork, 5)).toEqual(draw(same, 5));
    draw(fork, 100);
    const rest = draw(one, 5);
    expect(rest).toEqual(draw(other, 5));
    expect(rest).not.toEqual(draw(new Random(5).fork(), 5));
  });

  test('what is not a seed or a bound is refused', () => {
    for (const seed of [-1, 0.5, NaN, Infinity, 2 ** 53]) expect(() => new Random(seed)).toThrow(RangeError);
    for (const n of [0, -1, 1.5, NaN, 2 ** 32 + 1]) expect(() => new Random(1).below(n)).toThrow(RangeError);
  });
});

test('systemRandom32 gives 32 bits that are different each time', () => {
  const drawn = Array.from({ length: 64 }, systemRandom32);
  for (const value of drawn) expect(value >>> 0).toBe(value);
  expect(new Set(drawn).size).toBeGreaterThan(60);
  // All 32 bits are in use: each was set at least once and clear at least once (it fails once in 2^58 runs).
  expect(drawn.reduce((bits, value) => bits | value, 0)).toBe(-1);
  expect(drawn.reduce((bits, value) => bits & value, -1)).toBe(0);
});
