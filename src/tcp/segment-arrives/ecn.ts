import { FLAG } from '../../wire/tcp';
import { hasFlag, type Segment } from '../segment';
import type { Tcb } from '../tcb';
import type { Verdict } from './verdict';

/** A receiver's part of ECN (RFC 3168 §6.1.3): from a marked segment on until the peer's CWR, every ACK echoes it. */
export function receiveEcn(tcb: Tcb, segment: Segment): Verdict {
  const { ecn } = tcb;
  if (!ecn.on || segment.data.length === 0) return 'continue';
  if (hasFlag(segment, FLAG.CWR)) ecn.echo = false;
  if (segment.congestionExperienced) {
    ecn.marked += 1;
    // The sender should hear of it soon.
    if (!ecn.echo) tcb.ackNow = true;
    ecn.echo = true;
  }
  return 'continue';
}
