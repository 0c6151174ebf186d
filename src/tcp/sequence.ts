/**
 * Sequence numbers: unsigned 32-bit numbers that wrap (RFC 9293 §3.4). Two of them can be compared as long as they are less
 * than 2³¹ apart, which no window allows to fail.
 */

/** `a + n`, wrapped to 32 bits. `n` may be negative. */
export function add(a: number, n: number): number {
  return (a + n) >>> 0;
}

/** The signed distance from `b` to `a`: positive when `a` is later. */
export function diff(a: number, b: number): number {
  return (a - b) | 0;
}

/** a < b */
export function lt(a: number, b: number): boolean {
  return ((a - b) | 0) < 0;
}

/** a =< b */
export function le(a: number, b: number): boolean {
  return ((a - b) | 0) <= 0;
}

/** a > b */
export function gt(a: number, b: number): boolean {
  return ((a - b) | 0) > 0;
}

/** a >= b */
export function ge(a: number, b: number): boolean {
  return ((a - b) | 0) >= 0;
}

/** The later of the two. */
export function max(a: number, b: number): number {
  return gt(a, b) ? a : b;
}

/** True when `seq` lies in the window of `size` octets that starts at `start`. */
export function within(seq: number, start: number, size: number): boolean {
  return (seq - start) >>> 0 < size;
}
