import { describe, expect, test } from '@jest/globals';
import { script, type Script } from '../../support/script';

const calling = (): Script => script({ active: 80 }).expect('S 0:0(0) win 65535 <mss 1460,nop,wscale 3>');

describe('SEGMENT ARRIVES in SYN-SENT (RFC 9293 §3.10.7.3)', () => {
  test.each([
    ['SEG.ACK =< ISS', 'S. 0:0(0) ack 0', 'R 0:0(0) win 0'],
    ['SEG.ACK =< ISS, by far', '. 0:0(0) ack 4294900000', 'R 4294900000:4294900000(0) win 0'],
    ['SEG.ACK > SND.NXT', 'S. 0:0(0) ack 2', 'R 2:2(0) win 0'],
    ['SEG.ACK > SND.NXT, without SYN', '. 0:0(0) ack 500', 'R 500:500(0) win 0'],
  ])('first: %s is reset: <SEQ=SEG.ACK><CTL=RST>', (_, segment, answer) => {
    const t = calling().inject(segment).expect(answer).state('SYN-SENT');
    expect(t.drops).toEqual(['unacceptable-ack']);
  });

  test('first: unless it is a RST itself', () => {
    const t = calling().inject('R. 0:0(0) ack 0', 'R. 0:0(0) ack 2').expectNothing().state('SYN-SENT');
    expect(t.drops).toEqual(['unacceptable-ack', 'unacceptable-ack']);
  });

  test('second: a RST that acknowledges our SYN: connection refused', () => {
    const t = calling().inject('R. 0:0(0) ack 1').expectNothing().state('CLOSED');
    expect(t.events()).toEqual(['error ECONNREFUSED', 'closed aborted']);
    expect(t.send('late')).toBe('ECONNREFUSED');
    expect(t.call((connection) => connection.receive())).toBe('ECONNREFUSED');
  });

  test("second: MAY-12: a RST without an ACK could be anybody's", () => {
    const t = calling().inject('R 1:1(0)').expectNothing().state('SYN-SENT');
    expect(t.drops).toEqual(['blind-reset']);
  });

  test('fourth: SYN,ACK: ESTABLISHED, and its ACK', () => {
    const t = calling().inject('S. 0:0(0) ack 1 win 3000 <mss 1000>').expect('. 1:1(0) ack 1').state('ESTABLISHED');
    expect(t.status).toMatchObject({ snd: { wnd: 3000 }, mss: { send: 1000, receive: 1460 }, timers: {} });
  });

  test('fourth: MUST-10, MUST-11: SYN alone: SYN-RECEIVED, our SYN again with the ACK of theirs (simultaneous open)', () => {
    const t = calling().inject('S 0:0(0) <mss 1460>').expect('S. 0:0(0) ack 1 <mss 1460>').state('SYN-RECEIVED');
    // The peer's SYN,ACK is the ACK that we wait for (Figure 8), and nothing answers it.
    t.inject('S. 0:0(0) ack 1 <mss 1460>').expectNothing().state('ESTABLISHED');
    expect(t.events()).toEqual(['connect', 'writable']);
    t.inject('P. 1:6(5) ack 1 "hello"').reads('hello');
  });

  test('fourth: data with the SYN,ACK is taken at once', () => {
    const t = calling().inject('S. 0:5(5) ack 1 <mss 1460> "hello"').expect('. 1:1(0) ack 6').state('ESTABLISHED');
    expect(t.events()).toEqual(['connect', 'readable', 'writable']);
    t.reads('hello');
  });

  test('fourth: FIN with the SYN,ACK', () => {
    const t = calling().inject('SF. 0:5(5) ack 1 <mss 1460> "hello"').expect('. 1:1(0) ack 7').state('CLOSE-WAIT');
    t.reads('hello');
  });

  test('fourth: data and FIN with the SYN of a simultaneous open wait for ESTABLISHED', () => {
    const t = calling().inject('SF 0:5(5) <mss 1460> "hello"').expect('S. 0:0(0) ack 1 <mss 1460>');
    t.state('SYN-RECEIVED').inject('. 7:7(0) ack 1').expect('. 1:1(0) ack 7').state('CLOSE-WAIT').reads('hello');
  });

  test('fifth: neither SYN nor RST is dropped', () => {
    const t = calling().inject('. 0:0(0) ack 1', 'F 0:0(0)', 'P. 0:5(5) ack 1').expectNothing().state('SYN-SENT');
    expect(t.drops).toEqual(['no-syn', 'no-syn', 'no-syn']);
  });

  test("simultaneous open: the peer's window in its SYN,ACK is not scaled either (RFC 7323 §2.2)", () => {
    const t = calling().inject('S 0:0(0) win 100 <mss 1460,nop,wscale 7>');
    t.expect('S. 0:0(0) ack 1 win 65535 <mss 1460,nop,wscale 3>');
    t.inject('S. 0:0(0) ack 1 win 200 <mss 1460,nop,wscale 7>').state('ESTABLISHED');
    expect(t.status.snd.wnd).toBe(200);
  });

  test('simultaneous open: data with the SYN,ACK is cut to our window', () => {
    const t = script({ active: 80, receiveBuffer: 4 }).expect('S 0:0(0) win 4 <mss 1460,nop,wscale 0>');
    t.inject('S 0:0(0) <mss 1460>').expect('S. 0:0(0) ack 1 win 4 <mss 1460>');
    t.inject('S. 0:8(8) ack 1 <mss 1460> "abcdefgh"').reads('abcd');
    t.expect('. 1:1(0) ack 5 win 4');
  });
});
