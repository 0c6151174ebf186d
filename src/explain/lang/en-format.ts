import { thousands } from '../../inspect/lang/thousands';
/** How English writes numbers, sizes and times. */
export const number = (value: number): string => thousands(Math.round(value));
export const plural = (count: number, one: string, many = `${one}s`): string =>
  `${number(count)} ${count === 1 ? one : many}`;
export const bytes = (value: number): string => plural(value, 'byte');
export const times = (count: number): string =>
  count === 1 ? 'once' : count === 2 ? 'twice' : `${number(count)} times`;
export const upper = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);

export function time(µs: number): string {
  const round = (value: number): number => (value >= 10 ? Math.round(value) : Math.round(value * 10) / 10);
  if (µs >= 120_000_000) return `${round(µs / 60_000_000)} min`;
  if (µs >= 1_000_000) return `${round(µs / 1_000_000)} s`;
  return µs >= 1000 ? `${round(µs / 1000)} ms` : `${Math.round(µs)} µs`;
}

export function bits(value: number): string {
  if (value >= 1e9) return `${(value / 1e9).toFixed(1)} Gbit/s`;
  return value >= 1e6 ? `${(value / 1e6).toFixed(1)} Mbit/s` : `${(value / 1e3).toFixed(0)} kbit/s`;
}
