import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { sipHash, type SipKey } from '../src/siphash';

const MASK = 2n ** 64n - 1n;
const rotate = (x: bigint, bits: bigint): bigint => ((x << bits) | (x >> (64n - bits))) & MASK;

/** SipHash-2-4 as the paper writes it, on whole 64-bit numbers. */
function model(key: Uint8Array, message: Uint8Array): bigint {
  const word = (bytes: Uint8Array, at: number): bigint => Buffer.from(bytes).readBigUInt64LE(at);
  const [k0, k1] = [word(key, 0), word(key, 8)];
  let [v0, v1] = [k0 ^ 0x736f6d6570736575n, k1 ^ 0x646f72616e646f6dn];
  let [v2, v3] = [k0 ^ 0x6c7967656e657261n, k1 ^ 0x7465646279746573n];
  const rounds = (count: number): void => {
    for (; count > 0; count--) {
      v0 = (v0 + v1) & MASK;
      v2 = (v2 + v3) & MASK;
      v1 = rotate(v1, 13n) ^ v0;
      v3 = rotate(v3, 16n) ^ v2;
      v0 = (rotate(v0, 32n) + v3) & MASK;
      v2 = (v2 + v1) & MASK;
      v3 = rotate(v3, 21n) ^ v0;
      v1 = rotate(v1, 17n) ^ v2;
      v2 = rotate(v2, 32n);
    }
  };
  const padded = new Uint8Array(Math.floor(message.length / 8) * 8 + 8);
  padded.set(message);
  padded[padded.length - 1] = message.length;
  for (let at = 0; at < padded.length; at += 8) {
    v3 ^= word(padded, at);
    rounds(2);
    v0 ^= word(padded, at);
  }
  v2 ^= 0xffn;
  rounds(4);
  return v0 ^ v1 ^ v2 ^ v3;
}

const bytes = (words: readonly number[]): Uint8Array => new Uint8Array(Uint32Array.from(words).buffer);
const KEY: SipKey = [0x03020100, 0x07060504, 0x0b0a0908, 0x0f0e0d0c];

describe('SipHash-2-4', () => {
  test('the model gives the example of the paper (appendix A)', () => {
    const message = Uint8Array.from({ length: 15 }, (_, index) => index);
    expect(model(bytes(KEY), message)).toBe(0xa129ca6149be45e5n);
  });

  test.each([
    [0, 0xdd0e0e31],
    [1, 0x277187b7],
    [2, 0x9a932462],
    [3, 0x860ee5fb],
    [4, 0x57c29bdb],
  ])('%i words of the reference vectors: the low 32 bits', (count, expected) => {
    const message = Uint8Array.from({ length: count * 4 }, (_, index) => index);
    expect(sipHash(KEY, [...new Uint32Array(message.buffer)])).toBe(expected);
  });

  test('any words under any key: the low 32 bits of the model', () => {
    const word = fc.integer({ min: 0, max: 2 ** 32 - 1 });
    fc.assert(
      fc.property(fc.tuple(word, word, word, word), fc.array(word, { maxLength: 9 }), (key, words) => {
        expect(sipHash(key, words)).toBe(Number(model(bytes(key), bytes(words)) & 0xffffffffn));
      }),
    );
  });
});
