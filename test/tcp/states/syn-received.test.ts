import { expect, test } from '@jest/globals';
import { script } from '../../support/script';

test("SYN-RECEIVED: reached by a SYN in LISTEN; the connection is nobody's until its handshake is done", () => {
  const t = script({ passive: 80 }).inject('S 0:0(0) <mss 1460>').expect('S. 0:0(0) ack 1 <mss 1460>');
  t.state('SYN-RECEIVED');
  expect(t.listener?.accept()).toBe('EAGAIN');
  expect(t.events()).toEqual([]);
  t.inject('. 1:1(0) ack 1').state('ESTABLISHED');
  expect(t.events()).toEqual(['connection']);
});

test('SYN-RECEIVED: reached by a SYN in SYN-SENT', () => {
  const t = script({ active: 80 }).skip().inject('S 0:0(0) <mss 1460>').expect('S. 0:0(0) ack 1 <mss 1460>');
  t.state('SYN-RECEIVED');
  expect(t.send('hello')).toBe(5);
  t.inject('. 1:1(0) ack 1').expect('P. 1:6(5) ack 1 "hello"').state('ESTABLISHED');
});
