import { Bbr } from '../../src/tcp/congestion/bbr';
import type { AckSample, LostRange } from '../../src/tcp/congestion/congestion-control';
import { MS, SECOND } from './bottleneck';
import { emptySample } from '../../src/tcp/congestion/congestion-control';

const MSS = 1_460;

/** A path that delivers `rate` octets a second, whose ACKs and losses a test gives to BBR one by one. */
export class DrivenBbr {
  readonly bbr = new Bbr({ mss: MSS, initialWindow: 10, slowStartAfterIdle: true, random32: () => 2 ** 31 });
  now = 0;
  delivered = 0;
  lost = 0;
  readonly rtt = 50 * MS;

  constructor(readonly rate: number) {}

  get bdp(): number {
    return (this.rate * this.rtt) / SECOND;
  }

  get state(): string {
    return String(this.bbr.details()['state']);
  }

  /** An ACK for a whole round trip of data. */
  round(change: Partial<AckSample> = {}): this {
    const size = Math.min(this.bdp, this.bbr.cwnd);
    this.now += this.rtt;
    const priorDelivered = this.delivered;
    this.delivered += size;
    this.bbr.acked({
      ...emptySample(),
      now: this.now,
      acked: size,
      delivered: size,
      inFlight: size,
      priorInFlight: 2 * size,
      rtt: this.rtt,
      srtt: this.rtt,
      totalDelivered: this.delivered,
      priorDelivered,
      totalLost: this.lost,
      txInFlight: size,
      deliveryRate: (size * SECOND) / this.rtt,
      interval: this.rtt,
      ...change,
    });
    return this;
  }

  lose(segments: number, change: Partial<LostRange> = {}): this {
    const length = segments * MSS;
    const priorLost = this.lost;
    this.lost += length;
    this.bbr.lost({
      now: this.now,
      length,
      txInFlight: this.bdp,
      priorDelivered: this.delivered - this.bdp,
      priorLost,
      isAppLimited: false,
      totalLost: this.lost,
      ...change,
    });
    return this;
  }

  reach(state: string): this {
    for (let left = 200; this.state !== state; left--) {
      if (left === 0) throw new Error(`it did not come to ${state}, but is in ${this.state}`);
      this.round();
    }
    return this;
  }

  detail(name: string): number | string | undefined {
    return this.bbr.details()[name];
  }
}
