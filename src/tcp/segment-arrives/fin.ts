import { FLAG } from '../../wire/tcp';
import { add } from '../sequence';
import { hasFlag, type Segment } from '../segment';
import { NOTICE, type Tcb } from '../tcb';
import { enterTimeWait, restartTimeWait, transition } from '../transition';
import type { Verdict } from './verdict';

/** Eighth step: check the FIN bit (RFC 9293 §3.10.7.4). It counts once everything before it has arrived. */
export function receiveFin(tcb: Tcb, segment: Segment, now: number): Verdict {
  const { rcv } = tcb;
  if (tcb.finReceived) {
    if (tcb.state === 'TIME-WAIT' && hasFlag(segment, FLAG.FIN)) restartTimeWait(tcb, now);
    return 'continue';
  }
  if (rcv.fin === undefined || rcv.fin > rcv.offset) return 'continue';
  rcv.nxt = add(rcv.nxt, 1);
  tcb.finReceived = true;
  tcb.ackNow = true;
  tcb.note(NOTICE.READABLE);
  switch (tcb.state) {
    case 'SYN-RECEIVED':
    case 'ESTABLISHED':
      transition(tcb, 'CLOSE-WAIT', 'rcv FIN', now);
      break;
    case 'FIN-WAIT-1':
      // "If our FIN has been ACKed (perhaps in this segment)": Figure 5, note 2.
      if (tcb.finAcked) enterTimeWait(tcb, 'rcv FIN,ACK of FIN', now);
      else transition(tcb, 'CLOSING', 'rcv FIN', now);
      break;
    case 'FIN-WAIT-2':
      enterTimeWait(tcb, 'rcv FIN', now);
      break;
    default:
  }
  return 'continue';
}
