import { FLAG } from '../../wire/tcp';
import { add, ge, gt, le, lt } from '../sequence';
import type { OutgoingSegment } from '../segment';
import type { Tcb } from '../tcb';

/** What our own link had no room for: it was never sent. */
export class Refused {
  /** Text was refused: no more is sent until the link has room again, or the retransmission timer goes off. */
  isFull = false;
  syn = false;
  ack = false;
  /** The octets; none when both are equal. */
  from = 0;
  to = 0;

  clear(): void {
    this.isFull = false;
    this.syn = false;
    this.ack = false;
    this.from = this.to;
  }
}

/** Of all connections of which no link has refused anything. */
export const NOTHING_REFUSED = new Refused();

/** IP did not take this segment. */
export function refuse(tcb: Tcb, segment: OutgoingSegment): void {
  const { host } = tcb;
  const { seq, flags, data } = segment;
  if (tcb.refused === NOTHING_REFUSED) tcb.refused = new Refused();
  const { refused } = tcb;
  host.count('tcp.link-full');
  if ((flags & FLAG.SYN) !== 0) refused.syn = true;
  else if ((flags & FLAG.ACK) !== 0) refused.ack = true;
  let end = (flags & FLAG.FIN) === 0 ? seq : add(seq, 1);
  for (const slice of data) end = add(end, slice.length);
  if (end === seq || (flags & FLAG.SYN) !== 0) return;
  refused.isFull = true;
  const none = refused.from === refused.to;
  if (none || lt(seq, refused.from)) refused.from = seq;
  if (none || gt(end, refused.to)) refused.to = end;
}

/** The link has room again: what it refused goes out now. No network has lost it, so congestion control does not hear of it. */
export function linkDrained(tcb: Tcb): void {
  const { refused, inFlight } = tcb;
  const { from, to } = refused;
  if (refused.syn && tcb.synUnacked) tcb.resendSyn = true;
  if (refused.ack) tcb.ackNow = true;
  refused.clear();
  if (from === to) return;
  for (let index = inFlight.size - 1; index >= 0; index -= 1) {
    const range = inFlight.at(index);
    if (range === undefined || le(range.end, from)) break;
    if (range.state !== 'flying' || ge(range.start, to)) continue;
    if (lt(range.start, from)) {
      inFlight.splitAt(range, from);
      // What was cut off comes next.
      index += 2;
      continue;
    }
    inFlight.splitAt(range, to);
    inFlight.markLost(range);
    range.transmissions -= 1;
  }
}
