import type { AckSample, ReductionCause } from './congestion-control';
import { WindowBased } from './window-based';

const BETA = 0.5;

/** Reno (RFC 5681): a segment more for each window that was acknowledged, half after congestion. */
export class Reno extends WindowBased {
  readonly name = 'reno';
  /** What was acknowledged since the window last grew in congestion avoidance (RFC 3465 §2.1). */
  private bytesAcked = 0;

  protected get beta(): number {
    return BETA;
  }

  override reduce(cause: ReductionCause, inFlight: number): void {
    super.reduce(cause, inFlight);
    this.bytesAcked = 0;
  }

  /** FlightSize (RFC 5681 §3.1, equation 4). */
  protected basis(inFlight: number): number {
    return this.validation.validated ? inFlight : this.validation.used(inFlight);
  }

  protected override slowStart(sample: AckSample): void {
    super.slowStart(sample);
    this.bytesAcked = 0;
  }

  protected avoid(_sample: AckSample, acked: number): void {
    this.bytesAcked += acked;
    if (this.bytesAcked < this.cwnd) return;
    this.bytesAcked -= this.cwnd;
    this.cwnd += this.mss;
  }
}
