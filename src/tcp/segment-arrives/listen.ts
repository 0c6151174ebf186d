import { FLAG } from '../../wire/tcp';
import { hasFlag, type Segment } from '../segment';
import type { Tcb } from '../tcb';
import { transition } from '../transition';
import { replyReset, type Verdict } from './verdict';
import { queueText, takePeerSyn } from './synchronize';

/** SEGMENT ARRIVES in LISTEN (RFC 9293 §3.10.7.2), up to the decision: `continue` means that a connection is to be made. */
export function checkListen(segment: Segment): Verdict {
  if (hasFlag(segment, FLAG.RST)) return 'drop';
  if (hasFlag(segment, FLAG.ACK)) return replyReset(segment.ack);
  return hasFlag(segment, FLAG.SYN) ? 'continue' : 'drop';
}

/** The rest of §3.10.7.2: the new connection, in LISTEN, takes the peer's SYN and enters SYN-RECEIVED. Its SYN,ACK is `output`'s. */
export function arrivesInListen(tcb: Tcb, segment: Segment, now: number): void {
  tcb.counters.segmentsIn += 1;
  takePeerSyn(tcb, segment, now);
  transition(tcb, 'SYN-RECEIVED', 'rcv SYN', now);
  queueText(tcb, segment);
}
