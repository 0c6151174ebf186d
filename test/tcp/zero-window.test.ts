import { describe, expect, test } from '@jest/globals';
import { established, MINUTE, RTO, SECOND, type Script } from '../support/script';

/** Five octets wait, and the peer's window is closed. */
function closed(): Script {
  const t = established({ passive: 80, win: 10 });
  t.send(15);
  return t.expect('. 1:11(10) ack 1').inject('. 1:1(0) ack 11 win 0');
}

describe('zero window: the sender (RFC 9293 §3.8.6.1)', () => {
  test('MUST-35, MUST-36, SHLD-29, SHLD-30: the first probe after one RTO, each later one after twice the time', () => {
    const t = closed();
    for (const time of [0.2, 0.6, 1.4, 3, 6.2, 12.6, 25.4, 51, 102.2, 162.2, 222.2]) {
      t.at(time * SECOND)
        .expect('. 11:12(1) ack 1')
        .inject('. 1:1(0) ack 11 win 0');
    }
    expect(t.counter('tcp.window-probes')).toBe(11);
  });

  test('MUST-37: as long as probes are answered the connection stays, for hours', () => {
    const t = closed();
    while (t.now < 120 * MINUTE) {
      t.at(t.status.timers.persist ?? Infinity)
        .expect('. 11:12(1) ack 1')
        .inject('. 1:1(0) ack 11 win 0');
    }
    t.state('ESTABLISHED').inject('. 1:1(0) ack 11 win 10').expect('P. 11:16(5) ack 1');
  });

  test('probes that nobody answers: R2 as for data', () => {
    const t = closed();
    while (t.now < 924 * SECOND && t.connection.state === 'ESTABLISHED') t.at(t.status.timers.persist ?? 0).skip();
    t.state('CLOSED');
    expect(t.events()).toEqual(['error ETIMEDOUT', 'closed aborted']);
  });

  test('the window opens: what was probed goes out whole', () => {
    const t = closed().at(RTO).expect('. 11:12(1) ack 1').inject('. 1:1(0) ack 11 win 0');
    t.inject('. 1:1(0) ack 11 win 100').expect('P. 11:16(5) ack 1').inject('. 1:1(0) ack 16');
    expect(t.status).toMatchObject({ inFlight: 0, timers: {} });
  });

  test('the window opens: what the probe carried may have been taken', () => {
    const t = closed().at(RTO).expect('. 11:12(1) ack 1').inject('. 1:1(0) ack 12 win 100');
    t.expect('P. 12:16(4) ack 1');
  });

  test('the window opens without a probe', () => {
    closed().inject('. 1:1(0) ack 11 win 100').expect('P. 11:16(5) ack 1');
  });

  test('probes begin anew when the window closes again', () => {
    const t = closed().at(RTO).expect('. 11:12(1) ack 1').inject('. 1:1(0) ack 11 win 0');
    t.at(3 * RTO)
      .expect('. 11:12(1) ack 1')
      .inject('. 1:1(0) ack 12 win 2');
    t.at(4 * RTO)
      .expect('. 12:14(2) ack 1')
      .inject('. 1:1(0) ack 14 win 0')
      .at(5 * RTO)
      .expect('. 14:15(1) ack 1');
  });

  test('a window that opens a little after a long time is used within a second all the same', () => {
    const t = closed();
    while (t.now < 600 * SECOND) {
      t.at(t.status.timers.persist ?? 0)
        .expect('. 11:12(1) ack 1')
        .inject('. 1:1(0) ack 11 win 0');
    }
    t.inject('. 1:1(0) ack 12 win 2').after(RTO).expect('. 12:14(2) ack 1');
  });

  test('a window that was closed from the start', () => {
    const t = established({ passive: 80, win: 0 });
    t.send('hello');
    t.expectNothing()
      .at(RTO)
      .expect('. 1:2(1) ack 1 "h"')
      .inject('. 1:1(0) ack 2 win 100')
      .expect('P. 2:6(4) ack 1 "ello"');
  });

  test('a FIN into a closed window is probed with as well', () => {
    const t = established({ passive: 80, win: 0 }).shutdown().expectNothing().at(RTO).expect('F. 1:1(0) ack 1');
    t.inject('. 1:1(0) ack 1 win 0')
      .at(3 * RTO)
      .expect('F. 1:1(0) ack 1')
      .inject('. 1:1(0) ack 2 win 0');
    t.state('FIN-WAIT-2');
  });

  test('a FIN behind data that waits stays behind it', () => {
    const t = closed().close().at(RTO).expect('. 11:12(1) ack 1').inject('. 1:1(0) ack 11 win 100');
    t.expect('FP. 11:16(5) ack 1').inject('. 1:1(0) ack 16').state('FIN-WAIT-1').inject('. 1:1(0) ack 17');
    t.state('FIN-WAIT-2');
  });

  test('CLOSE-WAIT: the FIN that probes makes it LAST-ACK', () => {
    const t = established({ passive: 80, win: 0 }).inject('F. 1:1(0) ack 1 win 0').skip().close().state('CLOSE-WAIT');
    t.at(RTO).expect('F. 1:1(0) ack 2').state('LAST-ACK').inject('. 2:2(0) ack 2 win 0').state('CLOSED');
  });

  test('data in flight when the window closes: asked for with its first octet, and sent whole when it opens', () => {
    const t = established();
    t.send(3000);
    t.skip().inject('. 1:1(0) ack 1 win 0').at(RTO).expect('. 1:2(1) ack 1').inject('. 1:1(0) ack 1 win 0');
    t.at(3 * RTO)
      .expect('. 1:2(1) ack 1')
      .inject('. 1:1(0) ack 1 win 5000');
    // The oldest finds out whether the peer has thrown away the rest too.
    t.expect('. 1:1461(1460) ack 1').expectNothing().inject('. 1:1(0) ack 1461 win 5000');
    t.at(3 * RTO + RTO).expect('. 1461:2921(1460) ack 1');
  });
});

describe('zero window: the receiver (RFC 9293 §3.8.6)', () => {
  const full = (): Script => {
    const t = established({ passive: 80, receiveBuffer: 1000, delayedAck: 0 });
    return t.inject('P. 1:1001(1000) ack 1').expect('. 1:1(0) ack 1001 win 0');
  };

  test('MAY-8: the window stays closed for as long as the user does not read', () => {
    const t = full();
    for (let hour = 0; hour < 3; hour++) {
      t.after(60 * MINUTE)
        .inject('. 1001:1002(1) ack 1')
        .expect('. 1:1(0) ack 1001 win 0');
    }
  });

  test('MUST-39: it opens when it is worth it, and says so', () => {
    const t = full();
    t.call((connection) => connection.receive(499));
    t.expectNothing().call((connection) => connection.receive(1));
    t.expect('. 1:1(0) ack 1001 win 500');
  });

  test('a probe is taken as soon as there is room', () => {
    const t = full().reads(1000).expect('. 1:1(0) ack 1001 win 1000');
    t.inject('. 1001:1002(1) ack 1').expect('. 1:1(0) ack 1002 win 999');
  });
});

describe('zero window: for ever', () => {
  test('MUST-37: ten hours, every probe answered: the connection stands, and goes on', () => {
    const t = closed();
    let probes = 0;
    for (; t.now < 600 * MINUTE; probes++) {
      t.at((t.status.timers.persist ?? Infinity) - t.wire.start).expect('. 11:12(1) ack 1');
      t.inject('. 1:1(0) ack 11 win 0');
    }
    // One a minute: the longest time between two (SHLD-30).
    expect(probes).toBeGreaterThan(595);
    expect(probes).toBeLessThan(610);
    t.state('ESTABLISHED').inject('. 1:1(0) ack 11 win 1000').expect('P. 11:16(5) ack 1').inject('. 1:1(0) ack 16');
    expect(t.status).toMatchObject({ inFlight: 0, timers: {}, zeroWindows: 1 });
    expect(t.status.zeroWindowTime).toBeGreaterThanOrEqual(600 * MINUTE);
  });

  test('MUST-37, SHLD-17: with a user timeout it is the user who says how long', () => {
    const t = established({ passive: 80, win: 10, userTimeout: 30 * SECOND });
    t.send(15);
    t.skip().inject('. 1:1(0) ack 11 win 0');
    for (let step = 0; step < 20 && t.connection.error === undefined; step++) {
      t.at(Math.min(...Object.values(t.status.timers))).skip();
      t.inject('. 1:1(0) ack 11 win 0').skip();
    }
    expect(t.events()).toEqual(['error ETIMEDOUT', 'closed aborted']);
  });
});
