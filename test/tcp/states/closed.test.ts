import { expect, test } from '@jest/globals';
import { established, SECOND } from '../../support/script';

test('CLOSED: reached by two FINs and the wait; every call says so, and nothing is left behind', () => {
  const t = established().close().expect('F. 1:1(0) ack 1');
  t.inject('F. 1:1(0) ack 2')
    .expect('. 2:2(0) ack 2')
    .after(60 * SECOND);
  t.state('CLOSED');
  expect(t.events()).toEqual(['readable', 'closed closed']);

  expect(t.send('late')).toBe('EPIPE');
  expect(t.call((connection) => connection.receive())).toBe('ENOTCONN');
  t.shutdown().close().abort().expectNothing();
  expect(t.events()).toEqual([]);
  expect(t.connection.error).toBeUndefined();
  expect(t.wire.stack.tcp.connections()).toEqual([]);
  expect(t.status.timers).toEqual({});
  expect(t.status.buffered).toEqual({ send: 0, receive: 0, outOfOrder: 0 });
});
