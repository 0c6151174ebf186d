import { FLAG } from '../../wire/tcp';
import { drop } from '../drop';
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
    const answer = replyReset(tcb.snd.nxt);
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
    if (position === rcv.offset && tcb.reassembly.isEmpty) {
      deliver(tcb, data);
      scheduleAck(tcb, now);
    } else {
      // MAY-13: at once, for what is ahead of its turn, and for what fills a hole.
      tcb.ackNow = true;
      if (position > rcv.offset) tcb.host.count('tcp.out-of-order');
      else data = deliverUpToHeld(tcb, data);
      if (!tcb.reassembly.insert(Math.max(position, rcv.offset), data)) {
        const limit = tcb.settings.outOfOrderLimit;
        drop(tcb, 'out-of-order-limit', () => `${limit} pieces of out-of-order data are held (outOfOrderLimit)`, now);
      }
    }
  }
  deliverReassembled(tcb);
  return 'continue';
}

/** What is in order takes no place in reassembly, where there may be none left. Returns the rest, from the first held piece on. */
function deliverUpToHeld(tcb: Tcb, data: Uint8Array): Uint8Array {
  const gap = Math.min(data.length, (tcb.reassembly.start ?? Infinity) - tcb.rcv.offset);
  deliver(tcb, data.subarray(0, gap));
  return data.subarray(gap);
}

function deliverReassembled(tcb: Tcb): void {
  for (;;) {
    const data = tcb.reassembly.takeAt(tcb.rcv.offset);
    if (data === undefined) return;
    tcb.ackNow = true;
    deliver(tcb, data);
  }
}

function deliver(tcb: Tcb, data: Uint8Array): void {
  const { rcv } = tcb;
  rcv.nxt = add(rcv.nxt, data.length);
  rcv.offset += data.length;
  tcb.counters.bytesReceived += data.length;
  tcb.receiveQueue.push(data);
  tcb.note(NOTICE.READABLE);
}

/** SHLD-18, MUST-40, SHLD-19: an ACK for every second segment at the latest, and within the delay. */
function scheduleAck(tcb: Tcb, now: number): void {
  tcb.rcv.unacked += 1;
  if (tcb.rcv.unacked >= 2 || tcb.settings.delayedAck === 0) tcb.ackNow = true;
  else if (tcb.timers.get('delayed-ack') === undefined) {
    setTimer(tcb, 'delayed-ack', now + tcb.settings.delayedAck, now);
  }
}
