import { expect, test } from '@jest/globals';
import { script } from '../../support/script';

test('SYN-SENT: reached by an active OPEN; sends wait for the handshake, receives would block', () => {
  const t = script({ active: 80 }).expect('S 0:0(0) win 65535 <mss 1460,nop,wscale 3>');
  t.state('SYN-SENT');
  expect(t.send('hello')).toBe(5);
  expect(t.call((connection) => connection.receive())).toBe('EAGAIN');
  t.expectNothing();
  expect(t.status).toMatchObject({ inFlight: 1, timers: { retransmission: 1_000_000 } });

  t.inject('S. 0:0(0) ack 1 <mss 1460>').expect('P. 1:6(5) ack 1 "hello"').state('ESTABLISHED');
});
