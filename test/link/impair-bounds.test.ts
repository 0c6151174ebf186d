import { describe, expect, test } from '@jest/globals';
import { VirtualClock } from '../../src/clock/virtual-clock';
import { impair } from '../../src/link/impair';
import { memoryPair } from '../../src/link/memory';
import { PacketLink } from '../../src/link/packets';
import { survivors } from '../clock/garbage';
import { bad, numbered, numberOf, numbers } from './bad-network';

describe('bounds', () => {
  test('no more than `limit` frames are under way', () => {
    const network = bad({ delay: 100, limit: 5 });
    for (let index = 0; index < 8; index++) network.send(numbered(index));
    network.clock.run();
    network.send(numbered(8));
    network.clock.run();
    expect(numbers(network.out)).toEqual([0, 1, 2, 3, 4, 8]);
    expect(network.link.counters.out.overflowed).toBe(3);
  });

  test('a full link behind holds frames up, refuses more, and says when there is room', () => {
    const clock = new VirtualClock();
    const [near, far] = memoryPair({ clock, queue: 2 });
    const link = impair(near, { clock, seed: 1 });
    const arrived: number[] = [];
    far.onReceive = (batch) => arrived.push(...batch.map(numberOf));
    let drains = 0;
    link.onDrain = () => drains++;
    clock.turn(() => {
      const taken = [0, 1, 2, 3].map((index) => link.send([numbered(index)]));
      // The third is the one that found the link full: it is kept here.
      expect(taken).toEqual([true, true, true, false]);
    });
    expect([arrived, drains]).toEqual([[0, 1, 2], 1]);
    clock.turn(() => link.send([numbered(4)]));
    expect([arrived, drains]).toEqual([[0, 1, 2, 4], 1]);
  });

  test('what is sent from inside onReceive follows what is being sent', () => {
    const network = bad();
    network.behind.onPacket = (frame) => {
      network.out.push({ time: 0, frame });
      if (numberOf(frame) === 0) network.behind.inject(numbered(1));
    };
    network.link.onReceive = ([frame]) => {
      if (frame !== undefined) expect(network.send(frame)).toBe(true);
    };
    network.send(numbered(0));
    expect(numbers(network.out)).toEqual([0, 1]);
  });
});

describe('close', () => {
  test('forgets what is under way, leaves nothing scheduled, and closes the link behind', async () => {
    const network = bad({ delay: 100, duplicate: 1, reorder: 0.5 });
    for (let index = 0; index < 10; index++) {
      network.send(numbered(index));
      network.behind.inject(numbered(index));
    }
    await network.link.close();
    await network.link.close();
    expect(network.clock.size).toBe(0);
    network.send(numbered(10));
    network.behind.inject(numbered(10));
    network.clock.advanceTo(1000);
    expect([network.out, network.in]).toEqual([[], []]);
    expect(network.link.counters.out).toMatchObject({ offered: 10, delivered: 0, duplicated: 10, cancelled: 20 });
    expect(network.behind.counters.dropped).toBe(1);
  });
});

test('no frame is kept that has arrived', async () => {
  const clock = new VirtualClock();
  const behind = new PacketLink();
  const link = impair(behind, { clock, seed: 1, delay: 10, reorder: 0.5 });
  const kept = await survivors(100, () => {
    const frame = new Uint8Array(1000);
    behind.inject(frame);
    clock.run();
    return frame;
  });
  expect(kept).toBe(0);
  expect(link.counters.in.delivered).toBe(100);
});
