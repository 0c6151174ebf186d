import type { Tcb } from './tcb';

/**
 * Counts that a segment, or a part of it, was not acted on, and reports it. Bad input is never an error of the stack.
 *
 * @param reason a short fixed word; the counter is `tcp.<reason>`
 * @param detail the particulars, built only when somebody listens
 * @returns `drop`, the verdict of a step of SEGMENT ARRIVES
 */
export function drop(tcb: Tcb, reason: string, detail: () => string, now: number): 'drop' {
  tcb.host.count(`tcp.${reason}`);
  tcb.host.trace?.({ type: 'drop', time: now, layer: 'tcp', reason, detail: detail(), connection: tcb.trace });
  return 'drop';
}
