import { FLAG } from '../../wire/tcp';
import { hasFlag, type Segment } from '../segment';
import type { Tcb } from '../tcb';
import { returnToListen } from '../transition';
import { challenge, type Verdict } from './verdict';

/**
 * Fourth step: check the SYN bit (RFC 9293 §3.10.7.4). In a synchronised state a SYN is answered with a challenge ACK
 * (RFC 5961 §4.2): a peer that has really restarted answers that with a RST. A new SYN in TIME-WAIT was dealt with before.
 */
export function checkSyn(tcb: Tcb, segment: Segment, now: number): Verdict {
  if (!hasFlag(segment, FLAG.SYN)) return 'continue';
  if (tcb.state === 'SYN-RECEIVED' && tcb.opened === 'passive' && tcb.fastOpen?.early !== true) {
    returnToListen(tcb, 'rcv RST', now);
    return 'drop';
  }
  return challenge(tcb, () => `SYN in ${tcb.state}`, now);
}
