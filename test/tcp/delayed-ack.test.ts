import { describe, expect, test } from '@jest/globals';
import { established, MILLISECOND } from '../support/script';

describe('delayed acknowledgements (RFC 9293 §3.8.6.3)', () => {
  test('SHLD-18, MUST-40: one segment is acknowledged after 40 ms', () => {
    const t = established()
      .inject('P. 1:11(10) ack 1')
      .at(40 * MILLISECOND - 1)
      .expectNothing();
    t.at(40 * MILLISECOND).expect('. 1:1(0) ack 11');
    expect(t.status.timers).toEqual({});
  });

  test('SHLD-19: every second one at once', () => {
    const t = established()
      .inject('. 1:1461(1460) ack 1')
      .inject('. 1461:2921(1460) ack 1')
      .expect('. 1:1(0) ack 2921');
    t.inject('. 2921:4381(1460) ack 1').expectNothing().inject('. 4381:5841(1460) ack 1').expect('. 1:1(0) ack 5841');
  });

  test('MUST-58: data that goes out takes the ACK along', () => {
    const t = established().inject('P. 1:11(10) ack 1');
    t.send('answer');
    t.expect('P. 1:7(6) ack 11 "answer"')
      .at(100 * MILLISECOND)
      .expectNothing();
  });

  test('the wait counts from the first segment that it is for', () => {
    const t = established()
      .inject('P. 1:11(10) ack 1')
      .at(40 * MILLISECOND)
      .expect('. 1:1(0) ack 11');
    t.at(60 * MILLISECOND)
      .inject('P. 11:21(10) ack 1')
      .at(100 * MILLISECOND - 1)
      .expectNothing();
    t.at(100 * MILLISECOND).expect('. 1:1(0) ack 21');
  });

  test('the user sets it; 0 is at once', () => {
    established({ passive: 80, delayedAck: 0 }).inject('P. 1:11(10) ack 1').expect('. 1:1(0) ack 11');
    const t = established({ passive: 80, delayedAck: 499_999 }).inject('P. 1:11(10) ack 1').at(499_999);
    t.expect('. 1:1(0) ack 11');
  });

  test('MUST-40: half a second or more is refused', () => {
    const t = established();
    expect(() => t.set({ delayedAck: 500_000 })).toThrow(/EINVAL: cannot set .* delayedAck is 500000/);
  });

  test('MAY-13: a gap, and what fills one, are answered at once', () => {
    const t = established().inject('P. 11:21(10) ack 1').expect('. 1:1(0) ack 1');
    t.inject('P. 1:11(10) ack 1').expect('. 1:1(0) ack 21');
  });
});
