import type { AckSample } from '../congestion/congestion-control';
import { gt, lt } from '../sequence';
import { isSentAfter, type DeliveryListener } from './in-flight';
import type { SentRange } from './sent-range';

/** What the present ACK has told of what was sent (`-1`: nothing). */
interface Digest {
  /** Octets newly delivered. */
  delivered: number;
  /** The most recently sent of what has arrived: when it was sent, where it ends, how many times it was sent. */
  sentAt: number;
  end: number;
  transmissions: number;
  /** Of what was sent once only: when the first and the last of it were sent, µs; from where to where it reaches. */
  onceFirst: number;
  onceLast: number;
  onceStart: number;
  onceEnd: number;
  /** Of what was sent once only, something had counted as lost: it was late. */
  late: boolean;
  /** Something that was sent more than once is acknowledged: what comes behind it may have arrived long before. */
  again: boolean;
}

/** The rate sample's packet.* (draft-ietf-ccwg-bbr §4.1.2.3): of the newest range that the present ACK delivers. */
interface RateSample {
  delivered: number;
  deliveredAt: number;
  firstSentAt: number;
  sentAt: number;
  txInFlight: number;
  lostBefore: number;
  isAppLimited: boolean;
}

/** The ACK that is looked at now: its circumstances, and what it tells. One for all connections, filled anew for each ACK. */
const PRESENT = {
  now: 0,
  minRtt: 0,
  echoedAt: -1,
  digest: {
    delivered: 0,
    sentAt: -1,
    end: 0,
    transmissions: 0,
    onceFirst: -1,
    onceLast: -1,
    onceStart: 0,
    onceEnd: 0,
    late: false,
    again: false,
  } satisfies Digest as Digest,
  sample: {
    delivered: -1,
    deliveredAt: 0,
    firstSentAt: 0,
    sentAt: 0,
    txInFlight: 0,
    lostBefore: 0,
    isAppLimited: false,
  } satisfies RateSample as RateSample,
};

/**
 * What was delivered when: the delivery rate (draft-ietf-ccwg-bbr §4.1), the segment that RACK goes by (RFC 8985 §6.2, step 2), and
 * round trips.
 */
export class Delivery implements DeliveryListener {
  /** C.delivered and C.lost: octets delivered, and found lost, so far. */
  total = 0;
  lost = 0;
  /** The rate of the last valid sample, octets a second; whether the user limited it. */
  rate = 0;
  rateIsAppLimited = false;
  /** C.delivered_time and C.first_send_time, µs. */
  private deliveredAt = 0;
  private firstSentAt = 0;
  /** C.app_limited: until so much is delivered, samples tell what the user gave and not what the network carries. 0: they do not. */
  private appLimitedUntil = 0;
  /** A round is over when something that was sent after it began is delivered: C.delivered when it began. */
  private roundFrom = 0;

  /** What the present ACK has told; from `begin` on. */
  get ack(): Digest {
    return PRESENT.digest;
  }

  /**
   * An ACK is about to be looked at.
   * @param minRtt the shortest round trip known, µs
   * @param echoedAt when the segment that it echoes was sent, by its timestamp, µs; -1 without one
   */
  begin(now: number, minRtt: number, echoedAt: number): void {
    PRESENT.now = now;
    PRESENT.minRtt = minRtt;
    PRESENT.echoedAt = echoedAt;
    PRESENT.sample.delivered = -1;
    const { ack } = this;
    ack.delivered = 0;
    ack.sentAt = -1;
    ack.onceFirst = -1;
    ack.onceLast = -1;
    ack.late = false;
    ack.again = false;
  }

  /** `length` octets of a range go out, `before` being in flight (§4.1.2.2). */
  sent(range: SentRange, length: number, before: number, now: number): void {
    if (before === 0) {
      this.firstSentAt = now;
      this.deliveredAt = now;
    }
    range.firstSentAt = this.firstSentAt;
    range.deliveredAt = this.deliveredAt;
    range.delivered = this.total;
    range.isAppLimited = this.isAppLimited;
    range.txInFlight = before + length;
    range.lostBefore = this.lost;
  }

  delivered(range: SentRange, octets: number): void {
    const { ack } = this;
    const { sample, now } = PRESENT;
    this.total += octets;
    this.deliveredAt = now;
    ack.delivered += octets;
    const end = (range.start + octets) >>> 0;
    if (
      sample.delivered === -1 ||
      range.delivered > sample.delivered ||
      (range.delivered === sample.delivered && range.sentAt >= sample.sentAt)
    ) {
      sample.delivered = range.delivered;
      sample.deliveredAt = range.deliveredAt;
      sample.firstSentAt = range.firstSentAt;
      sample.sentAt = range.sentAt;
      sample.txInFlight = range.txInFlight;
      sample.lostBefore = range.lostBefore;
      sample.isAppLimited = range.isAppLimited;
      this.firstSentAt = range.sentAt;
    }
    if (range.transmissions === 1) {
      if (ack.onceFirst === -1) {
        ack.onceStart = range.start;
        ack.onceEnd = end;
        ack.onceFirst = range.sentAt;
        ack.onceLast = range.sentAt;
      } else {
        if (lt(range.start, ack.onceStart)) ack.onceStart = range.start;
        if (gt(end, ack.onceEnd)) ack.onceEnd = end;
        ack.onceFirst = Math.min(ack.onceFirst, range.sentAt);
        ack.onceLast = Math.max(ack.onceLast, range.sentAt);
      }
      if (range.state === 'lost') ack.late = true;
    } else {
      ack.again = true;
      if (this.isAmbiguous(range)) return;
    }
    if (ack.sentAt === -1 || isSentAfter(range.sentAt, end, ack.sentAt, ack.end)) {
      ack.sentAt = range.sentAt;
      ack.end = end;
      ack.transmissions = range.transmissions;
    }
  }

  /** RFC 8985 §6.2, step 2: the ACK is for an earlier transmission of this range than its last. */
  private isAmbiguous({ sentAt }: SentRange): boolean {
    const { now, minRtt, echoedAt } = PRESENT;
    if (echoedAt >= 0 && echoedAt < Math.floor(sentAt / 1000) * 1000) return true;
    return now - sentAt < minRtt;
  }

  /** The user gives no more to send, with so much in flight (§4.1.2.4). */
  appLimited(inFlight: number): void {
    this.appLimitedUntil = Math.max(1, this.total + inFlight);
  }

  get isAppLimited(): boolean {
    return this.appLimitedUntil > 0;
  }

  /** The ACK was looked at: what it tells of the rate goes into `into` (§4.1.2.3). */
  finish(into: AckSample, minRtt: number): void {
    const { ack } = this;
    const { sample, now } = PRESENT;
    if (this.appLimitedUntil > 0 && this.total > this.appLimitedUntil) this.appLimitedUntil = 0;
    into.now = now;
    into.delivered = ack.delivered;
    into.totalDelivered = this.total;
    into.totalLost = this.lost;
    into.rtt = ack.onceLast === -1 || ack.again ? undefined : now - ack.onceLast;
    into.deliveryRate = 0;
    into.interval = 0;
    into.roundStart = false;
    if (sample.delivered === -1) {
      into.priorDelivered = this.total;
      into.txInFlight = 0;
      into.sampleLost = 0;
      into.isAppLimited = this.isAppLimited;
      return;
    }
    into.priorDelivered = sample.delivered;
    into.txInFlight = sample.txInFlight;
    into.sampleLost = this.lost - sample.lostBefore;
    into.isAppLimited = sample.isAppLimited;
    if (sample.delivered >= this.roundFrom) {
      this.roundFrom = this.total;
      into.roundStart = true;
    }
    const interval = Math.max(sample.sentAt - sample.firstSentAt, this.deliveredAt - sample.deliveredAt);
    // "No delivery can be quicker than the shortest round trip": such a sample comes of compressed or lost ACKs.
    if (interval <= 0 || interval < minRtt) return;
    into.interval = interval;
    into.deliveryRate = ((this.total - sample.delivered) * 1_000_000) / interval;
    if (sample.isAppLimited && into.deliveryRate < this.rate) return;
    this.rate = into.deliveryRate;
    this.rateIsAppLimited = sample.isAppLimited;
  }
}
