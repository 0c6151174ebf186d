import { NO_BYTES } from '../segment';
import type { Tcb } from '../tcb';
import { output } from '../output';
import { transition } from '../transition';

/**
 * Active OPEN (RFC 9293 §3.10.1): send a SYN, enter SYN-SENT. `tcb` is new, or waits in LISTEN.
 * @param data to be sent first; with Fast Open (`tcb.fastOpen`) as much as goes into the SYN goes there
 */
export function openActive(tcb: Tcb, now: number, data: Uint8Array = NO_BYTES): void {
  if (data.length > 0) tcb.enqueue(data);
  tcb.snd.push = tcb.endOfData;
  transition(tcb, 'SYN-SENT', tcb.state === 'LISTEN' ? 'SEND' : 'active OPEN', now);
  output(tcb, now);
}

/** Passive OPEN (RFC 9293 §3.10.1): enter LISTEN. */
export function openPassive(tcb: Tcb, now: number): void {
  transition(tcb, 'LISTEN', 'passive OPEN', now);
}
