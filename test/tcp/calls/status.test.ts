import { describe, expect, test } from '@jest/globals';
import { established, MILLISECOND, PEER, RTO, script, SECOND, US, type Script } from '../../support/script';

/** A timestamps option, and the SACK blocks beside it. */
const opt = (val: number, ecr: number, sack = ''): string => `<nop,nop,TS val ${val} ecr ${ecr}${sack}>`;

/** 5000 octets are under way over a path of 50 ms, and the first segment's ACK has come. All that can be agreed on is. */
function busy(): Script {
  const t = script({
    active: 80,
    timestamps: true,
    sack: true,
    ecn: true,
    nagle: 'minshall',
    congestion: 'cubic',
    userTimeout: 10 * SECOND,
    dscp: 10,
    ttl: 7,
    isn: { ours: 1000, peer: 5000 },
    receiveBuffer: 100_000,
    receiveBufferMax: 400_000,
  });
  t.expect('SEW 0:0(0) <mss 1460,sackOK,TS val 0 ecr 0,nop,wscale 3>').at(50 * MILLISECOND);
  t.inject('S.E 0:0(0) ack 1 win 60000 <mss 1400,sackOK,TS val 0 ecr 0,nop,wscale 2>').expect('. 1:1(0) ack 1');
  t.send(5000);
  t.expect('. 1:1389(1388) ack 1', '. 1389:2777(1388) ack 1', '. 2777:4165(1388) ack 1', 'P. 4165:5001(836) ack 1');
  t.at(100 * MILLISECOND).inject(`. 1:1(0) ack 1389 win 15000 ${opt(50, 50)}`);
  return t;
}

describe('STATUS (RFC 9293 §3.10.6)', () => {
  test('tells all there is to know: each field, a plain connection', () => {
    const t = established({ passive: 80, isn: { ours: 1000, peer: 5000 }, win: 8000 });
    const { start } = t.wire;
    t.inject('P. 1:11(10) ack 1 win 8000').inject('P. 21:31(10) ack 1 win 8000').expect('. 1:1(0) ack 11');
    t.send(300);
    t.expect('P. 1:301(300) ack 11');
    expect(t.status).toEqual({
      state: 'ESTABLISHED',
      local: { address: US, port: 80 },
      remote: { address: PEER, port: 41_234 },
      snd: { una: 1001, nxt: 1301, wnd: 8000, up: 1001, wl1: 5021, wl2: 1001, iss: 1000 },
      rcv: { nxt: 5011, wnd: 65_525, irs: 5000 },
      mss: { send: 1460, receive: 1460 },
      pmtu: 1500,
      mtuProbing: { on: false, low: 0, high: 0, underWay: 0, sent: 0, arrived: 0, tooBig: 0, blackHoles: 0 },
      windowScale: { send: 0, receive: 0 },
      timestamps: false,
      sack: false,
      ecn: false,
      buffered: { send: 300, receive: 10, outOfOrder: 10 },
      buffers: { send: 262_144, receive: 262_144 },
      urgent: 0,
      ttl: 64,
      dscp: 0,
      receivedDscp: 0,
      receivedIpOptions: [],
      userTimeout: undefined,
      timers: { retransmission: start + RTO },
      error: undefined,
      inFlight: 300,
      underWay: 300,
      sacked: 0,
      lost: 0,
      congestion: { algorithm: 'reno', phase: 'open', lossDetection: 'newreno', details: expect.any(Object) as object },
      cwnd: 14_600,
      ssthresh: Number.MAX_SAFE_INTEGER,
      pacingRate: undefined,
      deliveryRate: undefined,
      appLimited: true,
      reorderDistance: 0,
      srtt: 0,
      rttvar: 0,
      minRtt: 0,
      receiveRtt: undefined,
      rto: RTO,
      backoff: 0,
      segmentsIn: 4,
      segmentsOut: 3,
      bytesReceived: 10,
      bytesSent: 300,
      bytesAcked: 0,
      bytesDelivered: 0,
      bytesRetransmitted: 0,
      bytesLost: 0,
      retransmissions: 0,
      spuriousRecoveries: 0,
      duplicatesReported: 0,
      outOfOrder: 1,
      zeroWindows: 0,
      zeroWindowTime: 0,
      ecnMarked: 0,
      ecnEchoed: 0,
    });
  });

  test('what was agreed on, the round trip, and what is under way', () => {
    const t = busy();
    const { start } = t.wire;
    expect(t.status).toMatchObject({
      snd: { una: 2389, nxt: 6001, wnd: 60_000, wl1: 5001, wl2: 2389 },
      // The peer's MSS less twelve octets of timestamps.
      mss: { send: 1388, receive: 1460 },
      windowScale: { send: 2, receive: 3 },
      timestamps: true,
      sack: true,
      ecn: true,
      buffered: { send: 3612 },
      buffers: { send: 262_144, receive: 100_000 },
      ttl: 7,
      dscp: 10,
      userTimeout: 10 * SECOND,
      inFlight: 3612,
      underWay: 3612,
      congestion: { algorithm: 'cubic', phase: 'open', lossDetection: 'rack' },
      // Ten segments; what did not fill the window does not make it larger.
      cwnd: 13_880,
      // 1388 octets in 50 ms, and that was all the user had.
      deliveryRate: 27_760,
      appLimited: true,
      srtt: 50_000,
      // From half of 50 ms; of two samples in a round trip each counts half (RFC 7323 §4.2).
      rttvar: 21_875,
      minRtt: 50_000,
      rto: RTO,
      segmentsIn: 2,
      segmentsOut: 6,
      bytesSent: 5000,
      bytesAcked: 1388,
      bytesDelivered: 1388,
    });
    expect(t.status.timers).toMatchObject({
      retransmission: start + 100 * MILLISECOND + RTO,
      user: start + 100 * MILLISECOND + 10 * SECOND,
    });
  });

  test('a loss: what the peer has by SACK, what is lost, what is sent again', () => {
    const t = busy().inject(`. 1:1(0) ack 1389 win 15000 ${opt(50, 50, ',nop,nop,sack 2777:4165')}`);
    // It may only be late: a quarter of a round trip is waited for (RFC 8985 §6.2).
    expect(t.status).toMatchObject({ inFlight: 3612, underWay: 2224, sacked: 1388, lost: 0, bytesDelivered: 2776 });
    t.after(12_500).expect('. 1389:2777(1388) ack 1');
    expect(t.status).toMatchObject({
      congestion: { phase: 'recovery' },
      underWay: 2224,
      lost: 0,
      bytesLost: 1388,
      bytesSent: 6388,
      bytesRetransmitted: 1388,
      retransmissions: 1,
      backoff: 0,
    });
    expect(t.status.ssthresh).toBeLessThan(13_880);
  });

  test('late it was: recoveries that were for nothing, duplicates, the distance by which things are overtaken', () => {
    const t = busy().inject(`. 1:1(0) ack 1389 win 15000 ${opt(50, 50, ',nop,nop,sack 2777:4165')}`);
    t.after(12_500).expect('. 1389:2777(1388) ack 1').after(2500);
    t.inject(`. 1:1(0) ack 5001 win 15000 ${opt(60, 50)}`).expectNothing();
    expect(t.status).toMatchObject({
      congestion: { phase: 'open' },
      spuriousRecoveries: 1,
      cwnd: 13_880,
      ssthresh: Number.MAX_SAFE_INTEGER,
      inFlight: 0,
      bytesAcked: 5000,
      bytesDelivered: 5000,
    });
    t.inject(`. 1:1(0) ack 5001 win 15000 ${opt(60, 112, ',nop,nop,sack 1389:2777')}`);
    expect(t.status).toMatchObject({ duplicatesReported: 1, bytesLost: 1388 });
  });

  test('SACK out of order: the distance by which the late one was overtaken', () => {
    const t = busy().inject(`. 1:1(0) ack 1389 win 15000 ${opt(50, 50, ',nop,nop,sack 4165:5001')}`);
    t.inject(`. 1:1(0) ack 1389 win 15000 ${opt(50, 50, ',nop,nop,sack 4165:5001 2777:4165')}`);
    // From the first octet of what was late to the last that had overtaken it.
    expect(t.status.reorderDistance).toBe(5001 - 2777);
    t.inject(`. 1:1(0) ack 5001 win 15000 ${opt(50, 50)}`).expectNothing();
    expect(t.status.reorderDistance).toBe(5001 - 1389);
  });

  test('the other direction: what waits, what is urgent, what was marked, whose Diffserv field it was (MAY-9)', () => {
    const t = busy();
    t.inject(`P. 1:101(100) ack 1389 ${opt(51, 50)} [ce]`).expect('.E 5001:5001(0) ack 101');
    t.inject(`PU. 201:301(100) ack 1389 urg 60 ${opt(52, 50)}`).expect(
      '.E 5001:5001(0) ack 101 <nop,nop,sack 201:301>',
    );
    expect(t.status).toMatchObject({
      rcv: { nxt: 5101, wnd: 99_900, irs: 5000 },
      buffered: { receive: 100, outOfOrder: 100 },
      urgent: 260,
      bytesReceived: 100,
      outOfOrder: 1,
      ecnMarked: 1,
    });
    t.inject(`.E 301:301(0) ack 5001 ${opt(53, 50)}`);
    expect(t.status).toMatchObject({ ecnEchoed: 1, congestion: { phase: 'reduced' } });
    expect(t.status.ssthresh).toBeLessThan(13_880);
  });

  test("MAY-9: the Diffserv field of the last segment that counted, from the peer's SYN on", () => {
    const t = script({ passive: 80 });
    const arrives = (dscp: number, line: string): Script => {
      t.wire.inject({ dscp, payload: t.peer.payload(line) });
      return t;
    };
    arrives(46, 'S 0:0(0) <mss 1460>').skip();
    arrives(10, '. 1:1(0) ack 1').accept();
    expect(t.status.receivedDscp).toBe(10);
    arrives(26, 'P. 1:2(1) ack 1');
    expect(t.status.receivedDscp).toBe(26);
    // Outside of the window anybody may have sent it.
    arrives(63, '. 500000:500000(0) ack 1').skip();
    expect(t.status.receivedDscp).toBe(26);
    const s = script({ active: 80 }).skip();
    s.wire.inject({ dscp: 34, payload: s.peer.payload('S. 0:0(0) ack 1 <mss 1460>') });
    expect(s.skip().status.receivedDscp).toBe(34);
  });

  test('the receiver has a round trip of its own', () => {
    const t = established({ passive: 80 });
    t.skip();
    const s = busy().at(150 * MILLISECOND);
    s.inject(`. 1:1389(1388) ack 1389 ${opt(51, 100)}`).skip();
    expect([t.status.receiveRtt, s.status.receiveRtt]).toEqual([undefined, 50 * MILLISECOND]);
    s.skip();
  });

  test('zero windows: how many, and for how long those that are over', () => {
    const t = established({ passive: 80, win: 10 });
    t.send(15);
    t.skip().inject('. 1:1(0) ack 11 win 0');
    expect(t.status).toMatchObject({ zeroWindows: 1, zeroWindowTime: 0, snd: { wnd: 0 } });
    t.after(150 * MILLISECOND)
      .inject('. 1:1(0) ack 11 win 0')
      .inject('. 1:1(0) ack 11 win 5')
      .expect('P. 11:16(5) ack 1')
      .inject('. 1:1(0) ack 16 win 0');
    expect(t.status).toMatchObject({ zeroWindows: 2, zeroWindowTime: 150 * MILLISECOND });
  });

  test('a rate, where the algorithm paces', () => {
    const t = established({ passive: 80, congestion: 'bbr' });
    const { pacingRate = 0, congestion } = t.status;
    expect(congestion.algorithm).toBe('bbr');
    expect(pacingRate).toBeGreaterThan(0);
    t.skip();
  });

  test('more to send than the window lets go: the network is the limit', () => {
    const t = established();
    t.send(50_000);
    t.skip().after(MILLISECOND).inject('. 1:1(0) ack 2921').skip();
    expect(t.status).toMatchObject({ appLimited: false, deliveryRate: 2_920_000 });
  });

  test('counts retransmissions, in all and in a row', () => {
    const t = established();
    t.send(10);
    t.skip().at(RTO).skip().at(SECOND).skip();
    expect(t.status).toMatchObject({ retransmissions: 2, backoff: 2, rto: 4 * RTO, congestion: { phase: 'loss' } });
    expect(t.status).toMatchObject({ bytesSent: 30, bytesRetransmitted: 20, lost: 0 });
    t.inject('. 1:1(0) ack 11');
    expect(t.status).toMatchObject({ retransmissions: 2, backoff: 0, bytesAcked: 10 });
  });

  test('the error that ended it', () => {
    expect(established().inject('R 1:1(0)').status).toMatchObject({ state: 'CLOSED', error: 'ECONNRESET', timers: {} });
  });
});
