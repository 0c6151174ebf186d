import { describe, expect, test } from '@jest/globals';
import { Prr } from '../../../src/tcp/recovery/prr';
import { ack, data, lossy, MSS, RTT, segments } from '../../support/lossy';

/** Twenty segments were in flight; the target is ten. */
function begun(): Prr {
  return new Prr(20 * MSS);
}

describe('proportional rate reduction (RFC 6937bis)', () => {
  test('above the threshold half as much goes out as is delivered', () => {
    const prr = begun();
    const rest = Array.from({ length: 6 }, (_, index) => {
      const inFlight = (18 - index) * MSS;
      const room = prr.window(MSS, inFlight, 10 * MSS, false, MSS) - inFlight;
      prr.sent(Math.floor(room / MSS) * MSS);
      return room / MSS;
    });
    // The first retransmission went ahead of its share.
    expect(rest).toEqual([1, 0, 0.5, 1, 0.5, 1]);
  });

  test('the first retransmission goes out whatever was delivered', () => {
    expect(begun().window(0, 15 * MSS, 10 * MSS, false, MSS)).toBe(16 * MSS);
    const prr = begun();
    prr.sent(MSS);
    expect(prr.window(0, 15 * MSS, 10 * MSS, false, MSS)).toBe(15 * MSS);
  });

  test('at the threshold or below it no more than is delivered (conservative reduction bound)', () => {
    const prr = begun();
    prr.sent(MSS);
    expect(prr.window(MSS, 8 * MSS, 10 * MSS, false, MSS)).toBe(9 * MSS);
  });

  test('and a segment more while things go well (slow start reduction bound), up to the threshold', () => {
    const prr = begun();
    prr.sent(MSS);
    expect(prr.window(MSS, 5 * MSS, 10 * MSS, true, MSS)).toBe(7 * MSS);
    expect(prr.window(9 * MSS, 5 * MSS, 10 * MSS, true, MSS)).toBe(10 * MSS);
    expect(prr.window(9 * MSS, 10 * MSS, 10 * MSS, true, MSS)).toBe(10 * MSS);
  });

  test('what was delivered and not used is made up for', () => {
    const prr = begun();
    prr.sent(MSS);
    prr.window(4 * MSS, 12 * MSS, 10 * MSS, false, MSS);
    expect(prr.window(MSS, 4 * MSS, 10 * MSS, false, MSS)).toBe(8 * MSS);
  });
});

describe('PRR in a connection', () => {
  test('the window comes down to half in the course of a round trip, and stands there when it is over', () => {
    const t = lossy({ initialWindow: 20 });
    t.send(100 * MSS);
    t.expect(...segments(0, 20))
      .after(RTT)
      .inject(ack(0, [1, 4]))
      .expect(data(0));
    const sent: number[] = [];
    for (let right = 5; right <= 20; right++) {
      const before = t.status.bytesSent;
      t.inject(ack(0, [1, right])).skip();
      sent.push((t.status.bytesSent - before) / MSS);
    }
    // One for every second that is delivered, until ten are under way.
    expect(sent.slice(0, 12)).toEqual([1, 0, 1, 0, 1, 0, 1, 0, 1, 0, 1, 0]);
    expect(Math.max(...sent)).toBe(1);
    expect(t.status.underWay).toBe(10 * MSS);
    t.after(RTT).inject(ack(20)).skip();
    expect(t.status).toMatchObject({ cwnd: 10 * MSS, ssthresh: 10 * MSS, underWay: 10 * MSS });
  });

  test('heavy losses: what is sent is what is delivered, not a burst', () => {
    const t = lossy({ initialWindow: 20 });
    t.send(100 * MSS);
    t.expect(...segments(0, 20))
      .after(RTT)
      .inject(ack(0, [17, 20]))
      .expect(data(0), data(1), data(2))
      .expectNothing();
    expect(t.status).toMatchObject({ lost: 14 * MSS, underWay: 3 * MSS });
    t.after(RTT)
      .inject(ack(1, [17, 20]))
      .expect(data(3), data(4))
      .inject(ack(3, [17, 20]))
      .expect(data(5), data(6), data(7));
  });
});
