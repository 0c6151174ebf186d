import { afterEach, expect, test } from '@jest/globals';
import { once } from 'node:events';
import { MessageChannel } from 'node:worker_threads';
import { Post, ROOM } from '../../src/workers/post';
import type { Parcel, Task } from '../../src/workers/task';

const { port1, port2 } = new MessageChannel();
const control = new MessageChannel().port1;
const numbers = (count: number) => new Int32Array(new SharedArrayBuffer(4 * count));
const shared = { underWay: numbers(4), lost: numbers(1) };

function task(index: number): Task {
  return {
    file: '',
    family: { index, count: 2, ports: { first: 1, last: 2 } },
    tap: {},
    attach: { address: '10.9.0.2/24' },
    stack: {},
    data: undefined,
    control,
    siblings: index === 0 ? [undefined, port1] : [port2, undefined],
    ...shared,
  };
}

function parcel(count: number): Parcel {
  const frames = Array.from({ length: count }, (_, index) => Uint8Array.of(index));
  return { frames, info: frames.map((_, index) => index) };
}

afterEach(() => {
  port1.close();
  control.close();
});

test('a worker that does not take up what is sent to it loses what is too much, which is counted', async () => {
  const sender = new Post(task(0));
  for (let sent = 0; sent < ROOM; sent += 64) sender.send(1, parcel(64));
  expect(shared.lost[0]).toBe(0);
  sender.send(1, parcel(3));
  expect(shared.lost[0]).toBe(3);

  const received: Parcel[] = [];
  const receiver = new Post(task(1));
  receiver.onParcel = (each) => received.push(each);
  while (received.length < ROOM / 64) await once(port2, 'message');
  expect(received[0]).toEqual(parcel(64));
  expect([...shared.underWay]).toEqual([0, 0, 0, 0]);

  sender.send(1, parcel(3));
  await once(port2, 'message');
  expect([received.at(-1), shared.lost[0]]).toEqual([parcel(3), 3]);
});
