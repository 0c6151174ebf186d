import { describe, expect, test } from '@jest/globals';
import { established, script, type Script } from '../../support/script';

describe('fifth: check the ACK field (RFC 9293 §3.10.7.4)', () => {
  test('a segment without ACK is dropped', () => {
    const t = established().inject('P 1:6(5)').expectNothing().reads('');
    expect(t.drops).toEqual(['no-ack']);
  });

  test.each([
    ['of nothing new', '. 1:1(0) ack 0', 'R 0:0(0) win 0'],
    ['of what was never sent', '. 1:1(0) ack 2', 'R 2:2(0) win 0'],
  ])('SYN-RECEIVED: an ACK %s is reset: <SEQ=SEG.ACK><CTL=RST>', (_, segment, answer) => {
    const t = script({ passive: 80 }).inject('S 0:0(0) <mss 1460>').skip().inject(segment).expect(answer);
    t.state('SYN-RECEIVED').inject('. 1:1(0) ack 1').state('ESTABLISHED');
  });

  test('SYN-RECEIVED: the ACK of the handshake brings the window', () => {
    const t = script({ passive: 80 }).inject('S 0:0(0) win 5 <mss 1460>').skip().inject('. 1:1(0) ack 1 win 700');
    expect(t.status.snd).toMatchObject({ wnd: 700, una: t.status.snd.iss + 1 });
  });

  test('an ACK of new data takes it out of the queue', () => {
    const t = established();
    t.send(100);
    t.expect('P. 1:101(100) ack 1').inject('. 1:1(0) ack 41');
    expect(t.status).toMatchObject({ buffered: { send: 60 }, inFlight: 60, bytesAcked: 40 });
    t.inject('. 1:1(0) ack 101');
    expect(t.status).toMatchObject({ buffered: { send: 0 }, inFlight: 0, bytesAcked: 100, timers: {} });
  });

  test('an old ACK, within the largest window that the peer has offered, is taken for the rest of its segment', () => {
    const t = established();
    t.send(100);
    t.expect('P. 1:101(100) ack 1').inject('. 1:1(0) ack 101').inject('P. 1:6(5) ack 50 "hello"').reads('hello');
    expect(t.status.inFlight).toBe(0);
  });

  test('MAY-12: an ACK older than that is challenged, its data dropped (RFC 5961 §5.2)', () => {
    const t = established({ passive: 80, win: 1000 });
    for (let from = 1; from <= 2001; from += 1000) {
      t.send(1000);
      t.expect(`P. ${from}:${from + 1000}(1000) ack 1`).inject(`. 1:1(0) ack ${from + 1000} win 1000`);
    }
    t.inject('P. 1:6(5) ack 2000 win 1000').expect('. 3001:3001(0) ack 1').reads('');
    expect(t.drops).toEqual(['challenge-acks']);
    t.inject('P. 1:6(5) ack 2001 win 1000 "hello"').reads('hello');
  });

  test('MAY-12: an ACK of what was never sent is answered with an ACK, and its data dropped', () => {
    const t = established().inject('P. 1:6(5) ack 2').expect('. 1:1(0) ack 1').reads('');
    expect(t.drops).toEqual(['challenge-acks']);
  });

  test('the window is taken from newer segments only: WL1, WL2', () => {
    const t = established();
    t.send(100);
    t.expect('P. 1:101(100) ack 1').inject('P. 1:11(10) ack 1 win 5000');
    expect(t.status.snd.wnd).toBe(5000);
    // Sent before: SEG.SEQ is older than SND.WL1, and it acknowledges nothing new.
    t.inject('P. 11:21(10) ack 1 win 6000').expect('. 101:101(0) ack 21').inject('. 11:11(0) ack 1 win 7000').skip();
    expect(t.status.snd.wnd).toBe(6000);
    t.inject('. 21:21(0) ack 1 win 8000');
    expect(t.status.snd.wnd).toBe(8000);
    t.inject('. 21:21(0) ack 101 win 9000').inject('. 21:21(0) ack 1 win 100');
    expect(t.status.snd.wnd).toBe(9000);
  });

  test('the ACK of our FIN: FIN-WAIT-2, and from there on only its data counts', () => {
    const t = established().shutdown().expect('F. 1:1(0) ack 1').inject('. 1:1(0) ack 2').state('FIN-WAIT-2');
    expect(t.status.snd).toMatchObject({ una: t.status.snd.nxt });
    t.inject('. 1:1(0) ack 3').expect('. 2:2(0) ack 1').state('FIN-WAIT-2');
  });

  test.each<[string, (t: Script) => Script]>([
    ['CLOSING', (t) => t.shutdown().expect('F. 1:1(0) ack 1').inject('F. 1:1(0) ack 1').expect('. 2:2(0) ack 2')],
    ['LAST-ACK', (t) => t.inject('F. 1:1(0) ack 1').expect('. 1:1(0) ack 2').shutdown().expect('F. 1:1(0) ack 2')],
  ])('%s: an ACK that is not that of our FIN changes nothing', (state, given) => {
    const t = given(established());
    t.inject('. 2:2(0) ack 1')
      .expectNothing()
      .state(state as 'CLOSING');
  });
});
