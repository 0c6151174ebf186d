/** Which times stand beside the rows: since the beginning, since the row before, or the wall clock's. */
export type TimeColumn = 'elapsed' | 'since' | 'clock';

/** A time since the beginning, µs, in seconds: `1.204 250`. */
export function elapsed(µs: number): string {
  const whole = Math.floor(µs / 1_000_000);
  const rest = String(Math.floor(µs % 1_000_000)).padStart(6, '0');
  return `${whole}.${rest.slice(0, 3)}\u202f${rest.slice(3)}`;
}

/** The time since what stands before, µs, in the unit that fits: `+40 ms`. */
export function since(µs: number): string {
  if (µs < 1000) return `+${Math.round(µs)} µs`;
  if (µs < 1_000_000) return `+${rounded(µs / 1000)} ms`;
  if (µs < 600_000_000) return `+${rounded(µs / 1_000_000)} s`;
  return `+${Math.round(µs / 60_000_000)} min`;
}

/** The time of day at `ms` since 1970, by the reader's clock: `14:03:27.125`. */
export function timeOfDay(ms: number): string {
  const date = new Date(ms);
  const [hours, minutes, seconds] = [date.getHours(), date.getMinutes(), date.getSeconds()].map((value) =>
    String(value).padStart(2, '0'),
  );
  return `${hours ?? ''}:${minutes ?? ''}:${seconds ?? ''}.${String(Math.floor(date.getMilliseconds())).padStart(3, '0')}`;
}

function rounded(value: number): string {
  return value >= 100 ? String(Math.round(value)) : String(Number(value.toPrecision(3)));
}
