import { expect, test } from '@jest/globals';
import { established, RTO } from '../../support/script';

test('CLOSING: reached when both FINs cross; ours is sent again until it is acknowledged', () => {
  const t = established().shutdown().expect('F. 1:1(0) ack 1').inject('F. 1:1(0) ack 1').expect('. 2:2(0) ack 2');
  t.state('CLOSING');
  expect(t.call((connection) => connection.receive())).toBe('EOF');
  t.at(RTO).expect('F. 1:1(0) ack 2').state('CLOSING');
  t.inject('. 2:2(0) ack 2').state('TIME-WAIT');
});

test('CLOSING: MUST-12: a reset is an abrupt end, though no error', () => {
  const t = established().close().expect('F. 1:1(0) ack 1').inject('F. 1:1(0) ack 1').expect('. 2:2(0) ack 2');
  t.inject('R 2:2(0)').state('CLOSED');
  expect(t.events()).toEqual(['readable', 'closed aborted']);
});
