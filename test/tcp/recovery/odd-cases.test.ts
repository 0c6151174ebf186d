import { describe, expect, test } from '@jest/globals';
import { ack, causes, data, lossy, MSS, RTT, segments } from '../../support/lossy';
import { MILLISECOND, script, SECOND, type Script } from '../../support/script';

const LAST = { flags: 'P.' };
/** The first time-out after `lossy`'s handshake. */
const RTO = 300 * MILLISECOND;

describe('a FIN that is lost', () => {
  test('alone: it goes out again after the time-out, and with SACK that is a probe', () => {
    for (const sack of [true, false]) {
      const t = lossy({ sack }).shutdown().expect('F. 1:1(0) ack 1').after(RTO).expect('F. 1:1(0) ack 1');
      expect(causes(t, 'retransmission')).toEqual([sack ? 'probe' : 'timeout']);
      t.after(RTT).inject('. 1:1(0) ack 2').state('FIN-WAIT-2');
    }
  });

  test('MUST-19: alone, again and again: it backs off', () => {
    const t = lossy({ sack: false }).shutdown().expect('F. 1:1(0) ack 1');
    for (const wait of [1, 2, 4, 8])
      t.after(wait * RTO)
        .expect('F. 1:1(0) ack 1')
        .state('FIN-WAIT-1');
  });

  test('behind data that has arrived', () => {
    const t = lossy({ sack: false });
    t.send(MSS);
    t.expect(data(0, LAST)).shutdown().expect('F. 1001:1001(0) ack 1').after(RTT).inject(ack(1));
    const { rto } = t.status;
    t.after(rto).expect('F. 1001:1001(0) ack 1').inject('. 1:1(0) ack 1002').state('FIN-WAIT-2');
  });

  test('with the data before it: both go out together, as one segment', () => {
    const t = lossy({ sack: false });
    t.send(500);
    t.expect('P. 1:501(500) ack 1').shutdown().expect('F. 501:501(0) ack 1').after(RTO).expect('FP. 1:501(500) ack 1');
    t.after(RTT).inject('. 1:1(0) ack 502').state('FIN-WAIT-2');
  });

  test('with a whole segment before it: there is no room for an octet more, so it follows by itself', () => {
    const t = lossy({ sack: false });
    t.send(MSS);
    t.expect(data(0, LAST)).shutdown().skip().after(RTO).expect(data(0, LAST)).after(RTT).inject(ack(1));
    t.expect('F. 1001:1001(0) ack 1').inject('. 1:1(0) ack 1002').state('FIN-WAIT-2');
  });

  test('SACKed, while data before it is missing: the data alone goes again', () => {
    const t = lossy();
    t.send(4 * MSS);
    t.expect(...segments(0, 3), data(3, LAST))
      .shutdown()
      .expect('F. 4001:4001(0) ack 1')
      .after(RTT);
    t.inject('. 1:1(0) ack 1 <nop,nop,sack 1001:4002>')
      .expect(data(0))
      .after(RTT)
      .inject('. 1:1(0) ack 4002')
      .state('FIN-WAIT-2');
    expect(t.status.retransmissions).toBe(1);
  });

  test('new data before the FIN is not held up by what is lost before both', () => {
    const t = lossy();
    t.send(12 * MSS);
    t.expect(...segments(0, 10))
      .shutdown()
      .after(RTT)
      .inject(ack(0, [1, 2]))
      .expect(data(10));
    t.inject(ack(0, [1, 3]))
      .expect(data(11, { flags: 'P.' }))
      .inject(ack(0, [1, 4]))
      .expect(data(0));
    t.inject(ack(0, [1, 6]))
      .expect('F. 12001:12001(0) ack 1')
      .after(RTT)
      .inject('. 1:1(0) ack 12002')
      .state('FIN-WAIT-2');
  });
});

describe('a SYN,ACK that is lost', () => {
  test('goes out again, and then data starts with one segment and 3 s (RFC 5681 §3.1, RFC 6298 §5.7)', () => {
    const t = script({ passive: 80, sack: true }).inject('S 0:0(0) <mss 1000,sackOK>').skip().at(SECOND);
    t.expect('S. 0:0(0) ack 1 <mss 1460,sackOK>').after(RTT).inject('. 1:1(0) ack 1').accept();
    expect(t.status).toMatchObject({ cwnd: MSS, rto: 3 * SECOND, srtt: undefined });
    t.send(4 * MSS);
    t.expect(data(0)).after(RTT).inject(ack(1)).expect(data(1), data(2));
  });

  test('the ACK of it is lost: data from the peer, which carries it too, makes the connection', () => {
    const t = script({ passive: 80, sack: true }).inject('S 0:0(0) <mss 1000,sackOK>').skip();
    t.after(RTT).inject('P. 1:6(5) ack 1').skip().state('ESTABLISHED').reads(5);
    expect(t.status.cwnd).toBe(10 * MSS);
  });
});

describe('sequence numbers wrap', () => {
  test('in the middle of a recovery with SACK', () => {
    const t = lossy({ isn: { ours: 2 ** 32 - 5500 } });
    t.send(40 * MSS);
    t.expect(...segments(0, 10))
      .after(RTT)
      .inject(ack(0, [4, 7]))
      .expect(data(0), data(1));
    t.inject(ack(0, [4, 10])).skip();
    t.after(RTT)
      .inject(ack(2, [4, 10]))
      .skip()
      .after(RTT)
      .inject(ack(4, [5, 10]))
      .skip()
      .inject(ack(14))
      .skip();
    expect(t.status).toMatchObject({ retransmissions: 4, bytesLost: 4 * MSS, lost: 0, sacked: 0 });
    expect(causes(t, 'congestion')).toEqual(['fast-retransmit', 'recovered']);
  });

  test('between the lost segment and what is sent meanwhile, without SACK', () => {
    const t = lossy({ sack: false, isn: { ours: 2 ** 32 - 10_500 } });
    t.send(40 * MSS);
    t.expect(...segments(0, 10))
      .after(RTT)
      .inject(ack(0))
      .expect(data(10))
      .inject(ack(0))
      .expect(data(11))
      .inject(ack(0))
      .expect(data(0));
    t.after(RTT)
      .inject(ack(12))
      .expect(...segments(12, 17));
    expect(t.status.congestion.phase).toBe('open');
  });

  test('in a time-out and the F-RTO after it', () => {
    const t = lossy({ isn: { ours: 2 ** 32 - 1500 }, tailLossProbe: false });
    t.send(40 * MSS);
    t.expect(...segments(0, 10))
      .after(RTO)
      .expect(data(0))
      .after(MILLISECOND)
      .inject(ack(1))
      .expect(data(10), data(11));
    t.after(MILLISECOND).inject(ack(2)).skip();
    expect(causes(t, 'congestion')).toEqual(['timeout', 'undone']);
  });
});

describe("the peer's window in a recovery", () => {
  const small = (line: string, win: number): string => line.replace(/( <.*)?$/, ` win ${win}$1`);

  test('SHLD-15, SHLD-16: it shrinks below what is in flight: what is lost inside goes again, nothing new', () => {
    const t = lossy();
    t.send(40 * MSS);
    t.expect(...segments(0, 10))
      .after(RTT)
      .inject(small(ack(0, [1, 4]), 4 * MSS))
      .expect(data(0))
      .expectNothing();
    t.inject(small(ack(0, [1, 10]), 4 * MSS))
      .expectNothing()
      .after(RTT)
      .inject(small(ack(10), 4 * MSS));
    t.expect(...segments(10, 14)).expectNothing();
  });

  test('it cuts a lost segment in two: only what is inside goes', () => {
    const t = lossy();
    t.send(40 * MSS);
    t.expect(...segments(0, 10))
      .after(RTT)
      .inject(small(ack(0, [1, 4]), 600))
      .expect('. 1:601(600) ack 1')
      .expectNothing();
    t.after(RTT).inject('. 1:1(0) ack 601 win 65535 <nop,nop,sack 1001:4001>').expect('. 601:1001(400) ack 1').skip();
  });

  test('it closes: nothing goes again, the probe asks, and when it opens recovery goes on', () => {
    const t = lossy();
    t.send(40 * MSS);
    t.expect(...segments(0, 10))
      .after(RTT)
      .inject(small(ack(0, [1, 4]), 0))
      .expectNothing();
    expect(Object.keys(t.status.timers)).toEqual(['persist']);
    const { rto } = t.status;
    t.after(rto)
      .expect('. 1:2(1) ack 1')
      .inject(small(ack(0, [1, 4]), 65_535))
      .expect(data(0))
      .skip();
    expect(t.status.timers).toHaveProperty('retransmission');
    t.after(RTT).inject(ack(4)).skip().after(RTT).inject(ack(10)).skip();
    expect(t.status).toMatchObject({ lost: 0 });
    expect(t.status.congestion.phase).toBe('open');
  });

  test('it closes after a time-out, and opens again', () => {
    const t = lossy({ sack: false, frto: false });
    t.send(4 * MSS);
    t.skip()
      .after(RTO)
      .expect(data(0))
      .after(RTT)
      .inject(small(ack(1), 0))
      .expectNothing();
    const { rto } = t.status;
    t.after(rto).expect('. 1001:1002(1) ack 1').inject(ack(1)).expect(data(1), data(2));
    t.after(RTT).inject(ack(3)).expect(data(3, LAST)).after(RTT).inject(ack(4));
    expect(t.status).toMatchObject({ inFlight: 0, timers: {} });
  });
});

describe('a tail that is SACKed, a head that stays lost', () => {
  /** The first of ten was sent again, in vain; all others are SACKed. */
  function stuck(): Script {
    const t = lossy({ frto: true });
    t.send(10 * MSS);
    t.expect(...segments(0, 9), data(9, LAST))
      .after(RTT)
      .inject(ack(0, [1, 10]))
      .expect(data(0));
    return t;
  }

  test('MUST-19: the time-out sends it once more, and nothing else; the next one later', () => {
    const t = stuck();
    const { rto } = t.status;
    t.after(rto)
      .expect(data(0))
      .after(2 * rto)
      .expect(data(0))
      .after(4 * rto)
      .expect(data(0));
    expect(t.status).toMatchObject({ sacked: 9 * MSS, backoff: 3, ssthresh: 5 * MSS });
  });

  test('its ACK ends it all', () => {
    const t = stuck();
    const { rto } = t.status;
    t.after(rto).expect(data(0)).after(RTT).inject(ack(10));
    expect(t.status).toMatchObject({
      inFlight: 0,
      sacked: 0,
      lost: 0,
      backoff: 0,
      timers: {},
      congestion: { phase: 'open' },
    });
    expect(causes(t, 'congestion')).toEqual(['fast-retransmit', 'timeout', 'recovered']);
  });
});

describe('small segments', () => {
  test('that are lost go again together, as much as fits into one', () => {
    const t = lossy({ noDelay: true, sack: false, frto: false });
    for (let count = 0; count < 5; count++) {
      t.send(400);
      t.skip();
    }
    t.after(RTO)
      .expect('. 1:1001(1000) ack 1')
      .after(RTT)
      .inject('. 1:1(0) ack 1001')
      .expect('P. 1001:2001(1000) ack 1');
  });

  test('of which a middle one is missing: that one alone, after a while, since fewer than three whole ones are SACKed', () => {
    const t = lossy({ noDelay: true });
    for (let count = 0; count < 5; count++) {
      t.send(400);
      t.skip();
    }
    t.after(RTT)
      .inject('. 1:1(0) ack 401 <nop,nop,sack 801:2001>')
      .expectNothing()
      .after(RTT / 4)
      .expect('. 401:801(400) ack 1');
  });
});
