import type { Tcb } from './tcb';

/**
 * Chooses the window to advertise now, moves the right edge accordingly, and returns the window field.
 *
 * The edge never moves left (RFC 9293 SHLD-14), and it moves right only by a worthwhile step: half the buffer or one
 * segment, whichever is less (receiver's silly-window avoidance, §3.8.6.2.2, MUST-39).
 */
export function advertiseWindow(tcb: Tcb, scaled: boolean): number {
  const { rcv } = tcb;
  const promised = tcb.receiveWindow;
  const room = spaceBeyondEdge(tcb);
  const window = room >= worthwhileStep(tcb) ? promised + room : promised;
  const grain = scaled ? 1 << rcv.shift : 1;
  let field = Math.min(65_535, Math.floor(window / grain));
  // Rounded up to what was promised, but not beyond the buffer: there the peer sees an edge that is a little to the left of
  // ours, and what it sends up to ours is taken all the same (RFC 7323 §2.4).
  if (field * grain < promised && (field + 1) * grain <= promised + room) field += 1;
  const edge = (rcv.nxt + field * grain) >>> 0;
  if (((edge - rcv.edge) | 0) > 0) rcv.edge = edge;
  return field;
}

/**
 * True when the user has read so much that the peer should hear of it, though there is nothing else to send: little is on
 * offer, and it would at least double. With more on offer the peer goes on sending, and the ACKs of that carry the news.
 */
export function owesWindowUpdate(tcb: Tcb): boolean {
  const window = tcb.receiveWindow;
  const room = spaceBeyondEdge(tcb);
  return room >= worthwhileStep(tcb) && room >= window && window * 2 <= Math.min(capacity(tcb), 65_535);
}

/** What a window loses when it is rounded down to a step of the scale must not be all of it: a buffer holds a few steps. */
const STEPS = 4;

/** The buffer's size, or a few steps of the window scale where those are more: a smaller buffer could hardly be offered. */
function capacity({ receiveBuffer, rcv }: Tcb): number {
  return rcv.shift === 0 ? receiveBuffer.size : Math.max(receiveBuffer.size, STEPS << rcv.shift);
}

/** Octets by which the right edge could move: free buffer, as far as a window can offer it, less what is offered already. */
function spaceBeyondEdge(tcb: Tcb): number {
  const free = capacity(tcb) - tcb.receiveQueue.length;
  return Math.min(free, largestWindow(tcb)) - tcb.receiveWindow;
}

/** The whole buffer, or as much of it as 16 bits with the scale can say. */
function largestWindow(tcb: Tcb): number {
  return Math.min(capacity(tcb), 65_535 << tcb.rcv.shift);
}

function worthwhileStep(tcb: Tcb): number {
  return Math.max(1, Math.min(Math.floor(capacity(tcb) / 2), tcb.rcv.mss));
}
