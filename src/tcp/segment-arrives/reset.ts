import { FLAG } from '../../wire/tcp';
import { drop } from '../drop';
import { hasFlag, type Segment } from '../segment';
import type { Tcb } from '../tcb';
import { enterClosed, returnToListen } from '../transition';
import { challenge, type Verdict } from './verdict';

/**
 * Second step: check the RST bit (RFC 9293 §3.10.7.4, with RFC 5961 §3.2). Only a reset at exactly RCV.NXT is believed; one
 * elsewhere in the window is asked about with a challenge ACK.
 */
export function checkReset(tcb: Tcb, segment: Segment, now: number): Verdict {
  if (!hasFlag(segment, FLAG.RST)) return 'continue';
  if (segment.seq !== tcb.rcv.nxt) {
    return challenge(tcb, () => `RST at ${segment.seq}, not at RCV.NXT ${tcb.rcv.nxt}`, now);
  }
  switch (tcb.state) {
    case 'SYN-RECEIVED':
      if (tcb.fastOpen?.early === true) enterClosed(tcb, 'rcv RST', now, 'ECONNRESET');
      else if (tcb.opened === 'passive') returnToListen(tcb, 'rcv RST', now);
      else enterClosed(tcb, 'rcv RST', now, 'ECONNREFUSED');
      break;
    case 'TIME-WAIT':
      if (tcb.settings.rfc1337) return drop(tcb, 'time-wait-reset', () => 'a RST in TIME-WAIT (rfc1337)', now);
      enterClosed(tcb, 'rcv RST', now);
      break;
    case 'CLOSING':
    case 'LAST-ACK':
      enterClosed(tcb, 'rcv RST', now);
      break;
    default:
      enterClosed(tcb, 'rcv RST', now, 'ECONNRESET');
  }
  return 'drop';
}
