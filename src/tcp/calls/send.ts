import type { ErrorCode } from '../errors';
import { output } from '../output';
import type { Tcb } from '../tcb';
import type { SendOptions } from '../user';

/** How many bytes SEND takes now. The buffer grows with the congestion window, so that it holds two of them. */
export function sendRoom(tcb: Tcb): number {
  const { settings, congestion } = tcb;
  tcb.sendBuffer = Math.max(settings.sendBuffer, Math.min(2 * Math.floor(congestion.cwnd), settings.sendBufferMax));
  return tcb.sendBuffer - tcb.sendQueue.length;
}

/** SEND (RFC 9293 §3.10.2). See `Connection.send`. */
export function send(tcb: Tcb, data: Uint8Array, options: SendOptions, now: number): number | 'EAGAIN' | ErrorCode {
  if (tcb.error !== undefined) return tcb.error;
  if (tcb.finQueued || tcb.detached || tcb.state === 'CLOSED') return 'EPIPE';
  if (data.length === 0) return 0;
  const room = sendRoom(tcb);
  if (room <= 0) {
    tcb.sendBlocked = true;
    return 'EAGAIN';
  }
  const taken = data.length <= room ? data : data.subarray(0, room);
  if (taken.length < data.length) tcb.sendBlocked = true;
  tcb.enqueue(taken);
  if (options.push !== false) tcb.snd.push = tcb.endOfData;
  if (options.urgent === true) tcb.snd.up = tcb.endOfData;
  tcb.snd.more = options.more === true;
  output(tcb, now);
  return taken.length;
}
