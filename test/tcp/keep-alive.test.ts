import { describe, expect, test } from '@jest/globals';
import { DEFAULTS } from '../../src/tcp/options';
import { established, MINUTE, SECOND, type Script } from '../support/script';

const KEEP_ALIVE = { idle: 10 * SECOND, interval: 2 * SECOND, probes: 3 };
const PROBE = '. 0:0(0) ack 1';
const kept = (): Script => established({ passive: 80, keepAlive: KEEP_ALIVE });

describe('keep-alive (RFC 9293 §3.8.4)', () => {
  test('MUST-25: it is off unless asked for', () => {
    expect(DEFAULTS.keepAlive).toBeUndefined();
    established()
      .after(24 * 60 * MINUTE)
      .expectNothing()
      .state('ESTABLISHED');
  });

  test('MAY-5, SHLD-12: a probe without data, one octet before what the peer expects', () => {
    const t = kept()
      .at(10 * SECOND - 1)
      .expectNothing()
      .at(10 * SECOND)
      .expect(PROBE);
    t.inject('. 1:1(0) ack 1')
      .at(20 * SECOND)
      .expect(PROBE);
  });

  test('MUST-28: after two hours by default', () => {
    const t = established({ passive: 80, keepAlive: {} })
      .at(120 * MINUTE - 1)
      .expectNothing();
    t.at(120 * MINUTE)
      .expect(PROBE)
      .at(120 * MINUTE + 75 * SECOND)
      .expect(PROBE);
  });

  test('MUST-26: only when nothing was received for that long', () => {
    const t = kept()
      .at(7 * SECOND)
      .inject('. 1:1(0) ack 1')
      .at(17 * SECOND - 1)
      .expectNothing();
    t.at(17 * SECOND).expect(PROBE);
  });

  test('the timer is told of when it asks, not when it was too early', () => {
    const t = kept()
      .at(7 * SECOND)
      .inject('. 1:1(0) ack 1')
      .at(17 * SECOND)
      .expect(PROBE)
      .inject('. 1:1(0) ack 1')
      .at(26 * SECOND)
      .expectNothing();
    const fired = t.wire.trace.filter(
      (event) => event.type === 'timer' && event.timer === 'keep-alive' && event.action === 'fired',
    );
    expect(fired.map(({ time }) => time)).toEqual([17 * SECOND]);
  });

  test('MUST-29: one probe without an answer is not a dead connection; several are', () => {
    const t = kept()
      .at(10 * SECOND)
      .expect(PROBE)
      .at(12 * SECOND)
      .expect(PROBE)
      .at(14 * SECOND)
      .expect(PROBE);
    t.state('ESTABLISHED')
      .at(16 * SECOND)
      .expectNothing()
      .state('CLOSED');
    expect(t.events()).toEqual(['error ETIMEDOUT', 'closed aborted']);
  });

  test('MUST-29: an answer to any of them starts the count again', () => {
    const t = kept()
      .at(10 * SECOND)
      .expect(PROBE)
      .at(12 * SECOND)
      .expect(PROBE)
      .at(13 * SECOND)
      .inject('. 1:1(0) ack 1');
    t.at(23 * SECOND - 1)
      .expectNothing()
      .at(23 * SECOND)
      .expect(PROBE)
      .at(25 * SECOND)
      .expect(PROBE);
    t.at(27 * SECOND)
      .expect(PROBE)
      .at(29 * SECOND)
      .state('CLOSED');
  });

  test('a peer that does not know us any more resets', () => {
    const t = kept()
      .at(10 * SECOND)
      .expect(PROBE)
      .inject('R 1:1(0)')
      .state('CLOSED');
    expect(t.events()).toEqual(['error ECONNRESET', 'closed aborted']);
  });

  test('MUST-24, MUST-27: it is the matter of each connection, which can turn it on, change it, and off', () => {
    const t = established()
      .at(5 * SECOND)
      .set({ keepAlive: { idle: 20 * SECOND } });
    t.at(20 * SECOND)
      .expect(PROBE)
      .inject('. 1:1(0) ack 1')
      .set({ keepAlive: { idle: SECOND } });
    t.at(21 * SECOND)
      .expect(PROBE)
      .set({ keepAlive: false })
      .after(60 * MINUTE)
      .expectNothing()
      .state('ESTABLISHED');
  });

  test('data in flight has a timer of its own: no probes meanwhile, and no haste', () => {
    const t = kept().at(9 * SECOND);
    t.send('hello');
    t.skip();
    let steps = 0;
    while (t.now < 60 * SECOND && steps < 100) {
      t.at((t.wire.clock.nextDeadline() ?? 0) - t.wire.start).skip();
      steps += 1;
    }
    expect(steps).toBeLessThan(20);
    expect(t.wire.trace.filter((event) => event.type === 'segment' && event.reason === 'keep-alive')).toEqual([]);
    const heard = t.now;
    t.inject('. 1:1(0) ack 6')
      .at(heard + 10 * SECOND)
      .expect('. 5:5(0) ack 1');
  });

  test('it goes on when half of the connection is closed, and ends with TIME-WAIT', () => {
    const t = kept()
      .shutdown()
      .skip()
      .inject('. 1:1(0) ack 2')
      .at(10 * SECOND)
      .expect('. 1:1(0) ack 1');
    t.inject('F. 1:1(0) ack 2')
      .expect('. 2:2(0) ack 2')
      .set({ keepAlive: { idle: SECOND } });
    expect(Object.keys(t.status.timers)).toEqual(['time-wait']);
  });

  test('MAY-6: where asked for, a probe carries an octet that means nothing, for peers that answer no other', () => {
    const t = established({ passive: 80, keepAlive: { ...KEEP_ALIVE, garbage: true } })
      .at(10 * SECOND)
      .expect('. 0:1(1) ack 1 "\0"');
    t.inject('. 1:1(0) ack 1')
      .at(20 * SECOND)
      .expect('. 0:1(1) ack 1 "\0"');
    // It is no data: nothing is in flight.
    expect(t.status).toMatchObject({ inFlight: 0, bytesSent: 0 });
    t.send(5);
    t.expect('P. 1:6(5) ack 1');
  });
});
