import type { Address } from './address';

/** An address as a keyed hash takes it: one 32-bit word, or four, and the zone where there is one. */
export function addressWords(address: Address): readonly number[] {
  if (typeof address === 'number') return [address];
  const words = [];
  for (let rest = address, count = 0; rest > 0n || count < 4; rest >>= 32n, count += 1) {
    words.push(Number(BigInt.asUintN(32, rest)));
  }
  return words;
}
