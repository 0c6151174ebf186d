import { describe, expect, test } from '@jest/globals';
import { ack, causes, data, lossy, MSS, RTT, segments } from '../../support/lossy';
import { established, MILLISECOND, type Script } from '../../support/script';

/** Ten segments are in flight, more wait, the first was lost; the peer has no SACK. */
function flight(): Script {
  const t = lossy({ sack: false });
  t.send(40 * MSS);
  return t.expect(...segments(0, 10)).after(RTT);
}

/** The third duplicate ACK has come: two new segments and the lost one are on their way. */
function recovering(): Script {
  const t = flight().inject(ack(0)).expect(data(10)).inject(ack(0)).expect(data(11));
  return t.inject(ack(0)).expect(data(0));
}

describe('fast retransmit and recovery for a peer without SACK (RFC 5681 §3.2, RFC 6582)', () => {
  test('two duplicate ACKs let a new segment go each (RFC 3042), the third has the lost one sent again, before its time-out', () => {
    const t = recovering();
    expect(t.status).toMatchObject({
      ssthresh: 5 * MSS,
      retransmissions: 1,
      congestion: { phase: 'recovery', lossDetection: 'newreno' },
    });
    expect(causes(t, 'retransmission')).toEqual(['fast-retransmit']);
    expect(causes(t, 'congestion')).toEqual(['fast-retransmit']);
  });

  test('each duplicate stands for a segment that has left the network: nine under way, and three of the twelve are not', () => {
    const t = recovering();
    // Twelve in flight, three have arrived; the lost one is under way again.
    expect(t.status).toMatchObject({ inFlight: 12 * MSS, underWay: 9 * MSS });
  });

  test('further ones bring the window down in step: a segment for every second of them (PRR, RFC 6937bis)', () => {
    const t = recovering();
    // RecoverFS is ten segments and ssthresh five: prr_out follows half of prr_delivered; the first one went ahead.
    t.inject(ack(0)).expectNothing().inject(ack(0)).expectNothing();
    t.inject(ack(0)).expect(data(12)).inject(ack(0)).expectNothing().inject(ack(0)).expectNothing();
    // Five are under way: from here on one goes for each that arrives.
    expect(t.status.underWay).toBe(5 * MSS);
    t.inject(ack(0)).expect(data(13)).inject(ack(0)).expect(data(14));
  });

  test('the ACK of all that was in flight ends it, with half of the window (RFC 6582 §3.2, step 3)', () => {
    const t = recovering()
      .after(RTT)
      .inject(ack(12))
      .expect(...segments(12, 17));
    expect(t.status).toMatchObject({ cwnd: 5 * MSS, ssthresh: 5 * MSS, congestion: { phase: 'open' } });
    expect(causes(t, 'congestion')).toEqual(['fast-retransmit', 'recovered']);
  });

  test('a partial ACK shows the next hole, which is sent again at once (RFC 6582 §3.2, step 3)', () => {
    const t = recovering().after(RTT).inject(ack(4)).expect(data(4)).skip();
    t.inject(ack(7)).expect(data(7)).skip();
    expect(t.status.congestion.phase).toBe('recovery');
    expect(causes(t, 'congestion')).toEqual(['fast-retransmit']);
  });

  test('a partial ACK that shows no new hole sends nothing twice', () => {
    const t = recovering().after(RTT).inject(ack(4)).expect(data(4)).skip();
    t.inject(ack(4)).inject(ack(4)).skip().inject(ack(4)).skip();
    expect(causes(t, 'retransmission')).toEqual(['fast-retransmit', 'fast-retransmit']);
  });

  test('a partial ACK starts the timer again', () => {
    const t = recovering().after(RTT).inject(ack(4)).skip();
    const { timers, rto } = t.status;
    expect(timers.retransmission).toBe(t.wire.start + t.now + rto);
  });

  test('ACKs that are no duplicates do not count: with data, with another window, with nothing in flight', () => {
    const t = flight();
    t.inject('P. 1:2(1) ack 1').inject('P. 2:3(1) ack 1').skip().inject('P. 3:4(1) ack 1').skip();
    t.inject('. 4:4(0) ack 1 win 65000').inject('. 4:4(0) ack 1 win 64000').inject('. 4:4(0) ack 1 win 63000');
    t.expectNothing();
    const quiet = established();
    quiet.inject(ack(0)).inject(ack(0)).inject(ack(0)).inject(ack(0)).expectNothing();
  });

  test('a new ACK between them starts the count again', () => {
    const t = flight().inject(ack(0)).expect(data(10)).inject(ack(0)).expect(data(11));
    t.inject(ack(1)).skip().inject(ack(1)).skip().inject(ack(1)).skip();
    expect(t.status.retransmissions).toBe(0);
    t.inject(ack(1)).expect(data(1));
  });

  test('limited transmit sends new data only: with none, and without room, a duplicate sends nothing (RFC 3042 §2)', () => {
    const all = lossy({ sack: false });
    all.send(5 * MSS);
    all
      .expect(...segments(0, 4), data(4, { flags: 'P.' }))
      .after(RTT)
      .inject(ack(0))
      .inject(ack(0))
      .expectNothing();
    all.inject(ack(0)).expect(data(0));
    const full = lossy({ sack: false, win: 10 * MSS });
    const line = `${ack(0)} win ${10 * MSS}`;
    full.send(40 * MSS);
    full
      .expect(...segments(0, 10))
      .after(RTT)
      .inject(line)
      .inject(line)
      .expectNothing()
      .inject(line)
      .expect(data(0));
  });

  test('limited transmit leaves the window as it is, and what it sent does not count as flight (RFC 3042 §2, RFC 5681 §3.2)', () => {
    const t = flight().inject(ack(0)).skip().inject(ack(0)).skip();
    expect(t.status).toMatchObject({ cwnd: 10 * MSS, inFlight: 12 * MSS });
    t.inject(ack(0)).skip();
    expect(t.status.ssthresh).toBe(5 * MSS);
  });

  test('the duplicates that a time-out brings about start nothing (RFC 6582 §3.2, step 2, and §4.1)', () => {
    const t = lossy({ sack: false, frto: false });
    t.send(40 * MSS);
    t.skip()
      .after(300 * MILLISECOND)
      .expect(data(0))
      .inject(ack(3))
      .expect(data(3), data(4));
    for (let count = 0; count < 6; count++) t.inject(ack(3)).expectNothing();
    expect(t.status).toMatchObject({ retransmissions: 3, congestion: { phase: 'loss' } });
  });

  test('what was lost after the recovery began is the next one: the window comes down again', () => {
    const t = recovering()
      .after(RTT)
      .inject(ack(12))
      .expect(...segments(12, 17))
      .after(RTT);
    t.inject(ack(12)).expect(data(17)).inject(ack(12)).expect(data(18)).inject(ack(12)).expect(data(12));
    expect(t.status.ssthresh).toBe(2.5 * MSS);
    expect(causes(t, 'congestion')).toEqual(['fast-retransmit', 'recovered', 'fast-retransmit']);
  });

  test('MUST-18: data that a filled hole releases is no measure of the round trip, though it was sent once', () => {
    const t = recovering();
    const { srtt } = t.status;
    t.after(RTT).inject(ack(10)).skip();
    expect(t.status.srtt).toBe(srtt);
  });
});
