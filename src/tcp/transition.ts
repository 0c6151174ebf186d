import type { ErrorCode } from './errors';
import { isLegalTransition, type State } from './states';
import { NOTICE, type Tcb } from './tcb';
import { clearAllTimers, setTimer } from './timers';

/**
 * Takes the connection to another state. `event` says why, in the words of Figure 5.
 * @throws Error when RFC 9293 has no such arrow: that is a bug of ours, never the peer's doing
 */
export function transition(tcb: Tcb, to: State, event: string, now: number): void {
  const from = tcb.state;
  if (!isLegalTransition(from, to)) {
    throw new Error(`connection ${tcb.id} cannot go from ${from} to ${to} (${event}): RFC 9293 has no such transition`);
  }
  tcb.state = to;
  tcb.host.trace?.({ type: 'transition', time: now, connection: tcb.trace, from, to, event });
}

/** Both directions are closed: wait for 2 MSL (RFC 9293 MUST-13), all other timers off. */
export function enterTimeWait(tcb: Tcb, event: string, now: number): void {
  transition(tcb, 'TIME-WAIT', event, now);
  clearAllTimers(tcb, now);
  if (tcb.host.waits()) restartTimeWait(tcb, now);
  else {
    // It ends as soon as what is owed, the ACK of the peer's FIN, has gone out.
    tcb.host.count('tcp.time-wait-overflow');
    setTimer(tcb, 'time-wait', now, now);
  }
}

export function restartTimeWait(tcb: Tcb, now: number): void {
  setTimer(tcb, 'time-wait', now + 2 * tcb.settings.msl, now);
}

/**
 * "Enter the CLOSED state, delete the TCB, and return." With an `error` the user is told of it; what was received in order
 * before stays there to be read (RFC 9293 SHLD-23).
 */
export function enterClosed(tcb: Tcb, event: string, now: number, error?: ErrorCode): void {
  transition(tcb, 'CLOSED', event, now);
  forget(tcb, now);
  if (error !== undefined) {
    tcb.error = error;
    tcb.note(NOTICE.ERROR);
  }
  tcb.note(NOTICE.CLOSED);
}

/** A passively opened connection whose handshake failed is LISTEN's again (Figure 5, note 1): the listener never left it. */
export function returnToListen(tcb: Tcb, event: string, now: number): void {
  transition(tcb, 'LISTEN', event, now);
  forget(tcb, now);
}

function forget(tcb: Tcb, now: number): void {
  clearAllTimers(tcb, now);
  tcb.sendQueue.clear();
  tcb.dropOutOfOrder();
  tcb.ackNow = false;
  tcb.host.remove();
}
