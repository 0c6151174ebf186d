import { describe, expect, test } from '@jest/globals';
import { established, RTO, script, SECOND } from '../support/script';

describe('the user timeout (RFC 9293 §3.10.8)', () => {
  test('data that stays unacknowledged for so long ends the connection', () => {
    const t = established({ passive: 80, userTimeout: SECOND });
    t.send('hello');
    t.skip()
      .at(RTO)
      .skip()
      .at(3 * RTO)
      .skip()
      .at(SECOND - 1)
      .state('ESTABLISHED')
      .at(SECOND)
      .state('CLOSED');
    expect(t.events()).toEqual(['error ETIMEDOUT', 'closed aborted']);
    expect(t.status.buffered.send).toBe(0);
  });

  test('each ACK of new data starts it again, the ACK of all stops it', () => {
    const t = established({ passive: 80, userTimeout: SECOND, noDelay: true });
    t.send(10);
    t.skip();
    t.send(10);
    t.skip()
      .at(RTO)
      .skip()
      .at(0.5 * SECOND)
      .inject('. 1:1(0) ack 11')
      .skip();
    expect(t.status.timers.user).toBe(1.5 * SECOND);
    t.inject('. 1:1(0) ack 21');
    expect(t.status.timers.user).toBeUndefined();
    t.after(10 * SECOND).state('ESTABLISHED');
  });

  test('a SYN counts as well', () => {
    const t = script({ active: 80, userTimeout: 5 * SECOND })
      .skip()
      .at(SECOND)
      .skip()
      .at(3 * SECOND)
      .skip();
    t.at(5 * SECOND - 1)
      .state('SYN-SENT')
      .at(5 * SECOND)
      .state('CLOSED');
    expect(t.events()).toEqual(['error ETIMEDOUT', 'closed aborted']);
  });

  test('a connection at rest has nothing to fear', () => {
    established({ passive: 80, userTimeout: SECOND })
      .after(100 * SECOND)
      .state('ESTABLISHED');
  });
});
