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

/**
 * RFC 6191 §2: by the timestamps where both connections have them, otherwise by the sequence number. Where only the new one has them its
 * PAWS throws away all that is old, since that has none.
 */
function isNewer({ timestamps, rcv, settings }: Tcb, segment: Segment): boolean {
  const { recent } = timestamps;
  if (!segment.timestamps || !settings.timestamps) return gt(segment.seq, rcv.nxt);
  if (!timestamps.on || recent === undefined) return true;
  return gt(segment.tsval, recent) || (segment.tsval === recent && gt(segment.seq, rcv.nxt));
}
