import { expect, test } from '@jest/globals';
import { established, MINUTE } from '../../support/script';

test("CLOSE-WAIT: reached by the peer's FIN; half closed, we may send for as long as we like", () => {
  const t = established().inject('FP. 1:6(5) ack 1 "adieu"').expect('. 1:1(0) ack 7');
  t.state('CLOSE-WAIT').reads('adieu');
  expect(t.call((connection) => connection.receive())).toBe('EOF');
  expect(t.status.timers).toEqual({});

  t.after(60 * MINUTE);
  expect(t.send('one moment')).toBe(10);
  t.expect('P. 1:11(10) ack 7 "one moment"').inject('. 7:7(0) ack 11').state('CLOSE-WAIT');
});
