import { expect, test } from '@jest/globals';
import { established, SECOND } from '../../support/script';

test('TIME-WAIT: MUST-13: reached by the side that closed first, and lasts 2 MSL', () => {
  const t = established({ passive: 80, msl: 5 * SECOND })
    .shutdown()
    .expect('F. 1:1(0) ack 1');
  t.inject('. 1:1(0) ack 2').at(SECOND).inject('F. 1:1(0) ack 2').expect('. 2:2(0) ack 2');
  t.state('TIME-WAIT');
  expect(t.status.timers).toEqual({ 'time-wait': 11 * SECOND });
  t.at(11 * SECOND - 1).state('TIME-WAIT');
  t.at(11 * SECOND).state('CLOSED');
});
