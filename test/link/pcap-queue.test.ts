import { expect, test } from '@jest/globals';
import { setImmediate as turn } from 'node:timers/promises';
import { PcapQueue } from '../../src/link/pcap-queue';

function frame(length: number, content = 0): Uint8Array {
  return new Uint8Array(length).fill(content);
}

test('frames wait for the loop and are copied; what a batch has put off is done before its end is told', async () => {
  const log: string[] = [];
  const queue = new PcapQueue(10, 1000, {
    deliver: (batch) => {
      log.push(`deliver ${batch.map((each) => `${each.length}:${each[0] ?? 0}`).join()}`);
      process.nextTick(() => log.push('tick'));
      void Promise.resolve().then(() => log.push('microtask'));
    },
    delivered: () => log.push('delivered'),
  });
  const bytes = frame(3, 1);
  queue.add(bytes);
  bytes.fill(2);
  queue.add(bytes.subarray(1));
  expect(log).toEqual([]);
  await turn();
  expect(log).toEqual(['deliver 3:1,2:2', 'tick', 'microtask', 'delivered']);
});

test('a long queue is delivered in parts, between which others have their turn', async () => {
  const log: (number | string)[] = [];
  const queue = new PcapQueue(1000, 1e6, {
    deliver: (batch) => log.push(batch.length),
    delivered: () => log.push('delivered'),
  });
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
  const frames = new PcapQueue(2, 1000, user);
  expect([1, 2, 3].map((length) => frames.add(frame(length)))).toEqual([true, true, false]);
  const bytes = new PcapQueue(100, 10, user);
  expect([4, 7, 6, 1].map((length) => bytes.add(frame(length)))).toEqual([true, false, true, false]);
  await turn();
  expect(delivered).toBe(4);
  expect(bytes.add(frame(10))).toBe(true);
  bytes.clear();
  expect(bytes.add(frame(10))).toBe(true);
  bytes.clear();
  await turn();
  expect(delivered).toBe(4);
});
