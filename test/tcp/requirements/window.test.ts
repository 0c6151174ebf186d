import { describe, expect, test } from '@jest/globals';
import { established, script, type Script } from '../../support/script';

describe('the window (RFC 9293 §3.8.6)', () => {
  test.each([32_768, 40_000, 65_535])('MUST-1: %i is a window, not a negative number', (win) => {
    const t = established({ passive: 80, win });
    expect(t.status.snd.wnd).toBe(win);
    t.send(5000);
    t.expect('. 1:1461(1460) ack 1', '. 1461:2921(1460) ack 1', '. 2921:4381(1460) ack 1');
    t.inject(`. 1:1(0) ack 4381 win ${win}`).expect('P. 4381:5001(620) ack 1');
    expect(t.status.snd.wnd).toBe(win);
  });

  test('REC-1: the TCB keeps it with all its bits, 30 of them with the largest scale', () => {
    const t = script({ passive: 80 }).inject('S 0:0(0) <mss 1460,nop,wscale 14>').skip();
    t.inject('. 1:1(0) ack 1 win 65535').accept();
    expect(t.status.snd.wnd).toBe(65_535 * 2 ** 14);
    t.inject('. 1:1(0) ack 1 win 3');
    expect(t.status.snd.wnd).toBe(3 * 2 ** 14);
  });

  test('SHLD-14: a user who wants a smaller buffer takes back no promise', () => {
    const t = established({ passive: 80, receiveBuffer: 5000, delayedAck: 0 }).set({ receiveBuffer: 1000 });
    t.inject('P. 1:1001(1000) ack 1').expect('. 1:1(0) ack 1001 win 4000').reads(1000);
    t.inject('P. 1001:4001(3000) ack 1').expect('. 1:1(0) ack 4001 win 1000').reads(3000).expectNothing();
    t.inject('P. 4001:5001(1000) ack 1').expect('. 1:1(0) ack 5001 win 0').reads(1000);
    t.expect('. 1:1(0) ack 5001 win 1000');
  });
});

describe("the peer's window shrinks (RFC 9293 §3.8.6)", () => {
  /** 2920 octets are in flight, and the peer wants 1000 only. */
  function shrunk(): Script {
    const t = established();
    t.send(4000);
    t.expect('. 1:1461(1460) ack 1', '. 1461:2921(1460) ack 1');
    return t.inject('. 1:1(0) ack 1 win 1000').expectNothing();
  }

  test('MUST-34: an ACK of what lies beyond its edge is as good as any', () => {
    const t = shrunk().inject('. 1:1(0) ack 2921 win 1080').expect('P. 2921:4001(1080) ack 1');
    t.inject('. 1:1(0) ack 4001').state('ESTABLISHED');
    expect(t.status).toMatchObject({ inFlight: 0, retransmissions: 0 });
  });

  test('MUST-34, SHLD-15: an ACK that leaves its edge where it is lets nothing new go', () => {
    const t = shrunk().inject('. 1:1(0) ack 501 win 500').expectNothing();
    expect(t.status).toMatchObject({ inFlight: 2420, snd: { wnd: 500 } });
  });
});
