import { describe, expect, test } from '@jest/globals';
import { tcpChecksumIsGood } from '../../../src/wire/tcp';
import { established, script } from '../../support/script';

describe('SEND (RFC 9293 §3.10.2)', () => {
  test('takes what there is room for, and would block for the rest', () => {
    const t = established({ passive: 80, sendBuffer: 1000 });
    expect(t.send(600)).toBe(600);
    t.expect('P. 1:601(600) ack 1');
    expect(t.send(600)).toBe(400);
    expect(t.connection.writable).toBe(false);
    expect(t.send(1)).toBe('EAGAIN');
  });

  test('tells when there is room again, once a third of the buffer is free', () => {
    const t = established({ passive: 80, sendBuffer: 900 });
    t.send(901);
    t.skip().inject('. 1:1(0) ack 300');
    expect(t.events()).toEqual([]);
    t.inject('. 1:1(0) ack 301');
    expect(t.events()).toEqual(['writable']);
    t.inject('. 1:1(0) ack 901');
    expect(t.events()).toEqual([]);
  });

  test('nobody is told of room who was not refused any', () => {
    const t = established({ passive: 80, sendBuffer: 900 });
    t.send(900);
    t.skip().inject('. 1:1(0) ack 901');
    expect(t.events()).toEqual([]);
  });

  test('nothing is nothing', () => {
    const t = established();
    expect(t.send('')).toBe(0);
    t.expectNothing();
  });

  test('after CLOSE: EPIPE', () => {
    const t = established().shutdown().expect('F. 1:1(0) ack 1');
    expect(t.send('more')).toBe('EPIPE');
    expect(t.connection.writable).toBe(true);
  });

  test('the largest segments that go: SHLD-28', () => {
    const t = established();
    t.send(4000);
    t.expect('. 1:1461(1460) ack 1', '. 1461:2921(1460) ack 1');
    t.inject('. 1:1(0) ack 2921').expect('P. 2921:4001(1080) ack 1');
  });

  test('MUST-61: PSH stands on the last segment of what is buffered', () => {
    const t = established();
    t.send(2920);
    t.expect('. 1:1461(1460) ack 1', 'P. 1461:2921(1460) ack 1');
  });

  test('SHLD-27, MAY-16: several SENDs become one segment, with one PSH', () => {
    const t = established();
    t.send(100);
    t.expect('P. 1:101(100) ack 1');
    for (let count = 0; count < 5; count++) t.send(200);
    t.inject('. 1:1(0) ack 101').expect('P. 101:1101(1000) ack 1');
  });

  test('MAY-15: a push in the middle stands on the segment that holds it', () => {
    const t = established();
    t.send(100);
    t.expect('P. 1:101(100) ack 1');
    t.send(500);
    t.call((connection) => connection.send(new Uint8Array(0), { push: true }));
    t.send(3000, { push: false });
    t.expect('P. 101:1561(1460) ack 1', '. 1561:3021(1460) ack 1');
    t.inject('. 1:1(0) ack 3021').expect('P. 3021:3601(580) ack 1');
  });

  test('MUST-2: every segment has its checksum, whatever pieces its data is in', () => {
    const t = established();
    t.send(1);
    t.expect('P. 1:2(1) ack 1');
    for (const length of [1, 2, 3, 1, 7, 300, 1]) t.send(length);
    t.inject('. 1:1(0) ack 2').expect('P. 2:317(315) ack 1');
    const { payload = new Uint8Array(0) } = t.lastHeader ?? {};
    expect(tcpChecksumIsGood(payload, 0x0a090002, 0x0a090001)).toBe(true);
    expect(tcpChecksumIsGood(payload, 0x0a090003, 0x0a090001)).toBe(false);
  });

  test('more: a header waits for its body, also without Nagle; a full segment does not wait', () => {
    const t = established({ passive: 80, noDelay: true });
    t.send(8, { more: true, push: false });
    t.expectNothing().send(1400);
    t.expect('P. 1:1409(1408) ack 1');
    t.send(1000, { more: true, push: false });
    t.expectNothing().send(1000, { more: true, push: false });
    t.expect('. 1409:2869(1460) ack 1').send(1);
    t.expect('P. 2869:3410(541) ack 1');
  });

  test('more that does not come: what happens next brings the rest out', () => {
    const t = established({ passive: 80, noDelay: true });
    t.send(8);
    t.expect('P. 1:9(8) ack 1').send(8, { more: true });
    t.expectNothing().inject('. 1:1(0) ack 9').expect('P. 9:17(8) ack 1');
  });

  test('MUST-60: what is not pushed is not held back for ever', () => {
    const t = established();
    t.send(10, { push: false });
    t.expect('P. 1:11(10) ack 1');
    t.send(10, { push: false });
    t.expectNothing().inject('. 1:1(0) ack 11').expect('P. 11:21(10) ack 1');
  });

  test('SYN-SENT: queued, and sent behind the handshake', () => {
    const t = script({ active: 80 }).skip();
    t.send(2000);
    t.expectNothing().inject('S. 0:0(0) ack 1 <mss 1460>');
    t.expect('. 1:1461(1460) ack 1').inject('. 1:1(0) ack 1461').expect('P. 1461:2001(540) ack 1');
  });

  test("MUST-49: the TTL, and MUST-48, SHLD-21, SHLD-22: the Diffserv field are the user's, at any time", () => {
    const t = established();
    t.send('a');
    expect(t.lastHeader).toMatchObject({ ttl: 64, dscp: 0 });
    t.expect('P. 1:2(1) ack 1 "a"').inject('. 1:1(0) ack 2');
    t.set({ ttl: 7, dscp: 46 });
    t.send('b');
    expect(t.lastHeader).toMatchObject({ ttl: 7, dscp: 46, ecn: 0, dontFragment: true });
    t.expect('P. 2:3(1) ack 1 "b"');
    const s = script({ active: 80, ttl: 255, dscp: 10 });
    expect(s.lastHeader).toMatchObject({ ttl: 255, dscp: 10 });
    s.skip();
  });
});

describe('the send buffer', () => {
  test('grows with the congestion window, so that it holds two of them, up to its limit', () => {
    const t = established({ passive: 80, sendBuffer: 20_000, sendBufferMax: 60_000 });
    expect([t.status.cwnd, t.send(100_000)]).toEqual([14_600, 29_200]);
    t.skip().inject('. 1:1(0) ack 14601').skip();
    expect(t.status.cwnd).toBeGreaterThan(14_600);
    const { cwnd } = t.status;
    t.send(100_000);
    expect(t.status.buffered.send).toBe(Math.min(60_000, 2 * cwnd));
    for (let round = 0; round < 6; round++) {
      t.skip()
        .inject(`. 1:1(0) ack ${t.status.snd.nxt - t.status.snd.iss}`)
        .skip();
      t.send(100_000);
    }
    expect(t.status).toMatchObject({ buffered: { send: 60_000 }, buffers: { send: 60_000 } });
    t.skip();
  });

  test('one that is named is that size', () => {
    const t = established({ passive: 80, sendBuffer: 20_000 });
    expect(t.send(100_000)).toBe(20_000);
    t.skip();
  });
});
