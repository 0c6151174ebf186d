import { describe, expect, test } from '@jest/globals';
import type { AckSample } from '../../../src/tcp/congestion/congestion-control';
import { Delivery } from '../../../src/tcp/recovery/delivery';
import { InFlight } from '../../../src/tcp/recovery/in-flight';
import { ackSample, MS, MSS } from '../../support/ack-sample';

const RTT = 100 * MS;

/** A sender with a scoreboard, and what its ACKs tell. */
class Sender {
  readonly delivery = new Delivery();
  readonly inFlight = new InFlight();
  private nxt = 0;

  send(segments: number, now: number): void {
    const before = this.inFlight.flying;
    const length = segments * MSS;
    const range = this.inFlight.send(this.nxt, this.nxt + length, now);
    this.nxt += length;
    this.delivery.sent(range, length, before, now);
  }

  /** The first lost segment again. */
  sendAgain(now: number): void {
    const range = this.inFlight.nextLost();
    if (range === undefined) throw new Error('nothing is lost');
    const before = this.inFlight.flying;
    this.delivery.sent(this.inFlight.sendAgain(range, MSS, now), MSS, before, now);
  }

  ack(
    upTo: number,
    now: number,
    { sack, minRtt = 0, echoedAt = -1 }: { sack?: [number, number]; minRtt?: number; echoedAt?: number } = {},
  ): AckSample {
    const sample = ackSample();
    this.delivery.begin(now, minRtt, echoedAt);
    this.inFlight.acknowledge(upTo * MSS, this.delivery);
    if (sack !== undefined) this.inFlight.sack(sack[0] * MSS, sack[1] * MSS, MSS, this.delivery);
    this.delivery.finish(sample, minRtt);
    return sample;
  }
}

describe('the delivery rate (draft-ietf-ccwg-bbr §4.1)', () => {
  test('what was delivered between a segment and its ACK, over the time between', () => {
    const sender = new Sender();
    for (let count = 0; count < 10; count++) sender.send(1, count * 10 * MS);
    for (let count = 1; count < 10; count++) sender.ack(count, RTT + (count - 1) * 10 * MS);
    sender.send(1, 190 * MS);
    sender.ack(10, 190 * MS);
    const sample = sender.ack(11, 290 * MS);
    // It left when nine had been delivered, the last of them 10 ms before: two segments in 110 ms.
    expect(sample).toMatchObject({
      priorDelivered: 9 * MSS,
      interval: 110 * MS,
      delivered: MSS,
      totalDelivered: 11 * MSS,
    });
    expect(sample.deliveryRate).toBeCloseTo((2 * MSS) / 0.11, 6);
  });

  test('a steady flow is measured at its rate, round after round', () => {
    const sender = new Sender();
    let rate = 0;
    for (let tick = 0; tick < 100; tick++) {
      sender.send(1, tick * 10 * MS);
      if (tick >= 10) rate = sender.ack(tick - 9, tick * 10 * MS).deliveryRate;
    }
    expect(rate).toBeCloseTo(100 * MSS, 0);
    expect(sender.delivery.rate).toBe(rate);
  });

  test('ACKs that come together do not make it faster than it was sent', () => {
    const sender = new Sender();
    for (let count = 0; count < 10; count++) sender.send(1, count * 10 * MS);
    // All in one, 10 ms after the last: the time of sending counts, 90 ms, or the time of the ACKs if that is longer.
    const sample = sender.ack(10, RTT);
    expect(sample.interval).toBe(RTT);
    expect(sample.deliveryRate).toBeCloseTo((10 * MSS) / 0.1, 6);
  });

  test('no sample where less time has passed than the shortest round trip (§4.1.2.3)', () => {
    const sender = new Sender();
    sender.send(1, 0);
    expect(sender.ack(1, 50 * MS, { minRtt: RTT })).toMatchObject({ deliveryRate: 0, interval: 0 });
  });

  test('what the user did not give says nothing of the network: less counts only where it is more (§4.1.2.4)', () => {
    const sender = new Sender();
    sender.send(10, 0);
    sender.ack(10, RTT);
    const { rate } = sender.delivery;
    sender.delivery.appLimited(0);
    sender.send(1, 2 * RTT);
    const limited = sender.ack(11, 3 * RTT);
    expect(limited).toMatchObject({ isAppLimited: true });
    expect(sender.delivery).toMatchObject({ rate, rateIsAppLimited: false, isAppLimited: false });
    sender.send(1, 3 * RTT);
    expect(sender.ack(12, 4 * RTT).isAppLimited).toBe(false);
    expect(sender.delivery.rate).toBeLessThan(rate);
  });

  test('a round trip is over when something is delivered that was sent after it began', () => {
    const sender = new Sender();
    sender.send(2, 0);
    expect(sender.ack(1, RTT).roundStart).toBe(true);
    sender.send(1, RTT);
    expect(sender.ack(2, RTT + 1).roundStart).toBe(false);
    expect(sender.ack(3, 2 * RTT).roundStart).toBe(true);
  });

  test('SACKs deliver, once', () => {
    const sender = new Sender();
    sender.send(4, 0);
    expect(sender.ack(0, RTT, { sack: [1, 3] })).toMatchObject({ delivered: 2 * MSS, totalDelivered: 2 * MSS });
    expect(sender.ack(0, RTT, { sack: [1, 4] })).toMatchObject({ delivered: MSS });
    expect(sender.ack(4, RTT)).toMatchObject({ delivered: MSS, totalDelivered: 4 * MSS });
  });
});

describe('which segment an ACK is for', () => {
  const lossy = (): Sender => {
    const sender = new Sender();
    sender.send(1, 0);
    sender.send(1, 10);
    sender.inFlight.markAllLost();
    sender.sendAgain(5 * RTT);
    return sender;
  };

  test('the round trip is that of the last one that was sent once; of one sent twice there is none', () => {
    const sender = new Sender();
    sender.send(1, 0);
    sender.send(1, 30 * MS);
    expect(sender.ack(2, RTT).rtt).toBe(70 * MS);
    expect(lossy().ack(1, 6 * RTT).rtt).toBeUndefined();
    expect(lossy().ack(2, 6 * RTT).rtt).toBeUndefined();
  });

  test('RACK goes by the one that was sent last (RFC 8985 §6.2, step 1)', () => {
    const sender = lossy();
    sender.ack(2, 6 * RTT, { minRtt: RTT });
    expect(sender.delivery.ack).toMatchObject({ sentAt: 5 * RTT, end: MSS, transmissions: 2 });
  });

  test('an ACK sooner than the shortest round trip is not for the retransmission', () => {
    const sender = lossy();
    sender.ack(1, 5.5 * RTT, { minRtt: RTT });
    expect(sender.delivery.ack.sentAt).toBe(-1);
  });

  test('nor is one that echoes an earlier timestamp', () => {
    const sender = lossy();
    sender.ack(1, 7 * RTT, { minRtt: RTT, echoedAt: 4 * RTT });
    expect(sender.delivery.ack.sentAt).toBe(-1);
    const other = lossy();
    other.ack(1, 7 * RTT, { minRtt: RTT, echoedAt: 5 * RTT });
    expect(other.delivery.ack.sentAt).toBe(5 * RTT);
  });

  test('something that counted as lost and was sent once was late', () => {
    const sender = lossy();
    sender.ack(0, 6 * RTT, { sack: [1, 2] });
    expect(sender.delivery.ack.late).toBe(true);
    sender.ack(1, 6 * RTT);
    expect(sender.delivery.ack.late).toBe(false);
  });
});
