import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { add, diff, ge, gt, le, lt, max, within } from '../../src/tcp/sequence';

const MODULUS = 2 ** 32;
const seq = fc.oneof(
  fc.integer({ min: 0, max: MODULUS - 1 }),
  fc.constantFrom(0, 1, 2 ** 31 - 1, 2 ** 31, MODULUS - 1),
);
/** Less than 2³¹ apart, as two sequence numbers of one connection always are. */
const distance = fc.integer({ min: -(2 ** 31) + 1, max: 2 ** 31 - 1 });

/** The remainder that is never negative. */
const modulo = (n: number): number => ((n % MODULUS) + MODULUS) % MODULUS;

describe('sequence numbers (RFC 9293 §3.4)', () => {
  test('add counts modulo 2³², forwards and backwards', () => {
    fc.assert(fc.property(seq, distance, (a, n) => add(a, n) === modulo(a + n)));
    expect(add(MODULUS - 1, 1)).toBe(0);
    expect(add(0, -1)).toBe(MODULUS - 1);
  });

  test('diff is what add added', () => {
    fc.assert(fc.property(seq, distance, (a, n) => diff(add(a, n), a) === n));
  });

  test('comparisons go by the distance, across the wrap', () => {
    fc.assert(
      fc.property(seq, distance, (a, n) => {
        const b = add(a, n);
        expect([lt(a, b), le(a, b), gt(a, b), ge(a, b)]).toEqual([n > 0, n >= 0, n < 0, n <= 0]);
        expect(max(a, b)).toBe(n > 0 ? b : a);
      }),
    );
  });

  test('MUST-1: a window is an unsigned number: one of 2³¹ octets and more still holds what is in it', () => {
    fc.assert(
      fc.property(seq, seq, fc.integer({ min: 0, max: MODULUS }), (a, start, size) => {
        expect(within(a, start, size)).toBe(modulo(a - start) < size);
      }),
    );
    expect(within(5, 5, 0)).toBe(false);
    expect(within(2 ** 31 + 6, 5, 2 ** 31 + 2)).toBe(true);
  });
});
