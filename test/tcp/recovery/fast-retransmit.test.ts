import { describe, expect, test } from '@jest/globals';
import { established, type Script } from '../../support/script';

const MSS = 1460;
const segment = (index: number): string => `. ${index * MSS + 1}:${(index + 1) * MSS + 1}(${MSS}) ack 1`;
const ackOf = (segments: number): string => `. 1:1(0) ack ${segments * MSS + 1}`;

/** Ten segments are in flight, more wait, and the first was lost. */
function lossy(): Script {
  const t = established();
  t.send(30 * MSS);
  return t.skip();
}

describe('fast retransmit and fast recovery (RFC 5681 §3.2, RFC 6582)', () => {
  test('the third duplicate ACK has the lost segment sent again, before its time-out', () => {
    const t = lossy().inject(ackOf(0)).inject(ackOf(0)).expectNothing().inject(ackOf(0)).expect(segment(0));
    expect(t.status).toMatchObject({ ssthresh: 5 * MSS, cwnd: 8 * MSS });
    expect(t.wire.trace.filter(({ type }) => type === 'retransmission')).toMatchObject([{ cause: 'fast-retransmit' }]);
  });

  test('each further one lets another segment go, once the window holds it (step 4)', () => {
    const t = lossy().inject(ackOf(0)).inject(ackOf(0)).inject(ackOf(0)).expect(segment(0));
    t.inject(ackOf(0)).inject(ackOf(0)).expectNothing().inject(ackOf(0)).expect(segment(10));
    t.inject(ackOf(0)).expect(segment(11));
  });

  test('the ACK of all that was in flight ends it, with half of the window (RFC 6582 §3.2, step 3)', () => {
    const t = lossy().inject(ackOf(0)).inject(ackOf(0)).inject(ackOf(0)).expect(segment(0)).inject(ackOf(10)).skip();
    expect(t.status.cwnd).toBeLessThanOrEqual(5 * MSS);
    expect(t.wire.trace.filter(({ type }) => type === 'congestion')).toMatchObject([
      { cause: 'fast-retransmit' },
      { cause: 'recovered' },
    ]);
  });

  test('a partial ACK shows the next hole, which is sent again at once (RFC 6582 §3.2, step 3)', () => {
    const t = lossy().inject(ackOf(0)).inject(ackOf(0)).inject(ackOf(0)).expect(segment(0));
    t.inject(ackOf(4)).expect(segment(4)).skip().inject(ackOf(7)).expect(segment(7)).skip();
  });

  test('ACKs that are no duplicates do not count: with data, with another window, with nothing in flight', () => {
    const t = lossy();
    t.inject('P. 1:2(1) ack 1').inject('P. 2:3(1) ack 1').skip().inject('P. 3:4(1) ack 1').skip();
    t.inject('. 4:4(0) ack 1 win 65000').inject('. 4:4(0) ack 1 win 64000').inject('. 4:4(0) ack 1 win 63000');
    t.expectNothing();
    const quiet = established();
    quiet.inject(ackOf(0)).inject(ackOf(0)).inject(ackOf(0)).inject(ackOf(0)).expectNothing();
  });

  test('a new ACK between them starts the count again', () => {
    const t = lossy().inject(ackOf(0)).inject(ackOf(0)).inject(ackOf(1)).skip().inject(ackOf(1)).inject(ackOf(1));
    t.expectNothing().inject(ackOf(1)).expect(segment(1));
  });

  test('the duplicates that a time-out brings about start nothing (RFC 6582 §3.2, step 2)', () => {
    const t = lossy().at(200_000).expect(segment(0)).inject(ackOf(3)).skip();
    t.inject(ackOf(3)).inject(ackOf(3)).inject(ackOf(3)).inject(ackOf(3));
    t.expectNothing();
  });
});
