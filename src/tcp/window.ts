import type { Tcb } from './tcb';

/**
 * Chooses the window to advertise now, moves the right edge accordingly, and returns the window field.
 *
 * The edge never moves left (RFC 9293 SHLD-14), and it moves right only by a worthwhile step: half the buffer or one
 * segment, whichever is less (receiver's silly-window avoidance, §3.8.6.2.2, MUST-39).
 */
export function advertiseWindow(tcb: Tcb, scaled: boolean): number {
  const { rcv } = tcb;
  let window = tcb.receiveWindow;
  const room = spaceBeyondEdge(tcb);
  if (room >= worthwhileStep(tcb)) window += room;
  const shift = scaled ? rcv.shift : 0;
  // Rounded down to the scale's grain, but never to the left of what was promised.
  let field = Math.min(65_535, Math.floor(window / 2 ** shift));
  if (field * 2 ** shift < tcb.receiveWindow && field < 65_535) field += 1;
  const edge = (rcv.nxt + field * 2 ** shift) >>> 0;
  if (((edge - rcv.edge) | 0) > 0) rcv.edge = edge;
  return field;
}

/**
 * True when the user has read so much that the peer should hear of it, though there is nothing else to send: less than half of
 * the buffer is on offer, and it would at least double.
 */
export function owesWindowUpdate(tcb: Tcb): boolean {
  const window = tcb.receiveWindow;
  const room = spaceBeyondEdge(tcb);
  return room >= worthwhileStep(tcb) && room >= window && window * 2 <= largestWindow(tcb);
}

/** Octets by which the right edge could move: free buffer, as far as a window can offer it, less what is offered already. */
function spaceBeyondEdge(tcb: Tcb): number {
  const free = tcb.settings.receiveBuffer - tcb.receiveQueue.length;
  return Math.min(free, largestWindow(tcb)) - tcb.receiveWindow;
}

/** The whole buffer, or as much of it as 16 bits with the scale can say. */
function largestWindow(tcb: Tcb): number {
  return Math.min(tcb.settings.receiveBuffer, 65_535 * 2 ** tcb.rcv.shift);
}

function worthwhileStep(tcb: Tcb): number {
  return Math.max(1, Math.min(Math.floor(tcb.settings.receiveBuffer / 2), tcb.rcv.mss));
}
