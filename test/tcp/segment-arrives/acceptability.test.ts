import { describe, expect, test } from '@jest/globals';
import { emptySegment, type Segment } from '../../../src/tcp/segment';
import { isAcceptable } from '../../../src/tcp/segment-arrives/acceptability';
import { FLAG } from '../../../src/wire/tcp';
import { established, script, type Script } from '../../support/script';

const textAt = (seq: number, length: number): Segment => ({
  ...emptySegment(),
  seq,
  data: new Uint8Array(length),
});

/** Receives nothing more: its window is closed. */
function full(): Script {
  const t = established({ passive: 80, receiveBuffer: 10 });
  return t.inject('P. 1:11(10) ack 1').after(40_000).expect('. 1:1(0) ack 11 win 0');
}

describe('first: check the sequence number (RFC 9293 §3.10.7.4)', () => {
  test('the four cases of the table, for all small windows and segments; an ACK may stand at the right edge', () => {
    const upTo = (least: number, most: number): number[] =>
      Array.from({ length: most - least + 1 }, (_, index) => least + index);
    for (const next of [0, 5, 2 ** 31, 2 ** 32 - 3]) {
      for (const window of upTo(0, 4)) {
        const inside = (at: number): boolean => at >= 0 && at < window;
        for (const distance of upTo(-7, 7)) {
          for (const length of upTo(0, 6)) {
            const segment = textAt((next + distance) >>> 0, length);
            const table = inside(distance) || inside(distance + length - 1);
            expect([segment, window, isAcceptable(segment, next, window)]).toEqual([
              segment,
              window,
              length > 0 ? table : distance >= 0 && distance <= window,
            ]);
            const reset = { ...segment, flags: FLAG.RST };
            if (length === 0)
              expect(isAcceptable(reset, next, window)).toBe(window === 0 ? distance === 0 : inside(distance));
          }
        }
      }
    }
  });

  test('SYN and FIN take a place each', () => {
    const end = { ...textAt(4, 0), flags: FLAG.FIN };
    expect([isAcceptable(end, 1, 4), isAcceptable(end, 1, 3)]).toEqual([true, false]);
    expect(isAcceptable({ ...textAt(0, 1), flags: FLAG.SYN }, 1, 4)).toBe(true);
    expect(isAcceptable({ ...textAt(0, 0), flags: FLAG.SYN }, 1, 4)).toBe(false);
  });

  test('a late ACK, which stands before the window, counts all the same', () => {
    const t = established().inject('P. 1:6(5) ack 1');
    t.send('hello');
    t.expect('P. 1:6(5) ack 6 "hello"').inject('. 1:1(0) ack 6').expect('. 6:6(0) ack 6');
    expect(t.status).toMatchObject({ inFlight: 0, bytesAcked: 5 });
    expect(t.drops).toEqual([]);
  });

  test('but not one from too far back, nor one of nothing new', () => {
    const t = established({ passive: 80, receiveBuffer: 10 }).inject('P. 1:11(10) ack 1').reads(10).skip();
    t.send('hello');
    t.skip().inject('P. 11:12(1) ack 1').skip().inject('. 1:1(0) ack 6').expect('. 6:6(0) ack 12');
    t.inject('. 11:11(0) ack 1').expect('. 6:6(0) ack 12');
    expect(t.drops).toEqual(['outside-window', 'outside-window']);
    expect(t.status.inFlight).toBe(5);
  });

  test('what is not acceptable is answered with an ACK and goes no further', () => {
    const t = established();
    t.inject('. 0:0(0) ack 1').expect('. 1:1(0) ack 1');
    t.inject('P. 65536:65541(5) ack 1').expect('. 1:1(0) ack 1');
    t.inject('F. 70000:70000(0) ack 1').expect('. 1:1(0) ack 1').state('ESTABLISHED');
    expect(t.drops).toEqual(['outside-window', 'outside-window', 'outside-window']);
    expect(t.status.rcv.nxt).toBe(t.peer.iss + 1);
  });

  test('unless the RST bit is set', () => {
    const t = established().inject('R 0:0(0)', 'R 65537:65537(0)').expectNothing().state('ESTABLISHED');
    expect(t.drops).toEqual(['outside-window', 'outside-window']);
  });

  test('RFC 5961 §4.2: a SYN outside of the window is challenged, not more than ten times in five seconds; data is always answered', () => {
    const t = established();
    for (let count = 0; count < 10; count += 1) {
      const seq = count % 2 === 0 ? 4_000_000_000 : 100_000;
      t.inject(`S ${seq}:${seq}(0)`).expect('. 1:1(0) ack 1');
    }
    t.inject('S 100000:100000(0)', 'S. 4000000000:4000000005(5) ack 1').expectNothing();
    expect(t.counter('tcp.acks-throttled')).toBe(2);
    t.inject('P. 100000:100001(1) ack 1').expect('. 1:1(0) ack 1');
    expect(t.status.buffered.outOfOrder).toBe(0);
  });

  test('RFC 5961 §7: the limit of one connection says nothing about another (CVE-2016-5696)', () => {
    const t = established();
    for (let count = 0; count < 11; count += 1) t.inject('S 100000:100000(0)').skip();
    const other = t.another(50_000);
    other.send('S 0:0(0) <mss 1460>');
    other.expect('S. 0:0(0) ack 1 <mss 1460>');
    other.send('. 1:1(0) ack 1');
    for (let count = 0; count < 10; count += 1) {
      other.send('S 100000:100000(0)');
      other.expect('. 1:1(0) ack 1');
    }
  });

  test('the last octet of the window is in it, the next is not', () => {
    const t = established();
    t.inject('P. 65535:65536(1) ack 1').expect('. 1:1(0) ack 1');
    expect(t.status.buffered.outOfOrder).toBe(1);
    t.inject('P. 65536:65537(1) ack 1').expect('. 1:1(0) ack 1');
    expect(t.status.buffered.outOfOrder).toBe(1);
  });

  test('a zero window takes nothing, not even one octet, and is answered', () => {
    const t = full();
    t.inject('P. 11:12(1) ack 1').expect('. 1:1(0) ack 11 win 0');
    t.inject('F. 11:11(0) ack 1').expect('. 1:1(0) ack 11 win 0').state('ESTABLISHED');
    t.reads(10).expect('. 1:1(0) ack 11 win 10');
  });

  test('MUST-66: a zero window still processes ACK and RST', () => {
    const t = full();
    t.send(5);
    t.expect('P. 1:6(5) ack 11 win 0').inject('P. 11:16(5) ack 6').expect('. 6:6(0) ack 11 win 0');
    expect(t.status.inFlight).toBe(0);
    t.inject('R 11:11(0)').state('CLOSED');
    expect(t.events()).toContain('error ECONNRESET');
  });

  test('in SYN-RECEIVED a repeated SYN has its SYN,ACK again, another segment outside of the window an ACK', () => {
    const t = script({ passive: 80 }).inject('S 0:0(0) <mss 1460>').expect('S. 0:0(0) ack 1 <mss 1460>');
    t.inject('S 0:0(0) <mss 1460>').expect('S. 0:0(0) ack 1 <mss 1460>');
    t.inject('P. 0:1(1) ack 1').expect('. 1:1(0) ack 1').state('SYN-RECEIVED');
  });

  test('TIME-WAIT answers an old segment with an ACK', () => {
    const t = established().close().expect('F. 1:1(0) ack 1').inject('F. 1:1(0) ack 2').expect('. 2:2(0) ack 2');
    t.inject('. 1:1(0) ack 2').expect('. 2:2(0) ack 2').state('TIME-WAIT');
  });
});
