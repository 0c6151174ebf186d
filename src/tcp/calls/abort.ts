import { FLAG } from '../../wire/tcp';
import { nextAcceptable } from '../output/segment';
import { reset } from '../segment';
import type { Tcb } from '../tcb';
import { stamped } from '../timestamps';
import { enterClosed } from '../transition';

/**
 * ABORT (RFC 9293 §3.10.5): where the peer knows of the connection it gets a RST; then the connection is gone. The user who
 * asked for it is not told of an error, but every later call answers ECONNABORTED.
 */
export function abort(tcb: Tcb, now: number): void {
  switch (tcb.state) {
    case 'CLOSED':
      return;
    case 'SYN-RECEIVED':
    case 'ESTABLISHED':
    case 'FIN-WAIT-1':
    case 'FIN-WAIT-2':
    case 'CLOSE-WAIT':
      tcb.counters.segmentsOut += 1;
      tcb.host.transmit(stamped(tcb, reset(nextAcceptable(tcb), 0, FLAG.RST), now), now);
      break;
    default:
  }
  tcb.error = 'ECONNABORTED';
  tcb.receiveQueue.clear();
  enterClosed(tcb, 'ABORT', now);
}
