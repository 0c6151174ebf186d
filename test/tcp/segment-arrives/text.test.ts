import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { octets } from '../../support/octets';
import { established, script } from '../../support/script';

describe('seventh: process the segment text (RFC 9293 §3.10.7.4)', () => {
  test("data in order is the user's", () => {
    const t = established().inject('P. 1:101(100) ack 1');
    expect(t.events()).toEqual(['readable']);
    t.reads(100);
    expect(t.call((connection) => connection.receive())).toBe('EAGAIN');
  });

  test('SHLD-31, MAY-13: data ahead of its turn is kept, and answered at once', () => {
    const t = established().inject('P. 101:201(100) ack 1').expect('. 1:1(0) ack 1');
    expect(t.connection.readable).toBe(false);
    expect(t.status.buffered.outOfOrder).toBe(100);
    t.inject('P. 201:301(100) ack 1').expect('. 1:1(0) ack 1');
    t.inject('P. 1:101(100) ack 1').expect('. 1:1(0) ack 301').reads(300);
    expect(t.counter('tcp.out-of-order')).toBe(2);
  });

  test('what was received before is cut off', () => {
    const t = established().inject('P. 1:101(100) ack 1').inject('P. 51:151(100) ack 1').expect('. 1:1(0) ack 151');
    t.reads(150).inject('P. 51:101(50) ack 1').expect('. 1:1(0) ack 151').reads('');
  });

  test('what comes partly again is answered at once: an ACK was lost', () => {
    const t = established().inject('P. 1:101(100) ack 1').at(40_000).expect('. 1:1(0) ack 101');
    t.inject('P. 51:151(100) ack 1').expect('. 1:1(0) ack 151');
  });

  test('what lies beyond the window is cut off, a FIN there too', () => {
    const t = established({ passive: 80, receiveBuffer: 50 });
    t.inject('FP. 1:101(100) ack 1').after(40_000).expect('. 1:1(0) ack 51 win 0').state('ESTABLISHED');
    t.reads(50).expect('. 1:1(0) ack 51 win 50');
    t.inject('FP. 51:101(50) ack 1').state('ESTABLISHED').reads(50);
    t.expect('. 1:1(0) ack 101 win 50').inject('F. 101:101(0) ack 1').expect('. 1:1(0) ack 102');
  });

  test('pieces that overlap each other are put together; of two that disagree the first counts', () => {
    const t = established().inject('P. 6:9(3) ack 1 "def"').skip().inject('P. 5:11(6) ack 1 "DDEFFG"').skip();
    t.inject('P. 1:7(6) ack 1 "abcxyz"').expect('. 1:1(0) ack 11').reads('abcxDdefFG');
  });

  test('any order, any overlap: the stream comes out whole', () => {
    const piece = fc.tuple(fc.nat({ max: 299 }), fc.integer({ min: 1, max: 80 }));
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 30, size: 'max' }), (pieces) => {
        const t = established();
        for (const [from, length] of pieces) {
          const to = Math.min(300, from + length);
          t.inject(`P. ${from + 1}:${to + 1}(${to - from}) ack 1`).skip();
        }
        t.inject('P. 1:301(300) ack 1').skip().reads(300);
        expect(t.status.buffered).toEqual({ send: 0, receive: 0, outOfOrder: 0 });
        t.abort().skip();
      }),
      { numRuns: 50 },
    );
  });

  test('no more pieces are held than outOfOrderLimit, and what does not fit comes again', () => {
    const t = established({ passive: 80, outOfOrderLimit: 2 });
    t.inject('P. 11:12(1) ack 1', 'P. 21:22(1) ack 1', 'P. 31:32(1) ack 1').skip();
    expect(t.drops).toEqual(['out-of-order-limit']);
    t.inject('P. 1:31(30) ack 1')
      .expect('. 1:1(0) ack 12')
      .inject('P. 12:31(19) ack 1')
      .expect('. 1:1(0) ack 31')
      .reads(30);
    expect(t.status.buffered.outOfOrder).toBe(0);
  });

  test('MUST-59, MUST-58: segments that come together are answered together', () => {
    const lines = Array.from({ length: 10 }, (_, n) => `P. ${n * 100 + 1}:${n * 100 + 101}(100) ack 1`);
    established()
      .inject(...lines)
      .expect('. 1:1(0) ack 1001')
      .reads(1000);
  });

  test('MAY-13: without SACK each segment ahead of its turn gets an ACK of its own, also where several come together', () => {
    const lines = Array.from({ length: 3 }, (_, n) => `P. ${n * 100 + 101}:${n * 100 + 201}(100) ack 1`);
    const t = established()
      .inject(...lines)
      .expect('. 1:1(0) ack 1', '. 1:1(0) ack 1', '. 1:1(0) ack 1')
      .expectNothing();
    // Once the hole is filled there is nothing to repeat.
    const s = established()
      .inject(...lines, 'P. 1:101(100) ack 1')
      .expect('. 1:1(0) ack 401')
      .expectNothing();
    s.reads(400);
    t.send(10);
    t.expect('P. 1:11(10) ack 1')
      .inject(...lines.slice(1))
      .expect('. 11:11(0) ack 1', '. 11:11(0) ack 1');
  });

  test('MAY-13: with SACK one ACK tells of all of them', () => {
    const t = script({ passive: 80, sack: true }).inject('S 0:0(0) <mss 1460,sackOK>').skip().inject('. 1:1(0) ack 1');
    t.inject('P. 101:201(100) ack 1', 'P. 301:401(100) ack 1').expect('. 1:1(0) ack 1 <nop,nop,sack 301:401 101:201>');
  });

  test('after CLOSE-WAIT there should be no text; it is ignored', () => {
    const t = established().inject('F. 1:1(0) ack 1').expect('. 1:1(0) ack 2').inject('P. 2:7(5) ack 1').reads('');
    t.skip().state('CLOSE-WAIT');
  });

  test('data that goes across the end of the window of a fresh connection does not widen it', () => {
    const t = script({ passive: 80, receiveBuffer: 4 }).inject('S 0:9(9) <mss 1460> "abcdefghi"');
    t.expect('S. 0:0(0) ack 1 win 4 <mss 1460>').inject('. 10:10(0) ack 1').skip();
    t.inject('. 1:1(0) ack 1').skip().reads('abcd').skip();
  });

  test('every octet of a large stream is the right one', () => {
    const t = established();
    for (let from = 0; from < 60_000; from += 1000) t.inject(`P. ${from + 1}:${from + 1001}(1000) ack 1`).skip();
    const whole = Buffer.concat(Array.from({ length: 60 }, () => t.connection.receive(1000) as Uint8Array));
    expect(whole.equals(octets(0, 60_000))).toBe(true);
    t.skip();
  });
});
