/** A secret of 128 bits, as four 32-bit words. */
export type SipKey = readonly [number, number, number, number];

/**
 * SipHash-2-4 over 32-bit words (Aumasson and Bernstein, 2012), of which the low 32 bits are returned. It is the keyed
 * function behind initial sequence numbers (RFC 6528) and ephemeral ports (RFC 6056): without the key nobody can foretell it.
 *
 * Numbers of 64 bits are held as two halves, low and high, since JavaScript's bit operations take 32.
 */
export function sipHash(key: SipKey, words: readonly number[]): number {
  low0 = key[0] ^ 0x70736575;
  high0 = key[1] ^ 0x736f6d65;
  low1 = key[2] ^ 0x6e646f6d;
  high1 = key[3] ^ 0x646f7261;
  low2 = key[0] ^ 0x6e657261;
  high2 = key[1] ^ 0x6c796765;
  low3 = key[2] ^ 0x79746573;
  high3 = key[3] ^ 0x74656462;
  const { length } = words;
  for (let index = 0; index + 1 < length; index += 2) compress(words[index] ?? 0, words[index + 1] ?? 0);
  // The last block holds what is left over, and the length in its top octet.
  const rest = length % 2 === 1 ? (words[length - 1] ?? 0) : 0;
  compress(rest, ((length * 4) & 0xff) << 24);
  low2 ^= 0xff;
  sipRounds(4);
  return (low0 ^ low1 ^ low2 ^ low3) >>> 0;
}

/** The state v0 to v3 of the hash that is being computed. It needs no place of its own: no hash begins before the last one is done. */
let [low0, high0, low1, high1, low2, high2, low3, high3] = [0, 0, 0, 0, 0, 0, 0, 0];

function compress(low: number, high: number): void {
  low3 ^= low;
  high3 ^= high;
  sipRounds(2);
  low0 ^= low;
  high0 ^= high;
}

/** So many SipRounds, on copies of the state that the compiler can keep in registers. */
function sipRounds(count: number): void {
  let [a, A, b, B, c, C, d, D] = [low0, high0, low1, high1, low2, high2, low3, high3];
  let low: number;
  for (let round = 0; round < count; round += 1) {
    // v0 += v1; v1 = rotl(v1, 13) ^ v0; v0 = rotl(v0, 32)
    low = (a + b) | 0;
    A = (A + B + carry(low, b)) | 0;
    a = low;
    low = ((b << 13) | (B >>> 19)) ^ a;
    B = ((B << 13) | (b >>> 19)) ^ A;
    b = low;
    low = a;
    a = A;
    A = low;
    // v2 += v3; v3 = rotl(v3, 16) ^ v2
    low = (c + d) | 0;
    C = (C + D + carry(low, d)) | 0;
    c = low;
    low = ((d << 16) | (D >>> 16)) ^ c;
    D = ((D << 16) | (d >>> 16)) ^ C;
    d = low;
    // v0 += v3; v3 = rotl(v3, 21) ^ v0
    low = (a + d) | 0;
    A = (A + D + carry(low, d)) | 0;
    a = low;
    low = ((d << 21) | (D >>> 11)) ^ a;
    D = ((D << 21) | (d >>> 11)) ^ A;
    d = low;
    // v2 += v1; v1 = rotl(v1, 17) ^ v2; v2 = rotl(v2, 32)
    low = (c + b) | 0;
    C = (C + B + carry(low, b)) | 0;
    c = low;
    low = ((b << 17) | (B >>> 15)) ^ c;
    B = ((B << 17) | (b >>> 15)) ^ C;
    b = low;
    low = c;
    c = C;
    C = low;
  }
  low0 = a;
  high0 = A;
  low1 = b;
  high1 = B;
  low2 = c;
  high2 = C;
  low3 = d;
  high3 = D;
}

/** 1 when the 32-bit sum has wrapped: it is then less than what was added. */
function carry(sum: number, addend: number): number {
  return sum >>> 0 < addend >>> 0 ? 1 : 0;
}
