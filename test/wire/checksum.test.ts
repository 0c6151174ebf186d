import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { addSums, checksum, pseudoHeaderSum, sum, sumSlices, updateChecksum } from '../../src/wire';
import { uint32 } from './arbitraries';
import { hex, join } from './helpers';

/** RFC 1071 §1 to the letter: pairs of bytes, added with the carry brought round each time. */
function naiveSum(bytes: Uint8Array): number {
  let total = 0;
  for (let at = 0; at < bytes.length; at += 2) {
    total += (bytes[at] ?? 0) * 256 + (bytes[at + 1] ?? 0);
    if (total > 0xffff) total = total - 0x10000 + 1;
  }
  return total;
}

const word = fc.integer({ min: 0, max: 0xffff });
const anyBytes = fc.uint8Array({ maxLength: 700, size: 'max' });

describe('the sum', () => {
  test('is the one of RFC 1071 §3', () => {
    expect(sum(hex('0001f203f4f5f6f7'))).toBe(0xddf2);
    expect(checksum(hex('0001f203f4f5f6f7'))).toBe(0x220d);
  });

  test('of nothing is 0, and its checksum all ones', () => {
    expect(sum(new Uint8Array(0))).toBe(0);
    expect(checksum(new Uint8Array(0))).toBe(0xffff);
  });

  test('takes a zero behind an odd last byte (RFC 1071 §4.1)', () => {
    expect(sum(hex('00 01 f2'))).toBe(sum(hex('00 01 f2 00')));
  });

  test('of any slice, at any alignment, is the naive one', () => {
    fc.assert(
      fc.property(anyBytes, fc.nat(40), fc.nat(40), (bytes, head, tail) => {
        const slice = bytes.subarray(head, Math.max(head, bytes.length - tail));
        expect(sum(slice)).toBe(naiveSum(slice));
        expect(sum(bytes, 0, Math.min(head, bytes.length), Math.min(head, bytes.length) + slice.length)).toBe(
          naiveSum(slice),
        );
      }),
      { numRuns: 500 },
    );
  });

  test.each([127, 128, 129, 1459, 1460, 1461, 65_535, 65_536])(
    'of %i bytes that are all ones is the naive one',
    (length) => {
      for (const start of [0, 1, 2, 3]) {
        const bytes = new Uint8Array(length + start).fill(0xff).subarray(start);
        expect(sum(bytes)).toBe(naiveSum(bytes));
      }
    },
  );

  test('stays exact over more words than a double could hold the sum of', () => {
    const bytes = new Uint8Array(2 ** 27 + 2).fill(0xff);
    bytes[bytes.length - 1] = 0xfe;
    expect(sum(bytes)).toBe(0xfffe);
  });

  test('goes on from an initial sum', () => {
    fc.assert(
      fc.property(anyBytes, word, (bytes, initial) => {
        expect(sum(bytes, initial)).toBe(naiveSum(join([hex(initial.toString(16).padStart(4, '0')), bytes])));
      }),
    );
  });

  test('of slices is that of the slices joined, odd lengths among them', () => {
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ maxLength: 9 }), { maxLength: 6 }), word, (slices, initial) => {
        expect(sumSlices(slices, initial)).toBe(sum(join(slices), initial));
      }),
    );
  });

  test('of two parts is the sum of their sums', () => {
    expect(addSums(0xffff, 0xffff)).toBe(0xffff);
    expect(addSums(0xffff, 1)).toBe(1);
    expect(addSums(0, 0)).toBe(0);
    expect(addSums(0x1234, 0x4321)).toBe(0x5555);
  });

  test('over bytes with their own checksum is all ones', () => {
    fc.assert(
      fc.property(anyBytes, (bytes) => {
        const even = bytes.subarray(0, bytes.length & ~1);
        const value = checksum(even);
        expect(sum(join([even, Uint8Array.of(value >>> 8, value & 0xff)]))).toBe(0xffff);
      }),
    );
  });
});

describe('the incremental update', () => {
  test('is the one of RFC 1624 §4, where equation 2 goes wrong', () => {
    expect(updateChecksum(0xdd2f, 0x5555, 0x3285)).toBe(0x0000);
  });

  test('gives what a computation anew gives', () => {
    fc.assert(
      fc.property(fc.array(word, { minLength: 1, maxLength: 30 }), fc.nat(), word, (words, pick, replacement) => {
        // A header is never all zeros; only then do 0 and 0xffff, the two zeros of one's complement, differ.
        const toBytes = () => join([0x4500, ...words].map((value) => Uint8Array.of(value >>> 8, value & 0xff)));
        const before = checksum(toBytes());
        const index = pick % words.length;
        const old = words[index] ?? 0;
        words[index] = replacement;
        expect(updateChecksum(before, old, replacement)).toBe(checksum(toBytes()));
      }),
    );
  });
});

describe('the pseudo-header', () => {
  test('is source, destination, zero, protocol and length (RFC 9293 §3.1)', () => {
    fc.assert(
      fc.property(uint32, uint32, fc.integer({ min: 0, max: 255 }), word, (src, dst, protocol, length) => {
        const bytes = new Uint8Array(12);
        const view = new DataView(bytes.buffer);
        view.setUint32(0, src);
        view.setUint32(4, dst);
        view.setUint8(9, protocol);
        view.setUint16(10, length);
        expect(pseudoHeaderSum(src, dst, protocol, length)).toBe(naiveSum(bytes));
      }),
    );
  });
});
