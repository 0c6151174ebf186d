import { describe, expect, test } from '@jest/globals';
import { ack, causes, data, lossy, MSS, RTT, segments } from '../../support/lossy';

describe('limited transmit (RFC 3042)', () => {
  test('the first two ACKs that SACK something new let a new segment go each, beyond what is acknowledged', () => {
    const t = lossy();
    t.send(60 * MSS);
    t.expect(...segments(0, 10)).after(RTT);
    t.inject(ack(0, [1, 2]))
      .expect(data(10))
      .inject(ack(0, [1, 3]))
      .expect(data(11));
    expect(t.status).toMatchObject({
      cwnd: 10 * MSS,
      ssthresh: Number.MAX_SAFE_INTEGER,
      inFlight: 12 * MSS,
      underWay: 10 * MSS,
    });
  });

  test('one that SACKs nothing new lets none go (§2)', () => {
    const t = lossy();
    t.send(60 * MSS);
    t.expect(...segments(0, 10))
      .after(RTT)
      .inject(ack(0, [1, 2]))
      .expect(data(10));
    t.inject(ack(0, [1, 2]))
      .inject(ack(0, [1, 2]))
      .inject(ack(0, [1, 2]))
      .expectNothing();
  });

  test("the peer's window has the last word", () => {
    const t = lossy({ win: 10 * MSS });
    t.send(60 * MSS);
    t.expect(...segments(0, 10)).after(RTT);
    t.inject(ack(0, [1, 2]).replace(' <', ' win 10000 <')).expectNothing();
    t.inject(ack(0, [1, 2]).replace(' <', ' win 11000 <')).expect(data(10));
    t.abort().skip();
  });

  test('a window of three segments still has losses found without a time-out', () => {
    const t = lossy({ initialWindow: 3, sack: false });
    t.send(60 * MSS);
    t.expect(...segments(0, 3))
      .after(RTT)
      .inject(ack(0))
      .expect(data(3))
      .inject(ack(0))
      .expect(data(4))
      .inject(ack(0))
      .expect(data(0));
    expect(causes(t, 'retransmission')).toEqual(['fast-retransmit']);
  });
});
