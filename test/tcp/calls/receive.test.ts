import { describe, expect, test } from '@jest/globals';
import { established, type Script } from '../../support/script';

const receive = (t: Script, max?: number): string =>
  t.call((connection) => {
    const data = connection.receive(max);
    return typeof data === 'string' ? data : `"${Buffer.from(data).toString()}"`;
  });

describe('RECEIVE (RFC 9293 §3.10.3)', () => {
  test('gives at most so much, and would block without data', () => {
    const t = established();
    expect(receive(t)).toBe('EAGAIN');
    t.inject('P. 1:11(10) ack 1 "0123456789"');
    expect([receive(t, 3), receive(t, 100), receive(t)]).toEqual(['"012"', '"3456789"', 'EAGAIN']);
  });

  test('0 octets are never given', () => {
    const t = established().inject('P. 1:6(5) ack 1 "hello"');
    expect([receive(t, 0), receive(t)]).toEqual(['EAGAIN', '"hello"']);
  });

  test('SHLD-23: the data first, then the end, then always the end', () => {
    const t = established().inject('FP. 1:6(5) ack 1 "hello"').skip();
    expect([receive(t), receive(t), receive(t)]).toEqual(['"hello"', 'EOF', 'EOF']);
  });

  test('SHLD-23: the data first, then what ended the connection', () => {
    const t = established().inject('P. 1:6(5) ack 1 "hello"').inject('R 6:6(0)');
    expect([receive(t), receive(t), receive(t)]).toEqual(['"hello"', 'ECONNRESET', 'ECONNRESET']);
  });

  test('after close nothing more is given', () => {
    const t = established().close().expect('F. 1:1(0) ack 1');
    expect(receive(t)).toBe('ENOTCONN');
  });

  test('after shutdown it goes on', () => {
    const t = established().shutdown().expect('F. 1:1(0) ack 1').inject('P. 1:6(5) ack 1 "hello"');
    expect(receive(t)).toBe('"hello"');
  });

  test('each arrival is told of, once for all that came together', () => {
    const t = established().inject('P. 1:6(5) ack 1', 'P. 6:11(5) ack 1').skip();
    expect(t.events()).toEqual(['readable']);
    t.inject('P. 11:16(5) ack 1');
    expect(t.events()).toEqual(['readable']);
  });
});
