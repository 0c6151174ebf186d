import { describe, expect, test } from '@jest/globals';
import { jain } from '../../bench/fairness/jain';
import type { Connection, ConnectionOptions } from '../../src';
import { MILLISECOND, SECOND, World } from '../support/simulation';

const RATE = 20_000_000;
const DELAY = 20 * MILLISECOND;
/** One bandwidth-delay product, in packets of 1500 bytes. */
const QUEUE = Math.ceil((RATE * 2 * DELAY) / SECOND / 8 / 1500);
/** The flows start one after the other, and none of them in step with the queue. */
const STAGGER = 137 * MILLISECOND;
/** Slow start, in which who comes first gets most, is over. */
const FROM = 5 * SECOND;
const TO = FROM + 30 * SECOND;
const CHUNK = new Uint8Array(65_536);

/** Whose fairness is to be shown, and how a connection is told to use it. */
const ALGORITHMS: readonly { readonly name: string; readonly options: ConnectionOptions }[] = [
  { name: 'cubic', options: { congestion: 'cubic' } },
  { name: 'reno', options: { congestion: 'reno' } },
  { name: 'bbr', options: { congestion: 'bbr' } },
];

describe.each(ALGORITHMS)(
  '$name over a bottleneck of 20 Mbit/s with 40 ms of RTT and a queue of as much again, in virtual time',
  ({ options }) => {
    test.each([2, 4])("%i flows share it for 30 s: Jain's index is at least 0.95", (count) => {
      const { rates, world } = share(count, options);
      expect(jain(rates)).toBeGreaterThanOrEqual(0.95);
      // They did compete: the queue overflowed, and what it let through was used.
      expect(world.network.counters.out.overflowed).toBeGreaterThan(0);
      expect(rates.reduce((sum, rate) => sum + rate, 0)).toBeGreaterThan(0.8 * RATE);
    });
  },
);

/** What each of so many flows from a to b got between FROM and TO, bit/s. */
function share(count: number, options: ConnectionOptions): { rates: number[]; world: World } {
  const world = new World({ seed: 1, network: { delay: DELAY, rate: RATE, queue: QUEUE } });
  const received = Array.from({ length: count }, (_, index) => flow(world, index, options));
  world.clock.advanceTo(FROM);
  const before = received.map((bytes) => bytes());
  world.clock.advanceTo(TO);
  const rates = received.map((bytes, index) => ((bytes() - (before[index] ?? 0)) * 8 * SECOND) / (TO - FROM));
  return { rates, world };
}

/** A flow that always has something to send. Returns how many bytes have arrived by now. */
function flow({ a, b, clock }: World, index: number, options: ConnectionOptions): () => number {
  let received = 0;
  const port = 1000 + index;
  const listener = b.stack.tcp.open({ passive: true, local: { port }, ...options });
  listener.on('connection', () => {
    const connection = listener.accept();
    if (typeof connection === 'string') throw new Error(`accept said ${connection}`);
    connection.on('readable', () => {
      for (let data = connection.receive(); typeof data !== 'string'; data = connection.receive()) {
        received += data.length;
      }
    });
  });
  clock.schedule(index * STAGGER, () => {
    const connection = a.stack.tcp.open({ remote: { address: b.address, port }, ...options });
    connection.on('connect', () => {
      fill(connection);
    });
    connection.on('writable', () => {
      fill(connection);
    });
  });
  return () => received;
}

function fill(connection: Connection): void {
  while (typeof connection.send(CHUNK) === 'number');
}
