import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { established, RTO, script, type Script } from '../../support/script';

/** What the user is told, and how much is urgent then. */
function told(t: Script): number[] {
  const seen: number[] = [];
  t.connection.on('urgent', () => seen.push(t.connection.status().urgent));
  return seen;
}

const receive = (t: Script, max: number): number => t.call((connection) => connection.receive(max).length);

describe('sixth: check the URG bit (RFC 9293 §3.10.7.4, RFC 6093)', () => {
  test('MUST-30, MUST-32, MUST-33: the user is told at once, and how much there is still to read', () => {
    const t = established();
    const seen = told(t);
    t.inject('PU. 1:101(100) ack 1 urg 60');
    expect(seen).toEqual([60]);
    expect(receive(t, 50)).toBe(50);
    expect(t.status.urgent).toBe(10);
    expect(receive(t, 50)).toBe(50);
    expect(t.status.urgent).toBe(0);
  });

  test('MUST-62: the pointer names the octet after the last urgent one, and the data stays in line', () => {
    const t = established().inject('PU. 1:7(6) ack 1 urg 6 "urgent"');
    expect(t.status.urgent).toBe(6);
    t.reads('urgent');
    expect(t.status.urgent).toBe(0);
  });

  test('MUST-31, MUST-32: across several segments, told of once; each move is told of again', () => {
    const t = established();
    const seen = told(t);
    t.inject('.U 1:1001(1000) ack 1 urg 2500').inject('.U 1001:2001(1000) ack 1 urg 1500').skip();
    expect([seen, t.status.urgent]).toEqual([[2500], 2500]);
    t.inject('PU. 2001:3001(1000) ack 1 urg 1000');
    expect([seen, t.status.urgent]).toEqual([[2500, 3000], 3000]);
    t.reads(3000);
    expect(t.status.urgent).toBe(0);
  });

  test('MUST-31: longer than the pointer can say: it grows from segment to segment', () => {
    const t = established({ receiveBuffer: 200_000, passive: 80 });
    const seen = told(t);
    for (let seq = 1; seq < 140_000; seq += 1000) {
      const up = Math.min(65_535, 150_001 - seq);
      t.inject(`.U ${seq}:${seq + 1000}(1000) ack 1 urg ${up}`).skip();
      receive(t, 500);
      receive(t, 500);
    }
    expect(seen.at(-1)).toBeGreaterThan(1000);
    expect([t.status.urgent, seen.length]).toEqual([10_000, 86]);
  });

  test('an older pointer does not take back a newer one', () => {
    const t = established().inject('.U 1:101(100) ack 1 urg 500').inject('.U 101:201(100) ack 1 urg 50').skip();
    expect(t.status.urgent).toBe(500);
  });

  test('what was read before it was said to be urgent is not', () => {
    const t = established().inject('P. 1:101(100) ack 1').reads(100);
    const seen = told(t);
    t.inject('.U 101:101(0) ack 1 urg 0').inject('PU. 101:111(10) ack 1 urg 0');
    expect([seen, t.status.urgent]).toEqual([[], 0]);
    t.skip();
  });

  test('MUST-30: without the bit the field means nothing', () => {
    const t = established();
    const seen = told(t);
    t.inject('P. 1:11(10) ack 1 urg 10');
    expect([seen, t.status.urgent]).toEqual([[], 0]);
  });

  test('MUST-66: with our window closed', () => {
    const t = established({ passive: 80, receiveBuffer: 100, delayedAck: 0 });
    const seen = told(t);
    t.inject('P. 1:101(100) ack 1').expect('. 1:1(0) ack 101 win 0');
    t.inject('PU. 101:111(10) ack 1 urg 10').expect('. 1:1(0) ack 101 win 0');
    expect(seen).toEqual([110]);
    t.reads(100);
    expect(t.status.urgent).toBe(10);
    t.skip();
  });

  test('MUST-32: ahead of its turn', () => {
    const t = established();
    const seen = told(t);
    t.inject('PU. 101:201(100) ack 1 urg 100').expect('. 1:1(0) ack 1');
    expect(seen).toEqual([200]);
  });

  test('what is partly old counts from where it begins', () => {
    const t = established().inject('P. 1:101(100) ack 1').inject('PU. 51:151(100) ack 1 urg 80').skip();
    expect(t.status.urgent).toBe(130);
  });

  test('with the SYN,ACK', () => {
    const t = script({ active: 80 }).skip().inject('SU. 0:0(0) ack 1 urg 11 <mss 1460>').skip();
    expect(t.status.urgent).toBe(10);
  });

  test('after the FIN there is none', () => {
    const t = established().inject('F. 1:1(0) ack 1').skip();
    const seen = told(t);
    t.inject('.U 2:2(0) ack 1 urg 10');
    expect([seen, t.status.urgent]).toEqual([[], 0]);
  });
});

test('SHLD-13: the documentation says that new programs should not use it', () => {
  const text = readFileSync(join(__dirname, '../../../docs/api.md'), 'utf8');
  expect(text).toMatch(/## Urgent data[^#]*\*\*Do not use it in new programs\*\* \(RFC 9293 SHLD-13/);
});

describe('SEND of urgent data (RFC 9293 §3.8.5)', () => {
  test('MUST-30, MUST-62: the bit and the pointer, which names the octet after it', () => {
    const t = established();
    t.send(10, { urgent: true });
    t.expect('PU. 1:11(10) ack 1 urg 10').inject('. 1:1(0) ack 11');
    t.send(10);
    t.expect('P. 11:21(10) ack 1');
  });

  test('MUST-31: across several segments, each of which tells of the end', () => {
    const t = established();
    t.send(3000, { urgent: true });
    t.expect('.U 1:1461(1460) ack 1 urg 3000', '.U 1461:2921(1460) ack 1 urg 1540', 'PU. 2921:3001(80) ack 1 urg 80');
    t.inject('. 1:1(0) ack 2921');
    expect(t.status.snd.up - t.status.snd.una).toBe(80);
  });

  test('MUST-31: further away than the field can say', () => {
    const t = established({ passive: 80, sendBuffer: 200_000, win: 1460 });
    t.send(100_000, { urgent: true });
    t.expect('.U 1:1461(1460) ack 1 urg 65535');
    let acked = 1;
    for (let count = 0; count < 68; count++) {
      acked += 1460;
      t.inject(`. 1:1(0) ack ${acked} win 1460`);
      const up = Math.min(65_535, 100_001 - acked);
      const length = Math.min(1460, 100_001 - acked);
      t.expect(`${length < 1460 ? 'PU.' : '.U'} ${acked}:${acked + length}(${length}) ack 1 urg ${up}`);
    }
    expect(acked).toBe(99_281);
  });

  test('what goes before it is urgent as well; a later one overtakes it', () => {
    const t = established({ passive: 80, win: 100 });
    t.send(100);
    t.expect('P. 1:101(100) ack 1');
    t.send(50);
    t.send(10, { urgent: true });
    t.send(20, { urgent: true });
    t.send(20);
    t.inject('. 1:1(0) ack 101 win 100').expect('PU. 101:201(100) ack 1 urg 80');
  });

  test('it does not wait for Nagle', () => {
    const t = established();
    t.send(10);
    t.expect('P. 1:11(10) ack 1');
    t.send(10);
    t.expectNothing();
    t.send(1, { urgent: true });
    t.expect('PU. 11:22(11) ack 1 urg 11');
  });

  test('what is sent again has the pointer of now', () => {
    const t = established();
    t.send(10);
    t.expect('P. 1:11(10) ack 1');
    t.send(5, { urgent: true });
    t.expect('PU. 11:16(5) ack 1 urg 5').at(RTO).expect('PU. 1:16(15) ack 1 urg 15').skip();
  });

  test('MUST-66: into a closed window: the probe tells of it', () => {
    const t = established({ passive: 80, win: 0 });
    t.send(10, { urgent: true });
    t.at(RTO).expect('.U 1:2(1) ack 1 urg 10').inject('. 1:1(0) ack 1 win 0');
    t.inject('. 1:1(0) ack 1 win 100').expect('PU. 1:11(10) ack 1 urg 10');
  });
});
