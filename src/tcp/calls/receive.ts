import type { ErrorCode } from '../errors';
import { output } from '../output';
import type { Tcb } from '../tcb';
import { owesWindowUpdate } from '../window';

/** RECEIVE (RFC 9293 §3.10.3). See `Connection.receive`. */
export function receive(tcb: Tcb, max: number, now: number): Uint8Array | 'EAGAIN' | 'EOF' | ErrorCode {
  const data = max > 0 ? tcb.take(max) : undefined;
  if (data !== undefined) {
    tcb.receiveMeter.read(data.length, tcb.rcv.mss, tcb.settings.receiveBufferMax, now);
    if (canStillReceive(tcb) && owesWindowUpdate(tcb)) {
      tcb.ackNow = true;
      output(tcb, now);
    }
    return data;
  }
  if (tcb.receiveQueue.length > 0) return 'EAGAIN';
  if (tcb.error !== undefined) return tcb.error;
  if (tcb.detached) return 'ENOTCONN';
  return tcb.finReceived || tcb.state === 'CLOSED' ? 'EOF' : 'EAGAIN';
}

function canStillReceive(tcb: Tcb): boolean {
  return tcb.state === 'ESTABLISHED' || tcb.state === 'FIN-WAIT-1' || tcb.state === 'FIN-WAIT-2';
}
