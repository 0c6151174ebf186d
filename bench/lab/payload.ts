import { createHash } from 'node:crypto';

/** What every transfer carries: 32-bit little-endian words, no two of them alike, the same as in bench/peer.c. */
const WORD = 0x9e3779b1;

let words = new Uint32Array(0);
const hashes = new Map<number, string>();

/** The first `bytes` bytes of it. */
export function payload(bytes: number): Uint8Array {
  if (words.byteLength < bytes) {
    words = new Uint32Array(Math.ceil(bytes / 4));
    for (let i = 0; i < words.length; i++) words[i] = Math.imul(i + 1, WORD);
  }
  return new Uint8Array(words.buffer, 0, bytes);
}

/** SHA-256 of the first `bytes` bytes of it, in hexadecimal. */
export function payloadHash(bytes: number): string {
  let hash = hashes.get(bytes);
  if (hash === undefined) {
    hash = sha256(payload(bytes));
    hashes.set(bytes, hash);
  }
  return hash;
}

/** In hexadecimal. */
export function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}
