import { describe, expect, test } from '@jest/globals';
import { established, script, SECOND } from '../../support/script';

describe('fourth: check the SYN bit (RFC 9293 §3.10.7.4, RFC 5961 §4.2)', () => {
  test('MAY-12: in a synchronized state: a challenge ACK, and nothing of it is taken', () => {
    const t = established().inject('S 1:1(0)').expect('. 1:1(0) ack 1').after(SECOND).inject('S. 500:505(5) ack 1');
    t.expect('. 1:1(0) ack 1').state('ESTABLISHED');
    expect(t.drops).toEqual(['challenge-acks', 'challenge-acks']);
    expect(t.status.buffered.outOfOrder).toBe(0);
  });

  test('MAY-12: not more than ten in five seconds (RFC 5961 §7)', () => {
    const t = established();
    for (let count = 1; count <= 10; count += 1) t.inject('S 1:1(0)').expect('. 1:1(0) ack 1');
    t.after(5 * SECOND - 1).inject('S 1:1(0)');
    t.expectNothing().after(1).inject('S 1:1(0)').expect('. 1:1(0) ack 1');
    expect(t.counter('tcp.acks-throttled')).toBe(1);
    expect(t.counter('tcp.challenge-acks')).toBe(12);
  });

  test('a peer that has restarted: challenge, its RST, and its SYN once more (RFC 9293 §3.5.1, Figure 9)', () => {
    const t = established().inject('S 300:300(0) <mss 1460>').expect('. 1:1(0) ack 1');
    t.inject('R 1:1(0) win 0').state('CLOSED');
    t.inject('S 300:300(0) <mss 1460>').expect('S. 0:0(0) ack 301 <mss 1460>');
  });

  test('MUST-11: SYN-RECEIVED from LISTEN goes back there', () => {
    const t = script({ passive: 80 }).inject('S 0:0(0) <mss 1460>').skip().inject('S 9:9(0)').expectNothing();
    t.state('LISTEN');
  });

  test('MUST-11: SYN-RECEIVED from SYN-SENT stays, and asks', () => {
    const t = script({ active: 80 }).skip().inject('S 0:0(0) <mss 1460>').skip().inject('S 9:9(0)');
    t.expect('. 1:1(0) ack 1').state('SYN-RECEIVED');
  });

  test('the SYN of the handshake once more, ACK and all: our ACK was lost', () => {
    const t = established({ active: 80 }).inject('S. 0:0(0) ack 1 <mss 1460>').expect('. 1:1(0) ack 1');
    t.state('ESTABLISHED');
  });
});
