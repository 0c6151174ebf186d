import { expect, test } from '@jest/globals';
import { script } from '../../support/script';

test('LISTEN: reached by a passive OPEN; waits without a timer, and outlives the connections that it makes', () => {
  const t = script({ passive: 80 });
  t.state('LISTEN');
  expect(t.wire.stack.tcp.listeners()).toEqual([t.listener]);
  expect(t.wire.clock.nextDeadline()).toBeUndefined();
  expect(t.listener?.accept()).toBe('EAGAIN');

  t.inject('S 0:0(0) <mss 1460>').expect('S. 0:0(0) ack 1 <mss 1460>').inject('. 1:1(0) ack 1');
  expect(t.listener?.state).toBe('LISTEN');
  expect(t.listener?.pending).toBe(1);
  t.listener?.close();
  t.expect('R 1:1(0) win 0');
  expect(t.listener?.state).toBe('CLOSED');
  expect(t.listener?.accept()).toBe('EINVAL');
});
