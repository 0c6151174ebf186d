import { FLAG } from '../../wire/tcp';
import { add } from '../sequence';
import { hasFlag, type OutgoingSegment, type Segment } from '../segment';
import type { Tcb } from '../tcb';
import { transition } from '../transition';
import { advertiseWindow } from '../window';
import { segmentArrives } from '.';
import { queueText, takePeerSyn } from './synchronize';
import { deliver } from './text';
import { replyReset, type Verdict } from './verdict';

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
  if (tcb.fastOpen?.early === true && tcb.host.accept(true)) takeEarlyText(tcb, segment);
  else queueText(tcb, segment);
}

/** Fast Open: the text in the SYN is the user's at once, and its ACK goes out with the SYN,ACK (RFC 7413 §4.2.2). */
function takeEarlyText(tcb: Tcb, segment: Segment): void {
  const { rcv } = tcb;
  deliver(tcb, segment.data.subarray(0, tcb.receiveBuffer.size));
  // No window was offered yet.
  rcv.edge = rcv.nxt;
}

/**
 * The ACK of a SYN cookie: the connection, in LISTEN, takes the SYN as it must have been, the SYN,ACK counts as sent, and the ACK
 * goes its usual way (RFC 4987 §3.6).
 */
export function arrivesWithCookie(tcb: Tcb, syn: Segment, ack: Segment, now: number): OutgoingSegment | undefined {
  takePeerSyn(tcb, syn, now);
  transition(tcb, 'SYN-RECEIVED', 'rcv SYN', now);
  tcb.snd.nxt = add(tcb.snd.iss, 1);
  // The window that the SYN,ACK has offered.
  advertiseWindow(tcb, false);
  // What it echoes are options, and no time.
  ack.tsecr = 0;
  return segmentArrives(tcb, ack, now);
}
