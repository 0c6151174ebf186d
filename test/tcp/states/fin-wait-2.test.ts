import { expect, test } from '@jest/globals';
import { established, MINUTE } from '../../support/script';

test('FIN-WAIT-2: reached by the ACK of our FIN; half closed, the peer may send for as long as it likes', () => {
  const t = established().shutdown().expect('F. 1:1(0) ack 1').inject('. 1:1(0) ack 2');
  t.state('FIN-WAIT-2');
  expect(t.status.timers).toEqual({});
  t.after(60 * MINUTE)
    .inject('P. 1:6(5) ack 2 "still"')
    .reads('still')
    .after(40_000)
    .expect('. 2:2(0) ack 6');
  t.state('FIN-WAIT-2');
});
