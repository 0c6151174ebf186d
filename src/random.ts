/**
 * A seeded source of random numbers: the same seed gives the same numbers, so that a run can be repeated.
 * The generator is Chris Doty-Humphrey's sfc32. Not for secrets: those are drawn from `systemRandom32`.
 */
export class Random {
  #a = 0;
  #b: number;
  #c: number;
  #counter = 1;

  /** @param seed Any whole number from 0 to 2⁵³ − 1. RangeError for anything else. */
  constructor(seed: number) {
    if (!Number.isSafeInteger(seed) || seed < 0) {
      throw new RangeError(`a seed is a whole number from 0 to 2^53 - 1, not ${seed}`);
    }
    this.#b = seed | 0;
    this.#c = Math.floor(seed / 2 ** 32) | 0;
    // Until the seed's bits have reached all of the state, numbers of neighbouring seeds resemble each other.
    for (let round = 0; round < 12; round++) this.uint32();
  }

  /** A number from 0 to 2³² − 1. */
  uint32(): number {
    const out = (this.#a + this.#b + this.#counter) | 0;
    this.#counter = (this.#counter + 1) | 0;
    this.#a = this.#b ^ (this.#b >>> 9);
    this.#b = (this.#c + (this.#c << 3)) | 0;
    this.#c = (((this.#c << 21) | (this.#c >>> 11)) + out) | 0;
    return out >>> 0;
  }

  /** A whole number from 0 to `n` − 1, each as likely as the next. RangeError unless 1 ≤ n ≤ 2³². */
  below(n: number): number {
    if (!Number.isInteger(n) || n < 1 || n > 2 ** 32) {
      throw new RangeError(`below(n) takes a whole number from 1 to 2^32, not ${n}`);
    }
    // The numbers from `fair` on would make the first remainders likelier than the rest.
    const fair = 2 ** 32 - (2 ** 32 % n);
    let drawn = this.uint32();
    while (drawn >= fair) drawn = this.uint32();
    return drawn % n;
  }

  /** True with probability `p` (0 to 1). Draws one number whatever `p` is, so that a change of `p` shifts nothing else. */
  chance(p: number): boolean {
    return this.uint32() < p * 2 ** 32;
  }

  /** A source of its own that this one's state determines: what is drawn from one does not shift the other. */
  fork(): Random {
    return new Random(this.below(2 ** 21) * 2 ** 32 + this.uint32());
  }
}

/** The system is asked for so many numbers at once: a call costs much the same for one. */
const drawn = new Uint32Array(256);
let next = drawn.length;

/** A number from 0 to 2³² − 1 that nobody can guess, from the system's cryptographic source. */
export function systemRandom32(): number {
  if (next === drawn.length) {
    globalThis.crypto.getRandomValues(drawn);
    next = 0;
  }
  const number = drawn[next] ?? 0;
  // What has been given out is nobody else's to find.
  drawn[next] = 0;
  next++;
  return number;
}
