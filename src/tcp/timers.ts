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

/** The deadlines of one connection, µs. Whoever drives the machine asks for `earliest` and calls `timeout` then. */
export class Timers implements Record<TimerName, number | undefined> {
  reorder: number | undefined = undefined;
  probe: number | undefined = undefined;
  retransmission: number | undefined = undefined;
  pacing: number | undefined = undefined;
  persist: number | undefined = undefined;
  'delayed-ack': number | undefined = undefined;
  'keep-alive': number | undefined = undefined;
  'time-wait': number | undefined = undefined;
  user: number | undefined = undefined;
  'fin-wait-2': number | undefined = undefined;
  linger: number | undefined = undefined;

  /** When `name` goes off, or `undefined`. */
  get(name: TimerName): number | undefined {
    return this[name];
  }

  set(name: TimerName, deadline: number | undefined): void {
    this[name] = deadline;
  }

  /** The earliest deadline of all, or `undefined` when no timer is set. Asked after every event, so it names them one by one. */
  get earliest(): number | undefined {
    let earliest = sooner(this.retransmission, this.reorder);
    earliest = sooner(earliest, this.probe);
    earliest = sooner(earliest, this.pacing);
    earliest = sooner(earliest, this.persist);
    earliest = sooner(earliest, this['delayed-ack']);
    earliest = sooner(earliest, this['keep-alive']);
    earliest = sooner(earliest, this['time-wait']);
    earliest = sooner(earliest, this.user);
    earliest = sooner(earliest, this['fin-wait-2']);
    return sooner(earliest, this.linger);
  }

  /** The timers that are set. */
  pending(): Partial<Record<TimerName, number>> {
    const pending: Partial<Record<TimerName, number>> = {};
    for (const name of TIMER_NAMES) {
      const deadline = this[name];
      if (deadline !== undefined) pending[name] = deadline;
    }
    return pending;
  }
}

function sooner(one: number | undefined, other: number | undefined): number | undefined {
  if (one === undefined) return other;
  return other === undefined || one < other ? one : other;
}

/** Sets a timer of `tcb` to go off at `deadline`, whether it was set before or not. */
export function setTimer(tcb: Tcb, timer: TimerName, deadline: number, now: number): void {
  tcb.timers.set(timer, deadline);
  tcb.host.trace?.({ type: 'timer', time: now, connection: tcb.trace, timer, action: 'set', deadline });
}

/** Takes a timer back, if it is set. */
export function clearTimer(tcb: Tcb, timer: TimerName, now: number): void {
  const deadline = tcb.timers.get(timer);
  if (deadline === undefined) return;
  tcb.timers.set(timer, undefined);
  tcb.host.trace?.({ type: 'timer', time: now, connection: tcb.trace, timer, action: 'cleared', deadline });
}

export function clearAllTimers(tcb: Tcb, now: number): void {
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
