import { thousands } from '../../../src/inspect/lang/thousands';
import type { Lang } from '../../../src/inspect/lang';

const UNITS: Readonly<Record<Lang, { s: string; ms: string; µs: string; byte: (n: string) => string }>> = {
  en: { s: ' s', ms: ' ms', µs: ' µs', byte: (n) => (n === '1' ? '1 byte' : `${n} bytes`) },
  ko: { s: '초', ms: ' ms', µs: ' µs', byte: (n) => `${n}바이트` },
};

/** A span of time in µs, in the unit that suits it: `1.25 s`, `40.2 ms`, `85 µs`. */
export function timeText(µs: number, lang: Lang): string {
  const { s, ms, µs: micro } = UNITS[lang];
  const size = Math.abs(µs);
  if (size >= 999_500) return `${digits(µs / 1e6)}${s}`;
  if (size >= 1000) return `${digits(µs / 1000)}${ms}`;
  return size === 0 ? `0${s}` : `${Math.round(µs)}${micro}`;
}

/** A moment counted from the beginning, µs: `+1.234567 s` would be more than anybody reads, so to a tenth of a millisecond. */
export function momentText(µs: number, lang: Lang): string {
  return `+${(µs / 1e6).toFixed(4)}${UNITS[lang].s}`;
}

/** All digits, in groups of three. */
export function countText(value: number): string {
  return thousands(Math.round(value));
}

export function bytesText(value: number, lang: Lang): string {
  return UNITS[lang].byte(countText(value));
}

/** Short, for axes and bars: `64 kB`, `1.5 MB`; 1 kB = 1,000 bytes. */
export function shortBytes(value: number): string {
  return `${scaled(value)}B`;
}

/** Bits a second, from bytes a second: `9.6 Mbit/s`. */
export function rateText(bytesPerSecond: number): string {
  return `${scaled(bytesPerSecond * 8)}bit/s`;
}

function scaled(value: number): string {
  const size = Math.abs(value);
  if (size >= 1e9) return `${digits(value / 1e9)} G`;
  if (size >= 1e6) return `${digits(value / 1e6)} M`;
  if (size >= 1000) return `${digits(value / 1000)} k`;
  return `${digits(value)} `;
}

/** Three digits that matter. */
function digits(value: number): string {
  const size = Math.abs(value);
  const places = size >= 100 ? 0 : size >= 10 ? 1 : 2;
  return String(Number(value.toFixed(places)));
}
