import { expect, test } from '@jest/globals';
import { established, RTO } from '../../support/script';

test("LAST-ACK: reached when our FIN follows the peer's; ends with its ACK, without a wait", () => {
  const t = established().inject('F. 1:1(0) ack 1').expect('. 1:1(0) ack 2').close().expect('F. 1:1(0) ack 2');
  t.state('LAST-ACK').at(RTO).expect('F. 1:1(0) ack 2').state('LAST-ACK');
  t.inject('. 2:2(0) ack 2').state('CLOSED');
  expect(t.events()).toEqual(['readable', 'closed closed']);
});

test('LAST-ACK: not before the FIN is sent, behind all that is queued', () => {
  const t = established({ passive: 80, win: 1000 }).inject('F. 1:1(0) ack 1 win 1000').expect('. 1:1(0) ack 2');
  t.send(1500);
  t.expect('. 1:1001(1000) ack 2').shutdown().state('CLOSE-WAIT');
  t.inject('. 2:2(0) ack 1001 win 1000').expect('FP. 1001:1501(500) ack 2').state('LAST-ACK');
});
