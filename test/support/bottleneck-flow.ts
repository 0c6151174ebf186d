import {
  emptySample,
  type AckSample,
  type CongestionControl,
  type RecoveryPhase,
} from '../../src/tcp/congestion/congestion-control';
import type { Bottleneck } from './bottleneck';

export interface FlowOptions {
  readonly mss?: number;
  /** µs. */
  readonly startAt?: number;
  /** Octets that the user has to send at the start; more with `write`. Default: no end of them. */
  readonly data?: number;
  readonly sack?: boolean;
}

/** What is kept of a segment (draft-ietf-ccwg-bbr §4.1.2.1.2). */
interface Sent {
  readonly size: number;
  readonly sendTime: number;
  readonly firstSendTime: number;
  readonly delivered: number;
  readonly deliveredTime: number;
  readonly lost: number;
  readonly isAppLimited: boolean;
  readonly txInFlight: number;
}

/** A segment counts as lost when one sent so much later has arrived. */
const REORDERING = 3;
const MIN_RTO = 200_000;

/**
 * A sender over a `Bottleneck`: it sends what congestion control allows, takes the delivery-rate samples of
 * draft-ietf-ccwg-bbr §4.1 and tells of losses, in the order that `CongestionControl` promises. Data has no sequence numbers:
 * what is lost goes out again as something new, and `delivered` is the goodput.
 */
export class BottleneckFlow {
  delivered = 0;
  lost = 0;
  inFlight = 0;
  sent = 0;
  timeouts = 0;
  recoveries = 0;
  /** The packet-timed round trips so far. */
  rounds = 0;
  minRtt = Infinity;
  srtt: number | undefined;
  /** Called after each ACK. */
  onAck: (sample: AckSample) => void = () => undefined;
  #phase: RecoveryPhase = 'open';
  readonly #outstanding = new Map<number, Sent>();
  #nextId = 0;
  #toSend: number;
  #nextSendTime = 0;
  #wakeAt = Infinity;
  #deliveredTime = 0;
  #firstSendTime = 0;
  #appLimited = 0;
  #recoverAt = 0;
  #nextRoundDelivered = 0;
  #limited = false;
  #wasLimited = false;
  #rtoAt = Infinity;
  #rtoCheckAt = Infinity;
  #idleSince = 0;
  readonly #sample: AckSample;

  constructor(
    private readonly net: Bottleneck,
    readonly control: CongestionControl,
    private readonly mss: number,
    options: FlowOptions,
  ) {
    this.#toSend = options.data ?? Infinity;
    this.#sample = { ...emptySample(), sack: options.sack ?? true };
  }

  start(): void {
    this.#send();
  }

  /** The user has more to send. */
  write(octets: number): void {
    this.#checkAppLimited();
    this.#toSend += octets;
    this.#send();
  }

  /** From now on, no end of data; or, with `false`, none but what `write` brings. */
  endless(on: boolean): void {
    this.#checkAppLimited();
    this.#toSend = on ? Infinity : 0;
    this.#send();
  }

  /** Declares the losses of the last recovery an error. */
  undo(): void {
    this.#phase = 'open';
    this.control.undo(this.net.now);
  }

  get #rto(): number {
    return Math.max(MIN_RTO, 3 * (this.srtt ?? 1_000_000));
  }

  #send(): void {
    const { control, net } = this;
    while (this.#toSend > 0) {
      const size = Math.min(this.mss, this.#toSend);
      if (this.inFlight + size > control.cwnd) {
        this.#limited = true;
        return;
      }
      if (net.now < this.#nextSendTime) {
        this.#wake(this.#nextSendTime);
        return;
      }
      const idle = this.inFlight === 0 ? net.now - this.#idleSince : 0;
      control.sending(this.inFlight, idle, this.#rto, net.now);
      this.#burst();
    }
    this.#checkAppLimited();
  }

  /** As much as may leave at once, and the time until the next. */
  #burst(): void {
    const { control, net } = this;
    const paced = Number.isFinite(control.pacingRate);
    let left = paced ? control.sendQuantum : Infinity;
    let gone = 0;
    while (this.#toSend > 0 && left > 0) {
      const size = Math.min(this.mss, this.#toSend);
      if (this.inFlight + size > control.cwnd || (gone > 0 && size > left)) break;
      this.#transmit(size);
      left -= size;
      gone += size;
    }
    if (paced) this.#nextSendTime = net.now + (gone / control.pacingRate) * 1_000_000;
  }

  #wake(at: number): void {
    if (this.#wakeAt <= at && this.#wakeAt > this.net.now) return;
    this.#wakeAt = at;
    this.net.at(at, () => {
      if (this.#wakeAt === at) this.#wakeAt = Infinity;
      this.#send();
    });
  }

  /** OnPacketSent() (§4.1.2.2). */
  #transmit(size: number): void {
    const { now } = this.net;
    if (this.inFlight === 0) this.#firstSendTime = this.#deliveredTime = now;
    this.inFlight += size;
    this.#toSend -= size;
    this.sent += size;
    const id = this.#nextId++;
    this.#outstanding.set(id, {
      size,
      sendTime: now,
      firstSendTime: this.#firstSendTime,
      delivered: this.delivered,
      deliveredTime: this.#deliveredTime,
      lost: this.lost,
      isAppLimited: this.#appLimited !== 0,
      txInFlight: this.inFlight,
    });
    this.net.forward(size, () => {
      this.#acknowledged(id);
    });
    if (this.#rtoAt === Infinity) this.#armRto();
  }

  #acknowledged(id: number): void {
    const segment = this.#outstanding.get(id);
    if (segment === undefined) return;
    const { now } = this.net;
    const priorInFlight = this.inFlight;
    this.#checkAppLimited();
    this.#outstanding.delete(id);
    this.inFlight -= segment.size;
    this.delivered += segment.size;
    this.#deliveredTime = now;
    this.#measureRtt(now - segment.sendTime);
    const lostBefore = this.lost;
    this.#detectLosses(id);
    if (this.#appLimited !== 0 && this.delivered > this.#appLimited) this.#appLimited = 0;
    this.#fillSample(segment, priorInFlight, lostBefore);
    this.#firstSendTime = segment.sendTime;
    this.control.acked(this.#sample);
    if (this.#phase !== 'open' && id >= this.#recoverAt) {
      this.#phase = 'open';
      this.control.recovered(this.inFlight, now);
    }
    this.onAck(this.#sample);
    if (this.inFlight === 0) this.#idleSince = now;
    this.#armRto();
    this.#send();
  }

  #fillSample(segment: Sent, priorInFlight: number, lostBefore: number): void {
    const sample = this.#sample;
    const { now } = this.net;
    sample.roundStart = segment.delivered >= this.#nextRoundDelivered;
    if (sample.roundStart) {
      this.#nextRoundDelivered = this.delivered;
      this.rounds++;
      this.#wasLimited = this.#limited;
      this.#limited = false;
    }
    sample.now = now;
    sample.phase = this.#phase;
    sample.acked = sample.delivered = segment.size;
    sample.lost = this.lost - lostBefore;
    sample.inFlight = this.inFlight;
    sample.priorInFlight = priorInFlight;
    sample.limited = this.#limited || this.#wasLimited;
    sample.rtt = now - segment.sendTime;
    sample.srtt = this.srtt;
    sample.totalDelivered = this.delivered;
    sample.priorDelivered = segment.delivered;
    sample.totalLost = this.lost;
    sample.sampleLost = this.lost - segment.lost;
    sample.txInFlight = segment.txInFlight;
    sample.isAppLimited = segment.isAppLimited;
    sample.interval = Math.max(segment.sendTime - segment.firstSendTime, now - segment.deliveredTime);
    const valid = sample.interval >= this.minRtt;
    sample.deliveryRate = valid ? ((this.delivered - segment.delivered) / sample.interval) * 1_000_000 : 0;
  }

  #measureRtt(rtt: number): void {
    this.minRtt = Math.min(this.minRtt, rtt);
    this.srtt = this.srtt === undefined ? rtt : this.srtt + (rtt - this.srtt) / 8;
  }

  #detectLosses(arrived: number): void {
    const { now } = this.net;
    const before = this.inFlight;
    const lost = this.lost;
    for (const [id, segment] of this.#outstanding) {
      if (id > arrived - REORDERING) break;
      this.#lose(id, segment);
    }
    if (this.lost === lost || this.#phase !== 'open') return;
    this.#phase = 'recovery';
    this.#recoverAt = this.#nextId;
    this.recoveries++;
    this.control.reduce('loss', before, now);
  }

  #lose(id: number, segment: Sent): void {
    this.#outstanding.delete(id);
    this.inFlight -= segment.size;
    this.#toSend += segment.size;
    this.lost += segment.size;
    this.control.lost({
      now: this.net.now,
      length: segment.size,
      txInFlight: segment.txInFlight,
      priorDelivered: segment.delivered,
      priorLost: segment.lost,
      isAppLimited: segment.isAppLimited,
      totalLost: this.lost,
    });
  }

  #armRto(): void {
    this.#rtoAt = this.inFlight === 0 ? Infinity : this.net.now + this.#rto;
    if (this.#rtoAt < this.#rtoCheckAt) this.#checkRtoAt(this.#rtoAt);
  }

  /** One event at most stands for the timer, however often it is put off. */
  #checkRtoAt(at: number): void {
    this.#rtoCheckAt = at;
    this.net.at(at, () => {
      if (this.#rtoCheckAt !== at) return;
      this.#rtoCheckAt = Infinity;
      if (this.#rtoAt > at) {
        if (this.#rtoAt !== Infinity) this.#checkRtoAt(this.#rtoAt);
        return;
      }
      this.#timedOut();
    });
  }

  #timedOut(): void {
    const flight = this.inFlight;
    const first = this.#phase !== 'loss';
    this.timeouts++;
    for (const [id, segment] of this.#outstanding) this.#lose(id, segment);
    this.#phase = 'loss';
    this.#recoverAt = this.#nextId;
    this.control.timedOut(flight, first, this.net.now);
    this.#rtoAt = Infinity;
    this.#nextSendTime = this.net.now;
    this.#send();
  }

  /** CheckIfApplicationLimited() (§4.1.2.4). */
  #checkAppLimited(): void {
    if (this.#toSend > 0 || this.inFlight >= this.control.cwnd) return;
    this.#appLimited = Math.max(this.delivered + this.inFlight, 1);
    this.control.appLimited(this.inFlight);
  }
}
