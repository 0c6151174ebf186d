import { describe, expect, test } from '@jest/globals';
import { established } from '../support/script';

describe("Nagle's algorithm (RFC 9293 §3.7.4)", () => {
  test('SHLD-7: with something in flight a small segment waits, and grows', () => {
    const t = established();
    t.send('a');
    t.expect('P. 1:2(1) ack 1 "a"');
    t.send('b');
    t.expectNothing();
    t.send('c');
    t.expectNothing().inject('. 1:1(0) ack 2').expect('P. 2:4(2) ack 1 "bc"');
  });

  test('SHLD-7: a full segment does not wait', () => {
    const t = established();
    t.send(1);
    t.expect('P. 1:2(1) ack 1');
    t.send(1500);
    t.expect('. 2:1462(1460) ack 1').inject('. 1:1(0) ack 1462').expect('P. 1462:1502(40) ack 1');
  });

  test('MUST-17: the user can turn it off', () => {
    const t = established({ passive: 80, noDelay: true });
    t.send('a');
    t.expect('P. 1:2(1) ack 1 "a"');
    t.send('b');
    t.expect('P. 2:3(1) ack 1 "b"');
  });

  test('MUST-17: and on a connection that stands: what waits is sent at once', () => {
    const t = established();
    t.send('a');
    t.expect('P. 1:2(1) ack 1 "a"');
    t.send('b');
    t.expectNothing().set({ noDelay: true }).expect('P. 2:3(1) ack 1 "b"');
    expect(t.status.inFlight).toBe(2);
  });
});

describe("the sender's silly-window avoidance (RFC 9293 §3.8.6.2.1)", () => {
  test('MUST-38: a small part of a window that opens is not worth a segment', () => {
    const t = established({ passive: 80, win: 2000 });
    t.send(5000);
    t.expect('. 1:1461(1460) ack 1').inject('. 1:1(0) ack 1 win 2100').expectNothing();
    t.inject('. 1:1(0) ack 1461 win 540').expectNothing();
  });

  test('MUST-38: half of the largest window is', () => {
    const t = established({ passive: 80, win: 1000 });
    t.send(3000);
    t.expect('. 1:1001(1000) ack 1').inject('. 1:1(0) ack 1001 win 499').expectNothing();
    t.inject('. 1:1(0) ack 1001 win 500').expect('. 1001:1501(500) ack 1');
  });

  test('MUST-38: and after a time-out anything is: nobody waits for ever', () => {
    const t = established({ passive: 80, win: 2000 });
    t.send(5000);
    t.expect('. 1:1461(1460) ack 1').inject('. 1:1(0) ack 1461 win 100').expectNothing();
    const { persist = 0 } = t.status.timers;
    expect(persist - t.wire.start).toBe(200_000);
    t.at(persist).expect('. 1461:1561(100) ack 1');
  });
});
