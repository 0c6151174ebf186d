import { describe, expect, test } from '@jest/globals';
import { established, PEER, RTO, SECOND, US } from '../../support/script';

describe('STATUS (RFC 9293 §3.10.6)', () => {
  test('tells all there is to know', () => {
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
      windowScale: { send: 0, receive: 0 },
      timestamps: false,
      sack: false,
      ecn: false,
      buffered: { send: 300, receive: 10, outOfOrder: 10 },
      buffers: { send: 262_144, receive: 262_144 },
      urgent: 0,
      inFlight: 300,
      underWay: 300,
      sacked: 0,
      lost: 0,
      congestion: { algorithm: 'reno', phase: 'open', lossDetection: 'newreno', details: { phase: 'validated' } },
      cwnd: 14_600,
      ssthresh: Number.MAX_SAFE_INTEGER,
      pacingRate: undefined,
      deliveryRate: undefined,
      appLimited: true,
      srtt: 0,
      rttvar: 0,
      minRtt: 0,
      receiveRtt: undefined,
      rto: RTO,
      backoff: 0,
      reorderDistance: 0,
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
      ttl: 64,
      dscp: 0,
      receivedDscp: 0,
      userTimeout: undefined,
      timers: { retransmission: start + RTO },
      error: undefined,
    });
  });

  test('counts retransmissions, in all and in a row', () => {
    const t = established();
    t.send(10);
    t.skip().at(RTO).skip().at(SECOND).skip();
    expect(t.status).toMatchObject({ retransmissions: 2, backoff: 2, rto: 4 * RTO });
    t.inject('. 1:1(0) ack 11');
    expect(t.status).toMatchObject({ retransmissions: 2, backoff: 0, bytesAcked: 10 });
  });
});
