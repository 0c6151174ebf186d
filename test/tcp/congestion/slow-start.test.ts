import { describe, expect, test } from '@jest/globals';
import { established, RTO, type Script } from '../../support/script';

const MSS = 1460;
/** Acknowledges so many segments, one after the other. */
function acknowledge(t: Script, from: number, count: number): number {
  for (let index = 1; index <= count; index++) t.skip().inject(`. 1:1(0) ack ${from + index * MSS}`);
  t.skip();
  return from + count * MSS;
}

describe('slow start and congestion avoidance (RFC 5681 §3.1)', () => {
  test('MUST-19: it starts with ten segments (RFC 6928)', () => {
    const t = established();
    t.send(20 * MSS);
    for (let at = 1; at < 10 * MSS; at += MSS) t.expect(`. ${at}:${at + MSS}(${MSS}) ack 1`);
    t.expectNothing();
  });

  test('MUST-19: slow start: each ACK lets two segments go', () => {
    const t = established();
    t.send(60 * MSS);
    t.skip().inject(`. 1:1(0) ack ${1 + MSS}`);
    t.expect(`. 14601:16061(${MSS}) ack 1`, `. 16061:17521(${MSS}) ack 1`).expectNothing();
    expect(t.status.cwnd).toBe(11 * MSS);
  });

  test('an ACK of several segments counts for two at most (appropriate byte counting, RFC 3465)', () => {
    const t = established();
    t.send(60 * MSS);
    t.skip()
      .inject(`. 1:1(0) ack ${1 + 10 * MSS}`)
      .skip();
    expect(t.status.cwnd).toBe(12 * MSS);
  });

  test('a window that is not used does not grow', () => {
    const t = established();
    for (let from = 1; from < 100 * 100; from += 100) {
      t.send(100);
      t.skip().inject(`. 1:1(0) ack ${from + 100}`);
    }
    expect(t.status.cwnd).toBe(10 * MSS);
  });

  test('MUST-19: after a time-out: one segment, half of what was in flight as threshold, and slow start up to there', () => {
    // Each ACK is for a segment that was sent once: F-RTO would find that nothing was lost.
    const t = established({ passive: 80, frto: false });
    t.send(100 * MSS);
    t.skip().at(RTO).expect(`. 1:1461(${MSS}) ack 1`);
    expect(t.status).toMatchObject({ cwnd: MSS, ssthresh: 5 * MSS });
    let acked = acknowledge(t, 1, 4);
    expect(t.status.cwnd).toBe(5 * MSS);

    // Congestion avoidance from here on: about one segment more for a window that was acknowledged.
    acked = acknowledge(t, acked, 5);
    expect(t.status.cwnd).toBeGreaterThan(5.8 * MSS);
    expect(t.status.cwnd).toBeLessThanOrEqual(6 * MSS);
    acknowledge(t, acked, 6);
    expect(t.status.cwnd).toBeGreaterThan(6.7 * MSS);
    expect(t.status.cwnd).toBeLessThanOrEqual(7 * MSS);
  });

  test('a second time-out of the same data leaves the threshold (RFC 5681 §3.1, equation 4)', () => {
    const t = established();
    t.send(10 * MSS);
    t.skip()
      .at(RTO)
      .skip()
      .at(3 * RTO)
      .expect(`. 1:1461(${MSS}) ack 1`);
    expect(t.status).toMatchObject({ cwnd: MSS, ssthresh: 5 * MSS });
  });

  test('the trace tells of it', () => {
    const t = established();
    t.send(10 * MSS);
    t.skip().at(RTO).skip();
    expect(t.wire.trace.filter(({ type }) => type === 'congestion')).toMatchObject([
      { time: RTO, cause: 'timeout', cwnd: MSS, ssthresh: 5 * MSS },
    ]);
  });
});
