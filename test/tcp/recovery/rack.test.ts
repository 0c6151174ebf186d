import { describe, expect, test } from '@jest/globals';
import { ack, causes, data, lossy, MSS, RTT, segments, type LossyOptions } from '../../support/lossy';
import { MILLISECOND, type Script } from '../../support/script';

/** A quarter of the shortest round trip. */
const QUARTER = RTT / 4;

/** Ten segments left at `RTT`, more wait; the first answers come a round trip later, which is now. */
function flight(options: LossyOptions = {}): Script {
  const t = lossy(options);
  t.send(60 * MSS);
  return t.expect(...segments(0, 10)).after(RTT);
}

/** By how much later than a round trip what was sent `age` µs ago will count as lost. */
function patience(t: Script, age: number): number {
  return (t.status.timers.reorder ?? NaN) - t.wire.start - (t.now - age) - RTT;
}

describe('RACK (RFC 8985 §6)', () => {
  test('what was overtaken is lost after a round trip and a quarter of it, to the microsecond (§6.2, step 5)', () => {
    const t = flight()
      .inject(ack(0, [1, 2]))
      .expect(data(10));
    expect(patience(t, RTT)).toBe(QUARTER);
    t.after(QUARTER - 1).expectNothing();
    expect(t.status).toMatchObject({ lost: 0, sacked: MSS, congestion: { phase: 'open', lossDetection: 'rack' } });
    t.after(1).expect(data(0));
    expect(t.status).toMatchObject({ bytesLost: MSS, ssthresh: 5 * MSS, congestion: { phase: 'recovery' } });
    expect([causes(t, 'congestion'), causes(t, 'retransmission')]).toEqual([['fast-retransmit'], ['fast-retransmit']]);
  });

  test('what arrives in that time is not lost, and the timer is taken back', () => {
    const t = flight()
      .inject(ack(0, [1, 2]))
      .skip()
      .after(QUARTER - 1)
      .inject(ack(2))
      .skip();
    expect(t.status.timers.reorder).toBeUndefined();
    t.after(1).expectNothing();
    expect(t.status.bytesLost).toBe(0);
  });

  test('three SACKed segments, as long as no reordering was seen, leave it no time (§6.2, step 4)', () => {
    const t = flight()
      .inject(ack(0, [1, 2]))
      .expect(data(10))
      .inject(ack(0, [1, 3]))
      .expect(data(11));
    t.inject(ack(0, [1, 4]))
      .expect(data(0))
      .expectNothing();
  });

  test('the three may come with one ACK, and in pieces', () => {
    flight()
      .inject(ack(0, [7, 8], [4, 5], [1, 2]))
      .expect(data(0))
      .skip();
    flight()
      .inject(ack(0, [1, 4]))
      .expect(data(0))
      .skip();
  });

  test('reordering that was seen gives back the quarter, whatever is SACKed (§6.2, steps 3 and 4)', () => {
    const t = flight()
      .inject(ack(0, [1, 2]))
      .skip()
      .inject(ack(2))
      .skip();
    expect(t.status.reorderDistance).toBe(2 * MSS);
    t.inject(ack(2, [3, 4]))
      .skip()
      .inject(ack(2, [3, 5]))
      .skip()
      .inject(ack(2, [3, 6]))
      .skip();
    expect(t.status.bytesLost).toBe(0);
    t.after(QUARTER - 1)
      .expectNothing()
      .after(1)
      .expect(data(2))
      .skip();
  });

  test('what was sent again and arrives below others is no reordering (§6.2, step 3)', () => {
    const t = flight()
      .inject(ack(0, [1, 4]))
      .skip()
      .after(RTT)
      .inject(ack(4))
      .skip();
    expect(t.status.reorderDistance).toBe(0);
  });

  test('only what was sent before what arrived: later segments have time', () => {
    const t = flight()
      .inject(ack(0, [1, 4]))
      .skip();
    // Those from the fourth on were sent at the same time, but further along.
    expect(t.status.bytesLost).toBe(MSS);
    t.inject(ack(0, [1, 4], [9, 10])).skip();
    expect(t.status.bytesLost).toBe(6 * MSS);
  });

  test('a retransmission that is lost is sent again as soon as something that left after it has arrived', () => {
    const t = flight()
      .inject(ack(0, [1, 2]))
      .expect(data(10))
      .inject(ack(0, [1, 3]))
      .expect(data(11));
    t.inject(ack(0, [1, 4]))
      .expect(data(0))
      .after(1)
      .inject(ack(0, [1, 7]))
      .expect(data(12));
    t.at(3 * RTT)
      .inject(ack(0, [1, 10]))
      .skip()
      .after(1)
      .inject(ack(0, [1, 10], [12, 13]))
      .expect(data(0))
      .skip();
    expect(causes(t, 'congestion')).toEqual(['fast-retransmit']);
  });

  test('the same, though both left in the same microsecond', () => {
    const t = flight()
      .inject(ack(0, [1, 2]))
      .expect(data(10))
      .inject(ack(0, [1, 3]))
      .expect(data(11));
    t.inject(ack(0, [1, 4]))
      .expect(data(0))
      .at(3 * RTT)
      .inject(ack(0, [1, 11]))
      .expect(data(0))
      .skip();
  });

  test('the head that goes out again has a whole time-out before it (RFC 6675 §6)', () => {
    const t = flight()
      .after(50 * MILLISECOND)
      .inject(ack(0, [1, 4]))
      .expect(data(0))
      .skip();
    expect(t.status.timers.retransmission).toBe(t.wire.start + t.now + t.status.rto);
  });

  test('in recovery what is overtaken is lost at once', () => {
    const t = flight()
      .inject(ack(0, [1, 4]))
      .expect(data(0))
      .skip();
    t.inject(ack(0, [1, 4], [5, 6])).skip();
    expect(t.status.bytesLost).toBe(2 * MSS);
  });
});

describe('the window for reordering adapts (RFC 8985 §6.2, step 4)', () => {
  /** A DSACK for the first segment has come, twice in a round trip. */
  function duplicated(): Script {
    const t = lossy();
    t.send(MSS);
    t.skip().after(RTT).inject(ack(1));
    t.send(2 * MSS);
    t.skip()
      .inject(ack(1, [0, 1]))
      .inject(ack(1, [0, 1]))
      .expectNothing();
    expect(t.status.duplicatesReported).toBe(2);
    return t.after(RTT);
  }

  test('a DSACK adds a quarter, once a round trip', () => {
    const t = duplicated().inject(ack(1, [2, 3]));
    expect(patience(t, RTT)).toBe(2 * QUARTER);
    t.after(2 * QUARTER)
      .expect(data(1))
      .after(RTT)
      .inject(ack(3));
    t.send(2 * MSS);
    t.skip()
      .inject(ack(3, [0, 1]))
      .after(RTT)
      .inject(ack(3, [4, 5]));
    expect(patience(t, RTT)).toBe(3 * QUARTER);
    t.after(3 * QUARTER).skip();
  });

  test('it is never longer than the smoothed round trip', () => {
    const t = duplicated().inject(ack(3));
    for (let at = 3; at < 9; at += 1) {
      t.send(MSS);
      t.skip()
        .inject(ack(at, [0, 1]))
        .after(RTT)
        .inject(ack(at + 1));
    }
    t.send(2 * MSS);
    t.skip()
      .after(RTT)
      .inject(ack(9, [10, 11]));
    expect(patience(t, RTT)).toBe(RTT);
    t.after(RTT).skip();
  });

  test('sixteen recoveries without one bring it back', () => {
    const t = duplicated().inject(ack(3));
    let acked = 3;
    const recover = (): number => {
      t.send(2 * MSS);
      t.skip()
        .after(RTT)
        .inject(ack(acked, [acked + 1, acked + 2]));
      const window = patience(t, RTT);
      t.after(window)
        .expect(data(acked))
        .after(RTT)
        .inject(ack(acked + 2));
      acked += 2;
      return window;
    };
    const windows = Array.from({ length: 18 }, recover);
    expect(windows).toEqual([...Array.from({ length: 16 }, () => 2 * QUARTER), QUARTER, QUARTER]);
  });
});

describe('RACK and the retransmission time-out (RFC 8985 §6.3)', () => {
  test('MUST-19: the oldest segment is lost then, and what has had its round trip; what is younger stays under way', () => {
    const t = lossy({ tailLossProbe: false });
    t.send(2 * MSS);
    t.expect(data(0), data(1, { flags: 'P.' })).at(350 * MILLISECOND);
    t.send(3 * MSS);
    t.expect(data(2), data(3), data(4, { flags: 'P.' }))
      .at(400 * MILLISECOND)
      .expect(data(0))
      .expectNothing();
    expect(t.status).toMatchObject({
      underWay: 4 * MSS,
      lost: MSS,
      cwnd: 4 * MSS,
      backoff: 1,
      congestion: { phase: 'loss' },
    });
  });

  test('the oldest segment alone, where the time-out comes before a round trip and a quarter is over', () => {
    const t = lossy({ tailLossProbe: false, rto: { min: 1 } });
    for (let upTo = 1; upTo <= 60; upTo++) {
      t.send(MSS);
      t.skip().after(RTT).inject(ack(upTo));
    }
    const { rto } = t.status;
    expect(rto).toBeLessThan(RTT + QUARTER);
    t.send(3 * MSS);
    t.skip().after(rto).expect(data(60)).expectNothing();
    expect(t.status).toMatchObject({ bytesLost: MSS, underWay: 3 * MSS });
  });
});

describe('a loss of what was sent in a recovery', () => {
  test('is the next recovery, when this one is over', () => {
    const t = lossy({ initialWindow: 20 });
    t.send(60 * MSS);
    t.expect(...segments(0, 20))
      .after(RTT)
      .inject(ack(0, [1, 4]))
      .expect(data(0));
    t.inject(ack(0, [1, 5]))
      .expect(data(20))
      .inject(ack(0, [1, 7]))
      .expect(data(21))
      .after(1);
    t.inject(ack(0, [1, 7], [8, 9]))
      .inject(ack(0, [1, 7], [8, 10]))
      .expect(data(7))
      .at(3 * RTT);
    // The window has shrunk: the segment that is found lost has to wait.
    t.inject(ack(7, [8, 20], [21, 22]).replace(' <', ' win 5000 <')).expectNothing();
    expect(t.status).toMatchObject({ lost: MSS, congestion: { phase: 'recovery' } });
    t.after(1)
      .inject(ack(20, [21, 22]))
      .expect(data(20))
      .skip();
    expect(causes(t, 'congestion')).toEqual(['fast-retransmit', 'recovered', 'fast-retransmit']);
    expect(causes(t, 'retransmission')).toEqual(['fast-retransmit', 'fast-retransmit', 'fast-retransmit']);
  });
});
