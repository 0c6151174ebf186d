import { describe, expect, test } from '@jest/globals';
import { established, script, type Script } from '../support/script';

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

describe("Minshall's variant: a small segment waits for a small one only", () => {
  const minshall = (): Script => established({ passive: 80, nagle: 'minshall' });

  test('SHLD-7: the small end of what the user gave does not wait for the full segments before it', () => {
    const t = minshall();
    t.send(3000);
    t.expect('. 1:1461(1460) ack 1', '. 1461:2921(1460) ack 1', 'P. 2921:3001(80) ack 1');
  });

  test('SHLD-7: a second small one waits until the first is acknowledged, with all that is before it', () => {
    const t = minshall();
    t.send(3000);
    t.skip();
    t.send(80);
    t.expectNothing()
      .inject('. 1:1(0) ack 2921')
      .expectNothing()
      .inject('. 1:1(0) ack 3001')
      .expect('P. 3001:3081(80) ack 1');
  });

  test('SHLD-7: full segments behind a small one do not wait, their own small end does', () => {
    const t = minshall();
    t.send(10);
    t.expect('P. 1:11(10) ack 1');
    t.send(1500);
    t.expect('. 11:1471(1460) ack 1').inject('. 1:1(0) ack 11').expect('P. 1471:1511(40) ack 1');
  });

  test('a segment that SACK blocks leave less room is a full one', () => {
    const t = script({ passive: 80, nagle: 'minshall', sack: true }).inject('S 0:0(0) <mss 1460,sackOK>').skip();
    t.inject('. 1:1(0) ack 1', '. 11:21(10) ack 1').skip().accept();
    t.send(3000);
    t.expect('. 1:1449(1448) ack 1 <nop,nop,sack 11:21>', '. 1449:2897(1448) ack 1 <nop,nop,sack 11:21>');
    t.expect('P. 2897:3001(104) ack 1 <nop,nop,sack 11:21>');
  });

  test('MUST-17: noDelay turns it off as well', () => {
    const t = established({ passive: 80, nagle: 'minshall', noDelay: true });
    t.send(1);
    t.expect('P. 1:2(1) ack 1');
    t.send(1);
    t.expect('P. 2:3(1) ack 1');
  });

  test('and it can be chosen while the connection stands', () => {
    const t = established();
    t.send(3000);
    t.expect('. 1:1461(1460) ack 1', '. 1461:2921(1460) ack 1')
      .set({ nagle: 'minshall' })
      .expect('P. 2921:3001(80) ack 1');
  });
});
