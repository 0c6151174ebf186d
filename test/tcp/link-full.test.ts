import { describe, expect, test } from '@jest/globals';
import type { Frame } from '../../src/link/link';
import { established, MILLISECOND, RTO, script, type Script } from '../support/script';

/** Lets our link refuse what it is given, after `taken` more packets; `drain` makes room again. */
function fill(t: Script, taken = 0): { drain: () => Script; refused: () => number } {
  const { link } = t.wire;
  const send = link.send.bind(link);
  let room = taken;
  let refused = 0;
  link.send = (frame: Frame): boolean => {
    if (room > 0) {
      room -= 1;
      return send(frame);
    }
    refused += 1;
    return false;
  };
  return {
    refused: () => refused,
    drain: () => {
      room = Infinity;
      t.wire.link.onDrain();
      return t;
    },
  };
}

describe('a link that is full', () => {
  test('the segment that it refused goes out when it has room, and nothing behind it was tried', () => {
    const t = established();
    const { drain, refused } = fill(t, 1);
    const { cwnd } = t.status;
    t.send(4 * 1460);
    t.expect('. 1:1461(1460) ack 1');
    expect([refused(), t.counter('tcp.link-full')]).toEqual([1, 1]);
    t.after(MILLISECOND).expectNothing();
    drain().expect('. 1461:2921(1460) ack 1', '. 2921:4381(1460) ack 1', 'P. 4381:5841(1460) ack 1');
    // It was never sent before: no retransmission, no congestion, and it measures a round trip.
    expect(t.status).toMatchObject({ cwnd, retransmissions: 0, bytesLost: 0, underWay: 5840 });
    t.after(MILLISECOND).inject('. 1:1(0) ack 5841');
    expect(t.status.inFlight).toBe(0);
    expect(t.status.srtt).toBeGreaterThan(0);
  });

  test('a retransmission that it refused', () => {
    const t = established();
    t.send(1460);
    t.skip();
    const { drain } = fill(t);
    t.after(RTO).expectNothing();
    drain().expect('P. 1:1461(1460) ack 1');
    expect(t.status.congestion.phase).toBe('loss');
  });

  test('a SYN, a SYN,ACK and an ACK', () => {
    const calling = script();
    const full = fill(calling);
    calling.connect().expectNothing();
    full.drain().expect('S 0:0(0) <mss 1460,nop,wscale 3>').skip();
    const called = script({ passive: 80 });
    const other = fill(called);
    called.inject('S 0:0(0) <mss 1460>').expectNothing();
    other.drain().expect('S. 0:0(0) ack 1 <mss 1460>');
    const t = established();
    const third = fill(t);
    t.inject('P. 2:3(1) ack 1').expectNothing();
    third.drain().expect('. 1:1(0) ack 1');
  });

  test('one that never has room again: the retransmission time-out tries it', () => {
    const t = established();
    const { refused } = fill(t);
    t.send(100);
    expect(refused()).toBe(1);
    t.after(RTO);
    expect(refused()).toBe(2);
    t.after(2 * RTO);
    expect(refused()).toBe(3);
    t.expectNothing();
  });

  test('a connection that is gone by then sends nothing', () => {
    const t = established();
    const { drain } = fill(t);
    t.send(100);
    t.abort();
    drain().expectNothing().state('CLOSED');
  });
});
