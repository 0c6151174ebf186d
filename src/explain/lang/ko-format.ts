import { thousands } from '../../inspect/lang/thousands';
/** 수와 크기와 시간을 한국어로 쓰는 법. */
export const number = (value: number): string => thousands(Math.round(value));
export const bytes = (value: number): string => `${number(value)}바이트`;
export const times = (count: number): string => `${number(count)}번`;

export function time(µs: number): string {
  const round = (value: number): number => (value >= 10 ? Math.round(value) : Math.round(value * 10) / 10);
  if (µs >= 120_000_000) return `${round(µs / 60_000_000)}분`;
  if (µs >= 1_000_000) return `${round(µs / 1_000_000)}초`;
  return µs >= 1000 ? `${round(µs / 1000)}밀리초` : `${Math.round(µs)}마이크로초`;
}

export function bits(value: number): string {
  if (value >= 1e9) return `${(value / 1e9).toFixed(1)} Gbit/s`;
  return value >= 1e6 ? `${(value / 1e6).toFixed(1)} Mbit/s` : `${(value / 1e3).toFixed(0)} kbit/s`;
}
