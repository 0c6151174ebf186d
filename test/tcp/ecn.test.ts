import { describe, expect, test } from '@jest/globals';
import { established, MILLISECOND, RTO, script, SECOND, type Script, type ScriptOptions } from '../support/script';

/** ECN is on, and we are the side that was called. */
function agreed(options: ScriptOptions = {}): Script {
  const t = script({ passive: 80, ecn: 'passive', ...options });
  t.inject('SEW 0:0(0) <mss 1460>').expect('S.E 0:0(0) ack 1 <mss 1460> [not-ect]').inject('. 1:1(0) ack 1');
  t.accept();
  t.events();
  return t;
}

describe('ECN: who agrees to it (RFC 3168 §6.1.1)', () => {
  test.each([
    ['passive', 'SEW', true, 'S.E'],
    [true, 'SEW', true, 'S.E'],
    [false, 'SEW', false, 'S.'],
    ['passive', 'S', false, 'S.'],
    ['passive', 'SE', false, 'S.'],
    ['passive', 'SW', false, 'S.'],
  ] as const)('SHLD-8: passive, ecn %p, a SYN with %s: %p', (ecn, syn, on, answer) => {
    const t = script({ passive: 80, ecn })
      .inject(`${syn} 0:0(0) <mss 1460>`)
      .expect(`${answer} 0:0(0) ack 1 <mss 1460>`);
    t.inject('. 1:1(0) ack 1').accept();
    expect(t.status.ecn).toBe(on);
    t.send('hello');
    t.expect(`P. 1:6(5) ack 1 "hello" [${on ? 'ect0' : 'not-ect'}]`);
  });

  test.each([
    [true, 'SEW', 'S.E', true],
    [true, 'SEW', 'S.', false],
    // A peer, or something on the way, that only sends our bits back.
    [true, 'SEW', 'S.EW', false],
    [true, 'SEW', 'S.W', false],
    ['passive', 'S', 'S.E', false],
    [false, 'S', 'S.E', false],
  ] as const)('SHLD-8: active, ecn %p: %s, answered with %s: %p', (ecn, syn, answer, on) => {
    const t = script({ active: 80, ecn }).expect(`${syn} 0:0(0) <mss 1460,nop,wscale 3> [not-ect]`);
    t.inject(`${answer} 0:0(0) ack 1 <mss 1460>`).expect('. 1:1(0) ack 1 [not-ect]');
    // A SYN,ACK's ECE tells of no congestion.
    expect(t.status).toMatchObject({ ecn: on, ecnEchoed: 0, cwnd: 14_600 });
    t.send(5);
    t.expect(`P. 1:6(5) ack 1 [${on ? 'ect0' : 'not-ect'}]`);
  });

  test('our SYN was lost, perhaps for its bits: the next one has none, and then nothing is agreed on (§6.1.1.1)', () => {
    const t = script({ active: 80, ecn: true }).skip().at(SECOND).expect('S 0:0(0) <mss 1460,nop,wscale 3>');
    // It answers the first one.
    t.inject('S.E 0:0(0) ack 1 <mss 1460>').expect('. 1:1(0) ack 1');
    expect(t.status.ecn).toBe(false);
  });

  test("the peer's SYN comes again without the bits: neither do we mark anything (§6.1.1.1)", () => {
    const t = script({ passive: 80 }).inject('SEW 0:0(0) <mss 1460>').expect('S.E 0:0(0) ack 1 <mss 1460>');
    t.after(SECOND / 2)
      .inject('S 0:0(0) <mss 1460>')
      .expect('S. 0:0(0) ack 1 <mss 1460>')
      .inject('. 1:1(0) ack 1')
      .accept();
    expect(t.status.ecn).toBe(false);
  });

  test('it comes again with them: they are answered again', () => {
    const t = script({ passive: 80 }).inject('SEW 0:0(0) <mss 1460>').skip();
    t.inject('SEW 0:0(0) <mss 1460>')
      .expect('S.E 0:0(0) ack 1 <mss 1460>')
      .at(SECOND)
      .expect('S.E 0:0(0) ack 1 <mss 1460>');
  });

  test.each([1, 2, 4, 7])(
    'a SYN with reserved bits %i, which may ask for AccECN: answered like any other (RFC 9768 §3.1.2)',
    (bits) => {
      const reserved = (line: string): Script => {
        const t = script({ passive: 80 });
        const payload = t.peer.payload(line);
        payload[12] = (payload[12] ?? 0) | (bits << 1);
        t.wire.inject({ payload: t.peer.withChecksum(payload) });
        return t;
      };
      reserved('SEW 0:0(0) <mss 1460>').expect('S.E 0:0(0) ack 1 <mss 1460>');
      reserved('S 0:0(0) <mss 1460>').expect('S. 0:0(0) ack 1 <mss 1460>');
    },
  );

  test('simultaneous open: each has asked, and each SYN,ACK agrees', () => {
    const t = script({ active: 80, ecn: true })
      .expect('SEW 0:0(0) <mss 1460,nop,wscale 3>')
      .inject('SEW 0:0(0) <mss 1460>');
    t.expect('S.E 0:0(0) ack 1 <mss 1460>').inject('S.E 0:0(0) ack 1 <mss 1460>').state('ESTABLISHED');
    expect(t.status).toMatchObject({ ecn: true, ecnEchoed: 0, cwnd: 14_600 });
  });
});

describe('ECN: the receiver (RFC 3168 §6.1.3)', () => {
  test('SHLD-8: from a marked segment on every ACK says so, until the peer says that it has heard', () => {
    const t = agreed().inject('P. 1:101(100) ack 1 [ect0]').expectNothing();
    t.inject('P. 101:201(100) ack 1 [ce]').expect('.E 1:1(0) ack 201 [not-ect]');
    t.inject('P. 201:301(100) ack 1 [ect0]')
      .after(40 * MILLISECOND)
      .expect('.E 1:1(0) ack 301');
    t.send('hello');
    t.expect('P.E 1:6(5) ack 301 "hello" [ect0]').inject('. 301:301(0) ack 6');
    t.inject('P.W 301:401(100) ack 6 [ect0]')
      .after(40 * MILLISECOND)
      .expect('. 6:6(0) ack 401');
    expect(t.status).toMatchObject({ ecnMarked: 1, ecnEchoed: 0 });
  });

  test('the first of them is acknowledged at once', () => {
    const t = agreed().inject('P. 1:101(100) ack 1 [ce]').expect('.E 1:1(0) ack 101');
    t.inject('P. 101:201(100) ack 1 [ce]')
      .after(40 * MILLISECOND)
      .expect('.E 1:1(0) ack 201');
    expect(t.status.ecnMarked).toBe(2);
  });

  test('CWR on a segment that was marked itself: the one ends, the next begins', () => {
    const t = agreed().inject('P. 1:101(100) ack 1 [ce]').skip().inject('P.W 101:201(100) ack 1 [ce]');
    t.expect('.E 1:1(0) ack 201')
      .inject('P.W 201:301(100) ack 1')
      .after(40 * MILLISECOND)
      .expect('. 1:1(0) ack 301');
  });

  test('a mark on what carries no data, or lies outside the window, is nothing', () => {
    const t = agreed()
      .inject('P. 1:101(100) ack 1')
      .after(40 * MILLISECOND)
      .skip();
    t.inject('. 101:101(0) ack 1 [ce]').inject('P. 1:101(100) ack 1 [ce]').expect('. 1:1(0) ack 101');
    expect(t.status.ecnMarked).toBe(0);
  });

  test('CWR without data ends nothing', () => {
    const t = agreed().inject('P. 1:101(100) ack 1 [ce]').skip().inject('.W 101:101(0) ack 1').shutdown();
    t.expect('F.E 1:1(0) ack 101');
  });

  test('without ECN a mark means nothing', () => {
    const t = established({ ecn: 'passive' })
      .inject('P. 1:101(100) ack 1 [ce]')
      .after(40 * MILLISECOND)
      .expect('. 1:1(0) ack 101');
    expect(t.status).toMatchObject({ ecn: false, ecnMarked: 0 });
  });
});

describe('ECN: which packets may be marked (RFC 3168 §6.1.4 to §6.1.6)', () => {
  test('SHLD-8: new data may, with a FIN too; what is sent again, a bare ACK, a FIN and a reset may not', () => {
    const t = agreed();
    t.send(10);
    t.expect('P. 1:11(10) ack 1 [ect0]').at(RTO).expect('P. 1:11(10) ack 1 [not-ect]').inject('. 1:1(0) ack 11');
    t.inject('P. 1:11(10) ack 11', 'P. 11:21(10) ack 11').expect('. 11:11(0) ack 21 [not-ect]').reads(20);
    t.send(10);
    t.expect('P.W 11:21(10) ack 21 [ect0]');
    t.send(10);
    t.shutdown().expect('FP. 21:31(10) ack 21 [ect0]').abort().expect('R 32:32(0) win 0 [not-ect]');
    agreed().shutdown().expect('F. 1:1(0) ack 1 [not-ect]');
  });

  test('a probe of a closed window may not, nor a keep-alive', () => {
    const t = agreed({ keepAlive: { idle: SECOND, garbage: true } }).inject('. 1:1(0) ack 1 win 0');
    t.send(10);
    t.at(RTO).expect('. 1:2(1) ack 1 [not-ect]').inject('. 1:1(0) ack 1 win 100').expect('P. 1:11(10) ack 1 [not-ect]');
    t.inject('. 1:1(0) ack 11').after(SECOND).expect('. 10:11(1) ack 1 "\0" [not-ect]');
  });
});
