import { describe, expect, test } from '@jest/globals';
import { RTO, script, type Script } from '../support/script';

function calledWith(option: string, settings: { receiveBuffer?: number } = {}, win = 1000): Script {
  const t = script({ passive: 80, ...settings });
  t.inject(`S 0:0(0) win ${win} <mss 1460${option}>`).skip().inject(`. 1:1(0) ack 1 win ${win}`);
  t.accept();
  return t;
}

describe('window scale (RFC 7323 §2)', () => {
  test('we offer it first, with the smallest shift that holds the buffer', () => {
    const offered = (receiveBuffer: number, shift: number): void => {
      const win = Math.min(65_535, receiveBuffer);
      script({ active: 80, receiveBuffer }).expect(`S 0:0(0) win ${win} <mss 1460,nop,wscale ${shift}>`);
    };
    offered(1000, 0);
    offered(65_535, 0);
    offered(65_536, 1);
    offered(262_144, 3);
    offered(2 ** 30, 14);
  });

  test('we answer it, and offer none to a peer that has not (§2.2)', () => {
    script({ passive: 80 })
      .inject('S 0:0(0) <mss 1460,nop,wscale 7>')
      .expect('S. 0:0(0) ack 1 win 65535 <mss 1460,nop,wscale 3>');
    script({ passive: 80 }).inject('S 0:0(0) <mss 1460>').expect('S. 0:0(0) ack 1 win 65535 <mss 1460>');
  });

  test('both: windows are scaled both ways, those in SYNs are not', () => {
    const t = calledWith(',wscale 7');
    expect(t.status).toMatchObject({ snd: { wnd: 128_000 }, windowScale: { send: 7, receive: 3 } });
    t.inject('P. 1:9(8) ack 1 win 2', 'P. 9:17(8) ack 1 win 3').expect('. 1:1(0) ack 17 win 32766');
    expect(t.status).toMatchObject({ snd: { wnd: 384 }, rcv: { wnd: 262_128 } });
    const s = script({ active: 80 }).skip().inject('S. 0:0(0) ack 1 win 500 <mss 1460,nop,wscale 7>');
    s.expect('. 1:1(0) ack 1 win 32768');
    expect(s.status.snd.wnd).toBe(500);
  });

  test('only we: nothing is scaled', () => {
    const t = script({ active: 80 })
      .skip()
      .inject('S. 0:0(0) ack 1 win 500 <mss 1460>')
      .expect('. 1:1(0) ack 1 win 65535');
    expect(t.status.windowScale).toEqual({ send: 0, receive: 0 });
    t.inject('. 1:1(0) ack 1 win 700');
    expect(t.status.snd.wnd).toBe(700);
  });

  test('a shift above 14 counts as 14 (§2.3)', () => {
    expect(calledWith(',wscale 15').status).toMatchObject({ windowScale: { send: 14 }, snd: { wnd: 16_384_000 } });
    expect(calledWith(',wscale 255').status.windowScale.send).toBe(14);
  });

  test('a shift on a segment without SYN means nothing', () => {
    const t = calledWith('').inject('. 1:1(0) ack 1 win 300 <wscale 3>');
    expect(t.status).toMatchObject({ snd: { wnd: 300 }, windowScale: { send: 0 } });
  });

  test('SHLD-14: the grain of the scale pulls the edge back by less than itself (§2.4)', () => {
    const t = calledWith(',wscale 0', { receiveBuffer: 2 ** 20 });
    t.inject('P. 1:2(1) ack 1', 'P. 2:3(1) ack 1').skip();
    for (let seq = 3; seq < 40; seq += 2) {
      t.inject(`P. ${seq}:${seq + 1}(1) ack 1`, `P. ${seq + 1}:${seq + 2}(1) ack 1`).expect(`. 1:1(0) ack ${seq + 2}`);
    }
  });

  test('more than 64 KiB in flight', () => {
    const t = calledWith(',wscale 7', {}, 4000);
    t.send(250_000);
    let acked = 1;
    let inFlight = 0;
    while (t.status.buffered.send > 0) {
      inFlight = Math.max(inFlight, t.status.inFlight);
      acked += Math.min(2920, t.status.inFlight);
      t.skip().inject(`. 1:1(0) ack ${acked} win 4000`);
    }
    expect(inFlight).toBeGreaterThan(100_000);
    t.skip().after(RTO).expectNothing();
  });
});
