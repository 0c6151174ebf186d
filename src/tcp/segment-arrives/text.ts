import { FLAG } from '../../wire/tcp';
import { drop } from '../drop';
import { nextAcceptable } from '../output/segment';
import { add, diff } from '../sequence';
import { hasFlag, type Segment } from '../segment';
import { NOTICE, type Tcb } from '../tcb';
import { setTimer } from '../timers';
import { enterClosed } from '../transition';
import { replyReset, type Verdict } from './verdict';

/**
 * Seventh step: process the segment text (RFC 9293 §3.10.7.4). What is in order goes to the user, what came ahead of its turn
 * is kept (SHLD-31).
 */
export function receiveText(tcb: Tcb, segment: Segment, now: number): Verdict {
  if (tcb.state !== 'ESTABLISHED' && tcb.state !== 'FIN-WAIT-1' && tcb.state !== 'FIN-WAIT-2') return 'continue';
  const { rcv } = tcb;
  let { data } = segment;
  if (tcb.detached && data.length > 0) {
    // SHLD-3: the user is gone and this data is lost to them, so the peer must not believe otherwise.
    tcb.host.count('tcp.data-after-close');
    const answer = replyReset(nextAcceptable(tcb));
    enterClosed(tcb, 'ABORT', now);
    return answer;
  }
  const position = rcv.offset + diff(segment.seq, rcv.nxt);
  if (hasFlag(segment, FLAG.FIN)) {
    rcv.fin ??= position + data.length;
    if (position > rcv.offset) tcb.ackNow = true;
  }
  // Nothing follows a FIN, whatever a peer may say.
  if (rcv.fin !== undefined) data = data.subarray(0, Math.max(0, rcv.fin - position));
  if (data.length > 0) {
    estimateRoundTrip(tcb, segment, position + data.length, now);
    if (position === rcv.offset && tcb.reassembly.isEmpty) {
      deliver(tcb, data);
      scheduleAck(tcb, segment.segmentSize === 0 ? 1 : Math.ceil(data.length / segment.segmentSize), now);
    } else receiveOutOfOrder(tcb, position, data, now);
  }
  deliverReassembled(tcb);
  return 'continue';
}

/** MAY-13: an ACK at once, for what is ahead of its turn, and for what fills a hole. */
function receiveOutOfOrder(tcb: Tcb, position: number, data: Uint8Array, now: number): void {
  const { rcv } = tcb;
  tcb.ackNow = true;
  rcv.quickAcks = Math.max(rcv.quickAcks, Math.min(2, tcb.settings.quickAcks));
  let rest = data;
  if (position > rcv.offset) {
    tcb.counters.outOfOrder += 1;
    tcb.host.count('tcp.out-of-order');
    rcv.duplicatesOwed += 1;
    const end = position + data.length;
    // Of a segment that is held in part, the part (RFC 2883 §4.2.2).
    const held = tcb.reassembly.around(position) ?? tcb.reassembly.around(end - 1);
    if (held !== undefined) reportDuplicate(tcb, Math.max(position, held.start), Math.min(end, held.end));
  } else rest = deliverUpToHeld(tcb, data);
  if (!tcb.reassembly.insert(Math.max(position, rcv.offset), rest)) {
    const limit = tcb.settings.outOfOrderLimit;
    drop(tcb, 'out-of-order-limit', () => `${limit} pieces of out-of-order data are held (outOfOrderLimit)`, now);
  }
}

/** RFC 2883 §4: the next ACK's first block tells of what came twice. Positions are octets from the start of the stream. */
function reportDuplicate(tcb: Tcb, start: number, end: number): void {
  const { rcv } = tcb;
  rcv.duplicateLeft = add(rcv.nxt, start - rcv.offset);
  rcv.duplicateRight = add(rcv.nxt, end - rcv.offset);
}

/** What is in order takes no place in reassembly, where there may be none left. Returns the rest, from the first held octet on. */
function deliverUpToHeld(tcb: Tcb, data: Uint8Array): Uint8Array {
  const gap = Math.min(data.length, (tcb.reassembly.start ?? Infinity) - tcb.rcv.offset);
  deliver(tcb, data.subarray(0, gap));
  return data.subarray(gap);
}

function deliverReassembled(tcb: Tcb): void {
  const pieces = tcb.reassembly.isEmpty ? undefined : tcb.reassembly.takeAt(tcb.rcv.offset);
  if (pieces === undefined) return;
  tcb.ackNow = true;
  for (const piece of pieces) deliver(tcb, piece);
}

/** What is next in order goes to the user. */
export function deliver(tcb: Tcb, data: Uint8Array): void {
  if (data.length === 0) return;
  const { rcv } = tcb;
  rcv.nxt = add(rcv.nxt, data.length);
  rcv.offset += data.length;
  // An ACK of something new is no duplicate.
  rcv.duplicatesOwed = 0;
  tcb.counters.bytesReceived += data.length;
  tcb.receiveQueue.push(data);
  tcb.note(NOTICE.READABLE);
}

/** For the size of the receive buffer: by the timestamp that comes back, or by how long it takes to fill the window. */
function estimateRoundTrip(tcb: Tcb, segment: Segment, reaches: number, now: number): void {
  if (!tcb.timestamps.on || !segment.timestamps || segment.tsecr === 0) {
    tcb.receiveBuffer.arrived(reaches, tcb.receiveWindow, now);
    return;
  }
  const ticks = (tcb.timestamps.value(now) - segment.tsecr) | 0;
  // A small segment may have waited for the peer's user; a full one follows our ACK.
  if (ticks >= 0 && segment.data.length * 2 >= tcb.rcv.mss) {
    tcb.receiveBuffer.echoed(ticks * 1000);
  }
}

/**
 * SHLD-18, MUST-40, SHLD-19: an ACK for every second segment at the latest, and within the delay; the first segments are
 * acknowledged at once, so that the peer's slow start is not held up.
 */
function scheduleAck(tcb: Tcb, segments: number, now: number): void {
  const { rcv } = tcb;
  rcv.unacked += segments;
  if (rcv.quickAcks > 0) {
    rcv.quickAcks -= 1;
    tcb.ackNow = true;
  } else if (rcv.unacked >= 2 || tcb.settings.delayedAck === 0) tcb.ackNow = true;
  else if (tcb.timers.get('delayed-ack') === undefined) {
    setTimer(tcb, 'delayed-ack', now + tcb.settings.delayedAck, now);
  }
}
