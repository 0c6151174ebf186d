import { describe, expect, test } from '@jest/globals';
import { MILLISECOND, MINUTE, RTO, script, SECOND, established, type Script } from '../support/script';

/** A connection whose handshake took `rtt` µs; time is then `rtt`. */
function after(rtt: number): Script {
  const t = script({ passive: 80 }).inject('S 0:0(0) <mss 1460>').skip().at(rtt).inject('. 1:1(0) ack 1');
  t.accept();
  return t;
}

describe('retransmission of data (RFC 6298)', () => {
  test('the first one comes after the time-out that the handshake has measured: R + 4 · R/2', () => {
    const t = after(300 * MILLISECOND);
    expect(t.status).toMatchObject({ srtt: 300_000, rttvar: 150_000, rto: 900_000 });
    t.send('hello');
    t.expect('P. 1:6(5) ack 1 "hello"').at(1_200_000).expect('P. 1:6(5) ack 1 "hello"');
  });

  test('MUST-19: each one waits twice as long as the one before, a minute at most', () => {
    const t = established();
    t.send('hello');
    t.expect('P. 1:6(5) ack 1 "hello"');
    for (const time of [0.2, 0.6, 1.4, 3, 6.2, 12.6, 25.4, 51, 102.2, 162.2, 222.2]) {
      t.at(time * SECOND).expect('P. 1:6(5) ack 1 "hello"');
    }
  });

  test('an ACK of new data starts the timer again, an ACK of all stops it (§5.2, §5.3)', () => {
    const t = established({ passive: 80, noDelay: true });
    t.send(100);
    t.expect('P. 1:101(100) ack 1');
    t.send(100);
    t.expect('P. 101:201(100) ack 1')
      .at(150 * MILLISECOND)
      .inject('. 1:1(0) ack 101');
    const { rto } = t.status;
    t.after(rto - 1)
      .expectNothing()
      .after(1)
      .expect('P. 101:201(100) ack 1')
      .inject('. 1:1(0) ack 201');
    expect(t.status.timers).toEqual({});
    t.after(MINUTE).expectNothing();
  });

  test('a second segment does not move the timer of the first (§5.1)', () => {
    const t = established({ passive: 80, noDelay: true });
    t.send(100);
    t.expect('P. 1:101(100) ack 1').at(RTO / 2);
    t.send(100);
    t.expect('P. 101:201(100) ack 1').at(RTO).expect('P. 1:201(200) ack 1');
  });

  test('the oldest goes first, one segment; what follows waits for its ACK (RFC 5681 §3.1, slow start)', () => {
    const t = established();
    t.send(4380);
    t.skip().at(RTO).expect('. 1:1461(1460) ack 1').expectNothing();
    t.inject('. 1:1(0) ack 1461').expect('. 1461:2921(1460) ack 1', 'P. 2921:4381(1460) ack 1');
  });

  test('small segments that are sent again are put together', () => {
    const t = established({ passive: 80, noDelay: true });
    t.send(100);
    t.expect('P. 1:101(100) ack 1');
    t.send(100);
    t.expect('P. 101:201(100) ack 1').at(RTO).expect('P. 1:201(200) ack 1').inject('. 1:1(0) ack 201');
  });

  test('what was acknowledged while it waited is not sent again', () => {
    const t = established();
    t.send(2920);
    t.skip().at(RTO).expect('. 1:1461(1460) ack 1').inject('. 1:1(0) ack 2921').expectNothing();
    expect(t.status).toMatchObject({ inFlight: 0, timers: {} });
  });

  test('the trace says why', () => {
    const t = established();
    t.send(10);
    t.expect('P. 1:11(10) ack 1').at(RTO).expect('P. 1:11(10) ack 1');
    expect(t.wire.trace.filter(({ type }) => type === 'retransmission')).toMatchObject([
      { time: RTO, length: 10, count: 1, rto: 2 * RTO, cause: 'timeout' },
    ]);
    expect(t.counter('tcp.retransmissions')).toBe(1);
  });
});

describe("MUST-18: Karn's algorithm (RFC 6298 §3)", () => {
  test('the ACK of what was sent twice measures nothing, and the time-out stays backed off', () => {
    const t = after(300 * MILLISECOND);
    t.send(100);
    t.expect('P. 1:101(100) ack 1').at(1_200_000).expect('P. 1:101(100) ack 1');
    t.at(1_300_000).inject('. 1:1(0) ack 101');
    expect(t.status).toMatchObject({ srtt: 300_000, rttvar: 150_000, rto: 1_800_000, backoff: 0 });

    t.send(100);
    t.expect('P. 101:201(100) ack 1').at(3_099_999).expectNothing();
    t.at(3_100_000).expect('P. 101:201(100) ack 1');
  });

  test('the next segment that is sent once is measured again', () => {
    const t = after(300 * MILLISECOND);
    t.send(100);
    t.expect('P. 1:101(100) ack 1').at(1_200_000).expect('P. 1:101(100) ack 1').inject('. 1:1(0) ack 101');
    t.send(100);
    t.expect('P. 101:201(100) ack 1')
      .after(300 * MILLISECOND)
      .inject('. 1:1(0) ack 201');
    expect(t.status).toMatchObject({ srtt: 300_000, rttvar: 112_500, rto: 750_000 });
  });

  test('a SYN that was sent twice measures nothing', () => {
    const t = script({ active: 80 }).skip().at(SECOND).expect('S 0:0(0) <mss 1460,nop,wscale 3>');
    t.at(1_100_000).inject('S. 0:0(0) ack 1 <mss 1460>').expect('. 1:1(0) ack 1');
    expect(t.status.srtt).toBeUndefined();
  });

  test("a SYN,ACK that was sent again since the peer's SYN came again measures nothing", () => {
    const t = script({ passive: 80 }).inject('S 0:0(0) <mss 1460>').skip();
    t.at(SECOND / 2)
      .inject('S 0:0(0) <mss 1460>')
      .expect('S. 0:0(0) ack 1 <mss 1460>');
    t.at(0.6 * SECOND).inject('. 1:1(0) ack 1');
    expect(t.status.srtt).toBeUndefined();
  });

  test('nor does the second SYN of a simultaneous open', () => {
    const t = script({ active: 80 })
      .skip()
      .at(SECOND / 2)
      .inject('S 0:0(0) <mss 1460>')
      .skip();
    t.at(0.6 * SECOND).inject('. 1:1(0) ack 1');
    expect(t.status.srtt).toBeUndefined();
  });
});

describe('R1 and R2 (RFC 9293 §3.8.3)', () => {
  const SYN = 'S 0:0(0) <mss 1460,nop,wscale 3>';

  test('SHLD-9, SHLD-10: after three retransmissions the user is told, once', () => {
    const t = established();
    t.send('hello');
    t.skip()
      .at(RTO)
      .skip()
      .at(3 * RTO)
      .skip();
    expect(t.events()).toEqual([]);
    t.at(7 * RTO).skip();
    expect(t.events()).toEqual(['warning ETIMEDOUT: 10.9.0.1:41234 has not answered 3 retransmissions; still trying']);
    t.at(15 * RTO).skip();
    expect(t.events()).toEqual([]);
    t.inject('. 1:1(0) ack 6').state('ESTABLISHED');
  });

  test('SHLD-9: and again the next time that the peer falls silent', () => {
    const t = established();
    for (const from of [1, 6]) {
      t.send(5);
      t.skip();
      for (let count = 0; count < 3; count++) t.after(t.status.rto).expect(`P. ${from}:${from + 5}(5) ack 1`);
      expect(t.events()).toHaveLength(1);
      t.inject(`. 1:1(0) ack ${from + 5}`);
    }
  });

  test('MUST-20, SHLD-11: R2 is more than 100 s; then the connection is given up, with the next time-out', () => {
    const t = established();
    t.send('hello');
    t.expect('P. 1:6(5) ack 1 "hello"');
    let time = 0;
    for (let rto = RTO; time + rto < 942.2 * SECOND; rto = Math.min(2 * rto, MINUTE)) {
      time += rto;
      t.at(time).expect('P. 1:6(5) ack 1 "hello"');
    }
    t.at(942.2 * SECOND - 1)
      .state('ESTABLISHED')
      .at(942.2 * SECOND)
      .expectNothing()
      .state('CLOSED');
    expect(t.events().slice(1)).toEqual(['error ETIMEDOUT', 'closed aborted']);
    expect(t.send('more')).toBe('ETIMEDOUT');
    expect(t.counter('tcp.timeouts')).toBe(1);
  });

  test('MUST-21: the user sets R2', () => {
    const t = established({ passive: 80, r2: 3 * SECOND });
    t.send('hello');
    t.skip();
    for (const time of [0.2, 0.6, 1.4, 3]) t.at(time * SECOND).skip();
    t.expectNothing().state('CLOSED');
    expect(t.counter('tcp.retransmissions')).toBe(3);
  });

  test('R2 counts from the last progress, not from the first octet', () => {
    const t = established({ passive: 80, r2: 3 * SECOND, noDelay: true });
    t.send(10);
    t.skip();
    t.send(10);
    t.skip()
      .at(RTO)
      .skip()
      .at(3 * RTO)
      .skip()
      .at(SECOND)
      .inject('. 1:1(0) ack 11')
      .skip();
    t.at(1.8 * SECOND)
      .skip()
      .at(3.4 * SECOND)
      .skip()
      .state('ESTABLISHED')
      .at(6.6 * SECOND)
      .skip()
      .state('CLOSED');
  });

  test('MUST-22, MUST-23: a SYN is tried for three minutes at least', () => {
    const t = script({ active: 80 }).expect(SYN);
    for (const time of [1, 3, 7, 15, 31, 63, 123]) t.at(time * SECOND).expect(SYN);
    expect(t.events()).toHaveLength(1);
    t.at(183 * SECOND - 1)
      .state('SYN-SENT')
      .at(183 * SECOND)
      .expectNothing()
      .state('CLOSED');
    expect(t.events()).toEqual(['error ETIMEDOUT', 'closed aborted']);
  });

  test('MUST-22: a SYN,ACK goes again five times, and nobody but the listener knew of it', () => {
    const t = script({ passive: 80 }).inject('S 0:0(0) <mss 1460>').expect('S. 0:0(0) ack 1 <mss 1460>');
    for (const time of [1, 3, 7, 15, 31]) t.at(time * SECOND).expect('S. 0:0(0) ack 1 <mss 1460>');
    t.at(63 * SECOND - 1).state('SYN-RECEIVED');
    t.at(63 * SECOND).state('LISTEN');
    expect(t.wire.stack.tcp.connections()).toEqual([]);
    expect(t.events()).toEqual([]);
  });

  test('MUST-22: or as many times as synAckRetries says', () => {
    const t = script({ passive: 80, synAckRetries: 1 }).inject('S 0:0(0) <mss 1460>');
    t.expect('S. 0:0(0) ack 1 <mss 1460>').at(SECOND).expect('S. 0:0(0) ack 1 <mss 1460>');
    t.at(3 * SECOND).state('LISTEN');
  });

  test('MUST-22: the user sets it', () => {
    const t = script({ active: 80, synR2: 2 * SECOND })
      .expect(SYN)
      .at(SECOND)
      .expect(SYN)
      .at(3 * SECOND)
      .state('CLOSED');
    expect(t.events()).toEqual(['error ETIMEDOUT', 'closed aborted']);
  });
});

describe('after a SYN was lost', () => {
  const late = (): Script =>
    script({ active: 80 })
      .skip()
      .at(SECOND)
      .skip()
      .at(3 * SECOND)
      .skip()
      .inject('S. 0:0(0) ack 1 <mss 1460>')
      .skip();

  test('data starts with a time-out of 3 s (RFC 6298 §5.7)', () => {
    const t = late();
    t.send('hello');
    t.expect('P. 1:6(5) ack 1 "hello"')
      .at(6 * SECOND - 1)
      .expectNothing()
      .at(6 * SECOND)
      .expect('P. 1:6(5) ack 1 "hello"');
    expect(t.status).toMatchObject({ backoff: 1, rto: 6 * SECOND });
  });

  test('data starts with one segment (RFC 5681 §3.1)', () => {
    const t = late();
    t.send(4000);
    t.expect('. 1:1461(1460) ack 1').expectNothing();
    t.inject('. 1:1(0) ack 1461').expect('. 1461:2921(1460) ack 1').skip();
  });

  test('the loss of data is the first: it halves what was in flight (RFC 5681 §3.1)', () => {
    const t = late();
    t.send(14_600);
    for (let ack = 1461; ack <= 8761; ack += 1460) t.skip().inject(`. 1:1(0) ack ${ack}`);
    t.skip();
    const { inFlight, rto } = t.status;
    t.after(rto).skip();
    expect(t.status.ssthresh).toBe(inFlight / 2);
  });
});
