import { thousands } from '../../src/inspect/lang/thousands';
import type { Lang } from '../../src/inspect';

/** Quantities as people write them: mostly the same in both languages, since the units are. */

const NO_BREAK = '\u00a0';

/** `12,345` */
export function count(value: number): string {
  return thousands(Math.round(value));
}

/** `512 B`, `1.5 kB`, `23 MB`: powers of 1,000. */
export function bytes(value: number): string {
  return scaled(value, ['B', 'kB', 'MB', 'GB', 'TB']);
}

/** Bits a second: `10 Mbit/s`. */
export function bitRate(value: number): string {
  return scaled(value, ['bit/s', 'kbit/s', 'Mbit/s', 'Gbit/s', 'Tbit/s']);
}

/** A time in µs: `85 µs`, `1.2 ms`, `3.4 s`, `2 min 5 s`, `3 h 10 min`. */
export function time(µs: number): string {
  if (µs < 1000) return `${Math.round(µs)}${NO_BREAK}µs`;
  if (µs < 1_000_000) return `${digits(µs / 1000)}${NO_BREAK}ms`;
  if (µs < 60_000_000) return `${digits(µs / 1_000_000)}${NO_BREAK}s`;
  return clock(Math.floor(µs / 1_000_000));
}

/** How long ago something was, µs: whole seconds, since anything finer would only flicker. */
export function age(µs: number, lang: Lang = 'en'): string {
  const seconds = Math.max(0, Math.floor(µs / 1_000_000));
  return spoken(seconds < 60 ? `${seconds}${NO_BREAK}s` : clock(seconds), lang);
}

/** How long something lasted that is over, µs: as fine as it is worth. */
export function lasted(µs: number, lang: Lang = 'en'): string {
  return spoken(time(Math.max(0, µs)), lang);
}

/** Hours, minutes and seconds as the language has them; what is shorter is written as engineers do in any. */
function spoken(text: string, lang: Lang): string {
  if (lang !== 'ko') return text;
  const units: Readonly<Record<string, string>> = { h: '시간', min: '분', s: '초' };
  return text.replace(/\u00a0(h|min|s)\b/g, (_, unit: string) => units[unit] ?? unit);
}

/** A probability: `0 %`, `0.5 %`, `12 %`. */
export function percent(probability: number): string {
  return `${digits(probability * 100)}${NO_BREAK}%`;
}

function clock(seconds: number): string {
  const [first, second] =
    seconds < 3600
      ? [`${Math.floor(seconds / 60)}${NO_BREAK}min`, seconds % 60 === 0 ? '' : `${seconds % 60}${NO_BREAK}s`]
      : [
          `${count(Math.floor(seconds / 3600))}${NO_BREAK}h`,
          seconds % 3600 < 60 ? '' : `${Math.floor((seconds % 3600) / 60)}${NO_BREAK}min`,
        ];
  return second === '' ? first : `${first}${NO_BREAK}${second}`;
}

function scaled(value: number, units: readonly string[]): string {
  let left = value;
  let unit = 0;
  while (left >= 999.5 && unit < units.length - 1) {
    left /= 1000;
    unit += 1;
  }
  return `${unit === 0 ? Math.round(left) : digits(left)}${NO_BREAK}${units[unit] ?? ''}`;
}

/** Three digits at most, and no zeros that say nothing. */
function digits(value: number): string {
  if (value >= 100) return String(Math.round(value));
  const places = value >= 10 ? 1 : 2;
  return String(Number(value.toFixed(places)));
}
