import { describe, expect, test } from '@jest/globals';
import { ack, data, lossy, MSS, segments } from '../../support/lossy';
import { MILLISECOND } from '../../support/script';
import { commentsIn } from './replay';

describe('comments of TCP, by the kind of segment', () => {
  test('a time-out and F-RTO: how far the congestion window came down, and that it was for nothing', () => {
    const t = lossy({ tailLossProbe: false });
    t.send(60 * MSS);
    t.expect(...segments(0, 10))
      .after(300 * MILLISECOND)
      .expect(data(0));
    t.after(1000).inject(ack(1)).expect(data(10), data(11));
    t.after(1000).inject(ack(2)).skip();
    const said = commentsIn(t.wire.trace).slice(-6);
    expect(said[0]).toMatch(
      /: sent retransmission, 1000 bytes, time-out 1; .* \| cwnd 1000 \(was 10000\), ssthresh 5000 \(was none\), /,
    );
    expect(said[1]).toMatch(
      /: received ACK; ACK of 1000 bytes; .* \| cwnd 2000 \(was 1000\), ssthresh 5000, in flight 0, /,
    );
    expect(said[2]).toMatch(/: sent data, 1000 bytes \| cwnd 2000, /);
    expect(said[4]).toMatch(/congestion control: undone.* \| cwnd 11000 \(was 2000\), ssthresh none \(was 5000\), /);
  });
});
