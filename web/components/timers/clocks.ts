import type { TimerName } from '../../../src/tcp/timers';

/** A timer as it is shown. Times in µs. */
export interface ShownTimer {
  readonly name: TimerName;
  readonly deadline: number;
  /** When it was first seen with this deadline: the bar was full then. */
  readonly since: number;
  /** When it went off or was taken back, and which; `undefined`: it is set. */
  readonly ended: { readonly time: number; readonly how: 'fired' | 'cleared' } | undefined;
}

/** How long a timer that has ended is still shown, µs. */
export const FADES = 1_500_000;

/**
 * The timers to show, from those shown before and those that are set now. A deadline that moves fills the bar anew.
 * @param fired when each last went off. Without it, one that vanished at its deadline or later is taken to have gone off
 */
export function nextTimers(
  before: readonly ShownTimer[],
  timers: ReadonlyMap<TimerName, number>,
  now: number,
  fired?: ReadonlyMap<TimerName, number>,
): readonly ShownTimer[] {
  const shown: ShownTimer[] = [];
  for (const [name, deadline] of timers) {
    const known = before.find((each) => each.name === name && each.deadline === deadline && each.ended === undefined);
    shown.push(known ?? { name, deadline, since: Math.min(now, deadline), ended: undefined });
  }
  for (const each of before) {
    if (timers.has(each.name)) continue;
    const wentOff = fired === undefined ? now >= each.deadline : (fired.get(each.name) ?? -Infinity) >= each.deadline;
    const ended = each.ended ?? { time: now, how: wentOff ? ('fired' as const) : ('cleared' as const) };
    if (now - ended.time < FADES && now >= ended.time) shown.push({ ...each, ended });
  }
  return shown.sort((a, b) => Number(a.ended !== undefined) - Number(b.ended !== undefined) || a.deadline - b.deadline);
}

/** How much of the time is left, 0 to 1. */
export function remaining({ deadline, since }: ShownTimer, now: number): number {
  return Math.max(0, Math.min(1, (deadline - now) / Math.max(1, deadline - since)));
}
