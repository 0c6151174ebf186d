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
      snd: { una: 1001, nxt: 1301, wnd: 8000, wl1: 5021, wl2: 1001, iss: 1000 },
      rcv: { nxt: 5011, wnd: 65_525, irs: 5000 },
      mss: { send: 1460, receive: 1460 },
      windowScale: { send: 0, receive: 0 },
      buffered: { send: 300, receive: 10, outOfOrder: 10 },
      inFlight: 300,
      cwnd: 14_600,
      ssthresh: Number.MAX_SAFE_INTEGER,
      srtt: 0,
      rttvar: 0,
      rto: RTO,
      segmentsIn: 4,
      segmentsOut: 3,
      bytesReceived: 10,
      bytesAcked: 0,
      retransmissions: 0,
      backoff: 0,
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
