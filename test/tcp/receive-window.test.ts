import { describe, expect, test } from '@jest/globals';
import { ReceiveWindow, windowShift } from '../../src/tcp/receive-window';
import { MILLISECOND, script, type Script, type ScriptOptions } from '../support/script';

const MSS = 1448;
const MIB = 2 ** 20;
/** Segments that come together. */
const BURST = 8;

/** A sender that fills the window each round trip of 100 ms, and a user who reads all of it, or `reads` of it. */
function rounds(count: number, options: ScriptOptions, timestamps = true): { sizes: number[]; t: Script } {
  const t = script({ passive: 80, timestamps, delayedAck: 0, ...options });
  const stamp = (ecr: number): string => (timestamps ? ` <nop,nop,TS val ${ms(t)} ecr ${ecr}>` : '');
  const offer = timestamps ? ',nop,nop,TS val 0 ecr 0' : '';
  t.inject(`S 0:0(0) <mss 1460,nop,wscale 7${offer}>`)
    .skip()
    .inject(`. 1:1(0) ack 1${stamp(0)}`);
  t.accept();
  const sizes = [t.status.buffers.receive];
  let seq = 1;
  for (let round = 0; round < count; round++) {
    const window = t.status.rcv.wnd;
    const sent = ms(t);
    t.after(100 * MILLISECOND).skip();
    for (let left = window; left >= BURST * MSS; left -= BURST * MSS) {
      const lines = Array.from({ length: BURST }, (_, n) => seq + n * MSS);
      t.inject(...lines.map((from) => `. ${from}:${from + MSS}(${MSS}) ack 1${stamp(sent)}`)).skip();
      seq += BURST * MSS;
      t.call((connection) => {
        while (typeof connection.receive() !== 'string');
      });
      t.skip();
    }
    sizes.push(t.status.buffers.receive);
  }
  return { sizes, t };
}

const ms = (t: Script): number => t.now / MILLISECOND;

describe('the receive buffer grows with what the user reads in a round trip', () => {
  const auto = { receiveBuffer: 65_536, receiveBufferMax: MIB };

  test.each([true, false])('with timestamps %p: up to its limit, and never down', (timestamps) => {
    const { sizes, t } = rounds(6, auto, timestamps);
    expect(sizes[0]).toBe(65_536);
    expect(sizes.at(-1)).toBe(MIB);
    expect(sizes).toEqual([...sizes].sort((a, b) => a - b));
    expect(t.status.rcv.wnd).toBeGreaterThan(0.9 * MIB);
    expect(t.status.receiveRtt).toBe(100 * MILLISECOND);
  });

  test('the window scale is chosen from the limit, before the buffer has grown', () => {
    script({ passive: 80, ...auto })
      .inject('S 0:0(0) <mss 1460,nop,wscale 7>')
      .expect('S. 0:0(0) ack 1 win 65535 <mss 1460,nop,wscale 5>');
    script({ active: 80, ...auto }).expect('S 0:0(0) win 65535 <mss 1460,nop,wscale 5>');
  });

  test('a size that is named is that size', () => {
    const { sizes } = rounds(4, { receiveBuffer: 131_072 });
    expect(new Set(sizes)).toEqual(new Set([131_072]));
  });

  test('one that is set on a connection is, too, and takes back no promise', () => {
    const { t } = rounds(6, auto);
    t.set({ receiveBuffer: 100_000 });
    expect(t.status.buffers.receive).toBe(100_000);
    expect(t.status.rcv.wnd).toBeGreaterThan(0.9 * MIB);
  });

  test('a user who reads nothing gets no larger buffer', () => {
    const t = script({ passive: 80, timestamps: true, delayedAck: 0, ...auto });
    t.inject('S 0:0(0) <mss 1460,nop,wscale 7,nop,nop,TS val 0 ecr 0>').skip().inject('. 1:1(0) ack 1').accept();
    for (let round = 0; round < 30; round++) {
      const seq = 1 + round * MSS;
      t.after(100 * MILLISECOND).inject(
        `. ${seq}:${seq + MSS}(${MSS}) ack 1 <nop,nop,TS val ${ms(t)} ecr ${ms(t) - 100}>`,
      );
      t.skip();
    }
    expect(t.status).toMatchObject({ buffers: { receive: 65_536 }, buffered: { receive: 30 * MSS } });
  });
});

describe('dynamic right-sizing', () => {
  test('a round trip in which less was read than before changes nothing', () => {
    const window = new ReceiveWindow(100_000);
    window.echoed(1000);
    window.read(50_000, MSS, MIB, 1000);
    expect(window.size).toBe(100_000);
    window.read(60_000, MSS, MIB, 2000);
    // Twice what was read, and a reserve; and as much more as it has grown, twice: a sender in slow start goes on doubling.
    const wanted = 2 * 60_000 + 16 * MSS;
    expect(window.size).toBe(wanted + 2 * Math.floor((wanted * 10_000) / 50_000));
    const { size } = window;
    window.read(59_000, MSS, MIB, 3000);
    expect(window.size).toBe(size);
  });

  test('it is measured over a whole round trip, in however many pieces the user reads', () => {
    const window = new ReceiveWindow(100_000);
    window.echoed(1000);
    window.read(0, MSS, MIB, 1000);
    for (let time = 1010; time < 2000; time += 10) window.read(1000, MSS, MIB, time);
    expect(window.size).toBe(100_000);
    window.read(1000, MSS, MIB, 2000);
    expect(window.size).toBeGreaterThan(200_000);
  });

  test('a limit below the size does not make it smaller', () => {
    const window = new ReceiveWindow(100_000);
    window.echoed(1000);
    window.read(90_000, MSS, 50_000, 1000);
    expect(window.size).toBe(100_000);
  });

  test('the round trip: an eighth of each echo, or without timestamps the least that a window took', () => {
    const window = new ReceiveWindow(100_000);
    window.echoed(800);
    window.echoed(1600);
    expect(window.rtt).toBe(900);
    const other = new ReceiveWindow(100_000);
    other.arrived(1000, 10_000, 5000);
    expect(other.rtt).toBeUndefined();
    other.arrived(10_999, 10_000, 6000);
    expect(other.rtt).toBeUndefined();
    other.arrived(11_000, 10_000, 7000);
    expect(other.rtt).toBe(2000);
    other.arrived(21_000, 10_000, 10_000);
    expect(other.rtt).toBe(2000);
    other.arrived(31_000, 10_000, 10_500);
    expect(other.rtt).toBe(500);
  });

  test('RFC 7323 §2.3: the smallest shift that holds the buffer, at most 14', () => {
    const shifts = [0, 1, 65_535, 65_536, 131_070, 131_072, 6 * MIB, 2 ** 30, 2 ** 31 - 1].map(windowShift);
    expect(shifts).toEqual([0, 0, 0, 1, 1, 2, 7, 14, 14]);
  });
});
