import { describe, expect, test } from '@jest/globals';
import { ack, causes, data, lossy, MSS, RTT, segments } from '../../support/lossy';
import { MILLISECOND, type Script } from '../../support/script';

/** The peer's `index`-th thousand octets. */
function piece(index: number): string {
  return `. ${index * MSS + 1}:${(index + 1) * MSS + 1}(${MSS}) ack 1`;
}

/** Our ACK of the first `upTo` thousand octets, with blocks of such. */
const answer = ack;

describe('a receiver of SACK (RFC 2018 §3, §4)', () => {
  test('tells of what came ahead of its turn, at once', () => {
    lossy()
      .inject(piece(1))
      .expect(answer(0, [1, 2]))
      .inject(piece(2))
      .expect(answer(0, [1, 3]));
  });

  test('the block that the last segment is in comes first, then those before it', () => {
    const t = lossy()
      .inject(piece(1))
      .expect(answer(0, [1, 2]))
      .inject(piece(5))
      .expect(answer(0, [5, 6], [1, 2]));
    t.inject(piece(3)).expect(answer(0, [3, 4], [5, 6], [1, 2]));
    t.inject(piece(2)).expect(answer(0, [1, 4], [5, 6]));
    t.inject(piece(6)).expect(answer(0, [5, 7], [1, 4]));
  });

  test('four blocks at most, the oldest are left out', () => {
    const t = lossy();
    for (const index of [1, 3, 5, 7, 9]) t.skip().inject(piece(index));
    t.expect(answer(0, [9, 10], [7, 8], [5, 6], [3, 4]));
  });

  test('three beside timestamps', () => {
    const t = lossy({ timestamps: true });
    for (const index of [1, 3, 5, 7]) t.skip().inject(piece(index));
    t.expect(answer(0, [7, 8], [5, 6], [3, 4]));
  });

  test('the blocks behind a hole that was filled are told again, and none when all is there', () => {
    const t = lossy().inject(piece(1)).skip().inject(piece(3)).skip();
    t.inject(piece(0))
      .expect(answer(2, [3, 4]))
      .inject(piece(2))
      .expect(answer(4))
      .reads(4 * MSS);
  });

  test('data carries them too, and has so much less room (RFC 6691 §3)', () => {
    const t = lossy().inject(piece(1)).skip();
    t.send(2 * MSS);
    t.expect('. 1:989(988) ack 1 <nop,nop,sack 1001:2001>', '. 989:1977(988) ack 1 <nop,nop,sack 1001:2001>');
  });

  test('none for a peer that has not offered it', () => {
    lossy({ sack: false }).inject(piece(1)).expect(answer(0)).inject(piece(3)).expect(answer(0));
  });
});

describe('a sender with SACK (RFC 2018 §5)', () => {
  /** Ten segments left at `RTT`, more wait; it is a round trip later. */
  function flight(options = {}): Script {
    const t = lossy(options);
    t.send(60 * MSS);
    return t.expect(...segments(0, 10)).after(RTT);
  }

  test('sends again what is missing between blocks, and nothing else', () => {
    const t = flight()
      .inject(ack(0, [1, 3], [4, 6], [7, 10]))
      .expect(data(0), data(3), data(6))
      .skip();
    t.after(RTT)
      .inject(ack(3, [4, 6], [7, 10]))
      .skip()
      .inject(ack(6, [7, 10]))
      .skip()
      .inject(ack(10))
      .skip();
    const again = t.wire.trace.flatMap((event) => (event.type === 'retransmission' ? [event.length] : []));
    expect(again).toEqual([MSS, MSS, MSS]);
    expect(t.status).toMatchObject({ bytesLost: 3 * MSS, retransmissions: 3 });
  });

  test('blocks of what was never sent, or turned around, are counted and not believed', () => {
    const t = flight()
      .inject(ack(0, [9, 11]))
      .inject(ack(0, [3, 2]))
      .inject(ack(0, [2, 2]))
      .expectNothing();
    expect(t.counter('tcp.bad-sack')).toBe(3);
    expect(t.status).toMatchObject({ sacked: 0, underWay: 10 * MSS });
  });

  test('blocks below SND.UNA, in an ACK that comes late, are nothing new', () => {
    const t = flight().inject(ack(4)).skip();
    const { sacked, underWay, duplicatesReported } = t.status;
    t.inject(ack(0, [2, 3])).skip();
    expect(t.status).toMatchObject({ sacked, underWay, duplicatesReported });
  });

  test('an ACK that comes late still tells of blocks', () => {
    const t = flight()
      .inject(ack(1))
      .skip()
      .inject(ack(0, [2, 3]))
      .skip();
    expect(t.status.sacked).toBe(MSS);
  });

  test('a part of a segment can be SACKed; the rest goes again', () => {
    const t = flight()
      .inject(ack(0, [0.5, 4]))
      .expect('. 1:501(500) ack 1')
      .skip();
    expect(t.status.sacked).toBe(3.5 * MSS);
  });

  test('reneging is survived: when the time-out comes what was SACKed at the head counts for nothing (§8)', () => {
    const t = flight()
      .inject(ack(0, [1, 10]))
      .expect(data(0))
      .skip()
      .after(RTT)
      .inject(ack(1))
      .skip();
    const { rto } = t.status;
    t.after(rto).expect(data(1));
    expect(t.status).toMatchObject({ sacked: 0, congestion: { phase: 'loss' } });
    expect(t.counter('tcp.sack-reneging')).toBe(1);
    t.after(RTT).inject(ack(2)).expect(data(2), data(3)).after(RTT).inject(ack(4)).skip();
    expect(t.status.spuriousRecoveries).toBe(0);
  });

  test('a time-out without that keeps what is SACKed: only the others go again', () => {
    const t = flight({ frto: false })
      .inject(ack(0, [1, 9]))
      .expect(data(0))
      .skip();
    const { rto } = t.status;
    t.after(rto).expect(data(0)).skip();
    expect(t.counter('tcp.sack-reneging')).toBe(0);
    expect(t.status.sacked).toBe(8 * MSS);
  });
});

describe('losses by counting (RFC 6675), where RACK is off', () => {
  function flight(): Script {
    const t = lossy({ lossRecovery: 'sack' });
    t.send(60 * MSS);
    return t.expect(...segments(0, 10)).after(RTT);
  }

  test('three segments SACKed above: lost; two are not enough, however long it takes (§4, IsLost)', () => {
    const t = flight()
      .inject(ack(0, [1, 2]))
      .expect(data(10))
      .inject(ack(0, [1, 3]))
      .expect(data(11));
    expect(t.status).toMatchObject({
      bytesLost: 0,
      congestion: { lossDetection: 'sack' },
      timers: { retransmission: expect.any(Number) },
    });
    expect(t.status.timers.reorder).toBeUndefined();
    t.after(50 * MILLISECOND)
      .expectNothing()
      .inject(ack(0, [1, 4]))
      .expect(data(0));
    expect(causes(t, 'retransmission')).toEqual(['fast-retransmit']);
  });

  test('three in pieces as well, but only what lies below all three', () => {
    const t = flight()
      .inject(ack(0, [7, 8], [5, 6], [2, 3]))
      .expect(data(0))
      .skip();
    expect(t.status.bytesLost).toBe(2 * MSS);
    t.inject(ack(0, [7, 10], [5, 6], [2, 3])).skip();
    expect(t.status.bytesLost).toBe(5 * MSS);
  });

  test('recovery ends with all that was in flight when it began', () => {
    const t = flight()
      .inject(ack(0, [1, 10]))
      .expect(data(0))
      .skip()
      .after(RTT)
      .inject(ack(10))
      .skip();
    expect(causes(t, 'congestion')).toEqual(['fast-retransmit', 'recovered']);
    expect(t.status.cwnd).toBe(5 * MSS);
  });

  test('on a time-out all is lost that is not SACKed', () => {
    const t = lossy({ lossRecovery: 'sack', frto: false });
    t.send(4 * MSS);
    t.skip()
      .after(RTT)
      .inject(ack(0, [3, 4]))
      .after(200 * MILLISECOND)
      .expect(data(0))
      .after(RTT)
      .inject(ack(1, [3, 4]));
    t.expect(data(1), data(2));
  });
});
