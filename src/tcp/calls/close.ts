import { output } from '../output';
import type { Tcb } from '../tcb';
import { setTimer } from '../timers';
import { enterClosed, transition } from '../transition';
import { abort } from './abort';

/** CLOSE (RFC 9293 §3.10.4): the user has no more to send. The FIN follows what is queued. */
export function shutdown(tcb: Tcb, now: number): void {
  if (tcb.finQueued) return;
  switch (tcb.state) {
    case 'CLOSED':
      return;
    case 'LISTEN':
    case 'SYN-SENT':
      enterClosed(tcb, 'CLOSE', now);
      return;
    case 'SYN-RECEIVED':
      tcb.finQueued = true;
      // With data queued the CLOSE waits for ESTABLISHED (§3.10.4): step 5 takes it up there.
      if (tcb.sendQueue.length === 0) transition(tcb, 'FIN-WAIT-1', 'CLOSE', now);
      break;
    case 'ESTABLISHED':
      tcb.finQueued = true;
      transition(tcb, 'FIN-WAIT-1', 'CLOSE', now);
      break;
    case 'CLOSE-WAIT':
      // LAST-ACK is entered when the FIN is sent, behind all that is queued (§3.10.4).
      tcb.finQueued = true;
      break;
    default:
      return;
  }
  output(tcb, now);
}

/** CLOSE of both directions: what still comes has nobody to read it (RFC 9293 MAY-1, SHLD-3). */
export function close(tcb: Tcb, now: number): void {
  if (tcb.detached || tcb.state === 'CLOSED') return;
  const unread = tcb.receiveQueue.length > 0 || !tcb.reassembly.isEmpty;
  if ((unread && isOpenOnOurSide(tcb)) || tcb.settings.linger === 0) {
    abort(tcb, now);
    return;
  }
  if (becomesOrphan(tcb) && !tcb.host.orphaned()) {
    tcb.host.count('tcp.orphans-overflow');
    abort(tcb, now);
    return;
  }
  tcb.receiveQueue.clear();
  tcb.detached = true;
  shutdown(tcb, now);
  if (tcb.settings.linger !== undefined && isUnfinished(tcb)) setTimer(tcb, 'linger', now + tcb.settings.linger, now);
  if (tcb.state === 'FIN-WAIT-2') startFinWait2Timer(tcb, now);
}

/** A connection without a user does not wait for the peer's FIN for ever. */
export function startFinWait2Timer(tcb: Tcb, now: number): void {
  setTimer(tcb, 'fin-wait-2', now + tcb.settings.finWait2Timeout, now);
}

/** True while a RST still tells the peer something: our FIN has not said "all is well" to the last octet. */
function isOpenOnOurSide(tcb: Tcb): boolean {
  return tcb.state !== 'CLOSING' && tcb.state !== 'LAST-ACK' && tcb.state !== 'TIME-WAIT';
}

/** True when the connection goes on without its user. */
function becomesOrphan(tcb: Tcb): boolean {
  return tcb.state !== 'LISTEN' && tcb.state !== 'SYN-SENT' && tcb.state !== 'TIME-WAIT';
}

function isUnfinished(tcb: Tcb): boolean {
  return tcb.state !== 'CLOSED' && tcb.state !== 'TIME-WAIT' && !tcb.finAcked;
}
