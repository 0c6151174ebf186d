import { ge } from '../../tcp/sequence';
import type { Seen } from './seen';

/** While data comes without a longer pause than this, µs, what is sent upon an ACK comes as soon as it can. */
const STEADY = 50_000;

/**
 * Round trips by timestamps (RFC 7323 §4): from an ACK that passes to the data that echoes it. So a capture at the receiver, too, sees how
 * long the way is, and how that changes. Once in a round trip.
 */
export class Echo {
  least = Infinity;
  most = 0;
  mostFrame = 0;
  sum = 0;
  count = 0;
  private asked: { readonly timestamp: number; readonly time: number } | undefined;

  /** An ACK that the receiver of the data sends. */
  ask({ timestamp, time }: Seen): void {
    if (timestamp !== undefined) this.asked ??= { timestamp, time };
  }

  /** Data; `before` is when the data before it came. */
  hear({ echoed, time, frame }: Seen, before: number): void {
    const { asked } = this;
    if (asked === undefined) return;
    if (time - before > STEADY) {
      this.asked = undefined;
      return;
    }
    if (echoed === undefined || !ge(echoed, asked.timestamp)) return;
    this.asked = undefined;
    const trip = time - asked.time;
    this.least = Math.min(this.least, trip);
    this.sum += trip;
    this.count += 1;
    if (trip <= this.most) return;
    this.most = trip;
    this.mostFrame = frame;
  }
}
