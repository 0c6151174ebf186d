import { describe, expect, test } from '@jest/globals';
import { established, RTO, script, SECOND } from '../../support/script';

/** 2³² − 2, 2³² − 1, …: the wrap comes in the handshake, in the data, or at the close. */
const ISNS = [-2, -1, 0, -3, -50, -101, -102, -103].map((isn) => isn >>> 0);

describe('sequence numbers wrap at 2³² (RFC 9293 §3.4)', () => {
  test.each(ISNS.map((isn) => [isn]))('our ISN is %i', (ours) => {
    const t = established({ passive: 80, isn: { ours } });
    expect(t.status.snd.iss).toBe(ours);
    t.send(100);
    t.expect('P. 1:101(100) ack 1').at(RTO).expect('P. 1:101(100) ack 1').inject('. 1:1(0) ack 61');
    expect(t.status).toMatchObject({ inFlight: 40, bytesAcked: 60 });
    t.inject('. 1:1(0) ack 101').close().expect('F. 101:101(0) ack 1').inject('F. 1:1(0) ack 102');
    t.expect('. 102:102(0) ack 2')
      .after(60 * SECOND)
      .state('CLOSED');
  });

  test.each(ISNS.map((isn) => [isn]))("the peer's ISN is %i", (peer) => {
    const t = established({ active: 80, isn: { peer } });
    expect(t.status.rcv.irs).toBe(peer);
    t.inject('P. 51:101(50) ack 1').expect('. 1:1(0) ack 1').inject('P. 1:61(60) ack 1').expect('. 1:1(0) ack 101');
    t.reads(100).inject('F. 101:101(0) ack 1').expect('. 1:1(0) ack 102').state('CLOSE-WAIT');
    t.close().expect('F. 1:1(0) ack 102').inject('. 102:102(0) ack 2').state('CLOSED');
  });

  test.each(ISNS.map((isn) => [isn]))('simultaneous open and close, both ISNs %i', (isn) => {
    const t = script({ active: 80, isn: { ours: isn, peer: isn } }).expect('S 0:0(0) <mss 1460,nop,wscale 3>');
    t.inject('S 0:0(0) <mss 1460>').expect('S. 0:0(0) ack 1 <mss 1460>').inject('S. 0:0(0) ack 1 <mss 1460>');
    t.close().expect('F. 1:1(0) ack 1').inject('F. 1:1(0) ack 1').expect('. 2:2(0) ack 2').inject('. 2:2(0) ack 2');
    t.state('TIME-WAIT');
  });

  test('windows, challenges and resets too', () => {
    const t = established({ passive: 80, isn: { ours: 0xffff_fff0, peer: 0xffff_fff0 } });
    t.inject('R 60:60(0)').expect('. 1:1(0) ack 1').after(SECOND).inject('. 1:1(0) ack 2').expect('. 1:1(0) ack 1');
    t.inject('P. 65536:65537(1) ack 1').expect('. 1:1(0) ack 1').inject('P. 65535:65536(1) ack 1').skip();
    expect(t.drops).toEqual(['challenge-acks', 'challenge-acks', 'outside-window']);
    t.inject('R 1:1(0)').state('CLOSED');
  });
});
