import { FLAG } from '../../wire/tcp';
import { gt } from '../sequence';
import { hasFlag, type Segment } from '../segment';
import type { Tcb } from '../tcb';

/**
 * True when a SYN may reopen the four-tuple of a connection in TIME-WAIT (RFC 9293 §3.6.1, MAY-2): its sequence number lies
 * beyond all that the old connection used, so that nothing old can be taken for new.
 */
export function mayReopen(tcb: Tcb, segment: Segment): boolean {
  return (
    tcb.state === 'TIME-WAIT' &&
    hasFlag(segment, FLAG.SYN) &&
    !hasFlag(segment, FLAG.ACK) &&
    !hasFlag(segment, FLAG.RST) &&
    gt(segment.seq, tcb.rcv.nxt)
  );
}
