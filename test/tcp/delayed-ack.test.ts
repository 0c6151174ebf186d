import { describe, expect, test } from '@jest/globals';
import { DEFAULTS } from '../../src/tcp/options';
import { established, MILLISECOND, RTO } from '../support/script';

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

describe('quick ACKs', () => {
  const small = (n: number): string => `P. ${n * 10 - 9}:${n * 10 + 1}(10) ack 1`;

  test("the first segments are acknowledged at once: the peer's slow start is not held up", () => {
    const t = established({ passive: 80, quickAcks: 3 });
    for (const n of [1, 2, 3]) t.inject(small(n)).expect(`. 1:1(0) ack ${n * 10 + 1}`);
    t.inject(small(4))
      .expectNothing()
      .after(40 * MILLISECOND)
      .expect('. 1:1(0) ack 41');
  });

  test('sixteen by default', () => {
    expect(DEFAULTS.quickAcks).toBe(16);
  });

  test('and again after an idle time of an RTO', () => {
    const t = established({ passive: 80, quickAcks: 1 }).inject(small(1)).expect('. 1:1(0) ack 11').at(RTO);
    t.inject(small(2))
      .after(40 * MILLISECOND)
      .expect('. 1:1(0) ack 21')
      .at(2 * RTO + 1)
      .inject(small(3))
      .expect('. 1:1(0) ack 31');
    t.inject(small(4))
      .expectNothing()
      .after(40 * MILLISECOND)
      .skip();
  });

  test('and behind a loss, twice', () => {
    const t = established({ passive: 80, quickAcks: 16 });
    for (let n = 1; n <= 16; n++) t.inject(small(n)).expect(`. 1:1(0) ack ${n * 10 + 1}`);
    t.inject(small(17)).expectNothing().inject(small(18)).expect('. 1:1(0) ack 181');
    t.inject(small(20)).expect('. 1:1(0) ack 181').inject(small(19)).expect('. 1:1(0) ack 201');
    t.inject(small(21)).expect('. 1:1(0) ack 211').inject(small(22)).expect('. 1:1(0) ack 221');
    t.inject(small(23))
      .expectNothing()
      .after(40 * MILLISECOND)
      .skip();
  });
});

describe('what a device has joined', () => {
  const joined = (length: number): string => `. 1:${length + 1}(${length}) ack 1`;

  test.each([1461, 2920, 2921, 65_000])(
    'SHLD-19: %d octets are two segments of 1460 or more: an ACK at once',
    (length) => {
      established({ offload: true })
        .injectJoined(1460, joined(length))
        .expect(`. 1:1(0) ack ${length + 1}`);
    },
  );

  test('SHLD-19: segments are counted as they were on the wire, not by the MSS', () => {
    established({ offload: true }).injectJoined(100, joined(101)).expect('. 1:1(0) ack 102');
    const t = established({ offload: true }).injectJoined(0, joined(1460)).expectNothing();
    t.injectJoined(700, '. 1461:2161(700) ack 1').expect('. 1:1(0) ack 2161');
  });

  test('SHLD-18: one segment waits, be it from a device that joins', () => {
    const t = established({ offload: true })
      .injectJoined(0, joined(1460))
      .at(40 * MILLISECOND - 1)
      .expectNothing();
    t.at(40 * MILLISECOND).expect('. 1:1(0) ack 1461');
  });

  test('one ACK answers a batch of many', () => {
    const t = established({ offload: true }).injectJoined(1460, joined(14_600), '. 14601:29201(14600) ack 1');
    t.expect('. 1:1(0) ack 29201').reads(29_200);
  });

  test('ahead of its turn it is answered at once, and kept', () => {
    const t = established({ offload: true, sack: true });
    t.injectJoined(1460, '. 14601:29201(14600) ack 1').expect('. 1:1(0) ack 1');
    t.injectJoined(1460, joined(14_600)).expect('. 1:1(0) ack 29201').reads(29_200);
  });
});
