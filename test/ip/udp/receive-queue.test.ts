import { describe, expect, test } from '@jest/globals';
import { ReceiveQueue, type Waiting } from '../../../src/ip/udp/receive-queue';

function datagram(length: number, srcPort = 1): Waiting {
  return { data: new Uint8Array(length), src: 1, srcPort, dst: 2, ttl: 64, tos: 0 };
}

describe('the receive queue', () => {
  test('gives what it was given, the oldest first, and counts it', () => {
    const queue = new ReceiveQueue();
    // Long enough for the head to be cut off more than once, with the tail growing meanwhile.
    let [next, expected] = [0, 0];
    for (let round = 0; round < 300; round++) {
      for (let count = 0; count < 3; count++) expect(queue.add(datagram(2, next++), 1e9, 1e9)).toBe(true);
      for (let count = 0; count < 2; count++) expect(queue.take()?.srcPort).toBe(expected++);
      expect([queue.datagrams, queue.octets]).toEqual([next - expected, 2 * (next - expected)]);
    }
    while (expected < next) expect(queue.take()?.srcPort).toBe(expected++);
    expect([queue.take(), queue.datagrams, queue.octets]).toEqual([undefined, 0, 0]);
  });

  test('has a bound by octets and one by number', () => {
    const queue = new ReceiveQueue();
    expect([10, 10, 1].map((length) => queue.add(datagram(length), 20, 5))).toEqual([true, true, false]);
    queue.take();
    expect([8, 1, 1, 1, 1].map((length) => queue.add(datagram(length), 20, 4))).toEqual([
      true,
      true,
      true,
      false,
      false,
    ]);
  });

  test('an empty one has room for any datagram', () => {
    const queue = new ReceiveQueue();
    expect(queue.add(datagram(60_000), 100, 1)).toBe(true);
    expect(queue.add(datagram(0), 100, 1)).toBe(false);
    queue.clear();
    expect([queue.datagrams, queue.octets, queue.take()]).toEqual([0, 0, undefined]);
  });
});
