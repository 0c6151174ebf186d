import type { Tcb } from '../tcb';

/**
 * How losses are inferred: what to send again. Kept apart from how much may be in flight, which is congestion control's.
 */
export interface LossDetection {
  readonly name: 'rack' | 'sack' | 'newreno';
  /** An ACK was taken into the scoreboard (`tcb.inFlight`, `tcb.delivery.ack`): marks what it shows to be lost. */
  detect(tcb: Tcb, now: number): void;
  /** The retransmission timer went off: marks what is lost then. */
  timedOut(tcb: Tcb, now: number): void;
}
