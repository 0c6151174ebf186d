import { describe, expect, test } from '@jest/globals';
import { VirtualClock } from '../../src/clock/virtual-clock';
import { impair, type ImpairOptions } from '../../src/link/impair';
import type { Fate } from '../../src/link/impairment';
import type { FrameBatch, Link } from '../../src/link/link';
import { memoryPair } from '../../src/link/memory';
import { PacketLink } from '../../src/link/packets';
import { seeTcpFrame, tcpFrame, type SeenFrame } from '../support/tcp-frame';
import { bad, numbered, numberOf, numbers, sendMany, times, type Arrival, type Options } from './bad-network';

describe('without impairments', () => {
  test('everything passes at once, both ways, batches as they were', () => {
    const network = bad({}, { name: 'net', mtu: 900, medium: 'ethernet' });
    expect([network.link.name, network.link.mtu, network.link.medium]).toEqual(['net', 900, 'ethernet']);
    network.send(numbered(0));
    network.behind.inject([numbered(1), numbered(2)]);
    expect(numbers(network.out)).toEqual([0]);
    expect(numbers(network.in)).toEqual([1, 2]);
    expect(network.batches).toEqual([2]);
    expect(network.clock.size).toBe(0);
  });

  test('a frame that is sent is copied', () => {
    const network = bad({ delay: 10 });
    const memory = Buffer.from(numbered(7));
    network.send(memory);
    memory.fill(0);
    network.clock.run();
    expect(numbers(network.out)).toEqual([7]);
  });

  test('no offload is promised: a flipped bit must not be covered by a checksum that the device fills in', () => {
    expect(bad().link.offload).toEqual({ checksum: false, segmentation: 0 });
  });
});

describe('behind it a device that joins segments', () => {
  /** What arrives of a segment of 40,000 octets that the device has joined from 40, and the path's counters. */
  function arriving(options: Omit<ImpairOptions, 'clock' | 'seed'>) {
    const clock = new VirtualClock();
    const [near, far] = memoryPair({ clock, medium: 'ethernet', offload: true });
    const link = impair(near, { clock, seed: 1, ...options });
    const arrived: (SeenFrame | undefined)[] = [];
    const infos: unknown[] = [];
    link.onReceive = (batch: FrameBatch, info?: unknown) => {
      arrived.push(...batch.map((each) => seeTcpFrame(each)));
      if (info !== undefined) infos.push(info);
    };
    const { frame, work } = tcpFrame({ segment: 'P. 0:40000(40000) ack 1', segmentSize: 1000 });
    clock.turn(() => far.send(frame, work));
    clock.run();
    return { arrived, infos, counters: link.counters.in };
  }

  test('each goes its way alone, with its checksums', () => {
    const { arrived, infos, counters } = arriving({});
    expect(arrived).toEqual(
      Array.from({ length: 40 }, (_, n) => ({
        segment: `${n === 39 ? 'P.' : '.'} ${n * 1000}:${n * 1000 + 1000}(1000) ack 1 win 65535`,
        id: n,
      })),
    );
    expect([infos, counters.offered]).toEqual([[], 40]);
  });

  test('one may be lost and another not', () => {
    const { arrived, counters } = arriving({ loss: 0.5 });
    expect(arrived).toHaveLength(40 - counters.lost);
    expect(counters.lost).toBeGreaterThan(5);
    expect(counters.lost).toBeLessThan(35);
  });

  test('a flipped bit is seen: nobody says that a checksum held', () => {
    const { arrived, infos } = arriving({ corrupt: 1 });
    expect(infos).toEqual([]);
    expect(arrived.filter((each) => each !== undefined && each.wrong === undefined)).toEqual([]);
  });

  test('what it holds back it flushes when it lets it through', () => {
    const clock = new VirtualClock();
    const behind: Link = new PacketLink();
    let [flushes, sent] = [0, 0];
    behind.send = () => {
      sent++;
      return true;
    };
    behind.flush = () => {
      if (sent > 0) flushes++;
    };
    const link = impair(behind, { clock, seed: 1, delay: 10 });
    link.send([numbered(1)]);
    link.flush();
    expect([sent, flushes]).toEqual([0, 0]);
    clock.advanceTo(10);
    expect([sent, flushes]).toEqual([1, 1]);
  });
});

describe('loss', () => {
  test.each([0.01, 0.1, 0.5])('loses %d of 10,000 frames', (loss) => {
    const network = bad({ loss });
    sendMany(network, 10_000);
    const { counters } = network.link;
    // Five standard deviations.
    expect(Math.abs(counters.out.lost - 10_000 * loss)).toBeLessThan(5 * Math.sqrt(10_000 * loss * (1 - loss)));
    expect(network.out).toHaveLength(10_000 - counters.out.lost);
    expect(counters.in.offered).toBe(0);
  });

  test('of 1 loses all, of 0 none', () => {
    const network = bad({ out: { loss: 1 }, in: { loss: 0 } });
    for (let i = 0; i < 100; i++) {
      network.send(numbered(i));
      network.behind.inject(numbered(i));
    }
    expect([network.out.length, network.in.length]).toEqual([0, 100]);
  });
});

describe('the seed', () => {
  const everything: Options = {
    loss: 0.1,
    delay: 500,
    jitter: 300,
    reorder: 0.1,
    duplicate: 0.1,
    corrupt: 0.1,
    rate: 100_000_000,
    queue: 50,
  };
  const fate = (options: Options): string => {
    const network = bad(options);
    for (let index = 0; index < 2000; index++) {
      network.send(numbered(index));
      if (index % 3 === 0) network.behind.inject([numbered(index), numbered(index + 1)]);
      network.clock.advanceBy(index % 20);
    }
    network.clock.run();
    const describe = ({ time, frame }: Arrival): string => `${time} ${Buffer.from(frame).toString('hex')}`;
    return JSON.stringify([network.out.map(describe), network.in.map(describe), network.link.counters]);
  };

  test('gives each frame the same fate each time, and another seed another', () => {
    expect(fate({ ...everything, seed: 5 })).toBe(fate({ ...everything, seed: 5 }));
    expect(fate({ ...everything, seed: 5 })).not.toBe(fate({ ...everything, seed: 6 }));
  });

  test('decides on each impairment for itself: more of one does not change which frames another strikes', () => {
    const lost = (options: Options): number[] => {
      const network = bad({ loss: 0.1, ...options });
      sendMany(network, 1000);
      const seen = new Set(numbers(network.out));
      return Array.from({ length: 1000 }, (_, index) => index).filter((index) => !seen.has(index));
    };
    const alone = lost({});
    expect(alone.length).toBeGreaterThan(50);
    expect(lost({ jitter: 10, reorder: 0.3, duplicate: 0.3 })).toEqual(alone);
    expect(lost({ delay: 100, in: { loss: 0.9 } })).toEqual(alone);
  });

  test('decides on each direction for itself', () => {
    const network = bad({ loss: 0.5 });
    for (let index = 0; index < 200; index++) {
      network.send(numbered(index));
      network.behind.inject(numbered(index));
    }
    expect(numbers(network.out)).not.toEqual(numbers(network.in));
  });
});

describe('delay and jitter', () => {
  test('each frame takes the delay; what was one batch arrives as one', () => {
    const network = bad({ delay: 20_000 });
    network.send(numbered(0));
    network.behind.inject([numbered(1), numbered(2)]);
    network.clock.advanceTo(5);
    network.behind.inject(numbered(3));
    expect([network.out, network.in]).toEqual([[], []]);
    expect(network.clock.nextDeadline()).toBe(20_000);
    network.clock.run();
    expect(times(network.out)).toEqual([20_000]);
    expect(times(network.in)).toEqual([20_000, 20_000, 20_005]);
    expect(network.batches).toEqual([2, 1]);
  });

  test('jitter adds up to so much, evenly, and alone does not reorder', () => {
    const network = bad({ delay: 1000, jitter: 100 });
    // So far apart that no frame has to wait for the one before it.
    sendMany(network, 2000, 200);
    const extra = times(network.out).map((time, index) => time - 200 * index - 1000);
    expect(Math.min(...extra)).toBe(0);
    expect(Math.max(...extra)).toBe(100);
    expect(Math.abs(extra.reduce((sum, value) => sum + value) / 2000 - 50)).toBeLessThan(5);

    const close = bad({ delay: 1000, jitter: 100 });
    sendMany(close, 2000);
    expect(numbers(close.out)).toEqual(Array.from({ length: 2000 }, (_, index) => index));
    expect(Math.max(...times(close.out).map((time, index) => time - index - 1000))).toBeLessThanOrEqual(100);
  });

  test('a frame never overtakes one before it, also when the delay is made smaller', () => {
    const network = bad({ delay: 1000 });
    network.send(numbered(0));
    network.link.set({ delay: 0 });
    network.send(numbered(1));
    expect(network.out).toEqual([]);
    network.clock.run();
    expect(numbers(network.out)).toEqual([0, 1]);
    expect(times(network.out)).toEqual([1000, 1000]);
  });
});

test('a frame may follow at the very time at which the one before it has arrived', () => {
  const network = bad({ delay: 10 });
  network.send(numbered(0));
  network.clock.advanceTo(10);
  network.link.set({ delay: 0 });
  network.send(numbered(1));
  expect(numbers(network.out)).toEqual([0, 1]);
});

describe('reorder', () => {
  test('holds some frames back, and others pass them', () => {
    const network = bad({ reorder: 0.1, reorderDelay: 5, delay: 100 });
    sendMany(network, 10_000);
    const held = network.out.filter(({ time, frame }) => time !== numberOf(frame) + 100);
    expect(held.every(({ time, frame }) => time === numberOf(frame) + 105)).toBe(true);
    expect(held).toHaveLength(network.link.counters.out.reordered);
    expect(Math.abs(held.length - 1000)).toBeLessThan(150);
    const order = numbers(network.out);
    expect(order).not.toEqual([...order].sort((a, b) => a - b));
    expect(new Set(order).size).toBe(10_000);
  });

  test('holds back by a millisecond unless said otherwise', () => {
    const network = bad({ reorder: 1 });
    network.send(numbered(0));
    network.clock.run();
    expect(times(network.out)).toEqual([1000]);
  });
});

describe('duplicate', () => {
  test('delivers some frames twice, one right behind the other, in memory of their own', () => {
    const network = bad({ duplicate: 0.2, delay: 10 });
    sendMany(network, 5000);
    const { duplicated } = network.link.counters.out;
    expect(Math.abs(duplicated - 1000)).toBeLessThan(150);
    expect(network.out).toHaveLength(5000 + duplicated);
    const order = numbers(network.out);
    expect(order).toEqual([...order].sort((a, b) => a - b));

    const received = bad({ duplicate: 1 });
    received.behind.inject(numbered(3));
    const [first, second] = received.in;
    expect(numbers(received.in)).toEqual([3, 3]);
    expect(first?.frame.buffer).not.toBe(second?.frame.buffer);
  });
});

describe('corrupt', () => {
  const flipped = (frame: Uint8Array): number[] =>
    [...frame].flatMap((byte, index) =>
      [0, 1, 2, 3, 4, 5, 6, 7].filter((bit) => byte & (1 << bit)).map((bit) => index * 8 + bit),
    );

  test.each([
    ['ip', 0],
    ['ethernet', 14],
  ] as const)('flips one bit, anywhere in the IP packet (%s)', (medium, header) => {
    const network = bad({ corrupt: 1 }, { medium });
    const length = header + 20;
    for (let i = 0; i < 3000; i++) network.send(new Uint8Array(length));
    const bits = network.out.map(({ frame }) => flipped(frame));
    expect(bits.every((each) => each.length === 1)).toBe(true);
    const places = new Set(bits.flat());
    expect(Math.min(...places)).toBe(header * 8);
    expect(Math.max(...places)).toBe(length * 8 - 1);
    expect(places.size).toBe(20 * 8);
    expect(network.link.counters.out.corrupted).toBe(3000);
  });

  test('strikes as often as it should, and leaves a frame alone that is all header', () => {
    const network = bad({ corrupt: 0.1 });
    for (let i = 0; i < 10_000; i++) network.send(new Uint8Array(20));
    const struck = network.out.filter(({ frame }) => flipped(frame).length > 0).length;
    expect(struck).toBe(network.link.counters.out.corrupted);
    expect(Math.abs(struck - 1000)).toBeLessThan(150);

    const short = bad({ corrupt: 1 }, { medium: 'ethernet' });
    short.send(new Uint8Array(14));
    expect(flipped(short.out[0]?.frame ?? new Uint8Array())).toEqual([]);
    expect(short.link.counters.out.corrupted).toBe(0);
  });
});

describe('rate', () => {
  test('spaces frames exactly by their length', () => {
    const network = bad({ rate: 10_000_000, delay: 50 });
    for (const [index, length] of [1500, 1500, 750, 1500].entries()) network.send(numbered(index, length));
    network.clock.run();
    expect(times(network.out)).toEqual([1250, 2450, 3050, 4250]);
    // An idle link has saved nothing up.
    network.clock.advanceTo(10_000);
    network.send(numbered(4, 1500));
    network.clock.run();
    expect(network.out[4]?.time).toBe(11_250);
  });

  test('does not drift where a frame does not take a whole number of µs', () => {
    const network = bad({ rate: 7_000_000, queue: 10_000 });
    for (let index = 0; index < 7000; index++) network.send(numbered(index, 100));
    network.clock.run();
    // Each takes 114 2/7 µs: seven take 800 µs.
    const exact = Array.from({ length: 7000 }, (_, index) => ((index + 1) * 800) / 7);
    expect(times(network.out)).toEqual(exact.map(Math.ceil));

    // The same when each arrives in the µs in which the one before it leaves.
    const busy = bad({ rate: 7_000_000 });
    for (let index = 0; index < 700; index++) {
      busy.clock.advanceTo(Math.floor((index * 800) / 7));
      busy.send(numbered(index, 100));
    }
    busy.clock.run();
    expect(times(busy.out)).toEqual(exact.slice(0, 700).map(Math.ceil));
  });

  test('has a queue with a bound, and drops what arrives when it is full', () => {
    const network = bad({ rate: 8_000_000, queue: 3 });
    for (let index = 0; index < 10; index++) expect(network.send(numbered(index))).toBe(true);
    network.clock.advanceTo(100);
    network.send(numbered(10));
    network.send(numbered(11));
    network.clock.run();
    expect(numbers(network.out)).toEqual([0, 1, 2, 10]);
    expect(times(network.out)).toEqual([100, 200, 300, 400]);
    expect(network.link.counters.out).toMatchObject({ offered: 12, delivered: 4, overflowed: 8 });
  });

  test('a frame that is lost has taken its share', () => {
    const filter = (_frame: Uint8Array, _direction: string, index: number): Fate => (index === 0 ? 'drop' : 'pass');
    const network = bad({ rate: 8_000_000, filter });
    network.send(numbered(0));
    network.send(numbered(1));
    network.clock.run();
    expect(times(network.out)).toEqual([200]);
  });

  test('can be changed while frames wait', () => {
    const network = bad({ rate: 8_000_000 });
    network.send(numbered(0));
    network.link.set({ rate: 80_000_000 });
    network.send(numbered(1));
    network.link.set({ rate: 0 });
    network.send(numbered(2));
    network.clock.run();
    expect(numbers(network.out)).toEqual([0, 1, 2]);
    expect(times(network.out)).toEqual([100, 110, 110]);
  });
});

describe('filter', () => {
  test('decides on single frames', () => {
    const fates: Fate[] = ['pass', 'drop', 'duplicate', 'corrupt', 'reorder', 'pass'];
    const seen: string[] = [];
    const network = bad({
      filter: (frame, direction, index) => {
        seen.push(`${direction} ${index} ${numberOf(frame)}`);
        return fates[index] ?? 'pass';
      },
    });
    for (let index = 0; index < 6; index++) network.send(new Uint8Array(numbered(index)));
    network.behind.inject(numbered(9));
    expect(seen).toEqual(['out 0 0', 'out 1 1', 'out 2 2', 'out 3 3', 'out 4 4', 'out 5 5', 'in 0 9']);
    network.clock.run();
    expect(network.link.counters.out).toEqual({
      offered: 6,
      delivered: 6,
      lost: 1,
      duplicated: 1,
      corrupted: 1,
      marked: 0,
      reordered: 1,
      overflowed: 0,
      cancelled: 0,
    });
    expect(times(network.out)).toEqual([0, 0, 0, 0, 0, 1000]);
    expect(numberOf(network.out[5]?.frame ?? new Uint8Array(4))).toBe(4);
  });

  test('can be for one direction, and be taken away', () => {
    const network = bad({ out: { filter: () => 'drop' } });
    network.send(numbered(0));
    network.behind.inject(numbered(1));
    network.link.set({ out: { filter: undefined } });
    network.send(numbered(2));
    expect([numbers(network.out), numbers(network.in)]).toEqual([[2], [1]]);
  });
});

describe('set', () => {
  test('changes what is given and leaves the rest', () => {
    const network = bad({ loss: 1, delay: 10 });
    network.send(numbered(0));
    network.link.set({ loss: 0 });
    network.send(numbered(1));
    network.link.set({ in: { delay: 30 } });
    network.behind.inject(numbered(2));
    network.clock.run();
    expect(numbers(network.out)).toEqual([1]);
    expect([times(network.out), times(network.in)]).toEqual([[10], [30]]);
  });

  test.each([
    [{ loss: 1.1 }, 'impair: loss is a probability from 0 to 1, not 1.1'],
    [{ corrupt: NaN }, 'impair: corrupt is a probability from 0 to 1, not NaN'],
    [{ delay: -1 }, 'impair: delay is a whole number from 0 to 4294967295, not -1'],
    [{ jitter: 0.5 }, 'impair: jitter is a whole number from 0 to 4294967295, not 0.5'],
    [{ in: { rate: Infinity } }, 'impair: rate is a whole number from 0 to 9007199254740991, not Infinity'],
  ])('refuses what makes no sense: %j', (settings, message) => {
    expect(() => bad(settings)).toThrow(message);
    expect(() => {
      bad().link.set(settings);
    }).toThrow(RangeError);
  });
});
