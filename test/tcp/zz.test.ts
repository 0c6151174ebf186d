import { test } from '@jest/globals';
import { established, MINUTE } from '../support/script';
test('x', () => {
  const t = established().shutdown().expect('F. 1:1(0) ack 1').inject('. 1:1(0) ack 2');
  t.inject('P. 1:6(5) ack 2 "still"');
  t.skip();
  console.log(t.wire.trace.slice(-8).map((e) => JSON.stringify(e, (k, v) => k === 'payload' || k === 'connection' ? undefined : v)).join('\n'));
});
