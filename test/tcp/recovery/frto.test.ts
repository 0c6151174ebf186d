import { describe, expect, test } from '@jest/globals';
import { ack, causes, data, lossy, MSS, RTT, segments, type LossyOptions } from '../../support/lossy';
import { MILLISECOND, type Script } from '../../support/script';

/** Ten segments left at `RTT`, more wait, and nothing was heard: 300 ms later the first goes out again. */
function timedOut(options: LossyOptions = {}): Script {
  const t = lossy({ tailLossProbe: false, ...options });
  t.send(60 * MSS);
  t.expect(...segments(0, 10))
    .after(300 * MILLISECOND)
    .expect(data(0));
  expect(t.status).toMatchObject({ cwnd: MSS, ssthresh: 5 * MSS, congestion: { phase: 'loss' } });
  return t;
}

describe.each([
  ['without SACK (RFC 5682 §2)', false],
  ['with SACK (RFC 5682 §3)', true],
])('F-RTO %s', (_, sack) => {
  test('the first ACK lets two new segments go; the second, of what was sent once, shows that nothing was lost', () => {
    const t = timedOut({ sack }).after(1000).inject(ack(1)).expect(data(10), data(11));
    t.after(1000).inject(ack(2)).skip();
    expect(causes(t, 'congestion')).toEqual(['timeout', 'undone']);
    expect(t.status).toMatchObject({
      spuriousRecoveries: 1,
      // What it was, and slow start goes on.
      cwnd: 11 * MSS,
      ssthresh: Number.MAX_SAFE_INTEGER,
      lost: 0,
      retransmissions: 1,
      backoff: 0,
      congestion: { phase: 'open' },
    });
  });

  test('after that everything is under way again, and goes out once only', () => {
    const t = timedOut({ sack })
      .after(1000)
      .inject(ack(1))
      .expect(data(10), data(11))
      .after(1000)
      .inject(ack(2))
      .expect(data(12))
      .expectNothing();
    expect(t.status.underWay).toBe(11 * MSS);
    t.inject(ack(12)).skip();
    expect(t.status.retransmissions).toBe(1);
  });

  test('its round trip is taken from when it left first, so that the next time-out comes later', () => {
    const t = timedOut({ sack }).after(1000).inject(ack(1)).skip().after(1000).inject(ack(2)).skip();
    // R = 302 ms: RTTVAR = 3/4 · 50 + 1/4 · 202, SRTT = 7/8 · 100 + 1/8 · 302.
    expect(t.status).toMatchObject({ srtt: expect.any(Number), rttvar: expect.any(Number) });
    expect(t.status.rto).toBeGreaterThan(302 * MILLISECOND);
  });

  test('a duplicate after the two new segments: the loss was real, and all goes out again in slow start (step 3a)', () => {
    const t = timedOut({ sack }).after(1000).inject(ack(1)).expect(data(10), data(11));
    t.after(RTT)
      .inject(sack ? ack(1, [10, 11]) : ack(1))
      .expect(data(1))
      .skip();
    expect(causes(t, 'congestion')).toEqual(['timeout']);
    t.after(RTT).inject(ack(2)).skip();
    expect(t.status).toMatchObject({ spuriousRecoveries: 0, ssthresh: 5 * MSS, congestion: { phase: 'loss' } });
  });

  test('an ACK of all that was in flight, a round trip later, tells nothing without SACK: recovered (step 2a)', () => {
    const t = timedOut({ sack }).after(RTT).inject(ack(10)).skip();
    // With SACK it does: the nine would have been SACKed before.
    expect(causes(t, 'congestion')).toContain(sack ? 'undone' : 'recovered');
  });

  test('with nothing new to send, it is sent again as ever', () => {
    const t = lossy({ tailLossProbe: false, sack });
    t.send(4 * MSS);
    t.skip()
      .after(300 * MILLISECOND)
      .expect(data(0))
      .after(1000)
      .inject(ack(1))
      .expect(data(1), data(2));
  });

  test('a second time-out for the same data is no case for it (step 1)', () => {
    timedOut({ sack })
      .after(600 * MILLISECOND)
      .expect(data(0))
      .inject(ack(1))
      .expect(data(1), data(2));
  });

  test('nor is one in the middle of a recovery (step 1)', () => {
    const t = lossy({ tailLossProbe: false, sack });
    t.send(60 * MSS);
    t.expect(...segments(0, 10)).after(RTT);
    for (let count = 1; count <= 3; count++) t.skip().inject(sack ? ack(0, [1, 1 + count]) : ack(0));
    t.expect(data(0));
    const { rto } = t.status;
    t.after(rto)
      .expect(data(0))
      .skip()
      .inject(sack ? ack(1, [1, 4]) : ack(1))
      .skip();
    expect(t.wire.trace.filter(({ type }) => type === 'retransmission').length).toBeGreaterThan(2);
  });

  test('turned off: the first ACK has the next two sent again', () => {
    timedOut({ sack, frto: false }).after(1000).inject(ack(1)).expect(data(1), data(2));
  });
});

describe('F-RTO with SACK', () => {
  test('a SACK of what was sent once, and counted as lost, shows it at once', () => {
    const t = timedOut()
      .after(1000)
      .inject(ack(0, [1, 2]))
      .skip();
    expect(causes(t, 'congestion')).toEqual(['timeout', 'undone']);
    expect(t.status).toMatchObject({ spuriousRecoveries: 1, cwnd: 10 * MSS, sacked: MSS });
  });

  test('a duplicate before the first ACK changes nothing (§3.1, step 2)', () => {
    timedOut().after(1000).inject(ack(0)).expectNothing().inject(ack(1)).expect(data(10), data(11));
  });
});
