import { describe, expect, test } from '@jest/globals';
import { script, type Script } from '../support/script';

const calling = (options: string, settings: { mtu?: number; mss?: number } = {}): Script =>
  script({ active: 80, ...settings })
    .skip()
    .inject(`S. 0:0(0) ack 1 ${options}`)
    .skip();

describe('maximum segment size (RFC 9293 §3.7.1)', () => {
  test.each([
    [1500, 1460],
    [576, 536],
    [68, 28],
    [65_535, 65_495],
    [9000, 8960],
  ])('MUST-14, MUST-67, SHLD-5, SHLD-6: with an MTU of %i we announce %i', (mtu, mss) => {
    script({ active: 80, mtu }).expect(`S 0:0(0) <mss ${mss},nop,wscale 3>`);
    script({ passive: 80, mtu }).inject('S 0:0(0)').expect(`S. 0:0(0) ack 1 <mss ${mss}>`);
  });

  test('the user may announce less, and not more than the MTU holds', () => {
    script({ active: 80, mss: 1000 }).expect('S 0:0(0) <mss 1000,nop,wscale 3>');
    script({ active: 80, mss: 9000 }).expect('S 0:0(0) <mss 1460,nop,wscale 3>');
  });

  test('MAY-3: we announce it always, also where it is the default of 536', () => {
    script({ active: 80, mtu: 576 }).expect('S 0:0(0) <mss 536,nop,wscale 3>');
  });

  test('MUST-15: a peer that announces none gets segments of 536 octets', () => {
    const t = calling('');
    expect(t.status.mss.send).toBe(536);
    t.send(1072);
    t.expect('. 1:537(536) ack 1', 'P. 537:1073(536) ack 1');
  });

  test('MUST-14, MUST-16: segments are as large as the peer takes, and as the path carries', () => {
    const small = calling('<mss 1000>');
    small.send(2000);
    small.expect('. 1:1001(1000) ack 1', 'P. 1001:2001(1000) ack 1');
    const large = calling('<mss 9000>');
    large.send(2920);
    large.expect('. 1:1461(1460) ack 1', 'P. 1461:2921(1460) ack 1');
  });

  test('MUST-16: what we announce does not bind what we send', () => {
    const t = calling('<mss 1460>', { mss: 500 });
    expect(t.status.mss).toEqual({ send: 1460, receive: 500 });
  });

  test('an MSS of 0 is one of 1: data moves, however slowly', () => {
    const t = script({ active: 80 }).skip().inject('S. 0:0(0) ack 1 <mss 0>').skip();
    expect(t.status.mss.send).toBe(1);
  });

  test('MUST-65: no MSS outside of SYNs, and one that comes there means nothing (MUST-5: it may)', () => {
    const t = calling('<mss 1000>').inject('P. 1:6(5) ack 1 <mss 100>').reads(5);
    expect(t.status.mss.send).toBe(1000);
  });

  test('MUST-69, MUST-4: options are padded to a multiple of four octets', () => {
    const t = script({ active: 80 });
    expect([...(t.lastHeader?.payload.subarray(20) ?? [])]).toEqual([2, 4, 1460 >> 8, 1460 & 255, 1, 3, 3, 3]);
    t.skip();
  });
});
