import { describe, expect, test } from '@jest/globals';
import { established, script, SECOND, type Script } from '../../support/script';

const hungUpOn = (): Script => established().inject('F. 1:1(0) ack 1').expect('. 1:1(0) ack 2');

describe('second: check the RST bit (RFC 9293 §3.10.7.4, RFC 5961 §3.2)', () => {
  test('exactly at RCV.NXT: the connection is reset, without a word back', () => {
    const t = established();
    t.send('in flight');
    t.expect('P. 1:10(9) ack 1 "in flight"').inject('R 1:1(0)').expectNothing().state('CLOSED');
    expect(t.events()).toEqual(['error ECONNRESET', 'closed aborted']);
    expect(t.connection.error).toBe('ECONNRESET');
    expect(t.wire.stack.tcp.connections()).toEqual([]);
  });

  test('SHLD-2: a RST may carry data', () => {
    const t = established().inject('R. 1:20(19) ack 1').expectNothing().state('CLOSED');
    t.events();
    expect(t.call((connection) => connection.receive())).toBe('ECONNRESET');
  });

  test('SHLD-23: what was received before is there to be read, then the error', () => {
    const t = established().inject('P. 1:6(5) ack 1 "hello"', 'R 6:6(0)');
    expect(t.events()).toEqual(['readable', 'error ECONNRESET', 'closed aborted']);
    t.reads('hello');
    expect(t.call((connection) => connection.receive())).toBe('ECONNRESET');
  });

  test('MAY-12: elsewhere in the window: a challenge ACK', () => {
    const t = established();
    t.inject('R 2:2(0)').expect('. 1:1(0) ack 1').after(SECOND).inject('R 65535:65535(0)').expect('. 1:1(0) ack 1');
    t.state('ESTABLISHED');
    expect(t.drops).toEqual(['challenge-acks', 'challenge-acks']);
    const reasons = t.wire.trace.map((event) => (event.type === 'segment' ? event.reason : undefined));
    expect(reasons.filter((reason) => reason === 'challenge')).toHaveLength(2);
    // A peer that really has reset answers the challenge with a RST that fits.
    t.inject('R 1:1(0)').state('CLOSED');
  });

  test('MAY-12: data in the RST does not widen the target: its own number counts', () => {
    const t = established().inject('P. 1:101(100) ack 1', 'P. 101:201(100) ack 1').expect('. 1:1(0) ack 201');
    t.inject('R. 150:250(100) ack 1').expect('. 1:1(0) ack 201').state('ESTABLISHED');
    expect(t.drops).toEqual(['challenge-acks']);
  });

  test('outside of the window: dropped in silence', () => {
    const t = established().inject('R 0:0(0)', 'R 65537:65537(0)').expectNothing().state('ESTABLISHED');
    expect(t.drops).toEqual(['outside-window', 'outside-window']);
  });

  test('MUST-11: SYN-RECEIVED from LISTEN: back to LISTEN, and nobody is told', () => {
    const t = script({ passive: 80 }).inject('S 0:0(0) <mss 1460>').skip().inject('R 1:1(0)').state('LISTEN');
    expect(t.events()).toEqual([]);
  });

  test('MUST-11: SYN-RECEIVED from SYN-SENT: connection refused', () => {
    const t = script({ active: 80 }).skip().inject('S 0:0(0) <mss 1460>').skip().inject('R 1:1(0)').state('CLOSED');
    expect(t.events()).toEqual(['error ECONNREFUSED', 'closed aborted']);
  });

  test.each<[string, () => Script, string, string[]]>([
    ['FIN-WAIT-1', () => established().shutdown().expect('F. 1:1(0) ack 1'), 'R 1:1(0)', ['error ECONNRESET']],
    ['FIN-WAIT-2', () => established().shutdown().skip().inject('. 1:1(0) ack 2'), 'R 1:1(0)', ['error ECONNRESET']],
    ['CLOSE-WAIT', hungUpOn, 'R 2:2(0)', ['error ECONNRESET']],
    ['LAST-ACK', () => hungUpOn().shutdown().expect('F. 1:1(0) ack 2'), 'R 2:2(0)', []],
  ])('%s: CLOSED', (state, given, reset, error) => {
    const t = given();
    t.state(state as 'FIN-WAIT-1');
    t.events();
    t.inject(reset).expectNothing().state('CLOSED');
    expect(t.events()).toEqual([...error, 'closed aborted']);
  });

  test('TIME-WAIT: CLOSED, and both FINs were there: it was no abrupt end', () => {
    const t = established().shutdown().skip().inject('F. 1:1(0) ack 2').skip().state('TIME-WAIT');
    t.inject('R 2:2(0)').state('CLOSED');
    expect(t.events()).toEqual(['readable', 'closed closed']);
  });
});
