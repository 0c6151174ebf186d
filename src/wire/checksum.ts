import { readUint16, readUint8 } from './bytes';

/**
 * The Internet checksum (RFC 1071): the one's complement sum of 16-bit words, and its complement, which is what travels.
 *
 * "Sum" below is the folded 16-bit sum, not complemented; sums can be added to each other. Bytes are taken to start at an even
 * offset of what is summed, and an odd last byte counts as if a zero followed it.
 */

/** Below this many bytes a plain loop is done before a DataView is made. */
const SHORT = 128;

/** Sums of this many 32-bit words stay exact in a double. */
const BLOCK = 2 ** 20;

/** The sum of `bytes[start..end)`, added to the sum `initial`. */
export function sum(bytes: Uint8Array, initial = 0, start = 0, end = bytes.length): number {
  let total = initial;
  let at = start;
  if (end - start >= SHORT) {
    at = end - ((end - start) % 16);
    total += sumWide(bytes, start, at);
  }
  for (; at + 1 < end; at += 2) total += readUint16(bytes, at);
  if (at < end) total += readUint8(bytes, at) << 8;
  return fold(total);
}

/**
 * The same for a multiple of 16 bytes, four 32-bit words at a time (RFC 1071 §2(C)). They are read in little-endian order, which
 * most processors have, and only the sum's two bytes are swapped (§2(B)). Four totals, because each addition to one has to
 * wait for the one before.
 */
function sumWide(bytes: Uint8Array, start: number, end: number): number {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let total = 0;
  for (let at = start; at < end;) {
    const stop = Math.min(end, at + 4 * BLOCK);
    let [a, b, c, d] = [0, 0, 0, 0];
    for (; at < stop; at += 16) {
      a += view.getUint32(at, true);
      b += view.getUint32(at + 4, true);
      c += view.getUint32(at + 8, true);
      d += view.getUint32(at + 12, true);
    }
    total = fold(total + a + b + c + d);
  }
  return swap(total);
}

/** The sum of the slices as if they were joined, added to the sum `initial`. A slice may have an odd length. */
export function sumSlices(slices: readonly Uint8Array[], initial = 0): number {
  let total = initial;
  let odd = false;
  for (const slice of slices) {
    const part = sum(slice);
    // RFC 1071 §2(B): bytes that sit at odd offsets give the same sum, with its two bytes swapped.
    total = addSums(total, odd ? swap(part) : part);
    if (slice.length % 2 === 1) odd = !odd;
  }
  return total;
}

/** What goes into a checksum field: the complement of the sum. Over bytes that hold a good checksum it is 0. */
export function checksum(bytes: Uint8Array, initial = 0): number {
  return ~sum(bytes, initial) & 0xffff;
}

/** The sum of two sums. */
export function addSums(a: number, b: number): number {
  const total = a + b;
  return (total & 0xffff) + (total >>> 16);
}

/**
 * The checksum after one of the 16-bit words under it has changed, without looking at the others
 * (RFC 1624 §3, equation 3: HC' = ~(~HC + ~m + m')).
 */
export function updateChecksum(checksum: number, oldWord: number, newWord: number): number {
  return ~fold((~checksum & 0xffff) + (~oldWord & 0xffff) + (newWord & 0xffff)) & 0xffff;
}

function fold(total: number): number {
  while (total > 0xffff) total = (total % 0x10000) + Math.floor(total / 0x10000);
  return total;
}

function swap(word: number): number {
  return ((word & 0xff) << 8) | (word >>> 8);
}
