import { expect, test } from '@jest/globals';
import { established, RTO } from '../../support/script';

test('FIN-WAIT-1: reached by CLOSE; the FIN follows what is queued, and receiving goes on', () => {
  const t = established({ passive: 80, win: 1000 });
  t.send(1500);
  t.expect('. 1:1001(1000) ack 1').shutdown().expectNothing();
  t.state('FIN-WAIT-1');
  expect(t.send('more')).toBe('EPIPE');

  t.inject('P. 1:6(5) ack 1001 win 1000 "still"').expect('FP. 1001:1501(500) ack 6').reads('still');
  t.state('FIN-WAIT-1');
});

test('FIN-WAIT-1: the FIN is sent again until it is acknowledged', () => {
  const t = established().shutdown().expect('F. 1:1(0) ack 1');
  t.at(RTO).expect('F. 1:1(0) ack 1').state('FIN-WAIT-1');
  t.inject('. 1:1(0) ack 2').state('FIN-WAIT-2');
});
