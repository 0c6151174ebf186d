import { FLAG } from '../../wire/tcp';
import { diff } from '../sequence';
import { hasFlag, type Segment } from '../segment';
import { NOTICE, type Tcb } from '../tcb';
import type { Verdict } from './verdict';

/**
 * Sixth step: check the URG bit (RFC 9293 §3.10.7.4, MUST-30 to MUST-33). The pointer names the octet after the last urgent one
 * (MUST-62, RFC 6093 §2). Urgent data stays in line with the rest (RFC 6093 §4): the user learns where it ends.
 */
export function checkUrg(tcb: Tcb, segment: Segment): Verdict {
  if (!hasFlag(segment, FLAG.URG)) return 'continue';
  if (tcb.state !== 'ESTABLISHED' && tcb.state !== 'FIN-WAIT-1' && tcb.state !== 'FIN-WAIT-2') return 'continue';
  const { rcv } = tcb;
  const up = rcv.offset + diff(segment.seq, rcv.nxt) + segment.up;
  const known = rcv.up ?? 0;
  if (up <= known || up <= rcv.offset - tcb.receiveQueue.length) return 'continue';
  rcv.up = up;
  tcb.note(NOTICE.URGENT);
  return 'continue';
}
