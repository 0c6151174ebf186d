import { SECOND } from './options';

/** RFC 2131 §4.1: 4 s at first, twice as much each time, 64 s at most, and each up to 1 s more or less. */
const FIRST = 4 * SECOND;
const LONGEST = 64 * SECOND;
const SPREAD = 2 * SECOND;

/** RFC 2131 §4.4.5: what is left of the time is halved, but no less is waited than this. */
const SHORTEST_RENEWAL = 60 * SECOND;

/** How long an answer is waited for when a message has gone out `tries` times before, µs. */
export function backoff(tries: number, random32: () => number): number {
  const delay = Math.min(FIRST * 2 ** tries, LONGEST);
  return delay - SPREAD / 2 + fraction(random32, SPREAD);
}

/**
 * How long an answer to a renewal is waited for, with `left` µs until the next state and a lease of `lease` µs. RFC 2131 asks for a
 * minute at least, in which a lease of a few minutes would pass with one message lost; there an eighth of the lease is the least.
 */
export function renewalDelay(left: number, lease: number): number {
  const least = Math.min(SHORTEST_RENEWAL, Math.max(lease / 8, SECOND));
  return Math.ceil(Math.min(left, Math.max(left / 2, least)));
}

/** A whole number of µs from 0 up to `most`, drawn. */
export function fraction(random32: () => number, most: number): number {
  return Math.floor((random32() / 2 ** 32) * most);
}
