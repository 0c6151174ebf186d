import { expect, test } from '@jest/globals';
import { established, script } from '../../support/script';

test('ESTABLISHED: reached by the handshake; data flows both ways', () => {
  const t = script({ passive: 80 }).inject('S 0:0(0) <mss 1460>').skip().inject('. 1:1(0) ack 1');
  t.state('ESTABLISHED');
  expect(t.events()).toEqual(['connection']);
  expect([t.connection.readable, t.connection.writable]).toEqual([false, true]);

  t.inject('P. 1:6(5) ack 1 "hello"');
  expect(t.connection.readable).toBe(true);
  t.reads('hello');
  expect(t.send('and you')).toBe(7);
  t.expect('P. 1:8(7) ack 6 "and you"').inject('. 6:6(0) ack 8');
  expect(t.status).toMatchObject({ bytesReceived: 5, bytesAcked: 7, inFlight: 0, timers: {} });
});

test('ESTABLISHED: an active connection hears of it', () => {
  const t = script({ active: 80 }).skip();
  expect(t.events()).toEqual([]);
  t.inject('S. 0:0(0) ack 1 <mss 1460>').expect('. 1:1(0) ack 1');
  expect(t.events()).toEqual(['connect', 'writable']);
  expect(established({ active: 80 }).connection.state).toBe('ESTABLISHED');
});
