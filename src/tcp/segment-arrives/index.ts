import { FLAG } from '../../wire/tcp';
import { startFinWait2Timer } from '../calls/close';
import { hasFlag, type OutgoingSegment, type Segment } from '../segment';
import type { Tcb } from '../tcb';
import { takeUserTimeout } from '../timers';
import { stamped } from '../timestamps';
import { transition } from '../transition';
import { checkSequence } from './acceptability';
import { checkAck } from './ack';
import { receiveEcn } from './ecn';
import { receiveFin } from './fin';
import { checkReset } from './reset';
import { checkSyn } from './syn';
import { arrivesInSynSent } from './syn-sent';
import { receiveText } from './text';
import { checkUrg } from './urg';
import type { Verdict } from './verdict';

const STEPS = [
  checkSequence, // first
  noteHeader, // RFC 9293 MAY-9 and RFC 5482; nobody outside the window has a say in them
  checkReset, // second; the third, security and precedence, is not in use (RFC 9293 appendix A.1)
  checkSyn, // fourth
  receiveEcn, // RFC 3168; no number in RFC 9293
  checkAck, // fifth
  checkUrg, // sixth
  receiveText, // seventh
  receiveFin, // eighth
] as const;

/** What the header says besides: IP's Diffserv field, and the peer's user timeout. */
function noteHeader(tcb: Tcb, segment: Segment, now: number): Verdict {
  tcb.receivedDscp = segment.dscp;
  if (segment.userTimeout !== undefined) takeUserTimeout(tcb, segment.userTimeout, now);
  return 'continue';
}

/**
 * SEGMENT ARRIVES (RFC 9293 §3.10.7) in every state that has a TCB of its own. Nothing is sent from here: `output` does that
 * after, once for all segments that came together. A reset that answers the segment is returned.
 *
 * @param segment is changed: it is trimmed to the window
 * @param now when it arrived, µs
 */
export function segmentArrives(tcb: Tcb, segment: Segment, now: number): OutgoingSegment | undefined {
  tcb.counters.segmentsIn += 1;
  tcb.snd.more = false;
  // After an idle time the peer starts slowly again.
  if (now - tcb.lastHeard > tcb.rto.rto) tcb.rcv.quickAcks = tcb.settings.quickAcks;
  tcb.lastHeard = now;
  tcb.keepAliveProbes = 0;
  // RFC 7323 §2.3; a SYN's window is never scaled (§2.2).
  if (!hasFlag(segment, FLAG.SYN)) segment.wnd <<= tcb.snd.shift;
  if (tcb.state === 'SYN-SENT') {
    const verdict = arrivesInSynSent(tcb, segment, now);
    return typeof verdict === 'string' ? undefined : verdict;
  }
  for (const step of STEPS) {
    const verdict = step(tcb, segment, now);
    if (verdict === 'continue') continue;
    return verdict === 'drop' ? undefined : stamped(tcb, verdict, now);
  }
  // Fifth step, FIN-WAIT-1: left until here, since the same segment may bring the peer's FIN (Figure 5, note 2).
  if (tcb.state === 'FIN-WAIT-1' && tcb.finAcked) {
    transition(tcb, 'FIN-WAIT-2', 'rcv ACK of FIN', now);
    if (tcb.detached) startFinWait2Timer(tcb, now);
  }
  return undefined;
}
