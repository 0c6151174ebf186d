import type { Words } from './lang';

/** A time in µs for people: `60 s`, `1.5 s`, `20 ms`. */
export function duration(µs: number, words: Words): string {
  if (µs >= 1_000_000) return words.seconds(rounded(µs / 1_000_000));
  return words.milliseconds(rounded(µs / 1000));
}

function rounded(value: number): number {
  return value >= 10 ? Math.round(value) : Math.round(value * 10) / 10;
}
