/** A secret of 128 bits, as four 32-bit words. */
export type SipKey = readonly [number, number, number, number];

/**
 * SipHash-2-4 over 32-bit words (Aumasson and Bernstein, 2012), of which the low 32 bits are returned. It is the keyed
 * function behind initial sequence numbers (RFC 6528) and ephemeral ports (RFC 6056): without the key nobody can foretell it.
 *
 * Numbers of 64 bits are held as two halves, low and high, since JavaScript's bit operations take 32.
 */
export function sipHash(key: SipKey, words: readonly number[]): number {
  const v = new Int32Array([
    key[0] ^ 0x70736575,
    key[1] ^ 0x736f6d65,
    key[2] ^ 0x6e646f6d,
    key[3] ^ 0x646f7261,
    key[0] ^ 0x6e657261,
    key[1] ^ 0x6c796765,
    key[2] ^ 0x79746573,
    key[3] ^ 0x74656462,
  ]);
  const length = words.length * 4;
  for (let index = 0; index + 1 < words.length; index += 2) compress(v, words[index] ?? 0, words[index + 1] ?? 0);
  // The last block holds what is left over, and the length in its top octet.
  const rest = words.length % 2 === 1 ? (words[words.length - 1] ?? 0) : 0;
  compress(v, rest, (length & 0xff) << 24);
  v[4] = (v[4] ?? 0) ^ 0xff;
  for (let round = 0; round < 4; round += 1) sipRound(v);
  const [low0 = 0, , low1 = 0, , low2 = 0, , low3 = 0] = v;
  return (low0 ^ low1 ^ low2 ^ low3) >>> 0;
}

function compress(v: Int32Array, low: number, high: number): void {
  v[6] = (v[6] ?? 0) ^ low;
  v[7] = (v[7] ?? 0) ^ high;
  sipRound(v);
  sipRound(v);
  v[0] = (v[0] ?? 0) ^ low;
  v[1] = (v[1] ?? 0) ^ high;
}

function sipRound(v: Int32Array): void {
  addRotateXor(v, 0, 2, 13);
  swapHalves(v, 0);
  addRotateXor(v, 4, 6, 16);
  addRotateXor(v, 0, 6, 21);
  addRotateXor(v, 4, 2, 17);
  swapHalves(v, 4);
}

/** a += b; b = rotl(b, bits); b ^= a. `a` and `b` are the places of the low halves. */
function addRotateXor(v: Int32Array, a: number, b: number, bits: number): void {
  const low = ((v[a] ?? 0) >>> 0) + ((v[b] ?? 0) >>> 0);
  const high = (v[a + 1] ?? 0) + (v[b + 1] ?? 0) + (low > 0xffff_ffff ? 1 : 0);
  const bLow = v[b] ?? 0;
  const bHigh = v[b + 1] ?? 0;
  v[a] = low;
  v[a + 1] = high;
  v[b] = ((bLow << bits) | (bHigh >>> (32 - bits))) ^ low;
  v[b + 1] = ((bHigh << bits) | (bLow >>> (32 - bits))) ^ high;
}

/** rotl(a, 32) */
function swapHalves(v: Int32Array, a: number): void {
  const low = v[a] ?? 0;
  v[a] = v[a + 1] ?? 0;
  v[a + 1] = low;
}
