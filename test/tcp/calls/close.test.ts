import { describe, expect, test } from '@jest/globals';
import { established, MINUTE, RTO, script, SECOND } from '../../support/script';

describe('CLOSE (RFC 9293 §3.10.4, §3.6)', () => {
  test('the FIN goes out with the last of the data', () => {
    const t = established({ passive: 80, win: 1000 });
    t.send(1500);
    t.expect('. 1:1001(1000) ack 1').close().expectNothing();
    t.inject('. 1:1(0) ack 1001').expect('FP. 1001:1501(500) ack 1');
  });

  test('the FIN takes an octet of the window like any other', () => {
    const t = established({ passive: 80, win: 1000 });
    t.send(1000);
    t.expect('P. 1:1001(1000) ack 1').close().expectNothing();
    t.inject('. 1:1(0) ack 1001 win 1000').expect('F. 1001:1001(0) ack 1');
  });

  test('does not wait for Nagle: there is nothing that could still join the segment', () => {
    const t = established();
    t.send('a');
    t.expect('P. 1:2(1) ack 1 "a"');
    t.send('b');
    t.expectNothing().close().expect('FP. 2:3(1) ack 1 "b"');
  });

  test('twice is once', () => {
    const t = established().close().expect('F. 1:1(0) ack 1').close().shutdown().expectNothing();
    t.state('FIN-WAIT-1');
  });

  test('SYN-SENT: gone, without a word', () => {
    const t = script({ active: 80 }).skip();
    t.send('never sent');
    t.close().expectNothing().state('CLOSED');
    expect(t.events()).toEqual(['closed aborted']);
    expect(t.wire.clock.nextDeadline()).toBeUndefined();
  });

  test('SYN-RECEIVED: with data queued it waits for ESTABLISHED', () => {
    const t = script({ active: 80 }).skip().inject('S 0:0(0) <mss 1460>').skip();
    t.send('hello');
    t.shutdown().expectNothing().state('SYN-RECEIVED');
    t.inject('. 1:1(0) ack 1').expect('FP. 1:6(5) ack 1 "hello"').state('FIN-WAIT-1');
    expect(t.transitions.slice(-2).map(({ to }) => to)).toEqual(['ESTABLISHED', 'FIN-WAIT-1']);
  });

  test('SYN-RECEIVED: a SYN and a FIN in flight are both sent again', () => {
    const t = script({ active: 80 }).skip().inject('S 0:0(0) <mss 1460>').skip().shutdown().expect('F. 1:1(0) ack 1');
    t.at(SECOND).expect('S. 0:0(0) ack 1 <mss 1460>', 'F. 1:1(0) ack 1');
    t.inject('. 1:1(0) ack 1').state('FIN-WAIT-1').inject('. 1:1(0) ack 2').state('FIN-WAIT-2');
  });

  test('SYN-RECEIVED: into a closed window: the SYN waits for no window', () => {
    const t = script({ active: 80 }).skip().inject('S 0:0(0) win 0 <mss 1460>').skip().shutdown().expectNothing();
    t.at(SECOND).expect('S. 0:0(0) ack 1 <mss 1460>').inject('. 1:1(0) ack 1 win 100').expect('F. 1:1(0) ack 1');
  });

  test('MAY-1, SHLD-3: close with unread data: RST, since it is lost', () => {
    const t = established().inject('P. 1:6(5) ack 1').close().expect('R 1:1(0) win 0').state('CLOSED');
    expect(t.events()).toEqual(['readable', 'closed aborted']);
  });

  test('SHLD-3: unread data ahead of its turn counts as well', () => {
    established().inject('P. 6:11(5) ack 1').skip().close().expect('R 1:1(0) win 0').state('CLOSED');
  });

  test('SHLD-3: close with unread data in CLOSE-WAIT', () => {
    established().inject('FP. 1:6(5) ack 1').skip().close().expect('R 1:1(0) win 0').state('CLOSED');
  });

  test('MAY-1, SHLD-3: data that comes after close: RST', () => {
    const t = established().close().expect('F. 1:1(0) ack 1').inject('P. 1:6(5) ack 1').expect('R 2:2(0) win 0');
    t.state('CLOSED');
    expect(t.events()).toEqual(['closed aborted']);
    expect(t.counter('tcp.data-after-close')).toBe(1);
  });

  test('MUST-12: data that comes after close, in FIN-WAIT-2: it was no orderly end', () => {
    const t = established().close().skip().inject('. 1:1(0) ack 2').inject('P. 1:6(5) ack 2').expect('R 2:2(0) win 0');
    expect(t.events()).toEqual(['closed aborted']);
  });

  test('MAY-1: after shutdown data is welcome', () => {
    const t = established().shutdown().expect('F. 1:1(0) ack 1').inject('P. 1:6(5) ack 2').reads(5);
    t.state('FIN-WAIT-2').skip();
  });

  test('a closed connection does not wait in FIN-WAIT-2 for ever', () => {
    const t = established()
      .close()
      .expect('F. 1:1(0) ack 1')
      .at(SECOND - 0.8 * SECOND)
      .skip();
    t.inject('. 1:1(0) ack 2').state('FIN-WAIT-2');
    t.after(MINUTE - 1)
      .state('FIN-WAIT-2')
      .after(1)
      .expectNothing()
      .state('CLOSED');
    expect(t.counter('tcp.fin-wait-2-timeouts')).toBe(1);
    expect(t.events()).toEqual(['closed aborted']);
  });

  test('a half-closed one waits as long as it takes, until it is closed', () => {
    const t = established()
      .shutdown()
      .skip()
      .inject('. 1:1(0) ack 2')
      .after(60 * MINUTE)
      .state('FIN-WAIT-2');
    t.close()
      .after(MINUTE - 1)
      .state('FIN-WAIT-2')
      .after(1)
      .state('CLOSED');
  });

  test('MUST-12: an orderly end is told apart from an abrupt one', () => {
    const t = established().inject('F. 1:1(0) ack 1').skip().close().skip().inject('. 2:2(0) ack 2');
    expect(t.events()).toEqual(['readable', 'closed closed']);
  });
});

describe('linger', () => {
  test('0: close is a reset, even with nothing to lose', () => {
    const t = established({ passive: 80, linger: 0 }).close().expect('R 1:1(0) win 0').state('CLOSED');
    expect(t.events()).toEqual(['closed aborted']);
  });

  test('0: shutdown is not concerned', () => {
    established({ passive: 80, linger: 0 }).shutdown().expect('F. 1:1(0) ack 1').state('FIN-WAIT-1');
  });

  test('so long: what is not acknowledged by then is given up with a reset', () => {
    const t = established({ passive: 80, linger: 0.5 * SECOND });
    t.send('hello');
    t.expect('P. 1:6(5) ack 1 "hello"').close().expect('F. 6:6(0) ack 1');
    t.at(RTO)
      .expect('FP. 1:6(5) ack 1 "hello"')
      .at(SECOND / 2)
      .expect('R 7:7(0) win 0')
      .state('CLOSED');
    expect(t.events()).toEqual(['closed aborted']);
  });

  test('so long: what is acknowledged by then has nothing to fear', () => {
    const t = established({ passive: 80, linger: 0.5 * SECOND });
    t.close().expect('F. 1:1(0) ack 1').inject('. 1:1(0) ack 2').after(SECOND).expectNothing().state('FIN-WAIT-2');
    t.inject('F. 1:1(0) ack 2').expect('. 2:2(0) ack 2').state('TIME-WAIT');
  });
});
