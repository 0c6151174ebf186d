import { FLAG } from '../../wire/tcp';
import { gt } from '../sequence';
import { hasFlag, type Segment } from '../segment';
import type { Tcb } from '../tcb';

/**
 * True when a SYN may reopen the four-tuple of a connection in TIME-WAIT (RFC 9293 §3.6.1, MAY-2): its sequence number lies
 * beyond all that the old connection used, so that nothing old can be taken for new, or its timestamp is newer than all of that
 * (SHLD-4, RFC 6191).
 */
export function mayReopen(tcb: Tcb, segment: Segment): boolean {
  return (
    tcb.state === 'TIME-WAIT' &&
    hasFlag(segment, FLAG.SYN) &&
    !hasFlag(segment, FLAG.ACK) &&
    !hasFlag(segment, FLAG.RST) &&
    isNewer(tcb, segment)
  );
}

/** RFC 6191 §2: by the timestamps where both have them, otherwise by the sequence number. */
function isNewer({ timestamps, rcv }: Tcb, segment: Segment): boolean {
  const { recent } = timestamps;
  if (!segment.timestamps || !timestamps.on || recent === undefined) return gt(segment.seq, rcv.nxt);
  return gt(segment.tsval, recent) || (segment.tsval === recent && gt(segment.seq, rcv.nxt));
}
