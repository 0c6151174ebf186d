import { describe, expect, test } from '@jest/globals';
import { script } from '../../support/script';

describe('SEGMENT ARRIVES in LISTEN (RFC 9293 §3.10.7.2)', () => {
  test('first: a RST is ignored, whatever else it carries', () => {
    const t = script({ passive: 80 });
    t.inject('R 5:5(0)', 'R. 5:5(0) ack 5', 'SR 5:5(0)').expectNothing().state('LISTEN');
  });

  test('second: any ACK is bad: <SEQ=SEG.ACK><CTL=RST>', () => {
    const t = script({ passive: 80 });
    t.inject('. 5:5(0) ack 77').expect('R 77:77(0) win 0');
    t.inject('S. 5:5(0) ack 78').expect('R 78:78(0) win 0').state('LISTEN');
  });

  test('third: a SYN makes a connection: <SEQ=ISS><ACK=RCV.NXT><CTL=SYN,ACK>', () => {
    const t = script({ passive: 80 });
    t.inject('S 0:0(0) win 1234 <mss 1460>').expect('S. 0:0(0) ack 1 win 65535 <mss 1460>').state('SYN-RECEIVED');
    const [connection] = t.wire.stack.tcp.connections();
    const { snd, rcv } = connection?.status() ?? {};
    expect(snd).toMatchObject({ wnd: 1234, una: snd?.iss, nxt: (snd?.iss ?? 0) + 1 });
    expect(rcv).toMatchObject({ irs: t.peer.iss, nxt: t.peer.iss + 1 });
  });

  test('fourth: anything else is dropped', () => {
    const t = script({ passive: 80 });
    t.inject('none 5:5(0)', 'P 5:15(10)', 'F 5:5(0)').expectNothing().state('LISTEN');
  });

  test('data with the SYN waits for the handshake, and is acknowledged behind it', () => {
    const t = script({ passive: 80 });
    t.inject('S 0:5(5) <mss 1460> "hello"').expect('S. 0:0(0) ack 1 <mss 1460>');
    t.inject('. 6:6(0) ack 1').expect('. 1:1(0) ack 6').state('ESTABLISHED').reads('hello');
  });

  test('data that came with the SYN and comes again is taken once', () => {
    const t = script({ passive: 80 });
    t.inject('S 0:5(5) <mss 1460> "hello"').skip().inject('P. 1:10(9) ack 1 "hello you"');
    t.expect('. 1:1(0) ack 10').reads('hello you');
  });

  test('SYN and FIN in one segment, which no peer means: dropped, and counted, as by Linux', () => {
    const t = script({ passive: 80 });
    t.inject('SF 0:5(5) <mss 1460> "hello"', 'SFPU 0:0(0) urg 0').expectNothing().state('LISTEN');
    expect(t.drops).toEqual(['syn-fin', 'syn-fin']);
  });

  test('MUST-10, MUST-11: a peer that only called once: the SYN,ACK is sent again, then LISTEN alone is left', () => {
    const t = script({ passive: 80 });
    const SYN_ACK = 'S. 0:0(0) ack 1 <mss 1460>';
    t.inject('S 0:0(0) <mss 1460>').expect(SYN_ACK).inject('S 0:0(0) <mss 1460>').expect(SYN_ACK);
    t.inject('R 1:1(0)').state('LISTEN');
    expect(t.wire.stack.tcp.connections()).toEqual([]);
    t.inject('S 500:500(0) <mss 1460>').expect('S. 0:0(0) ack 501 <mss 1460>');
  });
});
