import { expect, test } from '@jest/globals';
import { setImmediate as turn } from 'node:timers/promises';
import { Arrivals } from '../../src/link/arrivals';

function frame(length: number, content = 0): Uint8Array {
  return new Uint8Array(length).fill(content);
}

function offer(queue: Arrivals, length: number): boolean {
  const hasRoom = queue.hasRoom(length);
  if (hasRoom) queue.add(frame(length));
  return hasRoom;
}

test('frames wait for the loop; what a batch has put off is done before its end is told', async () => {
  const log: string[] = [];
  const queue = new Arrivals(
    {},
    {
      deliver: (batch) => {
        log.push(`deliver ${batch.map((each) => `${each.length}:${each[0] ?? 0}`).join()}`);
        process.nextTick(() => log.push('tick'));
        void Promise.resolve().then(() => log.push('microtask'));
      },
      delivered: () => log.push('delivered'),
    },
  );
  queue.add(frame(3, 1));
  queue.add(frame(2, 2));
  expect(log).toEqual([]);
  await turn();
  expect(log).toEqual(['deliver 3:1,2:2', 'tick', 'microtask', 'delivered']);
});

test('a long queue is delivered in parts, between which others have their turn', async () => {
  const log: (number | string)[] = [];
  const queue = new Arrivals(
    {},
    {
      deliver: (batch) => log.push(batch.length),
      delivered: () => log.push('delivered'),
    },
  );
  for (let i = 0; i < 600; i++) queue.add(frame(60));
  await turn();
  expect(log).toEqual([256, 'delivered']);
  await turn();
  await turn();
  expect(log).toEqual([256, 'delivered', 256, 'delivered', 88, 'delivered']);
});

test('so many frames wait, and so many bytes, until they are delivered or cleared', async () => {
  let delivered = 0;
  const user = { deliver: (batch: readonly Uint8Array[]) => (delivered += batch.length), delivered: () => undefined };
  const frames = new Arrivals({ queueFrames: 2 }, user);
  expect([1, 2, 3].map((length) => offer(frames, length))).toEqual([true, true, false]);
  const bytes = new Arrivals({ queueBytes: 10 }, user);
  expect([4, 7, 6, 1].map((length) => offer(bytes, length))).toEqual([true, false, true, false]);
  await turn();
  expect(delivered).toBe(4);
  expect(offer(bytes, 10)).toBe(true);
  bytes.clear();
  expect(offer(bytes, 10)).toBe(true);
  bytes.clear();
  await turn();
  expect(delivered).toBe(4);
});
