import type { Tcb } from './tcb';
import { effectiveUserTimeout } from './user-timeout';

/** The timers a connection can have. */
export type TimerName =
  /** RFC 6298, and §3.10.8 RETRANSMISSION TIMEOUT. */
  | 'retransmission'
  /** RACK's: what has been overtaken is lost then (RFC 8985 §6.3). */
  | 'reorder'
  /** Tail loss probe, RFC 8985 §7. */
  | 'probe'
  /** The congestion control's rate lets more go. */
  | 'pacing'
  /** RFC 9293 §3.8.6.1: probes a closed window; also the override of §3.8.6.2.1. */
  | 'persist'
  /** RFC 9293 §3.8.6.3. */
  | 'delayed-ack'
  /** RFC 9293 §3.8.4. */
  | 'keep-alive'
  /** §3.10.8 TIME-WAIT TIMEOUT. */
  | 'time-wait'
  /** §3.10.8 USER TIMEOUT. */
  | 'user'
  /** A connection whose user is gone does not wait for the peer's FIN for ever. */
  | 'fin-wait-2'
  /** `linger` ran out. */
  | 'linger';

export const TIMER_NAMES: readonly TimerName[] = [
  'reorder',
  'probe',
  'retransmission',
  'pacing',
  'persist',
  'delayed-ack',
  'keep-alive',
  'time-wait',
  'user',
  'fin-wait-2',
  'linger',
];

/** A timer that is set. */
interface Deadline {
  name: TimerName;
  /** When it goes off, µs. */
  at: number;
  next: Deadline | undefined;
}

/** Deadlines to use again, of all connections, and how many. */
let spare: Deadline | undefined;
let spares = 0;
const MOST_SPARE = 1024;

function take(name: TimerName, at: number, next: Deadline | undefined): Deadline {
  if (spare === undefined) return { name, at, next };
  const deadline = spare;
  spare = deadline.next;
  spares -= 1;
  deadline.name = name;
  deadline.at = at;
  deadline.next = next;
  return deadline;
}

function give(deadline: Deadline): void {
  if (spares >= MOST_SPARE) return;
  spares += 1;
  deadline.next = spare;
  spare = deadline;
}

/**
 * The deadlines of one connection, µs. Whoever drives the machine asks for `earliest` and calls `timeout` then. A list, since it is short:
 * most connections have none or one, few have more than three.
 */
export class Timers {
  private first: Deadline | undefined = undefined;

  /** When `name` goes off, or `undefined`. */
  get(name: TimerName): number | undefined {
    for (let each = this.first; each !== undefined; each = each.next) if (each.name === name) return each.at;
    return undefined;
  }

  set(name: TimerName, at: number): void {
    for (let each = this.first; each !== undefined; each = each.next) {
      if (each.name !== name) continue;
      each.at = at;
      return;
    }
    this.first = take(name, at, this.first);
  }

  /** Takes a timer back. Returns when it would have gone off, or `undefined` when it was not set. */
  clear(name: TimerName): number | undefined {
    let before: Deadline | undefined;
    for (let each = this.first; each !== undefined; each = each.next) {
      if (each.name === name) {
        if (before === undefined) this.first = each.next;
        else before.next = each.next;
        give(each);
        return each.at;
      }
      before = each;
    }
    return undefined;
  }

  /** The earliest deadline of all, or `undefined` when no timer is set. */
  get earliest(): number | undefined {
    let earliest = this.first;
    for (let each = earliest?.next; each !== undefined; each = each.next) {
      if (earliest === undefined || each.at < earliest.at) earliest = each;
    }
    return earliest?.at;
  }

  /** The timers that are set. */
  pending(): Partial<Record<TimerName, number>> {
    const pending: Partial<Record<TimerName, number>> = {};
    for (const name of TIMER_NAMES) {
      const deadline = this.get(name);
      if (deadline !== undefined) pending[name] = deadline;
    }
    return pending;
  }
}

/** Sets a timer of `tcb` to go off at `deadline`, whether it was set before or not. */
export function setTimer(tcb: Tcb, timer: TimerName, deadline: number, now: number): void {
  tcb.timers.set(timer, deadline);
  tcb.host.trace?.({ type: 'timer', time: now, connection: tcb.trace, timer, action: 'set', deadline });
}

/** Takes a timer back, if it is set. */
export function clearTimer(tcb: Tcb, timer: TimerName, now: number): void {
  const deadline = tcb.timers.clear(timer);
  if (deadline === undefined) return;
  tcb.host.trace?.({ type: 'timer', time: now, connection: tcb.trace, timer, action: 'cleared', deadline });
}

export function clearAllTimers(tcb: Tcb, now: number): void {
  if (tcb.timers.earliest === undefined) return;
  for (const timer of TIMER_NAMES) clearTimer(tcb, timer, now);
}

/** Starts the keep-alive timer where the user asked for it, counted from when the peer was last heard (RFC 9293 §3.8.4). */
export function startIdleTimer(tcb: Tcb, now: number): void {
  const { keepAlive } = tcb.settings;
  if (keepAlive === undefined) clearTimer(tcb, 'keep-alive', now);
  else setTimer(tcb, 'keep-alive', Math.max(now + 1, tcb.lastHeard + keepAlive.idle), now);
}

/**
 * Starts the user timer anew, where the user has set one (RFC 9293 §3.10.8, USER TIMEOUT): it counts from the first of what the
 * peer has not acknowledged.
 */
export function startUserTimer(tcb: Tcb, now: number): void {
  const userTimeout = effectiveUserTimeout(tcb);
  if (userTimeout !== undefined) setTimer(tcb, 'user', now + userTimeout, now);
}

/** The user timeout in force has changed: what is in flight has so long from when the peer last acknowledged something. */
export function adjustUserTimer(tcb: Tcb, now: number): void {
  const { since } = tcb.recovery;
  if (since === undefined) return;
  const userTimeout = effectiveUserTimeout(tcb);
  if (userTimeout === undefined) clearTimer(tcb, 'user', now);
  else setTimer(tcb, 'user', Math.max(now + 1, since + userTimeout), now);
}

/** The peer has told its user timeout, µs (RFC 5482 §3.2). */
export function takeUserTimeout(tcb: Tcb, userTimeout: number, now: number): void {
  if (tcb.peerUserTimeout === userTimeout) return;
  tcb.peerUserTimeout = userTimeout;
  adjustUserTimer(tcb, now);
}
