import { FLAG } from '../../wire/tcp';
import { drop } from '../drop';
import { gt, le } from '../sequence';
import { hasFlag, type Segment } from '../segment';
import type { Tcb } from '../tcb';
import { enterClosed, transition } from '../transition';
import { trimToWindow } from './acceptability';
import { takeAck } from '../recovery/take-ack';
import { receiveFin } from './fin';
import { enterEstablished, queueText, takePeerSyn } from './synchronize';
import { receiveText } from './text';
import { checkUrg } from './urg';
import { replyReset, type Verdict } from './verdict';

/** SEGMENT ARRIVES in SYN-SENT (RFC 9293 §3.10.7.3). */
export function arrivesInSynSent(tcb: Tcb, segment: Segment, now: number): Verdict {
  const { snd } = tcb;
  const acks = hasFlag(segment, FLAG.ACK);
  if (acks && (le(segment.ack, snd.iss) || gt(segment.ack, snd.nxt))) {
    drop(tcb, 'unacceptable-ack', () => `ACK ${segment.ack} does not acknowledge our SYN ${snd.iss}`, now);
    return hasFlag(segment, FLAG.RST) ? 'drop' : replyReset(segment.ack);
  }
  if (hasFlag(segment, FLAG.RST)) {
    // One that does not acknowledge our SYN could be anybody's.
    if (!acks) return drop(tcb, 'blind-reset', () => 'a RST that does not acknowledge our SYN', now);
    enterClosed(tcb, 'rcv RST', now, 'ECONNREFUSED');
    return 'drop';
  }
  if (!hasFlag(segment, FLAG.SYN)) return drop(tcb, 'no-syn', () => 'neither SYN nor RST, in SYN-SENT', now);

  takePeerSyn(tcb, segment, now);
  // They were about ECN itself: nothing was marked.
  segment.flags &= ~(FLAG.ECE | FLAG.CWR);
  if (!acks) {
    // Both have called (§3.5, Figure 8): our SYN goes out again, with the ACK of theirs.
    transition(tcb, 'SYN-RECEIVED', 'rcv SYN', now);
    tcb.resendSyn = true;
    queueText(tcb, segment);
    return 'drop';
  }
  takeAck(tcb, segment, now);
  settleFastOpen(tcb);
  enterEstablished(tcb, 'rcv SYN,ACK', now);
  tcb.ackNow = true;
  segment.seq = tcb.rcv.nxt;
  segment.flags &= ~FLAG.SYN;
  segment.up = Math.max(0, segment.up - 1);
  trimToWindow(tcb, segment);
  checkUrg(tcb, segment);
  return receiveText(tcb, segment, now) === 'continue' ? receiveFin(tcb, segment, now) : 'drop';
}

/** What the SYN carried and the SYN,ACK does not acknowledge the peer has thrown away: it goes out again (RFC 7413 §4.2.1). */
function settleFastOpen(tcb: Tcb): void {
  if (tcb.fastOpen === undefined || tcb.counters.bytesSent === 0) return;
  if (tcb.inFlight.isEmpty) {
    tcb.host.count('tcp.fast-open-data-acked');
    return;
  }
  tcb.host.count('tcp.fast-open-data-refused');
  tcb.inFlight.markAllLost();
}
