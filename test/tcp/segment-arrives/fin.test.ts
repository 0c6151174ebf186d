import { describe, expect, test } from '@jest/globals';
import { established, script, SECOND } from '../../support/script';

describe('eighth: check the FIN bit (RFC 9293 §3.10.7.4)', () => {
  test('ESTABLISHED: it is acknowledged at once, and RECEIVE ends behind the data', () => {
    const t = established().inject('FP. 1:6(5) ack 1 "hello"').expect('. 1:1(0) ack 7').state('CLOSE-WAIT');
    expect(t.events()).toEqual(['readable']);
    t.reads('hello');
    expect(t.call((connection) => connection.receive())).toBe('EOF');
    expect(t.connection.readable).toBe(true);
  });

  test('before its data: it waits for it', () => {
    const t = established().inject('F. 6:6(0) ack 1').expect('. 1:1(0) ack 1').state('ESTABLISHED');
    t.inject('P. 1:6(5) ack 1 "hello"').expect('. 1:1(0) ack 7').state('CLOSE-WAIT').reads('hello');
  });

  test('behind out-of-order data: both wait', () => {
    const t = established().inject('FP. 6:11(5) ack 1 " you."').expect('. 1:1(0) ack 1').state('ESTABLISHED');
    t.inject('P. 1:6(5) ack 1 "hello"').expect('. 1:1(0) ack 12').state('CLOSE-WAIT').reads('hello you.');
  });

  test('once more, since our ACK was lost: ACK again', () => {
    const t = established().inject('F. 1:1(0) ack 1').expect('. 1:1(0) ack 2').inject('F. 1:1(0) ack 1');
    t.expect('. 1:1(0) ack 2').state('CLOSE-WAIT');
  });

  test('a second one, behind the first, is nothing', () => {
    const t = established().inject('F. 1:1(0) ack 1').expect('. 1:1(0) ack 2').inject('F. 2:2(0) ack 1').skip();
    t.state('CLOSE-WAIT');
    expect(t.status.timers).toEqual({});
  });

  test('data that a peer sends beyond its own FIN is not data', () => {
    const t = established().inject('F. 6:6(0) ack 1').expect('. 1:1(0) ack 1');
    t.inject('P. 6:9(3) ack 1 "xyz"').skip().inject('P. 1:6(5) ack 1 "hello"').skip();
    t.state('CLOSE-WAIT').reads('hello');
  });

  test('FIN-WAIT-1: with the ACK of our FIN: TIME-WAIT; without: CLOSING', () => {
    const t = established().shutdown().expect('F. 1:1(0) ack 1').inject('F. 1:1(0) ack 2').expect('. 2:2(0) ack 2');
    t.state('TIME-WAIT');
    const s = established().shutdown().expect('F. 1:1(0) ack 1').inject('F. 1:1(0) ack 1').expect('. 2:2(0) ack 2');
    s.state('CLOSING');
  });

  test('SYN-RECEIVED: a FIN with the ACK of the handshake', () => {
    const t = script({ passive: 80 }).inject('S 0:0(0) <mss 1460>').skip().inject('F. 1:1(0) ack 1');
    t.expect('. 1:1(0) ack 2').state('CLOSE-WAIT');
    expect(t.events()).toEqual(['connection']);
  });

  test('half-close: we have said all, the peer has not', () => {
    const t = established();
    t.send('question');
    t.expect('P. 1:9(8) ack 1 "question"').shutdown().expect('F. 9:9(0) ack 1').inject('. 1:1(0) ack 10');
    t.inject('P. 1:7(6) ack 10 "answer"').reads('answer').inject('F. 7:7(0) ack 10').expect('. 10:10(0) ack 8');
    t.state('TIME-WAIT')
      .after(60 * SECOND)
      .state('CLOSED');
    expect(t.events()).toEqual(['readable', 'readable', 'closed closed']);
  });

  test('half-close: the peer has said all, we have not', () => {
    const t = established().inject('FP. 1:9(8) ack 1 "question"').expect('. 1:1(0) ack 10').reads('question');
    t.send('answer');
    t.expect('P. 1:7(6) ack 10 "answer"').close().expect('F. 7:7(0) ack 10').inject('. 10:10(0) ack 8');
    t.state('CLOSED');
    expect(t.events()).toEqual(['readable', 'closed closed']);
  });
});
