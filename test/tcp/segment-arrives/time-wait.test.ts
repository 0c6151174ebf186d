import { describe, expect, test } from '@jest/globals';
import { established, script, SECOND, type Script } from '../../support/script';

const MSL = SECOND;
function waiting(): Script {
  const t = established({ passive: 80, msl: MSL }).close().expect('F. 1:1(0) ack 1').inject('F. 1:1(0) ack 2');
  return t.expect('. 2:2(0) ack 2').state('TIME-WAIT');
}

describe('TIME-WAIT (RFC 9293 §3.6.1, §3.10.7.4)', () => {
  test('MUST-13: a repeated FIN is acknowledged, and the 2 MSL start again', () => {
    const t = waiting()
      .at(1.5 * SECOND)
      .inject('F. 1:1(0) ack 2')
      .expect('. 2:2(0) ack 2');
    t.at(3.5 * SECOND - 1)
      .state('TIME-WAIT')
      .at(3.5 * SECOND)
      .state('CLOSED');
  });

  test('nothing but a FIN makes the wait longer', () => {
    const t = waiting().at(SECOND).inject('. 1:1(0) ack 2').expect('. 2:2(0) ack 2').inject('. 2:2(0) ack 2');
    t.expectNothing()
      .state('TIME-WAIT')
      .at(2 * SECOND)
      .state('CLOSED');
  });

  test('MAY-2: a new SYN beyond the old numbers opens the next connection, and our numbers lie beyond the old ones too', () => {
    const t = waiting();
    const before = t.status.snd.nxt;
    t.inject('S 1000:1000(0) <mss 1460>').expect('S. 0:0(0) ack 1001 <mss 1460>');
    expect(t.events()).toContain('closed closed');
    t.inject('. 1001:1001(0) ack 1').accept();
    t.state('ESTABLISHED');
    expect((t.status.snd.iss - before) | 0).toBeGreaterThan(0);
    expect(t.counter('tcp.time-wait-reopened')).toBe(1);
  });

  test('MAY-2: an old SYN is an old duplicate: ACK, and the wait goes on', () => {
    const t = waiting().inject('S 0:0(0) <mss 1460>').expect('. 2:2(0) ack 2');
    t.inject('S 4294000000:4294000000(0) <mss 1460>').expect('. 2:2(0) ack 2').state('TIME-WAIT');
  });

  test('MAY-2: a new SYN where nobody listens is challenged, and the wait goes on', () => {
    const t = established({ active: 80, msl: MSL }).close().expect('F. 1:1(0) ack 1').inject('F. 1:1(0) ack 2');
    t.expect('. 2:2(0) ack 2').inject('S 1000:1000(0) <mss 1460>').expect('. 2:2(0) ack 2').state('TIME-WAIT');
  });

  test('the four-tuple is in use until the wait is over', () => {
    const t = script({ active: 80, msl: MSL }).skip().inject('S. 0:0(0) ack 1 <mss 1460>').skip().close().skip();
    t.inject('F. 1:1(0) ack 2').skip().state('TIME-WAIT');
    expect(() => t.connect()).toThrow('EADDRINUSE: cannot connect to 10.9.0.1:80 from port 40000');
    t.after(2 * MSL)
      .connect()
      .expect('S 0:0(0) <mss 1460,nop,wscale 3>');
  });
});
